// A server that ends the connection over a message: which one it is, and what becomes of the others.
import { expect, test } from 'vitest'
import type { Client, ConnectOptions, PublishResult } from '../src/index.ts'
import { connack, FakeServer, textOf, turn } from './fake-server.ts'

const reasons = [0x90, 0x95, 0x99, 0x9a, 0x9b].map((code) => [code.toString(16), code] as const)

/** A server that keeps the Session, or does not, and what comes to it. */
class Setting {
  readonly server = new FakeServer()

  constructor(keepsSession: boolean) {
    let connections = 0
    this.server.welcome = () => connack({}, keepsSession && connections++ > 0)
  }

  connect(options: ConnectOptions = {}): Promise<Client> {
    return this.server.connected({ sessionExpiryInterval: 100, reconnect: { factor: 1, jitter: 'none' }, ...options })
  }

  /** The payload of the only PUBLISH that has come. */
  async only(): Promise<string> {
    await this.server.advance(1000)
    const publish = await this.server.connection.next('publish')
    expect(this.server.connection.has('publish')).toBe(false)
    this.#last = publish
    return textOf(publish)
  }

  /** Answer it, to the end. */
  async answer(): Promise<void> {
    const { qos, packetId = 0 } = this.#last ?? {}
    const { connection } = this.server
    if (qos === 1) connection.send({ type: 'puback', packetId, reasonCode: 0 })
    else {
      connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
      await connection.next('pubrel')
      connection.send({ type: 'pubcomp', packetId, reasonCode: 0 })
    }
    await turn()
  }

  async end(reasonCode: number, reasonString = 'bad'): Promise<void> {
    this.server.connection.send({ type: 'disconnect', reasonCode, properties: { reasonString } })
    await turn()
  }

  /** The payloads of all that has come. */
  async all(): Promise<string[]> {
    await this.server.advance(20_000)
    const texts: string[] = []
    for (let next = this.server.connection.take('publish'); next; next = this.server.connection.take('publish')) {
      texts.push(textOf(next))
    }
    return texts
  }

  #last: { readonly qos: number; readonly packetId?: number } | undefined = undefined
}

const refused = (reasonCode: number) => ({
  name: 'PublishError',
  code: 'publish-refused',
  reasonCode,
  reasonString: 'bad',
})

/** Rejections are looked at later. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

function publish(client: Client, texts: readonly string[], qos: 0 | 1 | 2): Promise<PublishResult>[] {
  return texts.map((text) => quiet(client.publish('t', text, { qos })))
}

for (const keepsSession of [true, false]) {
  for (const qos of [1, 2] as const) {
    const name = `${keepsSession ? 'the Session goes on' : 'a new Session'}, QoS ${qos}`

    test.each(reasons)(`${name}, 0x%s: it is found, and the others are sent`, async (_hex, reasonCode) => {
      const setting = new Setting(keepsSession)
      const client = await setting.connect()
      const [first, guilty, third] = publish(client, ['first', 'guilty', 'third'], qos)
      await turn()
      await setting.end(reasonCode)
      expect(await setting.only()).toBe('first')
      await setting.answer()
      await first
      const later = publish(client, ['fourth', 'fifth'], qos)
      expect(await setting.only()).toBe('guilty')
      await setting.end(reasonCode)
      await expect(guilty).rejects.toMatchObject(refused(reasonCode))
      expect(await setting.all()).toEqual(['third', 'fourth', 'fifth'])
      expect(client.stats()).toMatchObject({ inFlight: 3, queued: 0 })
      for (const each of [third, ...later]) each?.catch(() => {})
    })

    test(`${name}: where each is answered, it is over`, async () => {
      const setting = new Setting(keepsSession)
      const client = await setting.connect()
      const both = publish(client, ['first', 'second'], qos)
      await turn()
      await setting.end(0x99)
      for (const text of ['first', 'second']) {
        expect(await setting.only()).toBe(text)
        await setting.answer()
      }
      await Promise.all(both)
      publish(client, ['third', 'fourth'], qos)
      await turn()
      expect(await setting.all()).toEqual(['third', 'fourth'])
    })

    test(`${name}: nobody is blamed for a connection that is lost otherwise`, async () => {
      const setting = new Setting(keepsSession)
      const client = await setting.connect()
      const [first] = publish(client, ['first', 'second'], qos)
      await turn()
      await setting.end(0x99)
      for (const end of [() => setting.server.connection.close(), () => setting.end(0x8b), () => setting.end(0x97)]) {
        expect(await setting.only()).toBe('first')
        await end()
      }
      expect(await setting.only()).toBe('first')
      await setting.end(0x99)
      await expect(first).rejects.toMatchObject(refused(0x99))
    })
  }
}

test('one that is alone in flight is not blamed at once: QoS 0 may have gone before it', async () => {
  const setting = new Setting(true)
  const client = await setting.connect()
  publish(client, ['QoS 0'], 0)
  const [innocent] = publish(client, ['innocent'], 1)
  await turn()
  await setting.end(0x90)
  expect(await setting.only()).toBe('innocent')
  await setting.answer()
  await innocent
})

test('nothing that may be to blame is sent beside the one that is out', async () => {
  const setting = new Setting(false)
  const { server } = setting
  const client = await setting.connect()
  const subscribing = client.subscribe('a')
  await server.connection.grant()
  await subscribing
  publish(client, ['first', 'second'], 1)
  await turn()
  await setting.end(0x95)
  expect(await setting.only()).toBe('first')
  publish(client, ['QoS 0'], 0)
  const asking = client.subscribe('b')
  await turn()
  expect(server.connection.peer.received.map(({ type }) => type)).toEqual(['connect'])
  await setting.answer()
  expect(await setting.only()).toBe('second')
  expect(server.connection.has('subscribe')).toBe(false)
  await setting.answer()
  expect((await server.connection.grant()).subscriptions).toMatchObject([{ topicFilter: 'a' }])
  expect((await server.connection.grant()).subscriptions).toMatchObject([{ topicFilter: 'b' }])
  await asking
  expect(await setting.only()).toBe('QoS 0')
})

test('a message that the server took over (PUBREC) is not to blame', async () => {
  const setting = new Setting(true)
  const { server } = setting
  const client = await setting.connect()
  const [taken] = publish(client, ['taken', 'other'], 2)
  const { packetId = 0 } = await server.connection.next('publish')
  await setting.end(0x99)
  expect(await setting.only()).toBe('taken')
  server.connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
  await server.connection.next('pubrel')
  await setting.end(0x99)
  await server.advance(2000)
  await server.connection.next('pubrel')
  server.connection.send({ type: 'pubcomp', packetId, reasonCode: 0 })
  await taken
})

test('one that is aborted meanwhile holds up nobody', async () => {
  const setting = new Setting(false)
  const client = await setting.connect()
  const controller = new AbortController()
  const aborted = client.publish('t', 'aborted', { qos: 1, signal: controller.signal })
  publish(client, ['second'], 1)
  const asking = quiet(client.subscribe('a'))
  await turn()
  await setting.end(0x99)
  controller.abort(new Error('enough'))
  await expect(aborted).rejects.toThrow('enough')
  await expect(asking).rejects.toMatchObject({ reasonCode: 0x99 })
  expect(await setting.only()).toBe('second')
  await setting.answer()
  const again = client.subscribe('a')
  await setting.server.connection.grant()
  await again
})

test('what is waiting for room while one is found is not lost', async () => {
  const setting = new Setting(true)
  const client = await setting.connect({ queue: { maxMessages: 1, overflow: 'wait' } })
  const [guilty] = publish(client, ['guilty'], 1)
  await turn()
  await setting.end(0x99)
  expect(await setting.only()).toBe('guilty')
  publish(client, ['second', 'third'], 1)
  const asking = client.subscribe('a')
  await turn()
  await setting.end(0x99)
  await expect(guilty).rejects.toMatchObject(refused(0x99))
  await setting.server.advance(2000)
  await setting.server.connection.grant()
  await asking
  expect(await setting.all()).toEqual(['second', 'third'])
})

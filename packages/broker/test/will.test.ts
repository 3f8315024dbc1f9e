// Will Messages (sections 3.1.2.5, 3.1.3.2, 3.14.4).
import { describe, expect, test } from 'vitest'
import { startBroker, turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const will = (properties: object = {}, more: object = {}) =>
  ({
    topicName: 'gone',
    payload: bytes('gone'),
    qos: 1,
    retain: false,
    properties,
    ...more,
  }) as const

async function watched(options: Parameters<typeof startBroker>[0] = {}) {
  const started = startBroker(options)
  const watcher = await started.client('watcher')
  await watcher.subscribe('gone', { qos: 2 })
  return { ...started, watcher }
}

describe('a Will', () => {
  test('[MQTT-3.1.2-8] is published when the network connection is lost', async () => {
    const { client, watcher } = await watched()
    const properties = {
      contentType: 'text/plain',
      responseTopic: 'r',
      userProperties: [['a', 'b']],
      messageExpiryInterval: 30,
    } as const
    await (await client('one', { will: will(properties) })).drop()
    const message = await watcher.next('publish')
    expect(message).toMatchObject({ topicName: 'gone', qos: 1, retain: false })
    expect(message.properties).toEqual(properties)
    expect(payloadText(message)).toBe('gone')
  })

  test('[MQTT-3.1.2-10] is not published after a DISCONNECT with 0x00', async () => {
    const { client, watcher } = await watched()
    await (await client('one', { will: will() })).disconnect()
    await (await client('two', { will: will(), protocolVersion: 4 })).disconnect()
    expect(await watcher.settled()).toEqual([])
  })

  test('[MQTT-3.14.4-3] is published after a DISCONNECT with 0x04', async () => {
    const { client, watcher } = await watched()
    await (await client('one', { will: will() })).disconnect(0x04)
    expect(await watcher.payloads()).toEqual(['gone'])
  })

  test('is spoken of in the log only where there is one, and with what becomes of it', async () => {
    const { client, logs } = startBroker()
    await (await client('none')).drop()
    await (await client('lost', { will: will() })).drop()
    await (await client('left', { will: will() })).disconnect()
    await turns()
    const lines = logs.filter(({ msg }) => msg === 'session detached')
    expect(lines.map((line) => [line['clientId'], line['publishWill']])).toEqual([
      ['none', undefined],
      ['lost', true],
      ['left', false],
    ])
  })

  test('is published when the client breaks the protocol', async () => {
    const { client, watcher } = await watched()
    const one = await client('one', { will: will() })
    one.sendBytes([0x20, 0])
    await one.closed()
    expect(await watcher.payloads()).toEqual(['gone'])
  })

  test('is published when keep-alive runs out', async () => {
    const { client, clock, watcher } = await watched()
    const one = await client('one', { will: will(), keepAlive: 10 })
    clock.advance(15_000)
    expect(await one.goodbye()).toBe(0x8d)
    expect(await watcher.payloads()).toEqual(['gone'])
  })

  test('[MQTT-3.1.2-15] with Will Retain is kept as a retained message', async () => {
    const { broker, client } = await watched()
    await (await client('one', { will: will({}, { retain: true }) })).drop()
    await turns()
    expect(broker.stats.retained).toBe(1)
    const late = await client('late')
    await late.subscribe('gone')
    expect(await late.next('publish')).toMatchObject({ retain: true })
  })

  test('of a client that was not let in after all is not published', async () => {
    const { broker, watcher } = await watched()
    const properties = { maximumPacketSize: 5, sessionExpiryInterval: 100 }
    await (await WireClient.attempt(broker, { clientId: 'one', will: will(), properties })).client.closed()
    expect(await watcher.payloads()).toEqual([])
  })

  test('of every version is published', async () => {
    const { client, watcher } = await watched()
    for (const protocolVersion of [3, 4] as const) {
      await (await client('one', { protocolVersion, will: will() })).drop()
      expect(await watcher.payloads()).toEqual(['gone'])
    }
  })

  test('is not published when the server shuts down', async () => {
    const { broker, client, watcher } = await watched()
    await client('one', { will: will() })
    await broker.close()
    expect((await watcher.closed()).map((each) => each.type)).toEqual(['disconnect'])
  })
})

describe('Will Delay Interval', () => {
  const delayed = (delay: number, expiry: number) => ({
    will: will({ willDelayInterval: delay }),
    properties: { sessionExpiryInterval: expiry },
  })

  test('[MQTT-3.1.3-9] passes first, and then it is published, without the interval', async () => {
    const { client, clock, watcher } = await watched()
    await (await client('one', delayed(10, 100))).drop()
    clock.advance(9_999)
    expect(await watcher.settled()).toEqual([])
    clock.advance(1)
    const message = await watcher.next('publish')
    expect(message.properties).toBeUndefined()
  })

  test('is cut short by the end of the session', async () => {
    const { client, clock, watcher } = await watched()
    await (await client('one', delayed(100, 10))).drop()
    clock.advance(9_999)
    expect(await watcher.settled()).toEqual([])
    clock.advance(1)
    expect(await watcher.payloads()).toEqual(['gone'])
    clock.advance(200_000)
    expect(await watcher.settled()).toEqual([])
  })

  test('does not count where the session ends with its connection', async () => {
    const { client, watcher } = await watched()
    await (await client('one', delayed(100, 0))).drop()
    expect(await watcher.payloads()).toEqual(['gone'])
  })

  test('[MQTT-3.1.3-9] a client that is back before it has passed has no Will published', async () => {
    const { client, clock, watcher } = await watched()
    await (await client('one', delayed(10, 100))).drop()
    clock.advance(5_000)
    await client('one', { properties: { sessionExpiryInterval: 100 }, cleanStart: false })
    clock.advance(100_000)
    expect(await watcher.settled()).toEqual([])
  })

  test('a client that is back with Clean Start 1 ends the session, and its Will is published', async () => {
    const { client, watcher } = await watched()
    await (await client('one', delayed(10, 100))).drop()
    await client('one')
    expect(await watcher.payloads()).toEqual(['gone'])
  })

  test('a takeover that carries the session on keeps a delayed Will unpublished', async () => {
    const { client, clock, watcher } = await watched()
    const first = await client('one', delayed(10, 100))
    await client('one', { properties: { sessionExpiryInterval: 100 }, cleanStart: false })
    expect(await first.goodbye()).toBe(0x8e)
    clock.advance(100_000)
    expect(await watcher.settled()).toEqual([])
  })

  test('a takeover publishes one without delay', async () => {
    const { client, watcher } = await watched()
    await client('one', delayed(0, 100))
    await client('one', { properties: { sessionExpiryInterval: 100 }, cleanStart: false })
    expect(await watcher.payloads()).toEqual(['gone'])
  })

  test('the expiry of a Will counts from when it is published', async () => {
    const { client, clock, watcher } = await watched()
    const one = await client('one', {
      will: will({ willDelayInterval: 50, messageExpiryInterval: 20 }),
      properties: { sessionExpiryInterval: 100 },
    })
    await one.drop()
    clock.advance(50_000)
    expect((await watcher.next('publish')).properties).toEqual({ messageExpiryInterval: 20 })
  })
})

describe('a Will that may not be', () => {
  test('under $SYS/ refuses the connection', async () => {
    const { broker } = startBroker()
    const { connack } = await WireClient.attempt(broker, { will: will({}, { topicName: '$SYS/x' }) })
    expect(connack?.reasonCode).toBe(0x87)
  })

  test('with a wildcard in its topic refuses the connection', async () => {
    const { broker } = startBroker()
    for (const topicName of ['a/#', '+', 'a/+/b']) {
      const { connack } = await WireClient.attempt(broker, { will: will({}, { topicName }) })
      expect(connack?.reasonCode, topicName).toBe(0x90)
    }
  })

  test('for which the authorizer says no refuses the connection', async () => {
    const { broker } = startBroker({ authorize: ({ action }) => action !== 'will' })
    const { connack } = await WireClient.attempt(broker, { will: will() })
    expect(connack?.reasonCode).toBe(0x87)
    expect((await WireClient.attempt(broker, {})).connack?.reasonCode).toBe(0)
  })

  test('whose payload is not the UTF-8 it claims to be refuses the connection', async () => {
    const { broker } = startBroker()
    const bad = will({ payloadFormatIndicator: 1 }, { payload: Uint8Array.of(0xff) })
    const { connack } = await WireClient.attempt(broker, { will: bad })
    expect(connack?.reasonCode).toBe(0x99)
  })
})

// The client against Mosquitto: somebody else's reading of the specification.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePeer } from '../../../test/peers.ts'
import { connect } from '../src/index.ts'
import { type Mosquitto, startMosquitto } from './mosquitto.ts'

describePeer('mosquitto', 'against Mosquitto', (path) => {
  let mosquitto: Mosquitto
  beforeAll(async () => {
    mosquitto = await startMosquitto(path)
  })
  afterAll(() => mosquitto.stop())

  const versions = [
    [5, 'MQTT 5.0'],
    [4, 'MQTT 3.1.1'],
    [3, 'MQTT 3.1'],
  ] as const
  const schemes = ['mqtt', 'ws'] as const
  const urlOf = (scheme: 'mqtt' | 'ws') =>
    `${scheme}://127.0.0.1:${scheme === 'mqtt' ? mosquitto.port : mosquitto.webSocketPort}`

  for (const scheme of schemes) {
    for (const [protocolVersion, name] of versions) {
      for (const qos of [0, 1, 2] as const) {
        test(`${name} over ${scheme}: QoS ${qos} there and back`, async () => {
          const client = await connect(urlOf(scheme), { protocolVersion })
          const subscription = await client.subscribe('house/+room/temperature', { qos })
          expect(subscription.grantedQos).toBe(qos)
          const count = 200
          const sent = Array.from({ length: count }, (_, i) =>
            client.publish('house/kitchen/temperature', `${i}`, { qos }),
          )
          const received: string[] = []
          for await (const message of subscription) {
            expect(message.qos).toBe(qos)
            expect(message.params.room).toBe('kitchen')
            received.push(message.text())
            if (received.length === count) break
          }
          for (const result of await Promise.all(sent)) expect(result.reasonCode).toBe(0)
          expect(received).toEqual(Array.from({ length: count }, (_, i) => `${i}`))
          await client.disconnect()
          expect(await client.closed).toEqual({ type: 'disconnect' })
        })
      }
    }
  }

  test('a large payload, and properties in their order', async () => {
    const client = await connect(urlOf('mqtt'))
    const payload = new Uint8Array(1_500_000).map((_, i) => i * 7)
    const userProperties = [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ] as const
    const properties = { contentType: 'application/octet-stream', userProperties }
    const subscription = await client.subscribe('large', { qos: 1 })
    await client.publish('large', payload, { qos: 1, properties })
    for await (const message of subscription) {
      expect(Buffer.compare(message.payload, payload)).toBe(0)
      expect(message.properties.userProperties).toEqual(userProperties)
      expect(message.properties.contentType).toBe('application/octet-stream')
      break
    }
    await client.disconnect()
  })

  test('a request is answered', async () => {
    const [asking, answering] = [await connect(urlOf('mqtt')), await connect(urlOf('ws'))]
    await answering.respond('sum', (message) => `${message.json<number[]>().reduce((a, b) => a + b)}`)
    expect((await asking.request('sum', '[1,2,3]', { qos: 1 })).text()).toBe('6')
    await expect(asking.request('nobody', '', { qos: 1 })).rejects.toMatchObject({ code: 'no-responder' })
    await asking.disconnect()
    await answering.disconnect()
  })

  test('a Session goes on: its mail waits for a reader', async () => {
    const options = { clientId: 'mailbox', cleanStart: false, sessionExpiryInterval: 100 }
    const before = await connect(urlOf('mqtt'), options)
    expect(before.session?.present).toBe(false)
    await before.subscribe('mail/#', { qos: 1 })
    await before.disconnect()
    const other = await connect(urlOf('mqtt'))
    for (const text of ['a', 'b']) await other.publish('mail/new', text, { qos: 1 })
    await other.disconnect()
    const after = await connect(urlOf('mqtt'), options)
    expect(after.session?.present).toBe(true)
    const received: string[] = []
    for await (const message of after.messages()) {
      received.push(message.text())
      if (received.length === 2) break
    }
    expect(received).toEqual(['a', 'b'])
    await after.disconnect()
  })
})

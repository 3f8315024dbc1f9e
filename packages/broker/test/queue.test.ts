// A session's queue: its bounds, its policies, and who hears of what did not fit.
import { describe, expect, test } from 'vitest'
import { persistent, startBroker, turns } from './harness.ts'

describe("a session's queue", () => {
  const away = async (limits: object) => {
    const started = startBroker({ limits })
    const one = await started.client('one', persistent)
    await one.subscribe('t', { qos: 2 })
    await one.drop()
    const publisher = await started.client('publisher')
    const back = async () => (await started.client('one', { ...persistent, cleanStart: false })).payloads()
    return { ...started, publisher, back }
  }

  test("'drop-newest' refuses what comes, and tells a 5.0 publisher 0x97", async () => {
    const { back, broker, logs, publisher } = await away({ queueMessagesMax: 2 })
    expect(await publisher.publish('t', '1', { qos: 1 })).toBe(0)
    expect(await publisher.publish('t', '2', { qos: 2 })).toBe(0)
    expect(await publisher.publish('t', '3', { qos: 1 })).toBe(0x97)
    expect(await publisher.publish('t', '4', { qos: 2 })).toBe(0x97)
    expect(broker.counters.dropped['queue-full']).toBe(2)
    expect(broker.counters.messagesRefused).toBe(2)
    expect(logs.find((line) => line['reason'] === 'queue-full')).toMatchObject({ clientId: 'one', queued: 2 })
    expect(await back()).toEqual(['1', '2'])
  })

  test('is not asked for QoS 0: a receiver that is away misses it, and its publisher is not told 0x97', async () => {
    const { broker, client } = startBroker()
    const one = await client('one', persistent)
    await one.subscribe('t', { qos: 0 })
    const publisher = await client('publisher')
    const small = await client('small', { properties: { maximumPacketSize: 30 } })
    await small.subscribe('u', { qos: 0 })
    // [MQTT-3.1.2-25]
    expect(await publisher.publish('u', 'x'.repeat(30), { qos: 1 })).toBe(0)
    await one.drop()
    expect(await publisher.publish('t', 'x', { qos: 1 })).toBe(0)
    expect(broker.counters.dropped).toMatchObject({ offline: 1, 'too-large': 1 })
    expect(broker.counters.messagesRefused).toBe(0)
  })

  test('a 3.1.1 publisher cannot be told', async () => {
    const { broker, client } = await away({ queueMessagesMax: 0 })
    const old = await client('old', { protocolVersion: 4 })
    expect(await old.publish('t', '1', { qos: 1 })).toBe(0)
    expect(broker.counters.dropped['queue-full']).toBe(1)
  })

  test('that is full is no reason to refuse what somebody else takes', async () => {
    const { client, publisher } = await away({ queueMessagesMax: 0 })
    const two = await client('two')
    await two.subscribe('t', { qos: 1 })
    expect(await publisher.publish('t', '1', { qos: 1 })).toBe(0)
    expect(await two.payloads()).toEqual(['1'])
  })

  test("'drop-oldest' makes room", async () => {
    const { back, broker, publisher } = await away({ queueMessagesMax: 2, queuePolicy: 'drop-oldest' })
    for (const payload of ['1', '2', '3', '4']) expect(await publisher.publish('t', payload, { qos: 1 })).toBe(0)
    expect(broker.counters.dropped['queue-full']).toBe(2)
    expect(await back()).toEqual(['3', '4'])
  })

  test('is bounded in bytes as well', async () => {
    const { back, broker, publisher } = await away({ queueBytesMax: 5_000 })
    const codes: number[] = []
    for (let i = 0; i < 10; i++) codes.push(await publisher.publish('t', 'x'.repeat(1_000), { qos: 1 }))
    expect(codes).toEqual([0, 0, 0, 0, 0x97, 0x97, 0x97, 0x97, 0x97, 0x97])
    expect(broker.counters.dropped['queue-full']).toBe(6)
    expect(await back()).toHaveLength(4)
  })

  test('takes what is kept in flight into account: a client that never acknowledges holds no more than that', async () => {
    const { broker, client, clock } = startBroker({ limits: { queueBytesMax: 5_000 } })
    const one = await client('one', { ...persistent, silent: true })
    await one.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    for (let i = 0; i < 30; i++) {
      const published = publisher.publish('t', 'x'.repeat(1_000), { qos: 1 })
      await turns()
      // It is waited for once, and then known to be frozen.
      clock.advance(300)
      await published
    }
    const sent = (await one.settled()).length
    expect(sent).toBeLessThanOrEqual(5)
    expect(broker.counters.dropped['queue-full']).toBe(30 - sent - 4)
  })

  test('an identifier whose message was refused is free again', async () => {
    const { client, publisher } = await away({ queueMessagesMax: 0 })
    publisher.post('t', 'x', { qos: 2, packetId: 77 })
    expect((await publisher.next('pubrec')).reasonCode).toBe(0x97)
    const two = await client('two')
    await two.subscribe('t', { qos: 2 })
    publisher.post('t', 'y', { qos: 2, packetId: 77 })
    expect((await publisher.next('pubrec')).reasonCode).toBe(0)
    expect(await two.payloads()).toEqual(['y'])
  })
})

// Retained messages and who published them: No Local (section 3.8.3.1), and messages that are refused.
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { persistent, startBroker, turns } from './harness.ts'

describe('[MQTT-3.8.3-3] No Local', () => {
  const payload = new TextEncoder().encode('will')

  test('holds back what its client retained, and nothing else', async () => {
    const { client } = startBroker()
    const one = await client('one')
    const two = await client('two')
    await one.publish('mine', 'mine', { retain: true })
    await two.publish('theirs', 'theirs', { retain: true, qos: 1 })
    await one.subscribe('+', { noLocal: true, qos: 1 })
    expect(await one.payloads()).toEqual(['theirs'])
    await one.subscribe('+', { noLocal: false, qos: 1 })
    expect((await one.payloads()).sort()).toEqual(['mine', 'theirs'])
    await two.subscribe('+', { noLocal: true })
    expect(await two.payloads()).toEqual(['mine'])
  })

  test('goes by the Client Identifier, also over a new session, a Will, and a restart of the broker', async () => {
    const store = memoryStore()
    const before = startBroker({ store })
    const will = { topicName: 'will', payload, qos: 0, retain: true } as const
    const first = await before.client('one', { will })
    await first.publish('mine', 'mine', { retain: true })
    await first.drop()
    await turns()
    const second = await before.client('one')
    await second.subscribe('+', { noLocal: true })
    expect(await second.payloads()).toEqual([])
    await before.broker.close()
    const { client } = startBroker({ store })
    const third = await client('one')
    await third.subscribe('+', { noLocal: true })
    expect(await third.payloads()).toEqual([])
    const other = await client('other')
    await other.subscribe('+', { noLocal: true })
    expect((await other.payloads()).sort()).toEqual(['mine', 'will'])
    // The last publisher counts.
    await third.unsubscribe('+')
    await other.publish('mine', 'theirs', { retain: true })
    await third.subscribe('mine', { noLocal: true })
    expect(await third.payloads()).toEqual(['theirs'])
  })
})

describe('a PUBLISH that is refused changes nothing', () => {
  /** One receiver, whose queue is full. */
  async function full() {
    const started = startBroker({ limits: { queueMessagesMax: 1 } })
    const publisher = await started.client('publisher')
    await publisher.publish('t', 'kept', { retain: true, qos: 1 })
    const away = await started.client('away', persistent)
    await away.subscribe('#', { qos: 1, retainHandling: 2 })
    await away.drop()
    await publisher.publish('other', 'x', { qos: 1 })
    return { ...started, publisher }
  }

  test('0x97: every receiver is without room', async () => {
    const { broker, client, publisher } = await full()
    for (const qos of [1, 2] as const) {
      for (const payload of ['new', '']) expect(await publisher.publish('t', payload, { retain: true, qos })).toBe(0x97)
      expect(await publisher.publish('u', 'new', { retain: true, qos })).toBe(0x97)
    }
    expect(broker.stats.retained).toBe(1)
    const one = await client('one')
    await one.subscribe('#')
    expect(await one.payloads()).toEqual(['kept'])
  })

  test('[MQTT311-3.3.5-2] before 5.0 its publisher hears of success, so it is retained', async () => {
    const { client } = await full()
    const old = await client('old', { protocolVersion: 4 })
    expect(await old.publish('t', 'new', { retain: true, qos: 1 })).toBe(0)
    await old.subscribe('t')
    expect(await old.payloads()).toEqual(['new'])
  })

  test('0x97: no room for one more retained message, and no receiver gets it; its identifier is free again', async () => {
    const { client } = startBroker({ limits: { retainedMessagesMax: 0 } })
    const live = await client('live')
    await live.subscribe('t', { qos: 2 })
    const one = await client('one', persistent)
    expect(await one.publish('t', 'x', { retain: true, qos: 2, packetId: 7 })).toBe(0x97)
    expect(await live.settled()).toEqual([])
    expect(await one.publish('t', 'y', { qos: 2, packetId: 7 })).toBe(0)
    expect(await live.payloads()).toEqual(['y'])
  })

  test('0x87: it is asked about before anything else', async () => {
    const { broker, client } = startBroker({
      authorize: async ({ action }) => action !== 'publish',
      limits: { retainedMessagesMax: 0 },
    })
    const one = await client('one')
    expect(await one.publish('t', 'x', { retain: true, qos: 1 })).toBe(0x87)
    expect(broker.stats.retained).toBe(0)
  })
})

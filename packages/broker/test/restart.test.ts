// What a broker that is made again over the same store finds.
import { describe, expect, test } from 'vitest'
import type { createBroker } from '../src/broker.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { persistent, startBroker, turns } from './harness.ts'
import { payloadText, type WireClient } from './wire-client.ts'

describe('a broker that is begun again over the same store', () => {
  /** A broker that stops between two phases of a test. */
  const phases = () => {
    const store = memoryStore()
    return async (
      phase: (
        client: (clientId: string, wishes?: object) => Promise<WireClient>,
        broker: ReturnType<typeof createBroker>,
      ) => Promise<void>,
    ) => {
      const { broker, client } = startBroker({ store })
      // What the store has is loaded.
      await turns()
      await phase(client, broker)
      await broker.close()
    }
  }
  const back = { ...persistent, cleanStart: false }

  test('has its sessions, subscriptions and what was queued', async () => {
    const during = phases()
    await during(async (client) => {
      const one = await client('one', persistent)
      await one.subscribe(['plain', '$share/g/shared'], { qos: 2, identifier: 5 })
      await one.subscribe('left')
      await one.unsubscribe('left')
      await one.drop()
      const publisher = await client('publisher')
      for (const [topic, qos] of [
        ['plain', 1],
        ['shared', 2],
        ['plain', 2],
      ] as const) {
        await publisher.publish(topic, `${topic} ${qos}`, { qos })
      }
    })
    await during(async (client, broker) => {
      expect(broker.stats).toMatchObject({ sessions: 1, subscriptions: 2 })
      const one = await client('one', back)
      expect(one.connack?.sessionPresent).toBe(true)
      const messages = await one.messages(3)
      expect(messages.map((each) => [payloadText(each), each.qos, each.dup, each.properties])).toEqual([
        ['plain 1', 1, false, { subscriptionIdentifiers: [5] }],
        ['shared 2', 2, false, { subscriptionIdentifiers: [5] }],
        ['plain 2', 2, false, { subscriptionIdentifiers: [5] }],
      ])
      await (await client('publisher')).publish('shared', 'live', { qos: 1 })
      expect(await one.payloads()).toEqual(['live'])
    })
    await during(async (client) => {
      expect(await (await client('one', back)).settled()).toEqual([])
    })
  })

  test('[MQTT-4.4.0-1] has what was in flight, with its identifiers, and its PUBRELs', async () => {
    const during = phases()
    let ids: (number | undefined)[] = []
    await during(async (client) => {
      const one = await client('one', { ...persistent, silent: true })
      await one.subscribe('t', { qos: 2 })
      const publisher = await client('publisher')
      for (const [payload, qos] of [
        ['a', 1],
        ['b', 2],
        ['c', 2],
        ['d', 1],
      ] as const) {
        await publisher.publish('t', payload, { qos })
      }
      ids = (await one.messages(4)).map((each) => each.packetId)
      one.ack('puback', ids[0] ?? 0)
      one.ack('pubrec', ids[2] ?? 0)
      await one.next('pubrel')
    })
    for (let restart = 0; restart < 2; restart++) {
      await during(async (client) => {
        const one = await client('one', { ...back, silent: true })
        const came = await one.settled()
        const publishes = came.filter((each) => each.type === 'publish')
        expect(publishes.map((each) => [each.packetId, each.dup])).toEqual([
          [ids[1], true],
          [ids[3], true],
        ])
        const others = came.filter((each) => each.type !== 'publish')
        expect(others).toMatchObject([{ type: 'pubrel', packetId: ids[2] }])
      })
    }
    await during(async (client) => {
      const one = await client('one', { ...back, silent: true })
      await one.settled()
      one.ack('pubrec', ids[1] ?? 0)
      await one.next('pubrel')
      for (const id of [ids[1], ids[2]]) one.ack('pubcomp', id ?? 0)
      one.ack('puback', ids[3] ?? 0)
      expect(await one.settled()).toEqual([])
      await (await client('publisher')).publish('t', 'e', { qos: 2 })
      expect(ids).not.toContain((await one.next('publish')).packetId)
    })
  })

  test('[MQTT-4.3.3-10] knows which QoS 2 messages it has had, and which identifiers are free', async () => {
    const during = phases()
    await during(async (client) => {
      const one = await client('one', persistent)
      one.post('t', 'x', { qos: 2, packetId: 7 })
      await one.next('pubrec')
      await one.publish('t', 'y', { qos: 2, packetId: 8 })
    })
    await during(async (client) => {
      const watcher = await client('watcher')
      await watcher.subscribe('t', { qos: 2 })
      const one = await client('one', back)
      one.post('t', 'x', { qos: 2, packetId: 7, dup: true })
      await one.next('pubrec')
      one.ack('pubrel', 7)
      await one.next('pubcomp')
      for (const packetId of [7, 8]) await one.publish('t', `new ${packetId}`, { qos: 2, packetId })
      expect(await watcher.payloads()).toEqual(['new 7', 'new 8'])
    })
  })

  test('does not take an identifier for held whose message it had refused', async () => {
    const store = memoryStore()
    const first = startBroker({ store, limits: { queueMessagesMax: 0 } })
    await (await first.client('full', persistent)).subscribe('t', { qos: 2 })
    await (await first.client('full', { ...persistent, cleanStart: false })).drop()
    const one = await first.client('one', persistent)
    expect(await one.publish('t', 'x', { qos: 2, packetId: 7 })).toBe(0x97)
    await first.broker.close()
    const second = startBroker({ store })
    const again = await second.client('one', back)
    expect(await again.publish('t', 'x', { qos: 2, packetId: 7 })).toBe(0)
    expect(await (await second.client('full', back)).payloads()).toEqual(['x'])
  })

  test('has its retained messages', async () => {
    const during = phases()
    await during(async (client) => {
      const one = await client('one')
      await one.publish('kept', 'x', { retain: true, qos: 2, properties: { contentType: 'c' } })
      await one.publish('gone', 'x', { retain: true })
      await one.publish('gone', '', { retain: true })
    })
    await during(async (client, broker) => {
      expect(broker.stats.retained).toBe(1)
      const one = await client('one')
      await one.subscribe('#', { qos: 2 })
      expect(await one.next('publish')).toMatchObject({
        topicName: 'kept',
        qos: 2,
        retain: true,
        properties: { contentType: 'c' },
      })
    })
  })

  test('has nothing of what ended with its connection', async () => {
    const during = phases()
    await during(async (client) => {
      const ended = await client('ended', persistent)
      await ended.subscribe('t', { qos: 1 })
      await ended.disconnect(0, 0)
      const clean = await client('clean', persistent)
      await clean.subscribe('t', { qos: 1 })
      await clean.drop()
      await client('clean')
      await (await client('passing')).subscribe('t', { qos: 1 })
    })
    await during(async (_client, broker) => {
      expect(broker.stats).toMatchObject({ connections: 0, sessions: 0, subscriptions: 0, retained: 0 })
    })
  })

  test('queued QoS 0 that was sent is not sent again', async () => {
    const store = memoryStore()
    for (let round = 0; round < 2; round++) {
      const { broker, client } = startBroker({ store, limits: { queueQos0: true } })
      const one = await client('one', back)
      if (round === 0) {
        await one.subscribe('t', { qos: 1 })
        await one.drop()
        await (await client('publisher')).publish('t', 'zero')
      } else {
        expect(await one.payloads()).toEqual(['zero'])
        await one.drop()
      }
      await broker.close()
    }
    const { client } = startBroker({ store })
    expect(await (await client('one', back)).settled()).toEqual([])
  })

  test('lets sessions expire that nobody comes back to', async () => {
    const store = memoryStore()
    const first = startBroker({ store })
    await first.client('one', { properties: { sessionExpiryInterval: 10 } })
    await first.broker.close()
    const second = startBroker({ store })
    await second.client('other')
    expect(second.broker.stats.sessions).toBe(2)
    second.clock.advance(10_000)
    expect(second.broker.stats.sessions).toBe(1)
    await second.broker.close()
    expect((await store.load()).sessions).toEqual([])
  })
})

test('what does not fit any more is dropped from the store as well', async () => {
  const store = memoryStore()
  const first = startBroker({ store })
  const away = await first.client('away', persistent)
  await away.subscribe('t', { qos: 1 })
  await away.disconnect()
  const publisher = await first.client('publisher')
  for (let n = 0; n < 10; n++) await publisher.publish('t', `${n}`, { qos: 1 })
  await first.broker.close()
  const second = startBroker({ store, limits: { queueMessagesMax: 4 } })
  const back = await second.client('away', { ...persistent, cleanStart: false })
  expect(second.broker.counters.dropped['queue-full']).toBe(6)
  expect(await back.payloads()).toEqual(['0', '1', '2', '3'])
  await back.drop()
  await turns()
  expect((await store.load()).sessions[0]?.deliveries).toEqual([])
})

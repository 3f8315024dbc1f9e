// Retained messages (sections 3.3.1.3, 3.8.3.1).
import { describe, expect, test } from 'vitest'
import { persistent, startBroker } from './harness.ts'
import { payloadText } from './wire-client.ts'

describe('a retained message', () => {
  test('[MQTT-3.3.1-5] is replaced by the next one, and comes with RETAIN 1 to a new subscription', async () => {
    const { broker, client } = startBroker()
    const publisher = await client('publisher')
    await publisher.publish('house/bulb1', 'on', { retain: true })
    await publisher.publish('house/bulb1', 'off', { retain: true, qos: 1 })
    expect(broker.stats.retained).toBe(1)
    const one = await client('one')
    await one.subscribe('house/+', { qos: 2 })
    const message = await one.next('publish')
    expect(message).toMatchObject({ topicName: 'house/bulb1', retain: true, qos: 1 })
    expect(payloadText(message)).toBe('off')
    expect(await one.settled()).toEqual([])
  })

  test('[MQTT-3.3.1-6] [MQTT-3.3.1-7] is removed by an empty one, which is not kept itself', async () => {
    const { broker, client } = startBroker()
    const one = await client('one')
    await one.publish('t', 'x', { retain: true })
    const live = await client('live')
    await live.subscribe('t')
    await live.next('publish')
    await one.publish('t', '', { retain: true })
    // [MQTT-3.3.1-12] an existing subscription gets it as any message.
    expect(await live.next('publish')).toMatchObject({ topicName: 't', retain: false })
    expect(broker.stats.retained).toBe(0)
    await one.subscribe('t')
    expect(await one.settled()).toEqual([])
  })

  test('[MQTT-3.3.1-8] a message with RETAIN 0 neither replaces nor removes it', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.publish('t', 'kept', { retain: true })
    await one.publish('t', 'passing')
    await one.publish('t', '')
    await one.subscribe('t')
    expect(await one.payloads()).toEqual(['kept'])
  })

  test('follows its SUBACK', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.publish('t', 'x', { retain: true })
    one.send({
      type: 'subscribe',
      packetId: 9,
      subscriptions: [{ topicFilter: 't', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
    })
    await one.next('suback')
    await one.next('publish')
  })

  test('[MQTT-3.3.2-5] [MQTT-3.3.2-6] expires, and until then says how long it has', async () => {
    const { broker, client, clock } = startBroker()
    const one = await client('one')
    await one.publish('t', 'x', { retain: true, properties: { messageExpiryInterval: 10 } })
    clock.advance(4_000)
    await one.subscribe('t')
    expect((await one.next('publish')).properties?.messageExpiryInterval).toBe(6)
    clock.advance(6_000)
    await one.subscribe('t')
    expect(await one.settled()).toEqual([])
    expect(broker.stats.retained).toBe(0)
  })

  test('carries its properties', async () => {
    const { client } = startBroker()
    const one = await client('one')
    const properties = {
      payloadFormatIndicator: 1,
      contentType: 'text/plain',
      responseTopic: 'r',
      correlationData: Uint8Array.of(1, 2, 3),
      userProperties: [
        ['b', '1'],
        ['a', '2'],
        ['b', '1'],
      ],
    } as const
    await one.publish('t', 'x', { retain: true, properties })
    await one.subscribe('t')
    expect((await one.next('publish')).properties).toEqual(properties)
  })

  test('3.3.2.3.2 UTF-8 payload may hold U+0000: only a UTF-8 Encoded String may not', async () => {
    const { client } = startBroker()
    const payload = 'a\0b'
    const properties = { payloadFormatIndicator: 1 } as const
    const one = await client('one', {
      will: { topicName: 't', payload: Uint8Array.of(0), qos: 0, retain: false, properties },
    })
    await one.subscribe('t')
    one.post('t', payload, { properties })
    expect(await one.payloads()).toEqual([payload])
  })

  test('thousands of them come in slices, and others are served in between', async () => {
    const { client } = startBroker()
    const one = await client('one')
    for (let i = 0; i < 3_000; i++) one.post(`t/${i}`, `${i}`, { retain: true })
    await one.settled()
    const two = await client('two')
    const before: number[] = []
    two.send({
      type: 'subscribe',
      packetId: 1,
      subscriptions: [{ topicFilter: 't/#', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
    })
    await two.next('suback')
    await one.publish('elsewhere', 'x', { qos: 1 })
    before.push(1)
    const messages = await two.messages(3_000)
    expect(new Set(messages.map((each) => each.topicName)).size).toBe(3_000)
    expect(await two.settled()).toEqual([])
  })

  test('at QoS 1 they come as the client takes them, within its Receive Maximum', async () => {
    const { client } = startBroker()
    const one = await client('one')
    for (let i = 0; i < 50; i++) await one.publish(`t/${i}`, `${i}`, { retain: true, qos: 1 })
    const two = await client('two', { properties: { receiveMaximum: 2 }, silent: true })
    await two.subscribe('t/#', { qos: 1 })
    for (let i = 0; i < 50; i++) {
      const message = await two.next('publish')
      if (i === 0) expect(await two.settled()).toHaveLength(1)
      two.ack('puback', message.packetId ?? 0)
      if (i === 0) i++
    }
  })

  test('a subscription to them made over and over holds one walk', async () => {
    const { client } = startBroker({ limits: { outboxBytesMax: 1024 } })
    const one = await client('one')
    for (let i = 0; i < 500; i++) one.post(`t/${i}`, 'x'.repeat(2_000), { retain: true })
    await one.settled()
    const two = await client('two')
    two.freeze()
    const heapBefore = process.memoryUsage().heapUsed
    for (let i = 0; i < 5_000; i++) {
      two.send({
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ topicFilter: 't/#', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
      })
    }
    await one.settled()
    await one.settled()
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(50_000_000)
  })
})

describe('Retain Handling', () => {
  test('[MQTT-3.3.1-9] 0 sends them with every SUBSCRIBE', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.publish('t', 'x', { retain: true })
    for (let i = 0; i < 2; i++) {
      await one.subscribe('t', { retainHandling: 0 })
      expect(await one.payloads()).toEqual(['x'])
    }
  })

  test('[MQTT-3.3.1-10] 1 sends them only where the subscription is new', async () => {
    const { client } = startBroker()
    const one = await client('one', persistent)
    await one.publish('t', 'x', { retain: true })
    await one.subscribe('t', { retainHandling: 1 })
    expect(await one.payloads()).toEqual(['x'])
    await one.subscribe('t', { retainHandling: 1 })
    expect(await one.payloads()).toEqual([])
    await one.drop()
    const again = await client('one', { ...persistent, cleanStart: false })
    await again.subscribe('t', { retainHandling: 1 })
    expect(await again.payloads()).toEqual([])
    await again.unsubscribe('t')
    await again.subscribe('t', { retainHandling: 1 })
    expect(await again.payloads()).toEqual(['x'])
  })

  test('[MQTT-3.3.1-11] 2 sends none', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.publish('t', 'x', { retain: true })
    await one.subscribe('t', { retainHandling: 2 })
    expect(await one.payloads()).toEqual([])
  })
})

describe('Retain As Published', () => {
  test('[MQTT-3.3.1-12] 0 clears RETAIN on what is published now, [MQTT-3.3.1-13] 1 keeps it', async () => {
    const { client } = startBroker()
    const cleared = await client('cleared')
    const kept = await client('kept')
    await cleared.subscribe('t', { retainAsPublished: false })
    await kept.subscribe('t', { retainAsPublished: true })
    const publisher = await client('publisher')
    await publisher.publish('t', 'x', { retain: true })
    await publisher.publish('t', 'y')
    expect((await cleared.messages(2)).map((each) => each.retain)).toEqual([false, false])
    expect((await kept.messages(2)).map((each) => each.retain)).toEqual([true, false])
  })
})

describe('what is retained is bounded', () => {
  test('in messages: one on a new topic is refused with 0x97, and what is there can be replaced and removed', async () => {
    const { broker, client } = startBroker({ limits: { retainedMessagesMax: 2 } })
    const one = await client('one')
    const keep = { retain: true, qos: 1 } as const
    for (const topic of ['a', 'b']) await one.publish(topic, 'x', keep)
    const live = await client('live')
    await live.subscribe('c')
    expect(await one.publish('c', 'x', keep)).toBe(0x97)
    expect(await one.publish('c', 'x', { retain: true, qos: 2 })).toBe(0x97)
    expect(await live.settled()).toEqual([])
    expect(await one.publish('c', 'x', { qos: 1 })).toBe(0)
    expect(await one.publish('a', 'longer', keep)).toBe(0x10)
    await one.publish('b', '', keep)
    expect(await one.publish('c', 'x', keep)).toBe(0)
    expect(broker.stats.retained).toBe(2)
    expect(broker.counters.messagesRefused).toBe(2)
  })

  test('in bytes', async () => {
    const { broker, client } = startBroker({ limits: { retainedBytesMax: 3_300 } })
    const one = await client('one')
    const keep = { retain: true, qos: 1 } as const
    expect(await one.publish('a', 'x'.repeat(1_000), keep)).toBe(0x10)
    expect(await one.publish('b', 'x'.repeat(1_000), keep)).toBe(0x10)
    expect(await one.publish('c', 'x'.repeat(1_000), keep)).toBe(0x97)
    expect(await one.publish('a', 'x'.repeat(1_500), keep)).toBe(0x10)
    expect(await one.publish('a', 'x'.repeat(2_500), keep)).toBe(0x97)
    for (const topic of ['a', 'b']) await one.publish(topic, '', keep)
    expect(broker.stats.retained).toBe(0)
    expect(await one.publish('c', 'x'.repeat(2_500), keep)).toBe(0x10)
  })

  test('[MQTT-3.3.2-5] what has expired makes room, though nobody asked for it', async () => {
    const { broker, client, clock } = startBroker({ limits: { retainedMessagesMax: 50 } })
    const one = await client('one')
    for (let i = 0; i < 50; i++) one.post(`a/${i}`, 'x', { retain: true, properties: { messageExpiryInterval: 10 } })
    expect(await one.publish('b', 'x', { retain: true, qos: 1 })).toBe(0x97)
    clock.advance(10_000)
    expect(await one.publish('b', 'x', { retain: true, qos: 1 })).toBe(0x10)
    for (let i = 0; i < 60; i++) one.post('b', `${i}`, { retain: true })
    await one.settled()
    expect(broker.stats.retained).toBe(1)
  })

  test('class 4: in bytes, the levels of its name included', async () => {
    const { broker, client } = startBroker({ limits: { retainedBytesMax: 100_000 } })
    const one = await client('one')
    for (let i = 0; i < 100; i++) one.post(`${i}${'/a'.repeat(100)}`, 'x', { retain: true })
    await one.settled()
    expect(broker.stats.retained).toBeLessThan(20)
    for (let i = 0; i < 100; i++) one.post(`${i}${'/a'.repeat(100)}`, '', { retain: true })
    expect(await one.publish('t', 'x'.repeat(99_000), { retain: true, qos: 1 })).toBe(0x10)
  })

  test('a Will that has no room is published all the same', async () => {
    const { broker, client } = startBroker({ limits: { retainedMessagesMax: 0 } })
    const live = await client('live')
    await live.subscribe('gone')
    const will = { topicName: 'gone', payload: new TextEncoder().encode('gone'), qos: 0, retain: true } as const
    await (await client('one', { will })).drop()
    expect(payloadText(await live.next('publish'))).toBe('gone')
    expect(broker.stats.retained).toBe(0)
  })
})

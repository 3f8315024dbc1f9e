// What may be sent to whom: sizes, quotas, aliases, expiry (sections 3.1.2.11, 3.3.2.3, 4.9).
import { describe, expect, test } from 'vitest'
import { persistent, startBroker } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

describe('Maximum Packet Size', () => {
  test('[MQTT-3.1.2-24] [MQTT-3.1.2-25] a message that is too large for a client is dropped for it alone, and counted', async () => {
    const { broker, client, logs } = startBroker()
    const small = await client('small', { properties: { maximumPacketSize: 100 } })
    const large = await client('large')
    await small.subscribe('t', { qos: 2 })
    await large.subscribe('t', { qos: 2 })
    const publisher = await client('publisher')
    for (const qos of [0, 1, 2] as const) {
      await publisher.publish('t', 'x'.repeat(200), { qos })
      await publisher.publish('t', 'fits', { qos })
    }
    expect(await small.payloads()).toEqual(['fits', 'fits', 'fits'])
    expect(await large.payloads()).toHaveLength(6)
    expect(broker.counters.dropped['too-large']).toBe(3)
    expect(logs.find((line) => line['reason'] === 'too-large')).toMatchObject({ clientId: 'small' })
  })

  test('at its edge: exactly as large is sent', async () => {
    const { client } = startBroker()
    // Fixed header 2, topic 3, no properties 1: 94 of payload.
    const small = await client('small', { properties: { maximumPacketSize: 100 } })
    await small.subscribe('t')
    const publisher = await client('publisher')
    await publisher.publish('t', 'x'.repeat(94))
    await publisher.publish('t', 'y'.repeat(95))
    expect((await small.payloads()).map((each) => each.length)).toEqual([94])
  })

  test('[MQTT-3.2.2-15] a larger one than ours ends the connection with 0x95', async () => {
    const { client } = startBroker({ limits: { maximumPacketSize: 1000 } })
    const one = await client('one')
    one.post('t', 'x'.repeat(2000))
    expect(await one.goodbye()).toBe(0x95)
    const old = await client('old', { protocolVersion: 4 })
    old.post('t', 'x'.repeat(2000))
    expect(await old.closed()).toEqual([])
  })

  test('[MQTT-3.1.2-24] of the client has no room for SUBACK: the client does not wait for it in vain', async () => {
    const { client } = startBroker()
    const small = await client('small', { properties: { maximumPacketSize: 50 } })
    await small.subscribe('t', { qos: 1 })
    const filters = Array.from({ length: 60 }, (_, i) => ({
      topicFilter: `t/${i}`,
      qos: 0 as const,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
    }))
    small.send({ type: 'subscribe', packetId: 9, subscriptions: filters })
    expect(await small.closed()).toMatchObject([{ type: 'disconnect', reasonCode: 0x95 }])
  })

  test('that has no room for CONNACK ends the connection', async () => {
    const { broker } = startBroker()
    const { client, connack } = await WireClient.attempt(broker, {
      clientId: '',
      properties: { maximumPacketSize: 20 },
    })
    expect(connack).toBeUndefined()
    expect(client.isClosed).toBe(true)
  })
})

describe('Receive Maximum', () => {
  test('[MQTT-3.3.4-9] of the client bounds what is unacknowledged; QoS 0 goes on', async () => {
    const { client } = startBroker()
    const one = await client('one', { properties: { receiveMaximum: 2 }, silent: true })
    await one.subscribe('t', { qos: 2 })
    const publisher = await client('publisher')
    for (const payload of ['1', '2', '3', '4']) await publisher.publish('t', payload, { qos: 1 })
    await publisher.publish('t', 'zero')
    expect(await one.payloads()).toEqual(['1', '2', 'zero'])
    one.ack('puback', 1)
    expect(await one.payloads()).toEqual(['3'])
    one.ack('puback', 2)
    one.ack('puback', 3)
    expect(await one.payloads()).toEqual(['4'])
  })

  test('QoS 2 gives quota back with PUBCOMP, or with a PUBREC that refuses', async () => {
    const { broker, client } = startBroker()
    const one = await client('one', { properties: { receiveMaximum: 1 }, silent: true })
    await one.subscribe('t', { qos: 2 })
    const publisher = await client('publisher')
    for (const payload of ['1', '2', '3']) await publisher.publish('t', payload, { qos: 2 })
    const first = await one.next('publish')
    one.ack('pubrec', first.packetId ?? 0)
    expect((await one.settled()).map((each) => each.type)).toEqual(['pubrel'])
    one.ack('pubcomp', first.packetId ?? 0)
    const second = await one.next('publish')
    expect(payloadText(second)).toBe('2')
    one.ack('pubrec', second.packetId ?? 0, 0x97)
    expect(payloadText(await one.next('publish'))).toBe('3')
    expect(broker.counters.dropped.refused).toBe(1)
  })

  test('class 3: [MQTT-3.3.4-7] one more than ours is 0x93', async () => {
    const { client } = startBroker({ limits: { receiveMaximum: 3 } })
    const one = await client('one')
    for (let i = 1; i <= 4; i++) one.post('t', `${i}`, { qos: 2, packetId: i })
    expect(await one.goodbye()).toBe(0x93)
  })

  test('class 3: ours counts what is unanswered, not what was ever sent', async () => {
    const { client } = startBroker({ limits: { receiveMaximum: 2 } })
    const one = await client('one')
    for (let i = 0; i < 50; i++) await one.publish('t', 'x', { qos: i % 2 === 0 ? 1 : 2 })
    one.post('t', 'x', { qos: 2, packetId: 1000 })
    one.post('t', 'x', { qos: 2, packetId: 1001 })
    expect(await one.settled()).toHaveLength(2)
  })
})

describe('Topic Alias', () => {
  test('[MQTT-3.3.2-7] of a client stands for its topic, can be set anew, and ends with the connection', async () => {
    const { client } = startBroker()
    const one = await client('one')
    const watcher = await client('watcher')
    await watcher.subscribe('#')
    const alias = (topicAlias: number) => ({ properties: { topicAlias } })
    one.post('a', '1', alias(1))
    one.post('', '2', alias(1))
    one.post('b', '3', alias(1))
    one.post('', '4', alias(1))
    await one.settled()
    const messages = await watcher.messages(4)
    expect(messages.map((each) => each.topicName)).toEqual(['a', 'a', 'b', 'b'])
    expect(messages[0]?.properties).toBeUndefined()
    await one.drop()
    const again = await client('one')
    again.post('', '5', alias(1))
    expect(await again.goodbye()).toBe(0x82)
  })

  test('[MQTT-3.3.2-9] above ours, or 0, is 0x94', async () => {
    const { client } = startBroker({ limits: { topicAliasMaximum: 2 } })
    const over = await client('over')
    over.post('a', 'x', { properties: { topicAlias: 3 } })
    expect(await over.goodbye()).toBe(0x94)
    const none = await client('none')
    // A PUBLISH to 'a' with Topic Alias 0.
    none.sendBytes([0x30, 7, 0, 1, 0x61, 3, 35, 0, 0])
    expect(await none.goodbye()).toBe(0x94)
  })

  test('out: within what the client allows, the least recently used one gives way', async () => {
    const { client } = startBroker({ limits: { topicAliasMaximum: 10 } })
    const one = await client('one', { properties: { topicAliasMaximum: 2 } })
    await one.subscribe('#')
    const publisher = await client('publisher')
    for (const topic of ['a', 'b', 'a', 'c', 'a', 'b']) await publisher.publish(topic, topic)
    const messages = await one.messages(6)
    expect(messages.map((each) => [each.topicName, each.properties?.topicAlias])).toEqual([
      ['a', 1],
      ['b', 2],
      ['', 1],
      ['c', 2],
      ['', 1],
      ['b', 2],
    ])
  })

  test('[MQTT-3.1.2-27] out: none to a client that named none', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe('#')
    const publisher = await client('publisher')
    for (let i = 0; i < 3; i++) await publisher.publish('a', 'x')
    for (const message of await one.messages(3)) expect(message).toMatchObject({ topicName: 'a' })
  })

  test('in and out do not mix', async () => {
    const { client } = startBroker()
    const one = await client('one', { properties: { topicAliasMaximum: 5 } })
    await one.subscribe(['a', 'b'])
    one.post('b', '1', { properties: { topicAlias: 1 } })
    one.post('a', '2', { properties: { topicAlias: 2 } })
    one.post('', '3', { properties: { topicAlias: 1 } })
    const messages = await one.messages(3)
    expect(messages.map((each) => [each.topicName, each.properties?.topicAlias, payloadText(each)])).toEqual([
      ['b', 1, '1'],
      ['a', 2, '2'],
      ['', 1, '3'],
    ])
  })
})

describe('Message Expiry Interval', () => {
  test('[MQTT-3.3.2-5] [MQTT-3.3.2-6] a queued message is sent with what is left, or dropped and counted', async () => {
    const { broker, client, clock } = startBroker()
    const one = await client('one', persistent)
    await one.subscribe('t', { qos: 1 })
    await one.drop()
    const publisher = await client('publisher')
    await publisher.publish('t', 'short', { qos: 1, properties: { messageExpiryInterval: 5 } })
    await publisher.publish('t', 'long', { qos: 1, properties: { messageExpiryInterval: 60 } })
    await publisher.publish('t', 'for ever', { qos: 1 })
    clock.advance(5_000)
    const again = await client('one', { ...persistent, cleanStart: false })
    const messages = await again.messages(2)
    expect(messages.map((each) => [payloadText(each), each.properties?.messageExpiryInterval])).toEqual([
      ['long', 55],
      ['for ever', undefined],
    ])
    expect(broker.counters.dropped.expired).toBe(1)
  })

  test('of one message does not stick to the next one', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe('t')
    const publisher = await client('publisher')
    await publisher.publish('t', 'a', { properties: { messageExpiryInterval: 5, contentType: 'c' } })
    await publisher.publish('t', 'b')
    const [first, second] = await one.messages(2)
    expect(first?.properties).toEqual({ messageExpiryInterval: 5, contentType: 'c' })
    expect(second?.properties).toBeUndefined()
  })
})

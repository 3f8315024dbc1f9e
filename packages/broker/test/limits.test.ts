// What is announced, enforced, bounded, counted (sections 3.1.2.10, 3.1.2.11, 3.2.2.3, 4.9).
import { describe, expect, test } from 'vitest'
import { createBroker } from '../src/broker.ts'
import { persistent, startBroker, turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

const text = new TextEncoder()

describe('limits', () => {
  test('are announced in CONNACK', async () => {
    const { client } = startBroker({
      limits: { receiveMaximum: 5, maximumPacketSize: 1000, topicAliasMaximum: 3, keepAliveMaximum: 60 },
    })
    expect((await client('one', { keepAlive: 100 })).connack?.properties).toEqual({
      receiveMaximum: 5,
      maximumPacketSize: 1000,
      topicAliasMaximum: 3,
      serverKeepAlive: 60,
    })
  })

  test('have defaults, which are announced', async () => {
    const { client } = startBroker()
    expect((await client('one')).connack?.properties).toEqual({
      receiveMaximum: 64,
      maximumPacketSize: 1024 * 1024,
      topicAliasMaximum: 16,
    })
  })

  test('before 5.0 there are no properties to announce them with', async () => {
    const { client } = startBroker()
    expect((await client('one', { protocolVersion: 4 })).connack?.properties).toBeUndefined()
  })

  test('that make no sense are refused, with their name and range', () => {
    for (const [limits, message] of [
      [{ receiveMaximum: 0 }, 'limits.receiveMaximum is 0; a whole number from 1 to 65535 is allowed'],
      [{ queueMessagesMax: 1.5 }, /^limits.queueMessagesMax is 1.5/],
      [{ queuePolicy: 'drop-all' }, "limits.queuePolicy is drop-all; 'drop-newest' and 'drop-oldest' are allowed"],
      [{ recieveMaximum: 3 }, /^limits.recieveMaximum does not exist; the limits are receiveMaximum/],
      [{ queueQos0: 'yes' }, /^limits.queueQos0 is yes/],
    ] as const) {
      // What JavaScript lets through.
      const given: object = limits
      expect(() => createBroker({ limits: given })).toThrow(message)
    }
  })
})

describe('keep-alive', () => {
  test('[MQTT-3.1.2-22] one and a half times of silence end the connection with 0x8D', async () => {
    const { client, clock } = startBroker()
    const one = await client('one', { keepAlive: 10 })
    clock.advance(14_999)
    expect(await one.settled()).toEqual([])
    clock.advance(14_999)
    expect(one.isClosed).toBe(false)
    clock.advance(1)
    expect(await one.goodbye()).toBe(0x8d)
  })

  test('any packet counts', async () => {
    const { client, clock } = startBroker()
    const one = await client('one', { keepAlive: 1 })
    for (let i = 0; i < 20; i++) {
      clock.advance(1_400)
      await one.publish('t', 'x', { qos: 1 })
    }
    expect(one.isClosed).toBe(false)
  })

  test('0 turns it off, unless the server says otherwise', async () => {
    const { client, clock } = startBroker()
    const one = await client('one', { keepAlive: 0 })
    clock.advance(86_400_000)
    expect(await one.settled()).toEqual([])
    const capped = startBroker({ limits: { keepAliveMaximum: 10 } })
    const two = await capped.client('two', { keepAlive: 0 })
    expect(two.connack?.properties?.serverKeepAlive).toBe(10)
    capped.clock.advance(15_000)
    expect(await two.goodbye()).toBe(0x8d)
  })

  test('of a 3.1.1 client closes without a packet', async () => {
    const { client, clock } = startBroker()
    const one = await client('one', { keepAlive: 10, protocolVersion: 4 })
    clock.advance(15_000)
    expect(await one.closed()).toEqual([])
  })

  test('does not count the time in which we do not listen', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { client, clock } = startBroker({
      authorize: () => new Promise((resolve) => void answers.push(resolve)),
    })
    const one = await client('one', { keepAlive: 1 })
    one.post('t', 'x', { qos: 1 })
    await turns()
    clock.advance(60_000)
    answers[0]?.(true)
    expect((await one.next('puback')).reasonCode).toBe(0x10)
    clock.advance(1_500)
    expect(await one.goodbye()).toBe(0x8d)
  })
})

describe('the time allowed for CONNECT', () => {
  test('class 6: a connection that says nothing, or only a part, is closed after it', async () => {
    const { broker, clock } = startBroker()
    const silent = await WireClient.open(broker)
    const partial = await WireClient.open(broker)
    partial.sendBytes([0x10, 20, 0, 4])
    await turns()
    clock.advance(9_999)
    await turns()
    expect([silent.isClosed, partial.isClosed]).toEqual([false, false])
    clock.advance(1)
    expect(await silent.closed()).toEqual([])
    expect(await partial.closed()).toEqual([])
    await turns()
    expect(broker.stats.connections).toBe(0)
  })

  test('also bounds an authenticator that does not answer', async () => {
    const { broker, clock } = startBroker({ authenticate: () => new Promise(() => undefined) })
    const attempt = WireClient.attempt(broker)
    await turns()
    clock.advance(10_000)
    expect((await attempt).connack?.reasonCode).toBe(0x88)
  })
})

describe('connectionsMax', () => {
  test('is told to the next one', async () => {
    const { broker, client } = startBroker({ limits: { connectionsMax: 2 } })
    await client('one')
    const two = await client('two')
    expect((await WireClient.attempt(broker, { clientId: 'three' })).connack?.reasonCode).toBe(0x97)
    expect((await WireClient.attempt(broker, { clientId: 'three', protocolVersion: 4 })).connack?.reasonCode).toBe(3)
    await two.drop()
    await turns()
    await client('three')
  })
})

describe('subscriptionsMax', () => {
  test('refuses one more with 0x97, and not one that replaces', async () => {
    const { client } = startBroker({ limits: { subscriptionsMax: 2 } })
    const one = await client('one')
    expect(await one.subscribe(['a', 'b', 'c', 'a'], { qos: 1 })).toEqual([1, 1, 0x97, 1])
  })
})

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

describe('topics', () => {
  test('deeper or longer than the limits are refused', async () => {
    const { client } = startBroker({ limits: { topicLevelsMax: 3, topicBytesMax: 20 } })
    for (const topicName of ['a/b/c/d', 'x'.repeat(21)]) {
      const one = await client('one')
      one.post(topicName, 'x', { qos: 1 })
      expect(await one.goodbye(), topicName).toBe(0x90)
      const two = await client('two')
      two.sendBytes(subscribeBytes(topicName))
      expect(await two.goodbye(), topicName).toBe(0x8f)
    }
    const one = await client('one')
    expect(await one.publish('a/b/c', 'x', { qos: 1 })).toBe(0x10)
  })
})

function subscribeBytes(topicFilter: string): number[] {
  const filter = text.encode(topicFilter)
  return [0x82, 6 + filter.length, 0, 1, 0, 0, filter.length, ...filter, 0]
}

// What is announced and enforced from CONNECT on (sections 3.1.2.10, 3.2.2.3).
import { describe, expect, test } from 'vitest'
import { createBroker } from '../src/broker.ts'
import { startBroker, turns } from './harness.ts'
import { WireClient } from './wire-client.ts'

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
      [{ queuePolicy: 'drop-all' }, "limits.queuePolicy is 'drop-all'; 'drop-newest' and 'drop-oldest' are allowed"],
      [{ recieveMaximum: 3 }, /^limits.recieveMaximum does not exist; the limits are receiveMaximum/],
      [{ eventLoopDelayMaxMs: -1 }, 'limits.eventLoopDelayMaxMs is -1; a whole number from 0 to 60000 is allowed'],
      [{ queueQos0: 'yes' }, /^limits.queueQos0 is 'yes'/],
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

  test.each([4, 5] as const)(
    'does not run out while the event loop stands still (version %i)',
    async (protocolVersion) => {
      const { client, clock } = startBroker()
      const one = await client('one', { keepAlive: 1, protocolVersion })
      const silent = await client('silent', { keepAlive: 1, protocolVersion })
      // Sent in time, and not read in time.
      one.send({ type: 'pingreq' })
      clock.stall(5000)
      expect([one.isClosed, silent.isClosed]).toEqual([false, false])
      expect(await one.settled()).toEqual([])
      clock.advance(1)
      await silent.closed()
      expect(await one.settled()).toEqual([])
      clock.advance(1_500)
      await one.closed()
    },
  )

  test('does not count the time in which we do not listen', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { client, clock } = startBroker({
      authorize: () => new Promise((resolve) => void answers.push(resolve)),
    })
    const one = await client('one', { keepAlive: 1 })
    one.post('t', 'x', { qos: 1 })
    await turns()
    // Less than answerTimeoutMs.
    clock.advance(20_000)
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

describe('sessionsMax', () => {
  test('counts sessions that wait for their client, and is told to the next one that has none', async () => {
    const { broker, client } = startBroker({ limits: { sessionsMax: 2 } })
    const keeping = { properties: { sessionExpiryInterval: 100 } }
    await (await client('one', keeping)).drop()
    const two = await client('two')
    expect((await WireClient.attempt(broker, { clientId: 'three' })).connack?.reasonCode).toBe(0x97)
    expect((await client('one', { ...keeping, cleanStart: false })).connack?.sessionPresent).toBe(true)
    await two.drop()
    await turns()
    await client('three')
  })
})

describe('subscriptionsMax', () => {
  test('refuses what is more than a session may have in bytes, and not one that replaces', async () => {
    const { client } = startBroker({ limits: { subscriptionBytesMax: 1024 } })
    const one = await client('one')
    const [a, b] = ['a', 'b'].map((each) => each.repeat(250)) as [string, string]
    expect(await one.subscribe([a, b, 'c'.repeat(13), 'd'.repeat(12), a], { qos: 1 })).toEqual([1, 1, 0x97, 1, 1])
    one.send({ type: 'unsubscribe', packetId: 7, topicFilters: [a, '$share/g/none'] })
    await one.next('unsuback')
    expect(await one.subscribe(['$share/g/'.padEnd(250, 'x'), 'more'], { qos: 1 })).toEqual([1, 0x97])
  })

  test('refuses one more with 0x97, and not one that replaces', async () => {
    const { client } = startBroker({ limits: { subscriptionsMax: 2 } })
    const one = await client('one')
    expect(await one.subscribe(['a', 'b', 'c', 'a'], { qos: 1 })).toEqual([1, 1, 0x97, 1])
  })
})

describe('Topic Filters in one packet', () => {
  const filters = Array.from({ length: 32_769 }, (_, n) => n.toString(36))
  const subscriptions = filters.map(
    (topicFilter) => ({ topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }) as const,
  )

  test.each([
    [{ type: 'subscribe', packetId: 1, subscriptions }],
    [{ type: 'unsubscribe', packetId: 1, topicFilters: filters }],
  ] as const)('class 6: are 32,768 at most: %#', async (packet) => {
    const { client } = startBroker()
    const one = await client('one')
    one.send(packet)
    expect(await one.goodbye()).toBe(0x97)
  })

  test('are as many as a client may have', async () => {
    const { broker, client } = startBroker({ limits: { subscriptionsMax: 32_769 } })
    const one = await client('one')
    expect((await one.subscribe(filters)).length).toBe(32_769)
    expect(broker.stats.subscriptions).toBe(32_769)
    one.send({ type: 'unsubscribe', packetId: 9, topicFilters: filters })
    expect((await one.next('unsuback')).reasonCodes.every((code) => code === 0)).toBe(true)
    expect(broker.stats.subscriptions).toBe(0)
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
      expect(await two.subscribe(['fits', topicName, 'a/b/c'], { qos: 1 })).toEqual([1, 0x8f, 1])
      two.send({ type: 'unsubscribe', packetId: 7, topicFilters: ['fits', topicName] })
      expect((await two.next('unsuback')).reasonCodes).toEqual([0, 0x11])
      // [MQTT311-3.8.4-1], [MQTT311-3.10.4-5]
      const old = await client('old', { protocolVersion: 4 })
      expect(await old.subscribe(['fits', topicName], { qos: 1 })).toEqual([1, 0x80])
      old.send({ type: 'unsubscribe', packetId: 7, topicFilters: [topicName] })
      await old.next('unsuback')
    }
    const one = await client('one')
    expect(await one.publish('a/b/c', 'x', { qos: 1 })).toBe(0)
  })
})

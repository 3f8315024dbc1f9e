// A client that does not read, or that the broker fails on, costs itself and nobody else.
import { describe, expect, test } from 'vitest'
import { systemClock } from '../src/config/clock.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { type LogLine, persistent, startBroker, turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

/** What the in-process transport takes before it counts as full. */
const pipeBytes = 256 * 1024
/** The outbox overshoots by at most one of its chunks. */
const chunkBytes = 64 * 1024

const drops = (logs: readonly LogLine[]) => logs.filter((line) => line.msg.includes('being dropped'))

describe('one of a hundred subscribers that stops reading', () => {
  test('at QoS 0: the others get everything, what is held is bounded, the rest is counted and logged', async () => {
    const outboxBytesMax = 64 * 1024
    const { broker, client, logs } = startBroker({ limits: { outboxBytesMax } })
    const healthy = await Promise.all(Array.from({ length: 99 }, (_, i) => client(`healthy-${i}`)))
    const frozen = await client('frozen')
    for (const each of [...healthy, frozen]) await each.subscribe('t')
    frozen.freeze()
    const publisher = await client('publisher')
    const count = 1_000
    const payload = 'x'.repeat(1_000)
    for (let i = 0; i < count; i++) {
      publisher.post('t', `${i} ${payload}`)
      // Bursts, as a publisher sends them; the frozen one fills up early on.
      if (i % 50 === 49) await publisher.settled()
    }
    for (const each of healthy) {
      const numbers = (await each.messages(count)).map((message) => Number.parseInt(payloadText(message), 10))
      expect(numbers.every((number, i) => number === i)).toBe(true)
    }
    expect(frozen.isClosed).toBe(false)
    frozen.thaw()
    const held = await frozen.payloads()
    expect(held.length * payload.length).toBeLessThan(pipeBytes + outboxBytesMax + 2 * chunkBytes)
    expect(broker.counters.dropped['slow-receiver']).toBe(count - held.length)
    // What it has is what came first, without holes.
    expect(held.every((text, i) => Number.parseInt(text, 10) === i)).toBe(true)
    expect(drops(logs).length).toBeGreaterThan(0)
    expect(new Set(drops(logs).map((line) => line['clientId']))).toEqual(new Set(['frozen']))
    // And it is served again.
    await publisher.publish('t', 'again')
    expect(await frozen.payloads()).toEqual(['again'])
  })

  test('at QoS 1: its messages wait in its session as far as the queue goes, and come in order afterwards', async () => {
    const { broker, client } = startBroker({ limits: { outboxBytesMax: 32 * 1024, queueMessagesMax: 100 } })
    const healthy = await Promise.all(Array.from({ length: 99 }, (_, i) => client(`healthy-${i}`)))
    const frozen = await client('frozen', persistent)
    for (const each of [...healthy, frozen]) await each.subscribe('t', { qos: 1 })
    frozen.freeze()
    const publisher = await client('publisher')
    const count = 600
    const payload = 'x'.repeat(1_000)
    for (let i = 0; i < count; i++) {
      publisher.post('t', `${i} ${payload}`, { qos: 1 })
      if (i % 50 === 49) await publisher.settled()
    }
    for (const each of healthy) expect(await each.messages(count)).toHaveLength(count)
    const lost = broker.counters.dropped['queue-full']
    expect(lost).toBeGreaterThan(0)
    frozen.thaw()
    const numbers = (await frozen.messages(count - lost)).map((each) => Number.parseInt(payloadText(each), 10))
    expect(numbers).toEqual(Array.from({ length: count - lost }, (_, i) => i))
    expect(await frozen.settled()).toEqual([])
  })

  test('over TCP it is the same', async () => {
    const { broker } = startBroker({ limits: { outboxBytesMax: 64 * 1024 } })
    const { url } = await broker.listen('tcp://127.0.0.1:0')
    const connect = (clientId: string) => WireClient.connect(url, { clientId })
    const healthy = await Promise.all(Array.from({ length: 5 }, (_, i) => connect(`healthy-${i}`)))
    const frozen = await connect('frozen')
    for (const each of [...healthy, frozen]) await each.subscribe('t')
    frozen.freeze()
    const publisher = await connect('publisher')
    const payload = new Uint8Array(32 * 1024)
    // More than loopback's socket buffers take.
    const count = 800
    for (let i = 0; i < count; i++) {
      publisher.post('t', payload)
      if (i % 10 === 9) {
        await publisher.settled()
        for (const each of healthy) await each.messages(10)
      }
    }
    expect(broker.counters.dropped['slow-receiver']).toBeGreaterThan(0)
    frozen.thaw()
    const held = await frozen.settled()
    expect(held.length + broker.counters.dropped['slow-receiver']).toBe(count)
  })
})

describe('a client that asks and never reads the answers', () => {
  test('class 6: is not listened to beyond a bound, and goes on when it reads', async () => {
    const { client } = startBroker({ limits: { outboxBytesMax: 1024 } })
    const bystander = await client('bystander')
    await bystander.subscribe('t')
    const greedy = await client('greedy')
    greedy.freeze()
    const pings = new Uint8Array(64 * 1024).map((_, i) => (i % 2 === 0 ? 0xc0 : 0))
    const chunks = 20
    for (let i = 0; i < chunks; i++) {
      greedy.sendBytes(pings)
      await bystander.settled()
    }
    greedy.post('t', 'behind a million questions')
    await turns(50)
    expect(await bystander.settled()).toEqual([])
    greedy.thaw()
    expect(await bystander.messages(1)).toHaveLength(1)
  })
})

describe('a burst', () => {
  test('that is taken whole leaves nobody unwritable', async () => {
    const { broker, client } = startBroker({ limits: { outboxBytesMax: 1024 }, clock: systemClock })
    const { url } = await broker.listen('tcp://127.0.0.1:0')
    const one = await WireClient.connect(url, { clientId: 'one' })
    await one.subscribe('t')
    const publisher = await client('publisher')
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 200; i++) publisher.post('t', 'x'.repeat(700))
      await publisher.settled()
      await one.settled()
    }
    await publisher.publish('t', 'still here')
    expect((await one.payloads()).at(-1)).toBe('still here')
    expect(broker.counters.dropped['slow-receiver'] + broker.counters.messagesDelivered).toBe(1001)
  })

  test('of a hundred publishers to one subscriber that reads loses nothing', async () => {
    const { broker, client } = startBroker({ limits: { outboxBytesMax: 16 * 1024 }, clock: systemClock })
    const { url } = await broker.listen('tcp://127.0.0.1:0')
    const one = await WireClient.connect(url, { clientId: 'one' })
    await one.subscribe('t')
    const publishers = await Promise.all(Array.from({ length: 20 }, (_, i) => client(`publisher-${i}`)))
    for (const each of publishers) for (let i = 0; i < 20; i++) each.post('t', 'x'.repeat(500))
    expect(await one.messages(400)).toHaveLength(400)
    expect(broker.counters.dropped['slow-receiver']).toBe(0)
  })
})

describe('an exception', () => {
  test('in the store closes that connection with 0x80, is logged, and nobody else notices', async () => {
    const store = memoryStore()
    const { broker, client, logs } = startBroker({
      store: {
        ...store,
        putSubscription(clientId, subscription) {
          if (clientId === 'unlucky') throw new Error('disk on fire')
          store.putSubscription(clientId, subscription)
        },
      },
    })
    const bystander = await client('bystander', persistent)
    const unlucky = await client('unlucky', persistent)
    unlucky.sendBytes([0x82, 7, 0, 1, 0, 0, 1, 0x74, 0])
    expect(await unlucky.goodbye()).toBe(0x80)
    expect(logs.find((line) => line.msg.startsWith('internal error'))).toMatchObject({ clientId: 'unlucky' })
    expect(await bystander.subscribe('t', { qos: 1 })).toEqual([1])
    await bystander.publish('t', 'x', { qos: 1 })
    expect(await bystander.payloads()).toEqual(['x'])
    await turns()
    expect(broker.stats.connections).toBe(1)
  })

  test('when a session begins closes that connection with 0x80', async () => {
    const store = memoryStore()
    const { broker, client } = startBroker({
      store: {
        ...store,
        putSession(clientId, expiryInterval) {
          if (clientId === 'unlucky') throw new Error('disk on fire')
          store.putSession(clientId, expiryInterval)
        },
      },
    })
    const bystander = await client('bystander')
    expect((await WireClient.attempt(broker, { clientId: 'unlucky', ...persistent })).connack?.reasonCode).toBe(0x80)
    expect(await bystander.settled()).toEqual([])
    await turns()
    expect(broker.stats.connections).toBe(1)
  })

  test('while a timer is served leaves the others running', async () => {
    const store = memoryStore()
    const { broker, client, clock } = startBroker({
      store: {
        ...store,
        removeSession(clientId) {
          if (clientId === 'unlucky') throw new Error('disk on fire')
          store.removeSession(clientId)
        },
      },
    })
    const expiry = { properties: { sessionExpiryInterval: 10 } }
    await (await client('unlucky', expiry)).drop()
    await (await client('lucky', expiry)).drop()
    await turns()
    expect(broker.stats.sessions).toBe(2)
    clock.advance(10_000)
    expect(broker.stats.sessions).toBe(0)
    const one = await client('one', { keepAlive: 10 })
    clock.advance(15_000)
    expect(await one.goodbye()).toBe(0x8d)
  })

  test('in the logger costs a line, and nobody notices', async () => {
    const { pino } = await import('pino')
    const logger = pino(
      { level: 'debug' },
      {
        write() {
          throw new Error('disk full')
        },
      },
    )
    const { broker, client, clock } = startBroker({ logger, authorize: () => Promise.resolve(false) })
    const one = await client('one', persistent)
    expect(await one.publish('t', 'x', { qos: 1 })).toBe(0x87)
    await one.drop()
    const two = await client('two', { keepAlive: 1 })
    two.sendBytes([0xff, 0xff])
    expect(await two.goodbye()).toBe(0x81)
    await turns()
    expect(broker.stats).toMatchObject({ connections: 0, sessions: 1 })
    clock.advance(3_600_000)
    expect(broker.stats.sessions).toBe(0)
  })

  test('in a hook closes that connection with 0x80', async () => {
    const { broker, client } = startBroker({
      responseInformation: () => {
        throw new Error('no idea')
      },
    })
    const bystander = await client('bystander')
    const { connack } = await WireClient.attempt(broker, { properties: { requestResponseInformation: 1 } })
    expect(connack?.reasonCode).toBe(0x80)
    expect(await bystander.settled()).toEqual([])
    await turns()
    expect(broker.stats).toMatchObject({ connections: 1, sessions: 1 })
  })
})

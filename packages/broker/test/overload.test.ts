// The broker driven into each level of overload and back. The virtual clock stalls: time passes and nothing runs, as in a
// process whose event loop is late.
import { describe, expect, test } from 'vitest'
import type { OverloadLevel } from '../src/limit/overload-level.ts'
import { type LogLine, startBroker, turns } from './harness.ts'
import { startOverloadable } from './overloadable.ts'
import { payloadText, WireClient } from './wire-client.ts'

const versions = [4, 5] as const
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))
const levelLines = (logs: readonly LogLine[]): string[] =>
  logs.filter((line) => line.msg.startsWith('overload')).map((line) => line.msg)

describe('an event loop that is late', () => {
  test('leads through the levels in order and back in reverse, each said once', async () => {
    const { broker, logs, bystander, sample } = await startOverloadable()
    const levels: OverloadLevel[] = []
    const note = (): void => {
      const { overload } = broker.stats
      if (levels.at(-1) !== overload) levels.push(overload)
    }
    for (let i = 0; i < 40; i++) {
      await sample(5000)
      note()
    }
    expect(levels).toEqual(['normal', 'refusing', 'dropping', 'slowing'])
    expect(broker.stats.eventLoopDelayMs).toBeGreaterThan(1000)
    for (let i = 0; i < 60; i++) {
      await sample(0)
      note()
    }
    expect(levels.slice(4)).toEqual(['dropping', 'refusing', 'normal'])
    expect(broker.stats.eventLoopDelayMs).toBeLessThan(100)
    expect(levelLines(logs)).toEqual([
      'overload: new connections are refused',
      'overload: QoS 0 messages are dropped, too',
      'overload: publishers are read more slowly, too',
      'overload: publishers are read at full speed again',
      'overload: QoS 0 messages are delivered again',
      'overload is over: new connections are let in again',
    ])
    expect(broker.counters.overloads).toBe(1)
    expect(bystander.isClosed).toBe(false)
  })

  test('once is not overload, however long', async () => {
    const { broker, sample } = await startOverloadable()
    for (const delayMs of [0, 3_600_000, 0, 0, 0, 0, 0, 0]) await sample(delayMs)
    expect(broker.stats.overload).toBe('normal')
    expect(broker.counters.overloads).toBe(0)
  })

  test('is seen before the turn ends that makes it so', async () => {
    const { broker, clock, bystander } = await startOverloadable()
    clock.pass(250)
    const levels: OverloadLevel[] = []
    // No timer fires in all of this.
    for (let i = 0; i < 12; i++) {
      clock.pass(1000)
      expect(await bystander.settled()).toEqual([])
      levels.push(broker.stats.overload)
    }
    expect(levels).toEqual([
      'normal',
      'normal',
      ...new Array(4).fill('refusing'),
      ...new Array(4).fill('dropping'),
      ...new Array(2).fill('slowing'),
    ])
  })

  test('is not counted by everybody who reads in a turn that began late', async () => {
    const { broker, clock, bystander } = await startOverloadable()
    clock.pass(60_000)
    for (let i = 0; i < 20; i++) {
      expect(await bystander.settled()).toEqual([])
      clock.pass(10)
    }
    clock.stall(0)
    expect(broker.stats.eventLoopDelayMs).toBe(500)
    expect(broker.stats.overload).toBe('normal')
  })

  test('is nobody’s business where the limit is 0', async () => {
    const { broker, client, clock } = startBroker({ limits: { eventLoopDelayMaxMs: 0 } })
    const one = await client('one')
    for (let i = 0; i < 20; i++) {
      clock.stall(5000)
      await one.settled()
    }
    expect([broker.stats.overload, clock.timers]).toEqual(['normal', 0])
  })

  test('is watched only while something arrives', async () => {
    const { broker, client, clock } = startBroker()
    const one = await client('one')
    expect(clock.timers).toBe(1)
    clock.advance(1000)
    expect(clock.timers).toBe(0)
    await one.settled()
    expect(clock.timers).toBe(1)
    await one.drop()
    clock.advance(1000)
    expect([broker.stats.connections, clock.timers]).toEqual([0, 0])
  })
})

describe('refusing', () => {
  test.each([
    [5, 0x89],
    [4, 3],
    [3, 3],
  ] as const)('a new connection of version %i gets %i, before it is asked who it is', async (protocolVersion, code) => {
    let asked = 0
    const { broker, overload, recover, client } = await startOverloadable({
      authenticate: () => {
        asked++
        return true
      },
    })
    const askedBefore = asked
    await overload('refusing')
    const { client: refused, connack } = await WireClient.attempt(broker, { clientId: 'new', protocolVersion })
    expect(connack?.reasonCode).toBe(code)
    expect(await refused.closed()).toEqual([])
    expect(asked).toBe(askedBefore)
    expect(broker.counters).toMatchObject({ connectionsRefused: 1, connectionsShed: 1 })
    await recover()
    const admitted = await client('new', { protocolVersion })
    expect(await admitted.settled()).toEqual([])
  })

  test('many are one line in the log, and another after ten seconds that counts them', async () => {
    const { broker, clock, logs, overload, recover } = await startOverloadable()
    await overload('refusing')
    const before = logs.length
    for (let i = 0; i < 50; i++) await (await WireClient.attempt(broker, { clientId: `${i}` })).client.closed()
    await turns()
    const lines = () => logs.slice(before).filter((line) => line.level > 20 && !line.msg.startsWith('overload'))
    expect(lines().map((line) => line['refused'])).toEqual([1])
    // Late again: 'refusing' lasts.
    clock.stall(10_000)
    await WireClient.attempt(broker, { clientId: 'one more' })
    expect(lines().map((line) => line['refused'])).toEqual([1, 50])
    await recover()
  })

  test('those who are in are served as ever', async () => {
    const { client, overload } = await startOverloadable()
    const receiver = await client('receiver')
    await receiver.subscribe('t')
    const publisher = await client('publisher')
    await overload('refusing')
    for (const payload of numbers(20)) publisher.post('t', payload)
    expect((await receiver.messages(20)).map(payloadText)).toEqual(numbers(20))
  })
})

describe.each(versions)('dropping, for clients of version %i', (protocolVersion) => {
  test('QoS 0 goes nowhere and is counted for each receiver; QoS 1 and 2 arrive, whatever they are granted', async () => {
    const { broker, client, overload, recover } = await startOverloadable()
    const zero = await client('zero', { protocolVersion })
    const two = await client('two', { protocolVersion })
    await zero.subscribe('t')
    await two.subscribe('t', { qos: 2 })
    const publisher = await client('publisher', { protocolVersion })
    await overload('dropping')
    const delivered = broker.counters.messagesDelivered
    await publisher.publish('t', 'lost')
    await publisher.publish('nobody', 'cares')
    expect(broker.counters.messagesDelivered).toBe(delivered)
    expect(broker.counters.dropped).toMatchObject({ overload: 2, 'slow-receiver': 0, 'queue-full': 0 })
    expect(await publisher.publish('t', 'one', { qos: 1 })).toBe(0)
    expect(await publisher.publish('t', 'two', { qos: 2 })).toBe(0)
    expect((await zero.messages(2)).map(payloadText)).toEqual(['one', 'two'])
    expect((await two.messages(2)).map(payloadText)).toEqual(['one', 'two'])
    await recover('refusing')
    await publisher.publish('t', 'again')
    expect(await zero.payloads()).toEqual(['again'])
    expect(await two.payloads()).toEqual(['again'])
    expect(broker.counters.dropped.overload).toBe(2)
  })

  test('the last value of a topic is retained all the same', async () => {
    const { client, overload, recover } = await startOverloadable()
    const late = await client('late', { protocolVersion })
    const publisher = await client('publisher', { protocolVersion })
    await publisher.publish('t', 'old', { retain: true })
    await overload('dropping')
    await publisher.publish('t', 'new', { retain: true })
    await recover()
    await late.subscribe('t')
    expect((await late.messages(1)).map(payloadText)).toEqual(['new'])
  })
})

test('dropping does not count a publisher that does not want its own messages', async () => {
  const { broker, client, overload } = await startOverloadable()
  const one = await client('one')
  await one.subscribe('t', { noLocal: true })
  await one.subscribe('$share/g/t')
  await overload('dropping')
  await one.publish('t')
  // The shared subscription has one receiver.
  expect(broker.counters.dropped.overload).toBe(1)
})

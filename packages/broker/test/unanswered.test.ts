// An authenticator, an authorizer or a mechanism that never answers.
import { describe, expect, test, vi } from 'vitest'
import type { BrokerOptions } from '../src/broker.ts'
import { type LogLine, persistent, startBroker, turns } from './harness.ts'
import { connectPacket, payloadText, WireClient } from './wire-client.ts'

const never = (): Promise<never> => new Promise(() => {})
const limits = { answerTimeoutMs: 5_000 }
const will = { topicName: 'will', payload: new TextEncoder().encode('gone'), qos: 0, retain: false } as const
const authenticationMethod = 'M'

/** What was asked in vain, as the log tells it. */
function unanswered(logs: readonly LogLine[]): unknown[] {
  const lines = logs.filter((line) => line.msg === 'asking failed: no answer in time')
  return lines.map((line) => [line['clientId'], line['question'], line['about']])
}

describe('before CONNACK', () => {
  test.each([
    ['authenticate', '', { authenticate: never }, {}],
    ['will', 'will', { authorize: never }, { will }],
    [
      'mechanism',
      'M',
      { mechanisms: [{ method: 'M', start: () => ({ step: never }) }] },
      { properties: { authenticationMethod } },
    ],
  ] satisfies [string, string, BrokerOptions, object][])(
    '%s: CONNACK 0x88',
    async (question, about, options, wishes) => {
      const { broker, clock, logs } = startBroker({ ...options, limits })
      const one = await WireClient.open(broker, 5, 'a')
      one.send(connectPacket({ clientId: 'a', ...wishes }))
      await turns()
      clock.advance(4_999)
      await turns()
      expect(one.isClosed).toBe(false)
      clock.advance(1)
      expect(await one.goodbye()).toBe(0x88)
      await turns()
      expect(broker.stats).toMatchObject({ connections: 0, sessions: 0 })
      expect(broker.counters.connectionsRefused).toBe(1)
      expect(unanswered(logs)).toEqual([['a', question, about]])
    },
  )

  test('subscribe, for a session that is resumed: CONNACK 0x88, and the session stays', async () => {
    let isBroken = false
    const { broker, client, clock } = startBroker({ authorize: () => !isBroken || never(), limits })
    const one = await client('a', persistent)
    await one.subscribe('t')
    await one.disconnect()
    isBroken = true
    const again = await WireClient.open(broker, 5, 'a')
    again.send(connectPacket({ ...persistent, clientId: 'a', cleanStart: false }))
    await turns()
    clock.advance(5_000)
    expect(await again.goodbye()).toBe(0x88)
    expect(broker.stats).toMatchObject({ sessions: 1, subscriptions: 1 })
  })

  test('in 3.1.1, 3; and where connectTimeoutMs is shorter, the log says what was asked, too', async () => {
    const { broker, clock, logs } = startBroker({ authenticate: never })
    const one = await WireClient.open(broker, 4, 'a')
    one.send(connectPacket({ protocolVersion: 4, clientId: 'a' }))
    await turns()
    clock.advance(10_000)
    expect(await one.goodbye()).toBe(3)
    expect(unanswered(logs)).toEqual([['a', 'authenticate', '']])
  })
})

describe('when it was connected', () => {
  test('publish: DISCONNECT 0x89, its Will, and the message counts as discarded', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { broker, client, clock, logs } = startBroker({
      authorize: ({ topic }) => topic !== 'asked' || new Promise((resolve) => void answers.push(resolve)),
      limits,
    })
    const watcher = await client('watcher')
    await watcher.subscribe('#')
    // Whose Keep Alive would never end it, as it is we who do not listen.
    const one = await client('a', { will, keepAlive: 1 })
    one.post('asked', 'one', { qos: 1 })
    one.post('free', 'two')
    await turns()
    clock.advance(4_999)
    await turns()
    expect(one.isClosed).toBe(false)
    clock.advance(1)
    expect(await one.goodbye()).toBe(0x89)
    await turns()
    expect(broker.stats).toMatchObject({ connections: 1, sessions: 1 })
    expect(broker.counters.messagesDiscarded).toBe(2)
    expect(unanswered(logs)).toEqual([['a', 'publish', 'asked']])
    // Too late.
    answers[0]?.(true)
    await turns()
    expect((await watcher.settled()).map(payloadText)).toEqual(['gone'])
  })

  test('in 3.1.1 it is just closed', async () => {
    const { client, clock } = startBroker({ authorize: never, limits })
    const one = await client('a', { protocolVersion: 4 })
    one.post('t', 'x')
    await turns()
    clock.advance(5_000)
    expect(await one.closed()).toEqual([])
  })

  test('subscribe', async () => {
    const { client, clock, logs } = startBroker({ authorize: ({ topic }) => topic !== 'b' || never(), limits })
    const one = await client('a')
    const granted = one.subscribe(['a', 'b']).catch(() => 'ended')
    await turns()
    clock.advance(5_000)
    expect(await granted).toBe('ended')
    expect(await one.goodbye()).toBe(0x89)
    expect(unanswered(logs)).toEqual([['a', 'subscribe', 'a b']])
  })

  test('a mechanism, when it authenticates again', async () => {
    const step = vi.fn<() => { type: 'success'; userName: string } | Promise<never>>(never)
    step.mockReturnValueOnce({ type: 'success', userName: 'ann' })
    const { broker, clock } = startBroker({ mechanisms: [{ method: 'M', start: () => ({ step }) }], limits })
    const one = await WireClient.connect(broker, { properties: { authenticationMethod } })
    one.send({ type: 'auth', reasonCode: 0x19, properties: { authenticationMethod } })
    await turns()
    clock.advance(5_000)
    expect(await one.goodbye()).toBe(0x89)
  })

  test('each answer has its own time, and who waits for none has all of it', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { client, clock } = startBroker({
      authorize: () => new Promise((resolve) => void answers.push(resolve)),
      limits,
    })
    const one = await client('a')
    for (let i = 0; i < 3; i++) {
      one.post('t', 'x', { qos: 1 })
      await turns()
      clock.advance(4_000)
      answers[i]?.(true)
      expect((await one.next('puback')).packetId).toBe(i + 1)
    }
    clock.advance(60_000)
    expect(await one.settled()).toEqual([])
  })

  test('an answer that came while the event loop stood still is in time', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { client, clock } = startBroker({
      authorize: () => new Promise((resolve) => void answers.push(resolve)),
      limits,
    })
    const one = await client('a')
    one.post('t', 'x', { qos: 1 })
    await turns()
    clock.stall(20_000)
    answers[0]?.(true)
    await one.next('puback')
    clock.advance(60_000)
    expect(await one.settled()).toEqual([])
  })
})

describe('where no connection waits for it', () => {
  test('a Will is not published, and an answer that comes too late changes nothing', async () => {
    const answers: ((yes: boolean) => void)[] = []
    let isBroken = false
    const { client, clock, logs } = startBroker({
      authorize: () => !isBroken || new Promise((resolve) => void answers.push(resolve)),
      limits,
    })
    const watcher = await client('watcher')
    await watcher.subscribe('#')
    const one = await client('a', { will })
    isBroken = true
    one.reset()
    await turns()
    clock.advance(4_999)
    await turns()
    expect(unanswered(logs)).toEqual([])
    clock.advance(1)
    expect(unanswered(logs)).toEqual([['a', 'will', 'will']])
    answers[0]?.(true)
    await turns()
    expect(await watcher.settled()).toEqual([])
  })

  test('a retained message is not sent, and the next one is', async () => {
    let isBroken = false
    const { broker, client, clock, logs } = startBroker({
      authorize: ({ action, topic }) => !isBroken || action !== 'publish' || topic !== 'r/1' || never(),
      limits,
    })
    const one = await client('a')
    for (const topic of ['r/1', 'r/2']) one.post(topic, topic, { qos: 1, retain: true })
    await turns()
    isBroken = true
    const two = await client('b')
    await two.subscribe('r/+')
    await turns()
    clock.advance(4_999)
    const before = await two.settled()
    expect(unanswered(logs)).toEqual([])
    clock.advance(1)
    const after = await two.settled()
    expect([...before, ...after].map(payloadText)).toEqual(['r/2'])
    expect(unanswered(logs)).toEqual([['a', 'publish', 'r/1']])
    expect(broker.counters.dropped.revoked).toBe(1)
  })

  test('reauthorize resolves: the subscription stays, and its connection is ended', async () => {
    let isBroken = false
    const { broker, client, clock, logs } = startBroker({
      authorize: ({ topic }) => !isBroken || topic !== 'b' || never(),
      limits,
    })
    const one = await client('a', persistent)
    await one.subscribe(['a', 'b'])
    isBroken = true
    const removed = broker.reauthorize()
    await turns()
    clock.advance(5_000)
    expect(await removed).toBe(0)
    expect(await one.goodbye()).toBe(0x89)
    expect(broker.stats).toMatchObject({ sessions: 1, subscriptions: 2 })
    expect(unanswered(logs)).toEqual([['a', 'subscribe', 'b']])
  })
})

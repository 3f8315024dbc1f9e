// Who may connect, and what they may do: asked of functions that answer at once, later, wrongly or not at all.
import { describe, expect, test } from 'vitest'
import type { AuthenticationRequest } from '../src/auth/authenticate.ts'
import type { AuthorizationRequest } from '../src/auth/authorize.ts'
import { startBroker, turns } from './harness.ts'
import { connectPacket, payloadText, WireClient } from './wire-client.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
/** A function that answers what its type does not allow, as JavaScript can. */
const answering = (answer: unknown) => () => answer as never

describe('authenticate', () => {
  test('is asked with what CONNECT says', async () => {
    const asked: AuthenticationRequest[] = []
    const { client } = startBroker({ authenticate: (request) => asked.push(request) > 0 })
    await client('one', { userName: 'ann', password: bytes('secret') })
    await client('two', { protocolVersion: 4 })
    expect(asked).toMatchObject([
      { clientId: 'one', userName: 'ann', password: bytes('secret'), protocolVersion: 5 },
      // class 14: nothing where nothing was said.
      { clientId: 'two', userName: undefined, password: undefined, protocolVersion: 4 },
    ])
    expect(asked[0]?.peer).toMatch(/^memory:/)
  })

  test('refuses with 0x86, in 3.1.1 with 4', async () => {
    const { broker, logs } = startBroker({ authenticate: () => false })
    expect((await WireClient.attempt(broker)).connack?.reasonCode).toBe(0x86)
    expect((await WireClient.attempt(broker, { protocolVersion: 4 })).connack?.reasonCode).toBe(4)
    await turns()
    expect(broker.counters.connectionsRefused).toBe(2)
    expect(broker.stats).toMatchObject({ connections: 0, sessions: 0 })
    // One line in ten seconds.
    expect(logs.filter((line) => line.msg === 'client refused')).toHaveLength(1)
  })

  test('refuses with a code and a reason of its own', async () => {
    const { broker } = startBroker({
      authenticate: async () => ({ reasonCode: 0x9c, reason: 'full', serverReference: 'other:1883' }),
    })
    const { connack } = await WireClient.attempt(broker)
    expect(connack).toMatchObject({
      reasonCode: 0x9c,
      properties: { reasonString: 'full', serverReference: 'other:1883' },
    })
  })

  test.each([
    [
      'a throw',
      () => {
        throw new Error('broken')
      },
    ],
    [
      'a rejection',
      async () => {
        throw new Error('broken')
      },
    ],
    ['undefined', answering(undefined)],
    ['a truthy string', answering('no')],
    ['1', answering(1)],
    ['a refusal with success', answering({ reasonCode: 0, reason: 'well' })],
    ['an object of another kind', answering({ allowed: true })],
    ['a promise of undefined', answering(Promise.resolve(undefined))],
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    ['a thenable of something else', answering({ then: (resolve: (value: unknown) => void) => resolve('yes') })],
  ])('%s lets nobody in: 0x88', async (_title, authenticate) => {
    const { broker, logs } = startBroker({ authenticate })
    expect((await WireClient.attempt(broker)).connack?.reasonCode).toBe(0x88)
    expect((await WireClient.attempt(broker, { protocolVersion: 4 })).connack?.reasonCode).toBe(3)
    expect(broker.stats.sessions).toBe(0)
    expect(logs.filter((line) => line.msg === 'asking failed: refused')).toHaveLength(1)
  })

  test('a thenable that is no Promise is waited for', async () => {
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    const later = (answer: boolean) => answering({ then: (resolve: (value: boolean) => void) => resolve(answer) })
    expect((await WireClient.attempt(startBroker({ authenticate: later(true) }).broker)).connack?.reasonCode).toBe(0)
    expect((await WireClient.attempt(startBroker({ authenticate: later(false) }).broker)).connack?.reasonCode).toBe(
      0x86,
    )
  })

  test('packets that follow CONNECT at once wait for the answer', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { broker } = startBroker({ authenticate: () => new Promise((resolve) => void answers.push(resolve)) })
    const one = await WireClient.open(broker)
    one.send(connectPacket())
    one.post('t', 'x', { qos: 1, packetId: 5 })
    one.send({ type: 'pingreq' })
    await turns()
    expect(broker.counters.messagesReceived).toBe(0)
    answers[0]?.(true)
    await one.next('connack')
    expect(await one.next('puback')).toMatchObject({ packetId: 5 })
    await one.next('pingresp')
  })

  test('a client that has gone before the answer leaves nothing behind', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { broker } = startBroker({ authenticate: () => new Promise((resolve) => void answers.push(resolve)) })
    const one = await WireClient.open(broker)
    one.send(connectPacket({ properties: { sessionExpiryInterval: 100 } }))
    await turns()
    await one.drop()
    await turns()
    answers[0]?.(true)
    await turns()
    expect(broker.stats).toMatchObject({ connections: 0, sessions: 0, subscriptions: 0, retained: 0 })
  })

  test('of a method that is not known is 0x8C', async () => {
    const { broker } = startBroker()
    const { connack } = await WireClient.attempt(broker, { properties: { authenticationMethod: 'X' } })
    expect(connack?.reasonCode).toBe(0x8c)
  })
})

describe('authorize', () => {
  test('is asked with who, what and where', async () => {
    const asked: AuthorizationRequest[] = []
    const { client } = startBroker({ authorize: (request) => asked.push(request) > 0 })
    const will = { topicName: 'w', payload: bytes(''), qos: 0, retain: false } as const
    const one = await client('one', { userName: 'ann', will })
    await one.subscribe(['a/#', '$share/g/b'])
    await one.publish('c', 'x')
    expect(asked).toEqual([
      { clientId: 'one', userName: 'ann', action: 'will', topic: 'w' },
      { clientId: 'one', userName: 'ann', action: 'subscribe', topic: 'a/#' },
      { clientId: 'one', userName: 'ann', action: 'subscribe', topic: 'b', shareName: 'g' },
      { clientId: 'one', userName: 'ann', action: 'publish', topic: 'c' },
    ])
  })

  test.each([
    ['no', () => false],
    ['no, later', async () => false],
    [
      'a throw',
      () => {
        throw new Error('broken')
      },
    ],
    [
      'a rejection',
      async () => {
        throw new Error('broken')
      },
    ],
    ['undefined', answering(undefined)],
    ['a truthy string', answering('no')],
    ['a promise of a truthy string', answering(Promise.resolve('no'))],
  ])('%s: nothing is published or subscribed to, and the connection stays', async (_title, authorize) => {
    const { broker, client } = startBroker({ authorize })
    const one = await client('one')
    expect(await one.publish('t', 'x', { qos: 1, retain: true })).toBe(0x87)
    expect(await one.publish('t', 'x', { qos: 2 })).toBe(0x87)
    expect(await one.publish('t', 'x')).toBe(0)
    expect(await one.subscribe(['t', 'u'])).toEqual([0x87, 0x87])
    // [MQTT311-3.3.5-2] before 5.0 there is no way to say so.
    const old = await client('old', { protocolVersion: 4 })
    expect(await old.publish('t', 'x', { qos: 1 })).toBe(0)
    expect(await old.publish('t', 'x', { qos: 2 })).toBe(0)
    expect(await old.subscribe('t')).toEqual([0x80])
    expect(broker.stats).toMatchObject({ subscriptions: 0, retained: 0 })
    expect(broker.counters.messagesRefused).toBe(5)
  })

  test('class 9: each filter of one SUBSCRIBE has its own answer, now or later', async () => {
    for (const wrap of [(answer: boolean) => answer, async (answer: boolean) => answer]) {
      const { client } = startBroker({ authorize: ({ topic }) => wrap(topic !== 'b') })
      const one = await client('one')
      expect(await one.subscribe(['a', 'b', 'c'], { qos: 2 })).toEqual([2, 0x87, 2])
    }
  })

  test('answers that come late keep the order of a client', async () => {
    let seed = 3
    const { client } = startBroker({
      authorize: async () => {
        seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff
        await turns(seed % 5)
        return true
      },
    })
    const watcher = await client('watcher')
    await watcher.subscribe('#', { qos: 2 })
    const one = await client('one')
    const wanted: string[] = []
    for (let i = 0; i < 60; i++) {
      wanted.push(`${i}`)
      one.post(`t/${i % 3}`, `${i}`, { qos: i % 3 === 0 ? 0 : 1 })
    }
    expect((await watcher.messages(60)).map(payloadText)).toEqual(wanted)
    const acks = (await one.settled()).map((each) => (each.type === 'puback' ? each.packetId : each.type))
    expect(acks).toEqual([...acks].sort((a, b) => Number(a) - Number(b)))
    expect(acks).toHaveLength(40)
  })

  test('a message that waits for its answer is kept as it was', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { client } = startBroker({
      authorize: ({ action }) => action !== 'publish' || new Promise((resolve) => void answers.push(resolve)),
    })
    const watcher = await client('watcher')
    await watcher.subscribe('#', { qos: 1 })
    const one = await client('one')
    const two = await client('two')
    one.post('from/one', 'one', { qos: 1, packetId: 11, properties: { contentType: 'a' } })
    await turns()
    two.post('from/two', 'two', { qos: 1, packetId: 22, properties: { contentType: 'b' } })
    await turns()
    for (const answer of answers.splice(0)) answer(true)
    const messages = await watcher.messages(2)
    expect(messages.map((each) => [each.topicName, payloadText(each), each.properties])).toEqual([
      ['from/one', 'one', { contentType: 'a' }],
      ['from/two', 'two', { contentType: 'b' }],
    ])
    expect(await one.next('puback')).toMatchObject({ packetId: 11 })
    expect(await two.next('puback')).toMatchObject({ packetId: 22 })
  })

  test('3.1, section 3.8: there is no word for a refusal, so SUBSCRIBE is answered as if it were granted', async () => {
    const { broker, client } = startBroker({ authorize: ({ topic }) => topic !== 'secret' })
    const one = await client('one', { protocolVersion: 3 })
    expect(await one.subscribe(['secret', 'open'], { qos: 1 })).toEqual([1, 1])
    expect(broker.stats.subscriptions).toBe(1)
    const two = await client('two', { protocolVersion: 4 })
    expect(await two.subscribe(['secret', 'open'], { qos: 1 })).toEqual([0x80, 1])
  })

  test('class 9: what is retained is asked about by nobody who may not publish it', async () => {
    const { broker, client } = startBroker({ authorize: ({ action }) => action !== 'publish' })
    const one = await client('one')
    await one.publish('t', 'x', { retain: true })
    expect(broker.stats.retained).toBe(0)
  })
})

describe('a mechanism that is broken', () => {
  const method = { authenticationMethod: 'M' }
  test.each([
    ['another type', { type: 'denied' }],
    ['a failure that says success', { type: 'failure', reasonCode: 0, reason: 'no' }],
    ['success of nobody', { type: 'success' }],
    ['true', true],
  ])('lets nobody in: %s', async (_, step) => {
    const { broker } = startBroker({ mechanisms: [{ method: 'M', start: () => ({ step: answering(step) }) }] })
    const { connack } = await WireClient.attempt(broker, { properties: method })
    expect(connack?.reasonCode).toBe(0x88)
    expect(broker.stats.sessions).toBe(0)
  })

  test('ends the connection of one that authenticates again: 0x89, for DISCONNECT has no 0x88', async () => {
    let begun = 0
    const { broker } = startBroker({
      mechanisms: [
        {
          method: 'M',
          start: () => {
            const isFirst = ++begun === 1
            return {
              step: () => {
                if (isFirst) return { type: 'success', userName: 'ann' }
                throw new Error('broken')
              },
            }
          },
        },
      ],
    })
    const one = await WireClient.connect(broker, { properties: method })
    one.send({ type: 'auth', reasonCode: 0x19, properties: method })
    // Section 3.14.2.1: Server busy, "cannot continue processing requests".
    expect(await one.goodbye()).toBe(0x89)
  })
})

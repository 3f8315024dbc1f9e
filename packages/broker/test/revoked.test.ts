// class 9 of hostile-packets.test.ts: a right that was taken back, and what might still come of it.
import { describe, expect, test } from 'vitest'
import type { AuthorizationRequest, Authorizer } from '../src/auth/authorize.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { persistent, startBroker, turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const again = { ...persistent, cleanStart: false }

/** Rights that a test takes back, and an authorizer that answers at once or later. */
function rights(isLater = false) {
  const revoked = new Set<string>()
  const asked: AuthorizationRequest[] = []
  const state = { isBroken: false }
  const authorize: Authorizer = (request) => {
    asked.push(request)
    if (state.isBroken) throw new Error('the database is away')
    const answer = !revoked.has(`${request.clientId} ${request.action} ${request.topic}`)
    return isLater ? turns(2).then(() => answer) : answer
  }
  return { asked, authorize, revoked, state }
}

describe.each([
  ['at once', false],
  ['later', true],
])('an authorizer that answers %s', (_when, isLater) => {
  test('is asked again about a Will when it is to be published', async () => {
    const { authorize, revoked } = rights(isLater)
    const { broker, client } = startBroker({ authorize })
    const watcher = await client('watcher')
    await watcher.subscribe('gone')
    const will = { topicName: 'gone', payload: bytes('x'), qos: 0, retain: true } as const
    const one = await client('one', { will })
    const two = await client('two', { will })
    revoked.add('one will gone')
    await one.drop()
    await turns()
    expect(await watcher.settled()).toEqual([])
    expect(broker.stats.retained).toBe(0)
    expect(broker.counters.messagesRefused).toBe(1)
    await two.drop()
    await turns()
    expect(await watcher.payloads()).toEqual(['x'])
    expect(broker.stats.retained).toBe(1)
  })

  test('is asked again about a Will whose delay has passed', async () => {
    const { authorize, revoked } = rights(isLater)
    const { client, clock } = startBroker({ authorize })
    const watcher = await client('watcher')
    await watcher.subscribe('gone')
    const properties = { willDelayInterval: 5 }
    const will = { topicName: 'gone', payload: bytes('x'), qos: 0, retain: false, properties } as const
    await (await client('one', { ...persistent, will })).drop()
    revoked.add('one will gone')
    clock.advance(5_000)
    await turns()
    expect(await watcher.settled()).toEqual([])
  })

  test('is asked again about each subscription when a session is resumed, before CONNACK', async () => {
    const { asked, authorize, revoked } = rights(isLater)
    const { broker, client, logs } = startBroker({ authorize })
    const one = await client('one', { ...persistent, userName: 'ann' })
    await one.subscribe(['kept', 'lost', '$share/g/lost'], { qos: 1 })
    await one.drop()
    const publisher = await client('publisher')
    for (const topic of ['kept', 'lost', 'kept']) await publisher.publish(topic, topic, { qos: 1 })
    // A shared subscription is one to the same topics.
    revoked.add('one subscribe lost')
    asked.length = 0
    const resumed = await client('one', { ...again, userName: 'bob' })
    expect(asked.map((each) => [each.userName, each.action, each.topic, each.shareName])).toEqual([
      ['bob', 'subscribe', 'kept', undefined],
      ['bob', 'subscribe', 'lost', undefined],
      ['bob', 'subscribe', 'lost', 'g'],
    ])
    // What waited for what it may not have any more is not delivered.
    expect(await resumed.payloads()).toEqual(['kept', 'kept'])
    expect(broker.stats.subscriptions).toBe(1)
    expect(broker.counters).toMatchObject({ subscriptionsRevoked: 2, dropped: { revoked: 2 } })
    expect(logs.find((line) => line.msg.startsWith('subscriptions removed'))).toMatchObject({
      clientId: 'one',
      revoked: 2,
      topicFilters: ['lost', '$share/g/lost'],
    })
    await publisher.publish('lost', 'x', { qos: 1 })
    expect(await resumed.payloads()).toEqual([])
    expect(await resumed.unsubscribe('lost')).toEqual([0x11])
  })

  test('is asked again after a restart of the broker, and the store forgets what it refuses', async () => {
    const { authorize, revoked } = rights(isLater)
    const store = memoryStore()
    const before = startBroker({ authorize, store })
    const one = await before.client('one', persistent)
    await one.subscribe('lost', { qos: 1 })
    await one.drop()
    await (await before.client('publisher')).publish('lost', 'x', { qos: 1 })
    await before.broker.close()
    revoked.add('one subscribe lost')
    const { broker, client } = startBroker({ authorize, store })
    expect(await (await client('one', again)).payloads()).toEqual([])
    await broker.close()
    expect((await store.load()).sessions).toMatchObject([{ subscriptions: [], deliveries: [] }])
  })

  test('is asked about the publisher of a retained message before it is sent', async () => {
    const { asked, authorize, revoked } = rights(isLater)
    const { broker, client } = startBroker({ authorize })
    const publisher = await client('publisher', { userName: 'ann' })
    for (const topic of ['a', 'b', 'c']) await publisher.publish(topic, topic, { retain: true, qos: 1 })
    revoked.add('publisher publish b')
    asked.length = 0
    const one = await client('one')
    await one.subscribe('+', { qos: 1 })
    expect((await one.messages(2)).map(payloadText).sort()).toEqual(['a', 'c'])
    await turns()
    expect(await one.settled()).toEqual([])
    expect(asked).toContainEqual({ clientId: 'publisher', userName: 'ann', action: 'publish', topic: 'b' })
    expect(broker.counters.dropped.revoked).toBe(1)
    // The right may come back.
    revoked.clear()
    await one.subscribe('b')
    expect(payloadText(await one.next('publish'))).toBe('b')
  })

  test('is asked again by broker.reauthorize, about all sessions or one, and about those that are away', async () => {
    const { authorize, revoked } = rights(isLater)
    const { broker, client } = startBroker({ authorize })
    const here = await client('here')
    await here.subscribe(['t', 'u'])
    const away = await client('away', persistent)
    await away.subscribe('t', { qos: 1 })
    await away.drop()
    const publisher = await client('publisher')
    await publisher.publish('t', 'before', { qos: 1 })
    expect(await here.payloads()).toEqual(['before'])
    for (const clientId of ['here', 'away']) revoked.add(`${clientId} subscribe t`)
    expect(await broker.reauthorize('nobody')).toBe(0)
    expect(await broker.reauthorize('here')).toBe(1)
    expect(await broker.reauthorize()).toBe(1)
    for (const topic of ['t', 'u']) await publisher.publish(topic, 'after', { qos: 1 })
    expect((await here.messages(1)).map((each) => each.topicName)).toEqual(['u'])
    revoked.clear()
    expect(await (await client('away', again)).payloads()).toEqual([])
    expect(broker.counters).toMatchObject({ subscriptionsRevoked: 2, dropped: { revoked: 1 } })
  })

  test('[MQTT-3.10.4-3] what was sent before the right was taken back is brought to its end', async () => {
    const { authorize, revoked } = rights(isLater)
    const { client } = startBroker({ authorize })
    const one = await client('one', { ...persistent, silent: true })
    await one.subscribe('t', { qos: 2 })
    await (await client('publisher')).publish('t', 'x', { qos: 2 })
    const { packetId } = await one.next('publish')
    await one.drop()
    revoked.add('one subscribe t')
    const resumed = await client('one', again)
    expect(await resumed.next('publish')).toMatchObject({ packetId, dup: true })
  })
})

test('without an authorizer broker.reauthorize takes nothing away', async () => {
  const { broker, client } = startBroker()
  await (await client('one')).subscribe('t')
  expect(await broker.reauthorize()).toBe(0)
  expect(broker.stats.subscriptions).toBe(1)
})

test('overlapping: what waits for a subscription that stays is delivered', async () => {
  const { authorize, revoked } = rights()
  const { broker, client } = startBroker({ authorize })
  const one = await client('one', persistent)
  await one.subscribe(['t', '#'], { qos: 1 })
  await one.drop()
  await (await client('publisher')).publish('t', 'x', { qos: 1 })
  revoked.add('one subscribe t')
  expect(await broker.reauthorize()).toBe(1)
  expect(await (await client('one', again)).payloads()).toEqual(['x'])
})

test('what waits for a member that may not have it any more goes to another', async () => {
  const { authorize, revoked } = rights()
  const { broker, client } = startBroker({ authorize })
  const away = await client('away', persistent)
  await away.subscribe('$share/g/t', { qos: 1 })
  await away.drop()
  await (await client('publisher')).publish('t', 'x', { qos: 1 })
  const member = await client('member')
  await member.subscribe('$share/g/t', { qos: 1 })
  revoked.add('away subscribe t')
  await broker.reauthorize('away')
  expect(await member.payloads()).toEqual(['x'])
})

test('an authorizer that is broken takes no subscription away, and lets nothing through', async () => {
  const { authorize, state } = rights()
  const { broker, client } = startBroker({ authorize })
  const one = await client('one', persistent)
  await one.subscribe('t', { qos: 1 })
  const publisher = await client('publisher')
  await one.drop()
  await publisher.publish('t', 'x', { qos: 1 })
  state.isBroken = true
  expect((await WireClient.attempt(broker, { ...again, clientId: 'one' })).connack?.reasonCode).toBe(0x88)
  await turns()
  state.isBroken = false
  const resumed = await client('one', again)
  expect(await resumed.payloads()).toEqual(['x'])
  state.isBroken = true
  expect(await broker.reauthorize()).toBe(0)
  expect(await resumed.goodbye()).toBe(0x89)
  expect(broker.stats.subscriptions).toBe(1)
})

test('a subscription that is made anew while its right is asked about stays', async () => {
  const answers: ((answer: boolean) => void)[] = []
  let isSlow = false
  const { broker, client } = startBroker({
    authorize: () => !isSlow || new Promise<boolean>((resolve) => void answers.push(resolve)),
  })
  const one = await client('one')
  await one.subscribe('t')
  isSlow = true
  const removed = broker.reauthorize()
  await turns()
  isSlow = false
  await one.subscribe('t', { qos: 1 })
  for (const answer of answers) answer(false)
  expect(await removed).toBe(0)
  expect(broker.stats.subscriptions).toBe(1)
})

test('a retained message that is replaced while its publisher is asked about comes once', async () => {
  const answers: ((answer: boolean) => void)[] = []
  let isSlow = false
  const { client } = startBroker({
    authorize: ({ action }) =>
      !isSlow || action === 'subscribe' || new Promise<boolean>((resolve) => void answers.push(resolve)),
  })
  const publisher = await client('publisher')
  await publisher.publish('t', 'old', { retain: true })
  isSlow = true
  const one = await client('one')
  await one.subscribe('t')
  expect(answers).toHaveLength(1)
  isSlow = false
  await publisher.publish('t', 'new', { retain: true })
  for (const answer of answers) answer(true)
  await turns()
  expect(await one.payloads()).toEqual(['new'])
})

test('broker.disconnect ends a connection with 0x98 and keeps the session', async () => {
  const { broker, client } = startBroker()
  const one = await client('one', persistent)
  await one.subscribe('t', { qos: 1 })
  expect(broker.disconnect('one', 'moved')).toBe(true)
  const goodbye = (await one.closed()).at(-1)
  expect(goodbye).toMatchObject({ type: 'disconnect', reasonCode: 0x98, properties: { reasonString: 'moved' } })
  expect(broker.disconnect('one')).toBe(false)
  expect(broker.disconnect('nobody')).toBe(false)
  expect((await client('one', again)).connack?.sessionPresent).toBe(true)
})

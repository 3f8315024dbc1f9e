// What arrives: who gets it, when it is acknowledged, and what holds the server back.
import { expect, test } from 'vitest'
import { connack, FakeServer, message, turn } from './fake-server.ts'
import { subscribed, take } from './subscribed.ts'

test('SUBSCRIBE says what was asked for, and named levels become wildcards', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const options = { qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2, shared: undefined } as const
  const subscribing = client.subscribe('house/+room/#rest', options)
  const subscribe = await server.connection.grant(1)
  expect(subscribe.subscriptions).toEqual([
    { topicFilter: 'house/+/#', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
  ])
  const subscription = await subscribing
  expect(subscription.grantedQos).toBe(1)
  server.connection.send(message('house/kitchen/a/b', 'x'))
  for await (const { params } of subscription) {
    // Known to the compiler, too.
    const { room, rest }: { room: string; rest: string } = params
    expect([room, rest]).toEqual(['kitchen', 'a/b'])
    break
  }
})

test('a Shared Subscription gets its $share', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscription = await subscribed(server, client, 'jobs/+id', { shared: 'workers' })
  expect(subscription.filter).toBe('$share/workers/jobs/+')
  server.connection.send(message('jobs/7', 'x'))
  for await (const { params } of subscription) {
    expect(params['id']).toBe('7')
    break
  }
  await expect(client.subscribe('a', { shared: 'g', noLocal: true })).rejects.toMatchObject({
    code: 'invalid-argument',
  })
})

test('one filter of several is refused: the error says which, and the others stay', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscribing = client.subscribe(['good', 'bad'], { qos: 1 })
  const settled = expect(subscribing).rejects.toMatchObject({
    code: 'subscribe-refused',
    reasonCode: 0x87,
    results: [
      { filter: 'good', reasonCode: 1, reasonString: 'not yours' },
      { filter: 'bad', reasonCode: 0x87, reasonString: 'not yours' },
    ],
    subscription: { filter: 'good' },
  })
  const { packetId } = await server.connection.next('subscribe')
  const properties = { reasonString: 'not yours' }
  server.connection.send({ type: 'suback', packetId, reasonCodes: [1, 0x87], properties })
  await settled
  // After a new Session `good` is subscribed to again, `bad` is not.
  server.connection.close()
  await server.advance(1000)
  const again = await server.connection.grant()
  expect(again.subscriptions.map(({ topicFilter }) => topicFilter)).toEqual(['good'])
})

test('a filter that the server ends the connection over is not asked again; what was granted is', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  await subscribed(server, client, 'good')
  const subscribing = client.subscribe('bad')
  const settled = expect(subscribing).rejects.toMatchObject({ code: 'server-disconnect', reasonCode: 0x8f })
  await server.connection.next('subscribe')
  server.connection.send({ type: 'disconnect', reasonCode: 0x8f, properties: {} })
  await settled
  await server.advance(1000)
  expect(server.connections).toHaveLength(2)
  expect((await server.connection.grant()).subscriptions.map(({ topicFilter }) => topicFilter)).toEqual(['good'])
  await turn()
  expect(server.connection.has('subscribe') || server.connection.has('unsubscribe')).toBe(false)
})

test('a reason that blames nobody leaves the question open', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscribing = client.subscribe('a')
  await server.connection.next('subscribe')
  server.connection.send({ type: 'disconnect', reasonCode: 0x8b, properties: {} })
  await server.advance(1000)
  await server.connection.grant()
  expect((await subscribing).filter).toBe('a')
})

test('Subscription Identifiers say which subscription a copy is for', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const narrow = client.subscribe('a/b')
  const narrowId = (await server.connection.grant()).properties?.subscriptionIdentifier ?? 0
  const wide = client.subscribe('a/#')
  const wideId = (await server.connection.grant()).properties?.subscriptionIdentifier ?? 0
  const properties = (id: number) => ({ properties: { subscriptionIdentifiers: [id] } })
  server.connection.send(message('a/b', 'narrow', properties(narrowId)))
  server.connection.send(message('a/b', 'wide', properties(wideId)))
  expect(await take(await narrow, 1)).toEqual(['narrow'])
  expect(await take(await wide, 1)).toEqual(['wide'])
  expect((await narrow).pending + (await wide).pending).toBe(0)
})

test('mail that nobody asked for waits for a subscription that matches, or for messages()', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({}, true)
  const client = await server.connected({ cleanStart: false })
  server.connection.send(message('a', 'for a', { qos: 1, packetId: 1 }))
  server.connection.send(message('b', 'for b', { qos: 1, packetId: 2 }))
  await turn()
  expect(server.connection.has('puback')).toBe(false)
  expect(await take(await subscribed(server, client, 'a', { qos: 1 }), 1)).toEqual(['for a'])
  const iterator = client.messages()[Symbol.asyncIterator]()
  expect((await iterator.next()).value.text()).toBe('for b')
})

test('mail that nobody ever reads is bounded, and does not stand in the way for ever', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  for (let i = 1; i <= 258; i++) server.connection.send(message('a', '', { qos: 1, packetId: i }))
  expect((await server.connection.next('puback')).reasonCode).toBe(0x83)
  expect(client.stats().dropped.unclaimed).toBe(2)
})

test('break unsubscribes when nobody else reads the filter', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const [one, two] = [await subscribed(server, client, 'a'), await subscribed(server, client, 'a')]
  server.connection.send(message('a', 'x'))
  for await (const received of one) {
    expect(received.text()).toBe('x')
    break
  }
  await turn()
  expect(server.connection.has('unsubscribe')).toBe(false)
  const leaving = two.unsubscribe()
  const { packetId, topicFilters } = await server.connection.next('unsubscribe')
  expect(topicFilters).toEqual(['a'])
  server.connection.send({ type: 'unsuback', packetId, reasonCodes: [0] })
  await leaving
})

test('unsubscribe by filter ends its readers and tells the result', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const reading = take(await subscribed(server, client, 'a/+x'), 5)
  const leaving = client.unsubscribe(['a/+x', 'unknown'])
  const { packetId } = await server.connection.next('unsubscribe')
  server.connection.send({ type: 'unsuback', packetId, reasonCodes: [0, 0x11] })
  expect(await leaving).toEqual([
    { filter: 'a/+', reasonCode: 0 },
    { filter: 'unknown', reasonCode: 0x11 },
  ])
  expect(await reading).toEqual([])
})

test('a second subscribe to a known filter is sent as well', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  await subscribed(server, client, 'a', { qos: 2 })
  const second = client.subscribe('a', { qos: 1 })
  // Not below what the first reader has.
  expect((await server.connection.grant()).subscriptions[0]?.qos).toBe(2)
  await second
})

test('after a new Session all is subscribed to again; with the old one nothing is', async () => {
  const server = new FakeServer()
  const client = await server.connected({ sessionExpiryInterval: 10 })
  const subscription = await subscribed(server, client, 'a', { qos: 1 })
  server.welcome = () => connack({}, true)
  server.connection.close()
  await server.advance(1000)
  expect(server.connection.has('subscribe')).toBe(false)
  server.welcome = () => connack()
  server.connection.close()
  await server.advance(2000)
  await server.connection.grant()
  server.connection.send(message('a', 'still here', { qos: 1, packetId: 1 }))
  expect(await take(subscription, 1)).toEqual(['still here'])
})

test.each([
  ['a new Session again', false],
  ['the Session that was new then', true],
])('what was to be subscribed to again when the connection was lost is asked once: with %s', async (_with, present) => {
  const server = new FakeServer()
  const client = await server.connected({ sessionExpiryInterval: 10 })
  await subscribed(server, client, 'a')
  server.connection.close()
  await server.advance(1000)
  await server.connection.next('subscribe')
  server.welcome = () => connack({}, present)
  server.connection.close()
  await server.advance(2000)
  expect((await server.connection.grant()).subscriptions.map(({ topicFilter }) => topicFilter)).toEqual(['a'])
  await turn()
  expect(server.connection.has('subscribe')).toBe(false)
})

test('a SUBSCRIBE that lost its connection is asked again', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscribing = client.subscribe('a')
  await server.connection.next('subscribe')
  server.connection.close()
  await server.advance(1000)
  await server.connection.grant()
  await subscribing
})

test('an aborted subscribe is taken back', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const controller = new AbortController()
  const subscribing = client.subscribe('a', { signal: controller.signal })
  await server.connection.grant()
  const settled = expect(subscribing).resolves.toBeDefined()
  await settled
  const second = client.subscribe('b', { signal: controller.signal })
  await server.connection.next('subscribe')
  controller.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  expect((await server.connection.next('unsubscribe')).topicFilters).toEqual(['b'])
})

test('once takes the first message and leaves', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const waiting = client.once('a')
  await server.connection.grant()
  server.connection.send(message('a', 'first'))
  const { packetId } = await server.connection.next('unsubscribe')
  server.connection.send({ type: 'unsuback', packetId, reasonCodes: [0] })
  expect((await waiting).text()).toBe('first')
  const timed = expect(client.once('b', { timeout: 500 })).rejects.toMatchObject({ code: 'timeout' })
  await server.connection.grant()
  await server.advance(500)
  const leave = await server.connection.next('unsubscribe')
  server.connection.send({ type: 'unsuback', packetId: leave.packetId, reasonCodes: [0] })
  await timed
})

test('loops end when the client does; with an error where it gave up', async () => {
  const server = new FakeServer()
  const calm = await server.connected()
  const reading = take(await subscribed(server, calm, 'a'), 1)
  await calm.disconnect()
  expect(await reading).toEqual([])
  const failing = await server.connected({ reconnect: false })
  const broken = expect(take(await subscribed(server, failing, 'a'), 1)).rejects.toMatchObject({
    code: 'connection-lost',
  })
  server.connection.close()
  await broken
})

test('a SUBACK that nobody awaits ends the connection', async () => {
  const server = new FakeServer()
  await server.connected()
  server.connection.send({ type: 'suback', packetId: 9, reasonCodes: [0] })
  expect((await server.connection.next('disconnect')).reasonCode).toBe(0x82)
})

test('messages() and status() of a client that is closed end at once', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  await client.disconnect()
  expect(await take(client.messages(), 1)).toEqual([])
  for await (const event of client.status()) throw new Error(`unexpected ${event.type}`)
})

test('a Subscription and a Client can be disposed of', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscription = await subscribed(server, client, 'a')
  const leaving = subscription[Symbol.asyncDispose]()
  const { packetId } = await server.connection.next('unsubscribe')
  server.connection.send({ type: 'unsuback', packetId, reasonCodes: [0] })
  await leaving
  await client[Symbol.asyncDispose]()
  expect(client.state).toBe('closed')
})

test('drain lets what has come be read, and nothing more comes', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscription = await subscribed(server, client, 'a')
  server.connection.send(message('a', '1'))
  await turn()
  const draining = subscription.drain()
  const { packetId } = await server.connection.next('unsubscribe')
  server.connection.send({ type: 'unsuback', packetId, reasonCodes: [0] })
  await draining
  server.connection.send(message('a', '2'))
  expect(await take(subscription, 2)).toEqual(['1'])
})

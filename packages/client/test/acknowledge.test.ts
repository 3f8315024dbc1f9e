// When a message is acknowledged, and what holds the server back.
import { expect, test } from 'vitest'
import { connack, FakeServer, message, turn } from './fake-server.ts'
import { subscribed, take } from './subscribed.ts'

test('[MQTT-4.3.2-4] processed: PUBACK goes out when the loop asks for the next message', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscription = await subscribed(server, client, 'a', { qos: 1 })
  const iterator = subscription[Symbol.asyncIterator]()
  server.connection.send(message('a', '1', { qos: 1, packetId: 7 }))
  expect((await iterator.next()).value.text()).toBe('1')
  await turn()
  expect(server.connection.has('puback')).toBe(false)
  const next = iterator.next()
  expect((await server.connection.next('puback')).packetId).toBe(7)
  server.connection.send(message('a', '2', { qos: 1, packetId: 8 }))
  expect((await next).value.text()).toBe('2')
})

test('received: PUBACK goes out at once; manual: when the reader says so, or refuses', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  await subscribed(server, client, 'at-once', { qos: 1, ack: 'received' })
  server.connection.send(message('at-once', '', { qos: 1, packetId: 1 }))
  expect((await server.connection.next('puback')).packetId).toBe(1)

  const manual = await subscribed(server, client, 'manual', { qos: 2, ack: 'manual' })
  const iterator = manual[Symbol.asyncIterator]()
  server.connection.send(message('manual', '', { qos: 1, packetId: 2 }))
  server.connection.send(message('manual', '', { qos: 2, packetId: 3 }))
  const first = (await iterator.next()).value
  const second = (await iterator.next()).value
  await turn()
  expect(server.connection.has('puback')).toBe(false)
  first.ack()
  expect(await server.connection.next('puback')).toMatchObject({ packetId: 2, reasonCode: 0 })
  second.nack(0x97)
  expect(await server.connection.next('pubrec')).toMatchObject({ packetId: 3, reasonCode: 0x97 })
})

test('[MQTT-4.6.0-2] PUBACK packets leave in the order of their PUBLISH, whatever is done first', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const open: (() => void)[] = []
  const subscribing = client.subscribe('a', () => new Promise<void>((resolve) => open.push(resolve)), {
    qos: 1,
    concurrency: 3,
  })
  await server.connection.grant()
  await subscribing
  for (const packetId of [1, 2, 3]) server.connection.send(message('a', '', { qos: 1, packetId }))
  await turn()
  open[2]?.()
  open[1]?.()
  await turn()
  expect(server.connection.has('puback')).toBe(false)
  open[0]?.()
  for (const packetId of [1, 2, 3]) expect((await server.connection.next('puback')).packetId).toBe(packetId)
})

test('a message of two subscriptions is acknowledged once, when both are done with it', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ subscriptionIdentifierAvailable: 0 })
  const client = await server.connected()
  const one = (await subscribed(server, client, 'a/+', { qos: 1 }))[Symbol.asyncIterator]()
  const two = (await subscribed(server, client, '#', { qos: 1 }))[Symbol.asyncIterator]()
  server.connection.send(message('a/b', 'x', { qos: 1, packetId: 1 }))
  await one.next()
  await two.next()
  one.next().catch(() => {})
  await turn()
  expect(server.connection.has('puback')).toBe(false)
  two.next().catch(() => {})
  await server.connection.next('puback')
  await turn()
  expect(server.connection.has('puback')).toBe(false)
})

test('[MQTT-3.3.4-9] more than our Receive Maximum ends the connection with 0x93', async () => {
  const server = new FakeServer()
  const client = await server.connected({ receiveMaximum: 2 })
  await subscribed(server, client, 'a', { qos: 1 })
  for (const packetId of [1, 2, 3]) server.connection.send(message('a', '', { qos: 1, packetId }))
  expect(await server.connection.next('disconnect')).toMatchObject({ reasonCode: 0x93 })
})

test('[MQTT-4.3.3-10] a QoS 2 message that comes again is not handed out again', async () => {
  const server = new FakeServer()
  const client = await server.connected({ sessionExpiryInterval: 10 })
  const subscription = await subscribed(server, client, 'a', { qos: 2 })
  const iterator = subscription[Symbol.asyncIterator]()
  server.connection.send(message('a', 'once', { qos: 2, packetId: 5 }))
  await iterator.next()
  // The connection is lost while we work on it: PUBREC has not gone out yet.
  server.welcome = () => connack({}, true)
  server.connection.close()
  await server.advance(1000)
  server.connection.send(message('a', 'once', { qos: 2, packetId: 5, dup: true }))
  await turn()
  expect(server.connection.has('pubrec')).toBe(false)
  const next = iterator.next()
  expect((await server.connection.next('pubrec')).packetId).toBe(5)
  server.connection.send({ type: 'pubrel', packetId: 5, reasonCode: 0 })
  expect((await server.connection.next('pubcomp')).reasonCode).toBe(0)
  server.connection.send(message('a', 'other', { qos: 2, packetId: 6 }))
  expect((await next).value.text()).toBe('other')
})

test('a reader that is full stops the reading, unless an answer of the server is awaited', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscription = await subscribed(server, client, 'a', { buffer: 3 })
  for (let i = 0; i < 10; i++) server.connection.send(message('a', `${i}`))
  await turn()
  expect(server.connection.paused).toBe(true)
  expect(subscription.pending).toBeLessThan(10)
  const sent = client.publish('b', '', { qos: 1 })
  const { packetId = 0 } = await server.connection.next('publish')
  server.connection.send({ type: 'puback', packetId, reasonCode: 0 })
  await sent
  expect(await take(subscription, 10)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  await turn()
  expect(server.connection.paused).toBe(false)
})

test('a pause is no silence: the connection is not given up', async () => {
  const server = new FakeServer()
  const client = await server.connected({ keepAlive: 2 })
  const subscription = await subscribed(server, client, 'a', { buffer: 1 })
  server.connection.send(message('a', '0'))
  await server.advance(20_000)
  expect(server.connections).toHaveLength(1)
  expect(server.connection.has('pingreq')).toBe(true)
  expect(await take(subscription, 1)).toEqual(['0'])
})

test('messages are lost where asked for, and counted', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const oldest = await subscribed(server, client, 'a', { buffer: 2, overflow: 'drop-oldest' })
  const newest = await subscribed(server, client, 'b', { buffer: 2, overflow: 'drop-newest' })
  for (const topic of ['a', 'b']) for (let i = 0; i < 4; i++) server.connection.send(message(topic, `${i}`))
  await turn()
  expect(await take(oldest, 2)).toEqual(['2', '3'])
  expect(await take(newest, 2)).toEqual(['0', '1'])
  expect([oldest.dropped, newest.dropped, client.stats().dropped.overflow]).toEqual([2, 2, 4])
})

test('acknowledged when received: bounded by `buffer`, then by Receive Maximum, or by losing what was asked to be lost', async () => {
  const server = new FakeServer()
  const client = await server.connected({ receiveMaximum: 20 })
  const { connection } = server
  // An answer is awaited for ever, so that reading never stops.
  client.publish('b', '', { qos: 1 }).catch(() => {})
  const patient = await subscribed(server, client, 'a', { qos: 1, ack: 'received', buffer: 3 })
  for (let packetId = 1; packetId <= 6; packetId++) connection.send(message('a', `${packetId}`, { qos: 1, packetId }))
  await turn()
  const acknowledged = () => connection.peer.received.flatMap((each) => (each.type === 'puback' ? [each.packetId] : []))
  expect(acknowledged()).toEqual([1, 2, 3])
  expect(await take(patient, 6)).toEqual(['1', '2', '3', '4', '5', '6'])
  await turn()
  expect(acknowledged()).toEqual([1, 2, 3, 4, 5, 6])
  const lossy = await subscribed(server, client, 'c', { qos: 1, ack: 'received', buffer: 2, overflow: 'drop-oldest' })
  for (let packetId = 1; packetId <= 5; packetId++) connection.send(message('c', `${packetId}`, { qos: 1, packetId }))
  await turn()
  expect(acknowledged()).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5])
  expect([lossy.dropped, lossy.pending]).toEqual([3, 2])
  expect(await take(lossy, 2)).toEqual(['4', '5'])
})

test('a handler that fails on what was acknowledged when received costs no connection', async () => {
  const server = new FakeServer()
  const client = await server.connected({ protocolVersion: 4 })
  const failed = new Promise((resolve) => client.on('error', resolve))
  const handler = () => Promise.reject(new Error('bug'))
  const subscribing = client.subscribe('a', handler, { qos: 1, ack: 'received' })
  await server.connection.grant()
  await subscribing
  server.connection.send(message('a', '', { qos: 1, packetId: 1 }))
  expect(await failed).toMatchObject({ message: 'bug' })
  await turn()
  expect(server.connection.ended).toBe(false)
})

test('before 5.0 a message that is not acknowledged is not lost: the reader pauses, whatever it was told', async () => {
  const server = new FakeServer()
  const client = await server.connected({ protocolVersion: 4 })
  const subscription = await subscribed(server, client, 'a', { qos: 1, buffer: 2, overflow: 'drop-newest' })
  for (let packetId = 1; packetId <= 4; packetId++) {
    server.connection.send(message('a', `${packetId}`, { qos: 1, packetId }))
  }
  await turn()
  expect(server.connection.paused).toBe(true)
  expect(await take(subscription, 4)).toEqual(['1', '2', '3', '4'])
  expect(subscription.dropped).toBe(0)
})

test('a handler that throws refuses its message in 5.0, and drops the connection in 3.1.1', async () => {
  for (const protocolVersion of [5, 4] as const) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion })
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const handler = () => {
      throw new Error('bug')
    }
    const subscribing = client.subscribe('a', handler, { qos: 1 })
    await server.connection.grant()
    await subscribing
    server.connection.send(message('a', '', { qos: 1, packetId: 1 }))
    await turn()
    expect(errors[0]).toMatchObject({ message: 'bug' })
    if (protocolVersion === 5) expect((await server.connection.next('puback')).reasonCode).toBe(0x80)
    else {
      expect(server.connection.has('puback')).toBe(false)
      expect(server.connection.ended).toBe(true)
    }
  }
})

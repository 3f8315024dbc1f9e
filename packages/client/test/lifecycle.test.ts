// When there is a connection: versions, refusals, reconnects, keep alive, and the end.
import { expect, test } from 'vitest'
import type { StatusEvent } from '../src/index.ts'
import { connack, FakeServer, turn } from './fake-server.ts'

test('[MQTT-3.1.0-1] CONNECT is the first packet, and carries what was asked for', async () => {
  const server = new FakeServer()
  await server.connected({
    clientId: 'c',
    keepAlive: 30,
    sessionExpiryInterval: 100,
    credentials: { userName: 'u', password: 'p' },
    will: { topic: 'gone', payload: 'bye', qos: 1, retain: true, properties: { willDelayInterval: 5 } },
  })
  expect(server.connection.peer.received[0]).toMatchObject({
    type: 'connect',
    protocolVersion: 5,
    clientId: 'c',
    cleanStart: true,
    keepAlive: 30,
    userName: 'u',
    password: new TextEncoder().encode('p'),
    will: { topicName: 'gone', qos: 1, retain: true, properties: { willDelayInterval: 5 } },
    properties: { sessionExpiryInterval: 100 },
  })
})

test('credentials of the URL are used, and asked for anew before each attempt where they are a function', async () => {
  const server = new FakeServer()
  const attempts: number[] = []
  const client = await server.connected({
    credentials: async ({ attempt }) => {
      attempts.push(attempt)
      return { userName: `u${attempts.length}` }
    },
  })
  server.connection.close()
  await server.advance(1000)
  expect(client.state).toBe('connected')
  expect((await server.connection.next('connect')).userName).toBe('u2')
  expect(attempts).toHaveLength(2)
})

test("'auto' falls back to 3.1.1 where 5.0 is refused: 0x84, return code 1, or no answer", async () => {
  for (const refuse of ['reason', 'return code', 'silence'] as const) {
    const server = new FakeServer()
    server.welcome = (connect, connection) => {
      if (connect.protocolVersion === 4) return connack()
      if (refuse === 'reason') return connack({}, false, 0x84)
      // Three dots: a CONNACK as 3.1.1 writes it.
      if (refuse === 'return code') connection.peer.sendBytes(Uint8Array.of(0x20, 2, 0, 1))
      else queueMicrotask(() => connection.close())
      return undefined
    }
    const client = await server.connected()
    expect(client.session?.limits.protocolVersion, refuse).toBe(4)
    expect(server.connections, refuse).toHaveLength(2)
    // From then on it is known.
    server.connection.close()
    await server.advance(1000)
    expect(server.connections).toHaveLength(3)
  }
})

test('a refusal that no second try will change ends the client', async () => {
  for (const reasonCode of [0x85, 0x86, 0x87, 0x8a, 0x8c]) {
    const server = new FakeServer()
    server.welcome = () => connack({ reasonString: 'no' }, false, reasonCode)
    const client = server.client()
    await expect(client.connect()).rejects.toMatchObject({ code: 'connect-refused', reasonCode, reasonString: 'no' })
    expect(await client.closed).toMatchObject({ type: 'error', error: { reasonCode } })
    expect(client.state).toBe('closed')
    expect(server.virtual.pending).toBeLessThanOrEqual(1)
  }
})

test('Connect Return codes of 3.1.1 are told as Reason Codes', async () => {
  for (const [returnCode, reasonCode] of [
    [2, 0x85],
    [4, 0x86],
    [5, 0x87],
  ] as const) {
    const server = new FakeServer()
    server.welcome = () => connack({}, false, returnCode)
    await expect(server.client({ protocolVersion: 4 }).connect()).rejects.toMatchObject({ reasonCode })
  }
})

test('[MQTT-3.2.2-4] Session Present without a Session of ours ends the connection', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({}, true)
  const client = server.client({ reconnect: false, protocolVersion: 5 })
  await expect(client.connect()).rejects.toMatchObject({ code: 'protocol-error' })
})

test('[MQTT-3.2.2-21] Server Keep Alive is used instead of our own, and PINGREQ goes out in time', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ serverKeepAlive: 10 })
  const client = await server.connected({ keepAlive: 600 })
  expect(client.session?.limits.keepAlive).toBe(10)
  await server.advance(10_000)
  await server.connection.next('pingreq')
})

test('[MQTT-3.1.2-20] PINGREQ follows silence; without an answer the connection is given up', async () => {
  const server = new FakeServer()
  const client = await server.connected({ keepAlive: 10 })
  await server.advance(9000)
  await server.connection.next('pingreq')
  server.connection.send({ type: 'pingresp' })
  await server.advance(8900)
  expect(server.connection.has('pingreq')).toBe(false)
  await server.advance(200)
  await server.connection.next('pingreq')
  const errors: unknown[] = []
  client.on('error', (error) => errors.push(error))
  await server.advance(5000)
  expect(errors).toMatchObject([{ code: 'keep-alive-timeout' }])
})

test('a client that only sends notices that the other end has vanished', async () => {
  const server = new FakeServer()
  const client = await server.connected({ keepAlive: 10 })
  const first = server.connection
  for (let second = 0; second < 20; second++) {
    client.publish('a', `${second}`).catch(() => {})
    await server.advance(1000)
  }
  expect(server.connections.length).toBeGreaterThan(1)
  expect(first.has('pingreq')).toBe(true)
})

test('connecting can be aborted, and does not last longer than connectTimeout', async () => {
  const server = new FakeServer()
  server.welcome = undefined
  const controller = new AbortController()
  const aborted = server.client({ signal: controller.signal })
  const connecting = expect(aborted.connect()).rejects.toThrow('enough')
  await turn()
  controller.abort(new Error('enough'))
  await connecting
  expect((await aborted.closed).type).toBe('error')
  expect(server.connection.ended).toBe(true)

  const impatient = server.client({ connectTimeout: 2000, reconnect: false })
  const failing = expect(impatient.connect()).rejects.toMatchObject({ code: 'keep-alive-timeout' })
  await server.advance(2100)
  await failing
})

test('[MQTT-3.14.4-1] after DISCONNECT nothing more is sent, and nothing is left behind', async () => {
  const server = new FakeServer()
  const client = await server.connected({ keepAlive: 10 })
  await client.disconnect({ reasonCode: 0x04 })
  expect(server.connection.peer.received.at(-1)).toMatchObject({ type: 'disconnect', reasonCode: 0x04 })
  expect(await client.closed).toEqual({ type: 'disconnect' })
  expect(server.virtual.pending).toBe(0)
  await server.advance(60_000)
  expect(server.connections).toHaveLength(1)
})

test('disconnect first sends what waits, for as long as it is allowed to', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const sent = client.publish('a', 'x', { qos: 1 })
  const ending = client.disconnect()
  const { packetId = 0 } = await server.connection.next('publish')
  expect(client.state).toBe('closing')
  expect(server.connection.has('disconnect')).toBe(false)
  server.connection.send({ type: 'puback', packetId, reasonCode: 0 })
  await sent
  await ending

  const stuck = await server.connected()
  const lost = expect(stuck.publish('a', 'x', { qos: 1 })).rejects.toMatchObject({ code: 'client-closed' })
  const patient = stuck.disconnect({ drain: 300 })
  await server.advance(400)
  await patient
  await lost
})

test('disconnect waits for an UNSUBACK that is on its way, and not longer', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscribing = client.subscribe('a')
  await server.connection.grant()
  const leaving = (await subscribing).unsubscribe()
  const ending = client.disconnect()
  const { packetId } = await server.connection.next('unsubscribe')
  server.connection.send({ type: 'unsuback', packetId, reasonCodes: [0] })
  await leaving
  await ending
})

test('DISCONNECT of the server is told, and 0x8E (taken over) is final', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const told: unknown[] = []
  client.on('disconnect', (detail) => told.push(detail))
  server.connection.send({ type: 'disconnect', reasonCode: 0x8b, properties: { reasonString: 'later' } })
  await server.advance(1000)
  expect(told).toEqual([{ reasonCode: 0x8b, properties: { reasonString: 'later' } }])
  expect(client.state).toBe('connected')
  server.connection.send({ type: 'disconnect', reasonCode: 0x8e })
  expect(await client.closed).toMatchObject({ type: 'error', error: { code: 'server-disconnect', reasonCode: 0x8e } })
})

test('the status says what happens, and why', async () => {
  const server = new FakeServer()
  const client = server.client()
  const events: StatusEvent[] = []
  const watching = (async () => {
    for await (const event of client.status()) events.push(event)
  })()
  await client.connect()
  server.connection.close()
  await server.advance(600)
  await client.disconnect()
  await watching
  expect(events.map(({ type }) => type)).toEqual([
    'connecting',
    'connected',
    'disconnected',
    'waiting',
    'connecting',
    'connected',
    'closing',
    'closed',
  ])
})

test('options that make no packet are refused, and leave no connection behind', async () => {
  for (const options of [
    { keepAlive: 70_000 },
    { clientId: '\ud800' },
    { will: { topic: 'a', payload: new Uint8Array(70_000) } },
  ]) {
    const server = new FakeServer()
    await expect(server.client(options).connect()).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(server.connections).toHaveLength(1)
    expect(server.connection.ended).toBe(true)
    expect(server.virtual.pending).toBe(0)
  }
})

test('a SUBSCRIBE or DISCONNECT that cannot be encoded rejects, and harms nothing else', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const userProperties = [['\ud800', '']] as const
  await expect(client.subscribe('a', { userProperties })).rejects.toMatchObject({ code: 'invalid-argument' })
  const subscribing = client.subscribe('b')
  expect((await server.connection.grant()).subscriptions).toHaveLength(1)
  await subscribing
  await expect(client.disconnect({ properties: { userProperties } })).rejects.toThrow()
  expect(await client.closed).toEqual({ type: 'disconnect' })
})

// Sections 3.8 to 3.14: SUBSCRIBE, UNSUBSCRIBE, DISCONNECT.
import { expect, test } from 'vitest'
import { connack, FakeServer, turn } from '../fake-server.ts'

const versions = [5, 4] as const

test('[MQTT-3.8.3-1] [MQTT-3.10.3-1] [MQTT311-3.8.3-1] [MQTT311-3.10.3-1] [MQTT311-4.7.1-2] [MQTT311-4.7.1-3] [MQTT311-4.7.3-1] [MQTT311-4.7.3-3] what is no Topic Filter is refused here', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion })
    for (const filter of ['', 'a#', 'a/#/b', 'a/b+', 'x'.repeat(65_536), '$share//a', '$share/g+/a', '$share/g/']) {
      await expect(client.subscribe(filter), filter).rejects.toMatchObject({ code: 'invalid-argument' })
      await expect(client.unsubscribe(filter), filter).rejects.toMatchObject({ code: 'invalid-argument' })
    }
    await turn()
    expect(server.connection.frames).toHaveLength(1)
  }
})

test('[MQTT-3.8.3-2] [MQTT-3.10.3-2] [MQTT311-3.8.3-3] [MQTT311-3.10.3-2] neither SUBSCRIBE nor UNSUBSCRIBE is sent without a filter', async () => {
  for (const protocolVersion of versions) {
    const client = new FakeServer().client({ protocolVersion })
    await expect(client.subscribe([])).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(client.unsubscribe([])).rejects.toMatchObject({ code: 'invalid-argument' })
  }
})

test('[MQTT-3.8.3-4] No Local on a Shared Subscription is refused here', async () => {
  const client = await new FakeServer().connected()
  for (const filter of ['$share/g/a', { filter: 'a', shared: 'g' }]) {
    await expect(client.subscribe(filter, { noLocal: true })).rejects.toMatchObject({ code: 'invalid-argument' })
  }
})

test('[MQTT-3.8.3-5] the reserved bits of the Subscription Options are 0, and the others say what was asked', async () => {
  const optionsOf = async (protocolVersion: 5 | 4) => {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion })
    client.subscribe('a', { qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 }).catch(() => {})
    await server.connection.next('subscribe')
    return server.connection.frame(8).at(-1)
  }
  expect(await optionsOf(5)).toBe(0b00101110)
  expect(await optionsOf(4)).toBe(2)
})

test('a SUBACK that does not answer what was asked is a protocol error, and what was asked is asked again', async () => {
  for (const answer of [
    { type: 'suback', reasonCodes: [0, 0] },
    { type: 'unsuback', reasonCodes: [0] },
  ] as const) {
    const server = new FakeServer()
    const client = await server.connected()
    const subscribing = client.subscribe('a')
    const { packetId } = await server.connection.next('subscribe')
    server.connection.send({ ...answer, packetId })
    expect((await server.connection.next('disconnect')).reasonCode).toBe(0x82)
    await server.advance(1000)
    await server.connection.grant()
    await subscribing
  }
})

test('[MQTT-3.14.2-1] [MQTT-3.14.2-2] DISCONNECT has a Reason Code of a client, and nothing that only a server may say', async () => {
  const server = new FakeServer()
  for (const reasonCode of [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99]) {
    const client = await server.connected()
    await client.disconnect({ reasonCode })
    expect((await server.connection.next('disconnect')).reasonCode).toBe(reasonCode)
  }
  const client = await server.connected()
  for (const reasonCode of [0x01, 0x87, 0x89, 0x8b, 0x8e, 0x9c, 0xa2]) {
    await expect(client.disconnect({ reasonCode })).rejects.toMatchObject({ code: 'invalid-argument' })
  }
  for (const properties of [{ serverReference: 'other' }, { sessionExpiryInterval: 10 }]) {
    await expect(client.disconnect({ properties })).rejects.toMatchObject({ code: 'invalid-argument' })
  }
  // Refused before anything was done about it.
  expect(client.state).toBe('connected')
  const lasting = await server.connected({ sessionExpiryInterval: 10 })
  await lasting.disconnect({ properties: { sessionExpiryInterval: 0 } })
  expect((await server.connection.next('disconnect')).properties).toEqual({ sessionExpiryInterval: 0 })
})

test('[MQTT-3.14.2-3] [MQTT-3.14.2-4] neither Reason String nor User Properties make DISCONNECT too large', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ maximumPacketSize: 30 })
  for (const properties of [{ reasonString: 'x'.repeat(40) }, { userProperties: [['k', 'x'.repeat(40)] as const] }]) {
    const client = await server.connected()
    await client.disconnect({ reasonCode: 0x04, properties })
    expect(server.connection.frame(14).length).toBeLessThanOrEqual(30)
    expect((await server.connection.next('disconnect')).reasonCode).toBe(0x04)
  }
})

test('[MQTT-3.14.4-1] [MQTT-3.14.4-2] [MQTT311-3.14.4-1] [MQTT311-3.14.4-2] DISCONNECT is the last packet, and the connection is closed after it', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion, keepAlive: 1 })
    const { connection } = server
    const quietly = (promise: Promise<unknown>) => void promise.catch(() => {})
    quietly(client.publish('a', 'before', { qos: 1 }))
    const ending = client.disconnect({ drain: false })
    quietly(client.publish('a', 'after'))
    quietly(client.subscribe('a'))
    await ending
    connection.send({ type: 'pubrel', packetId: 1, reasonCode: 0 })
    await server.advance(10_000)
    expect((connection.frames.at(-1)?.[0] ?? 0) >> 4).toBe(14)
    expect(connection.ended).toBe(true)
    expect(server.connections).toHaveLength(1)
  }
})

test('before 5.0, to go for a reason is to close without DISCONNECT, so that the Will is published', async () => {
  const server = new FakeServer()
  const client = await server.connected({ protocolVersion: 4 })
  await client.disconnect({ reasonCode: 0x04 })
  expect(server.connection.has('disconnect')).toBe(false)
  expect(server.connection.ended).toBe(true)
})

test('[MQTT-4.13.2-1] [MQTT-3.14.4-3] a DISCONNECT of the server closes the connection, and nothing is sent after it', async () => {
  const server = new FakeServer()
  const client = await server.connected({ reconnect: false })
  client.publish('a', '', { qos: 1 }).catch(() => {})
  await server.connection.next('publish')
  const before = server.connection.frames.length
  server.connection.send({ type: 'disconnect', reasonCode: 0x8b })
  await turn()
  client.publish('a').catch(() => {})
  expect(await client.closed).toMatchObject({ error: { code: 'server-disconnect', reasonCode: 0x8b } })
  await turn()
  expect(server.connection.frames).toHaveLength(before)
  expect(server.connection.ended).toBe(true)
})

test('[MQTT-3.15.2-2] [MQTT-3.15.2-3] AUTH has neither Reason String nor User Properties; too large, it is not sent at all', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ authenticationMethod: 'M', maximumPacketSize: 30 })
  const auth = (length: number) => ({
    method: 'M',
    start: () => ({ first: () => new Uint8Array(length), next: () => undefined, verify() {} }),
  })
  const small = await server.connected({ auth: auth(5) })
  void small.reauthenticate().catch(() => {})
  const { properties } = await server.connection.next('auth')
  expect(Object.keys(properties ?? {}).sort()).toEqual(['authenticationData', 'authenticationMethod'])
  const large = await server.connected({ auth: auth(40) })
  await expect(large.reauthenticate()).rejects.toMatchObject({ code: 'authentication-failed' })
  expect(server.connection.has('auth')).toBe(false)
  expect(large.state).toBe('connected')
})

// Section 3.1: what CONNECT says, as bytes, and what the client keeps to afterwards.
import { expect, test } from 'vitest'
import type { ConnectOptions } from '../../src/index.ts'
import { connack, FakeServer, message, turn } from '../fake-server.ts'

const versions = [5, 4] as const

/** CONNECT as bytes: its flags, and what follows its variable header. */
async function connectBytes(options: ConnectOptions) {
  const server = new FakeServer()
  await server.connected(options)
  const frame = server.connection.frame(1)
  const start = 2 + 10 + (options.protocolVersion === 5 ? 1 + (frame[12] ?? 0) : 0)
  return { server, frame, flags: frame[9] ?? 0, payload: frame.slice(start) }
}

const string = (text: string) => [0, text.length, ...new TextEncoder().encode(text)]

test('[MQTT-3.1.0-1] [MQTT-3.1.0-2] [MQTT311-3.1.0-1] CONNECT comes first, and once on a connection', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    server.welcome = undefined
    const client = server.client({ protocolVersion })
    client.publish('a', '', { qos: 1 }).catch(() => {})
    client.subscribe('a').catch(() => {})
    const connecting = client.connect()
    await server.advance(2000)
    expect(server.connection.frames).toHaveLength(1)
    server.connection.send(connack())
    await connecting
    await turn()
    const types = server.connection.frames.map((frame) => (frame[0] ?? 0) >> 4)
    expect(types[0]).toBe(1)
    expect(types.filter((type) => type === 1)).toHaveLength(1)
    expect(types).toContain(3)
  }
})

test('[MQTT-3.1.2-1] the Protocol Name is MQTT, and MQIsdp in 3.1', async () => {
  for (const [protocolVersion, name] of [
    [5, 'MQTT'],
    [4, 'MQTT'],
    [3, 'MQIsdp'],
  ] as const) {
    const { frame } = await connectBytes({ protocolVersion })
    expect([...frame.slice(2, 4 + name.length + 1)]).toEqual([...string(name), protocolVersion])
  }
})

test('[MQTT-3.1.2-4] Clean Start 1 begins a new Session: nothing of an earlier one is sent or believed', async () => {
  const server = new FakeServer()
  const client = await server.connected({ cleanStart: true })
  expect(server.connection.take('connect')?.cleanStart).toBe(true)
  expect(client.session?.present).toBe(false)
  // An earlier Session has PUBREL to await; this one knows nothing of it.
  server.connection.send({ type: 'pubrel', packetId: 9, reasonCode: 0 })
  expect(await server.connection.next('pubcomp')).toMatchObject({ packetId: 9, reasonCode: 0x92 })
})

test('[MQTT-3.1.2-9] [MQTT-3.1.2-12] [MQTT311-3.1.2-9] [MQTT311-3.1.2-14] a Will has a topic and a payload, and any of three QoS', async () => {
  for (const protocolVersion of versions) {
    for (const qos of [0, 1, 2] as const) {
      const will = { topic: 'w', payload: 'p', qos, retain: qos === 1 }
      const { flags, payload } = await connectBytes({ protocolVersion, clientId: 'c', will })
      expect(flags & 0b111100).toBe(0b100 | (qos << 3) | (qos === 1 ? 0b100000 : 0))
      expect([...payload]).toEqual([
        ...string('c'),
        ...(protocolVersion === 5 ? [0] : []),
        ...string('w'),
        ...string('p'),
      ])
    }
  }
})

test('[MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT311-3.1.2-11] [MQTT311-3.1.2-13] [MQTT311-3.1.2-15] without a Will its flags are 0, and there is none in the payload', async () => {
  for (const protocolVersion of versions) {
    const { flags, payload } = await connectBytes({ protocolVersion, clientId: 'c' })
    expect(flags & 0b111100).toBe(0)
    expect([...payload]).toEqual(string('c'))
  }
})

test('[MQTT-3.1.2-16] [MQTT-3.1.2-17] [MQTT-3.1.2-18] [MQTT-3.1.2-19] [MQTT311-3.1.2-18] [MQTT311-3.1.2-19] [MQTT311-3.1.2-20] [MQTT311-3.1.2-21] User Name and Password are there where their flags say so', async () => {
  const both = { userName: 'u', password: 'p' }
  for (const protocolVersion of versions) {
    for (const credentials of [{}, { userName: 'u' }, both, ...(protocolVersion === 5 ? [{ password: 'p' }] : [])]) {
      const { flags, payload } = await connectBytes({ protocolVersion, clientId: 'c', credentials })
      expect(flags & 0xc0).toBe(('userName' in credentials ? 0x80 : 0) | ('password' in credentials ? 0x40 : 0))
      expect([...payload]).toEqual([
        ...string('c'),
        ...('userName' in credentials ? string('u') : []),
        ...('password' in credentials ? string('p') : []),
      ])
    }
  }
})

test('[MQTT311-3.1.2-22] before 5.0 a Password without a User Name is refused here', async () => {
  const server = new FakeServer()
  const client = server.client({ protocolVersion: 4, credentials: { password: 'p' } })
  await expect(client.connect()).rejects.toMatchObject({ code: 'invalid-argument' })
  expect(server.connection.frames).toHaveLength(0)
})

test('[MQTT-3.1.3-1] [MQTT-3.1.3-3] [MQTT311-3.1.3-1] [MQTT311-3.1.3-3] Client Identifier, Will, User Name, Password, in this order', async () => {
  for (const protocolVersion of versions) {
    const { payload } = await connectBytes({
      protocolVersion,
      clientId: 'c',
      will: { topic: 'w', payload: 'x' },
      credentials: { userName: 'u', password: 'p' },
    })
    const will = [...(protocolVersion === 5 ? [0] : []), ...string('w'), ...string('x')]
    expect([...payload]).toEqual([...string('c'), ...will, ...string('u'), ...string('p')])
  }
})

test('[MQTT-3.1.3-4] [MQTT-3.1.3-11] [MQTT-3.1.3-12] [MQTT311-3.1.3-4] [MQTT311-3.1.3-10] [MQTT311-3.1.3-11] Client Identifier, Will Topic and User Name are strings, or nothing is sent', async () => {
  for (const protocolVersion of versions) {
    for (const bad of ['\ud800', 'a\0', 'x'.repeat(65_536)]) {
      for (const options of [{ clientId: bad }, { will: { topic: bad } }, { credentials: { userName: bad } }]) {
        const server = new FakeServer()
        const client = server.client({ protocolVersion, ...options })
        await expect(client.connect()).rejects.toMatchObject({ code: 'invalid-argument' })
        expect(server.connection.frames).toHaveLength(0)
      }
    }
  }
})

test('[MQTT-3.3.2-2] [MQTT-3.3.2-14] a Will Topic with wildcards is refused here, and so is its Response Topic', async () => {
  const server = new FakeServer()
  for (const will of [{ topic: 'a/#' }, { topic: '' }, { topic: 'a', properties: { responseTopic: 'b/+' } }]) {
    await expect(server.client({ will }).connect()).rejects.toMatchObject({ code: 'invalid-argument' })
  }
})

test('[MQTT-3.1.3-2] [MQTT311-3.1.3-2] one Client Identifier for one Session: the same on each connection, also an assigned one', async () => {
  for (const [options, assigned, expected] of [
    [{ protocolVersion: 5, clientId: 'own' }, undefined, 'own'],
    [{ protocolVersion: 4, clientId: 'own' }, undefined, 'own'],
    [{ protocolVersion: 5 }, 'assigned', 'assigned'],
  ] as const) {
    const server = new FakeServer()
    server.welcome = () => connack(assigned === undefined ? {} : { assignedClientIdentifier: assigned })
    const client = await server.connected(options)
    expect(client.session?.clientId).toBe(expected)
    server.connection.close()
    await server.advance(1000)
    expect(server.connections).toHaveLength(2)
    expect(server.connection.take('connect')?.clientId).toBe(expected)
  }
})

test('[MQTT311-3.1.3-7] before 5.0 an empty Client Identifier never goes out with Clean Session 0', async () => {
  for (const cleanStart of [true, false]) {
    const server = new FakeServer()
    await server.connected({ protocolVersion: 4, cleanStart })
    const connect = server.connection.take('connect')
    expect(connect?.cleanStart).toBe(cleanStart)
    expect(connect?.clientId).toMatch(/^[a-z0-9]{20}$/)
  }
})

test('[MQTT-3.1.2-23] [MQTT311-3.1.2-4] [MQTT311-4.1.0-1] a Session outlives its connection: what was received is not delivered again', async () => {
  for (const options of [
    { protocolVersion: 5, sessionExpiryInterval: 60 },
    { protocolVersion: 4, cleanStart: false },
  ] as const) {
    const server = new FakeServer()
    const client = await server.connected(options)
    const texts: string[] = []
    const subscribing = client.subscribe('a', (received) => texts.push(received.text()), { qos: 2 })
    await server.connection.grant()
    await subscribing
    server.connection.send(message('a', 'once', { qos: 2, packetId: 4 }))
    await server.connection.next('pubrec')
    server.welcome = () => connack({}, true)
    server.connection.close()
    await server.advance(1000)
    expect(server.connection.take('connect')?.cleanStart).toBe(false)
    server.connection.send(message('a', 'once', { qos: 2, packetId: 4, dup: true }))
    await server.connection.next('pubrec')
    server.connection.send({ type: 'pubrel', packetId: 4, reasonCode: 0 })
    expect(await server.connection.next('pubcomp')).toMatchObject({ packetId: 4, reasonCode: 0 })
    expect(texts).toEqual(['once'])
  }
})

test('[MQTT311-3.1.2-6] with Clean Session 1 each connection begins a new Session', async () => {
  const server = new FakeServer()
  const client = await server.connected({ protocolVersion: 4 })
  const sent = client.publish('a', 'x', { qos: 1 })
  await server.connection.next('publish')
  server.connection.close()
  await server.advance(1000)
  expect(server.connection.take('connect')?.cleanStart).toBe(true)
  // As a new message: nobody knows of the first attempt any more.
  const { dup, packetId = 0 } = await server.connection.next('publish')
  expect(dup).toBe(false)
  server.connection.send({ type: 'puback', packetId, reasonCode: 0 })
  await sent
})

test('[MQTT-3.1.2-20] [MQTT311-3.1.2-23] who has nothing to say sends PINGREQ within the Keep Alive', async () => {
  for (const protocolVersion of versions) {
    for (const keepAlive of [1, 5, 60]) {
      const server = new FakeServer()
      await server.connected({ protocolVersion, keepAlive })
      let lastMs = server.virtual.now()
      for (let pings = 0; pings < 3; ) {
        await server.advance(100)
        if (server.connection.take('pingreq') === undefined) continue
        pings++
        expect(server.virtual.now() - lastMs).toBeLessThanOrEqual(keepAlive * 1000)
        lastMs = server.virtual.now()
        server.connection.send({ type: 'pingresp' })
        await turn()
      }
    }
    const server = new FakeServer()
    await server.connected({ protocolVersion, keepAlive: 0 })
    await server.advance(100_000)
    expect(server.connection.has('pingreq')).toBe(false)
  }
})

test('[MQTT-3.1.2-24] [MQTT-3.1.2-25] a packet larger than our Maximum Packet Size ends the connection with 0x95', async () => {
  const server = new FakeServer()
  const client = await server.connected({ maximumPacketSize: 50, reconnect: false })
  expect(server.connection.take('connect')?.properties?.maximumPacketSize).toBe(50)
  server.connection.send(message('a', 'x'.repeat(60)))
  expect((await server.connection.next('disconnect')).reasonCode).toBe(0x95)
  expect(await client.closed).toMatchObject({ error: { code: 'protocol-error' } })
})

test('[MQTT-3.1.2-26] [MQTT-3.1.2-27] Topic Aliases of a server: taken up to our maximum, refused with 0x94 above it, or where we named none', async () => {
  const server = new FakeServer()
  const client = await server.connected({ topicAlias: { inboundMaximum: 2 }, reconnect: false })
  expect(server.connection.take('connect')?.properties?.topicAliasMaximum).toBe(2)
  const texts: string[] = []
  const subscribing = client.subscribe('a', (received) => texts.push(`${received.topic} ${received.text()}`))
  await server.connection.grant()
  await subscribing
  server.connection.send(message('a', '1', { properties: { topicAlias: 2 } }))
  server.connection.send(message('', '2', { properties: { topicAlias: 2 } }))
  await turn()
  expect(texts).toEqual(['a 1', 'a 2'])
  server.connection.send(message('a', '3', { properties: { topicAlias: 3 } }))
  expect((await server.connection.next('disconnect')).reasonCode).toBe(0x94)

  const other = await server.connected({ reconnect: false })
  expect(server.connection.take('connect')?.properties?.topicAliasMaximum).toBeUndefined()
  server.connection.send(message('a', '1', { properties: { topicAlias: 1 } }))
  expect((await server.connection.next('disconnect')).reasonCode).toBe(0x94)
  await other.closed
})

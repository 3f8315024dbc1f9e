// Section 4.12: AUTH in every phase, from a server that keeps the rules and one that does not.
import { expect, test } from 'vitest'
import type { AuthExchange, AuthMethod } from '../../src/index.ts'
import { connack, type FakeConnection, FakeServer, turn } from '../fake-server.ts'

const encode = (text: string) => new TextEncoder().encode(text)

function method(more: Partial<AuthExchange> = {}): AuthMethod {
  return {
    method: 'M',
    start: () => ({
      first: () => encode('first'),
      next: async (data) => encode(`after ${new TextDecoder().decode(data)}`),
      verify() {},
      ...more,
    }),
  }
}

const challenge = (text: string, reasonCode = 0x18, authenticationMethod = 'M') =>
  ({
    type: 'auth',
    reasonCode,
    properties: { authenticationMethod, authenticationData: encode(text) },
  }) as const

const welcome = (text?: string) =>
  connack({ authenticationMethod: 'M', ...(text !== undefined && { authenticationData: encode(text) }) })

async function connected(auth: AuthMethod) {
  const server = new FakeServer()
  server.welcome = () => welcome()
  const client = await server.connected({ auth, reconnect: false })
  return { server, client, connection: server.connection }
}

async function goodbye(connection: FakeConnection): Promise<unknown> {
  const { reasonCode } = await connection.next('disconnect')
  expect(connection.ended).toBe(true)
  return reasonCode
}

test('[MQTT-4.12.0-3] [MQTT-4.12.0-5] [MQTT-3.15.2-1] AUTH is answered with AUTH 0x18 that names the method of CONNECT', async () => {
  const server = new FakeServer()
  server.welcome = undefined
  const client = server.client({ auth: method() })
  const connecting = client.connect()
  await turn()
  const { connection } = server
  expect((await connection.next('connect')).properties).toMatchObject({
    authenticationMethod: 'M',
    authenticationData: encode('first'),
  })
  for (const text of ['one', 'two']) {
    connection.send(challenge(text))
    expect(await connection.next('auth')).toEqual(challenge(`after ${text}`))
  }
  connection.send(welcome())
  await connecting
})

test('[MQTT-3.1.2-30] between CONNECT and CONNACK nothing is sent but AUTH and DISCONNECT', async () => {
  const server = new FakeServer()
  server.welcome = undefined
  const client = server.client({ auth: method(), keepAlive: 1, reconnect: false })
  const connecting = client.connect()
  const published = client.publish('a', 'x', { qos: 1 })
  void client.subscribe('a').catch(() => {})
  await turn()
  const { connection } = server
  connection.send(challenge('one'))
  await server.advance(5000)
  expect(connection.peer.received.map(({ type }) => type)).toEqual(['connect', 'auth'])
  connection.send(welcome())
  await connecting
  const { packetId = 0 } = await connection.next('publish')
  connection.send({ type: 'puback', packetId, reasonCode: 0 })
  await published
})

test('[MQTT-3.1.2-30] what goes wrong before CONNACK is told with DISCONNECT', async () => {
  const server = new FakeServer()
  server.welcome = undefined
  const broken = new Error('broken')
  const client = server.client({ auth: method({ next: () => Promise.reject(broken) }) })
  const failing = expect(client.connect()).rejects.toMatchObject({ code: 'authentication-failed', cause: broken })
  await turn()
  server.connection.send(challenge('one'))
  // The server does not hear what went wrong in the program.
  expect(await server.connection.next('disconnect')).toEqual({ type: 'disconnect', reasonCode: 0x80 })
  expect(server.connection.ended).toBe(true)
  await failing
})

test('a server that fails the last check is told nothing and not listened to', async () => {
  const server = new FakeServer()
  server.welcome = (_connect, connection) => {
    queueMicrotask(() => connection.send(challenge('never read')))
    return welcome('wrong')
  }
  const refuse = async () => {
    throw new Error('who are you?')
  }
  const client = server.client({ auth: method({ verify: refuse }) })
  void client.publish('secret', 'x').catch(() => {})
  await expect(client.connect()).rejects.toMatchObject({ code: 'authentication-failed' })
  expect(await goodbye(server.connection)).toBe(0x80)
  expect(server.connection.has('publish')).toBe(false)
  expect(server.connection.has('auth')).toBe(false)
  expect((await client.closed).type).toBe('error')
})

test('a step that takes too long fails the attempt, and the next one begins anew', async () => {
  const server = new FakeServer()
  server.welcome = () => welcome()
  let attempts = 0
  const never = new Promise<never>(() => {})
  const auth: AuthMethod = {
    method: 'M',
    start: () => {
      attempts++
      return { first: () => (attempts === 1 ? never : encode('first')), next: () => never, verify() {} }
    },
  }
  const client = server.client({ auth, connectTimeout: 1000 })
  const connecting = client.connect()
  await server.advance(2000)
  await connecting
  expect(attempts).toBe(2)

  const slow = server.client({ auth: method({ verify: () => never }), connectTimeout: 1000, reconnect: false })
  const failing = expect(slow.connect()).rejects.toMatchObject({ code: 'authentication-failed' })
  await server.advance(1500)
  await failing
})

test('[MQTT-4.12.0-6] [MQTT-4.12.0-7] without a method there is no AUTH: one that comes is a protocol error', async () => {
  for (const isConnected of [false, true]) {
    const server = new FakeServer()
    if (!isConnected) server.welcome = (_connect, connection) => void connection.send(challenge('x'))
    const client = server.client({ reconnect: false, protocolVersion: 5 })
    const connecting = client.connect()
    if (isConnected) {
      await connecting
      server.connection.send(challenge('x'))
    } else await expect(connecting).rejects.toMatchObject({ code: 'protocol-error' })
    expect(await goodbye(server.connection)).toBe(0x82)
    expect(server.connection.has('auth')).toBe(false)
  }
  const server = new FakeServer()
  const client = await server.connected()
  await expect(client.reauthenticate()).rejects.toMatchObject({ code: 'invalid-argument' })
  server.welcome = () => welcome()
  const other = server.client({ reconnect: false, protocolVersion: 5 })
  await expect(other.connect()).rejects.toMatchObject({ code: 'protocol-error' })
})

test('[MQTT-4.12.0-5] another method in AUTH or CONNACK, or none, is a protocol error', async () => {
  for (const answer of [challenge('x', 0x18, 'other'), connack(), connack({ authenticationMethod: 'other' })]) {
    const server = new FakeServer()
    server.welcome = (_connect, connection) => void connection.send(answer)
    const client = server.client({ auth: method(), reconnect: false })
    await expect(client.connect()).rejects.toMatchObject({ code: 'protocol-error' })
    expect(await goodbye(server.connection)).toBe(0x82)
  }
})

test('[MQTT-4.12.0-2] AUTH out of turn or with the code of the other side is a protocol error', async () => {
  for (const packets of [
    [challenge('x'), challenge('y')],
    [challenge('x'), welcome()],
    [challenge('x', 0x00)],
    [challenge('x', 0x19)],
    [welcome(), challenge('x')],
    [welcome(), challenge('x', 0x00)],
  ]) {
    const server = new FakeServer()
    server.welcome = (_connect, connection) => {
      for (const packet of packets) connection.send(packet)
      return undefined
    }
    const client = server.client({ auth: method(), reconnect: false })
    await Promise.allSettled([client.connect()])
    expect(await goodbye(server.connection), JSON.stringify(packets)).toBe(0x82)
  }
})

test('[MQTT-4.12.1-1] re-authentication begins with AUTH 0x19 and the same method, and ends with the server', async () => {
  const verified: (string | undefined)[] = []
  const verify = (data: Uint8Array | undefined) => void verified.push(data && new TextDecoder().decode(data))
  const { client, connection } = await connected(method({ verify }))
  const renewing = client.reauthenticate()
  expect(await connection.next('auth')).toEqual(challenge('first', 0x19))
  connection.send(challenge('one'))
  expect(await connection.next('auth')).toEqual(challenge('after one', 0x18))
  connection.send(challenge('bye', 0x00))
  await renewing
  expect(verified).toEqual([undefined, 'bye'])
  expect(client.state).toBe('connected')
})

test('[MQTT-4.12.1-2] a re-authentication that fails ends the connection, whoever it fails', async () => {
  const verify = (data: Uint8Array | undefined) => {
    if (data !== undefined) throw new Error('wrong')
  }
  const here = await connected(method({ verify }))
  const failing = expect(here.client.reauthenticate()).rejects.toMatchObject({ code: 'authentication-failed' })
  await here.connection.next('auth')
  here.connection.send(challenge('wrong', 0x00))
  await failing
  expect(await goodbye(here.connection)).toBe(0x80)
  expect(await here.client.closed).toMatchObject({ type: 'error', error: { code: 'authentication-failed' } })

  const there = await connected(method())
  const refused = expect(there.client.reauthenticate()).rejects.toMatchObject({ reasonCode: 0x87 })
  await there.connection.next('auth')
  there.connection.send({ type: 'disconnect', reasonCode: 0x87 })
  await refused
})

test('a re-authentication that never leaves harms nothing; one whose connection goes, rejects', async () => {
  let runs = 0
  const broken = new Error('no token')
  const first = () => {
    runs++
    if (runs === 2) throw broken
    return encode('first')
  }
  const { client, connection } = await connected(method({ first }))
  await expect(client.reauthenticate()).rejects.toMatchObject({ code: 'authentication-failed', cause: broken })
  expect(client.state).toBe('connected')
  const losing = expect(client.reauthenticate()).rejects.toMatchObject({ code: 'connection-lost' })
  await connection.next('auth')
  connection.close()
  await losing
})

test('a method that cannot begin is asked again with the next attempt', async () => {
  const server = new FakeServer()
  server.welcome = () => welcome()
  let runs = 0
  const first = () => {
    runs++
    if (runs < 3) throw new Error('the token service is away')
    return encode('first')
  }
  const client = server.client({ auth: method({ first }) })
  const connecting = client.connect()
  await server.advance(3000)
  await connecting
  expect([runs, server.connections.length]).toEqual([3, 1])
})

test('with `auth` no older version is tried, and asking for one is refused', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({}, false, 0x84)
  await expect(server.client({ auth: method(), reconnect: false }).connect()).rejects.toMatchObject({
    reasonCode: 0x84,
  })
  expect(server.connections).toHaveLength(1)
  await expect(server.client({ auth: method(), protocolVersion: 4 }).connect()).rejects.toMatchObject({
    code: 'invalid-argument',
  })
})

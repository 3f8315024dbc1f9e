// Section 3.2: what CONNACK allows is what the client does, and a CONNACK that says nonsense ends the connection.
import { expect, test } from 'vitest'
import type { ConnectOptions } from '../../src/index.ts'
import { connack, FakeServer, textOf, turn } from '../fake-server.ts'

type Properties = ReturnType<typeof connack>['properties']

async function connected(properties: Properties, options: ConnectOptions = {}) {
  const server = new FakeServer()
  server.welcome = () => connack(properties)
  const client = await server.connected(options)
  return { server, client, connection: server.connection }
}

test('[MQTT-3.2.0-1] [MQTT-3.2.0-2] a packet before CONNACK, or a second CONNACK, is a protocol error', async () => {
  for (const protocolVersion of [5, 4] as const) {
    const server = new FakeServer()
    server.welcome = (_connect, connection) => void connection.send({ type: 'pingresp' })
    const early = server.client({ protocolVersion, reconnect: false })
    await expect(early.connect()).rejects.toMatchObject({ code: 'protocol-error' })
    server.welcome = () => connack()
    const client = await server.connected({ protocolVersion, reconnect: false })
    server.connection.send(connack())
    expect(await client.closed).toMatchObject({ error: { code: 'protocol-error' } })
    if (protocolVersion === 5) expect((await server.connection.next('disconnect')).reasonCode).toBe(0x82)
  }
})

test('[MQTT-3.2.2-1] [MQTT-3.2.2-6] reserved bits, or Session Present with a refusal, are no CONNACK', async () => {
  for (const [protocolVersion, bytes] of [
    [5, [0x20, 3, 2, 0, 0]],
    [5, [0x20, 3, 1, 0x88, 0]],
    [4, [0x20, 2, 2, 0]],
  ] as const) {
    const server = new FakeServer()
    server.welcome = (_connect, connection) => void connection.peer.sendBytes(Uint8Array.from(bytes))
    const client = server.client({ protocolVersion, reconnect: false })
    await expect(client.connect(), String(bytes)).rejects.toMatchObject({ code: 'protocol-error' })
    expect(server.connection.ended).toBe(true)
  }
})

test('[MQTT-3.2.2-4] Session Present after Clean Start 1 ends the connection; [MQTT-3.2.2-5] without it our state is discarded', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({}, true)
  const fresh = server.client({ protocolVersion: 5, reconnect: false })
  await expect(fresh.connect()).rejects.toMatchObject({ code: 'protocol-error' })
  expect((await server.connection.next('disconnect')).reasonCode).toBe(0x82)

  const client = await server.connected({ cleanStart: false })
  const sent = client.publish('a', 'x', { qos: 2 })
  const { packetId = 0 } = await server.connection.next('publish')
  server.connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
  await server.connection.next('pubrel')
  server.welcome = () => connack({}, false)
  server.connection.close()
  await server.advance(1000)
  // Taken over with PUBREC: the message is the server's, lost Session or not. No PUBREL in a Session that knows no PUBLISH.
  await sent
  await turn()
  expect(server.connection.frames).toHaveLength(1)
})

test('[MQTT-3.2.2-7] [MQTT-4.13.2-1] a CONNACK of 0x80 or above ends the connection, and nothing is sent on it any more', async () => {
  for (const protocolVersion of [5, 4] as const) {
    const server = new FakeServer()
    server.welcome = () => connack({}, false, protocolVersion === 5 ? 0x97 : 3)
    const client = server.client({ protocolVersion, reconnect: false })
    client.publish('a').catch(() => {})
    await expect(client.connect()).rejects.toMatchObject({ code: 'connect-refused' })
    await turn()
    expect(server.connection.frames).toHaveLength(1)
    expect(server.connection.ended).toBe(true)
  }
})

test('[MQTT-3.2.2-11] [MQTT-3.2.2-14] nothing above Maximum QoS is sent, and nothing retained where that is not available', async () => {
  const { client, connection } = await connected({ maximumQoS: 1, retainAvailable: 0 })
  await expect(client.publish('a', '', { qos: 2 })).rejects.toMatchObject({ code: 'not-supported' })
  await expect(client.publish('a', '', { retain: true })).rejects.toMatchObject({ code: 'not-supported' })
  client.publish('a', 'fine', { qos: 1 }).catch(() => {})
  expect(textOf(await connection.next('publish'))).toBe('fine')
  expect(connection.frames).toHaveLength(2)
})

test('[MQTT-3.2.2-15] nothing larger than the Maximum Packet Size of the server is sent, whatever it is', async () => {
  const { client, connection } = await connected({ maximumPacketSize: 60 }, { reconnect: false })
  const long = 'x'.repeat(60)
  const tooLarge = { code: 'packet-too-large' }
  await expect(client.publish('a', long)).rejects.toMatchObject(tooLarge)
  await expect(client.publish(long, '', { qos: 1 })).rejects.toMatchObject(tooLarge)
  await expect(client.subscribe(long)).rejects.toMatchObject(tooLarge)
  await expect(client.unsubscribe(long)).rejects.toMatchObject(tooLarge)
  await client.disconnect({ properties: { reasonString: long, userProperties: [[long, '']] } })
  expect(connection.frames).toHaveLength(2)
  expect((await connection.next('disconnect')).properties ?? {}).toEqual({})
})

test('[MQTT-3.2.2-17] [MQTT-3.2.2-18] Topic Aliases stay within the maximum of the server; without one there are none', async () => {
  for (const topicAliasMaximum of [undefined, 0, 1, 3]) {
    const properties = topicAliasMaximum === undefined ? {} : { topicAliasMaximum }
    const { client, connection } = await connected(properties, { topicAlias: { outbound: 'lru' } })
    for (let i = 0; i < 30; i++) await client.publish(`t/${i % 5}`, '')
    await turn()
    const aliases = new Set(
      connection.peer.received.flatMap((each) => (each.type === 'publish' ? [each.properties?.topicAlias] : [])),
    )
    const allowed = Array.from({ length: topicAliasMaximum ?? 0 }, (_, i) => i + 1)
    expect([...aliases].filter((alias) => alias !== undefined).sort()).toEqual(allowed)
  }
})

test('[MQTT-3.3.2-7] an alias is not taken into the next connection', async () => {
  const { server, client } = await connected({ topicAliasMaximum: 5 }, { topicAlias: { outbound: 'lru' } })
  for (let connection = 0; connection < 2; connection++) {
    await client.publish('a', '')
    await client.publish('a', '')
    const [first, second] = [await server.connection.next('publish'), await server.connection.next('publish')]
    expect([first.topicName, first.properties?.topicAlias]).toEqual(['a', 1])
    expect([second.topicName, second.properties?.topicAlias]).toEqual(['', 1])
    server.connection.close()
    await server.advance(1000)
  }
})

test('[MQTT-3.2.2-21] [MQTT-3.2.2-16] Server Keep Alive and the assigned Client Identifier are used', async () => {
  const { server, client } = await connected({ serverKeepAlive: 3, assignedClientIdentifier: 'given' })
  expect(client.session).toMatchObject({ clientId: 'given', limits: { keepAlive: 3 } })
  await server.advance(3000)
  expect(server.connection.has('pingreq')).toBe(true)
  const none = await connected({ serverKeepAlive: 0 }, { keepAlive: 1 })
  await none.server.advance(60_000)
  expect(none.connection.has('pingreq')).toBe(false)
})

test('what the server says it has not is refused here: wildcards, Shared Subscriptions; Subscription Identifiers are left out', async () => {
  const { client, connection } = await connected({
    wildcardSubscriptionAvailable: 0,
    sharedSubscriptionAvailable: 0,
    subscriptionIdentifierAvailable: 0,
  })
  for (const filter of ['a/+', '#', '$share/g/a']) {
    await expect(client.subscribe(filter)).rejects.toMatchObject({ code: 'not-supported' })
  }
  const subscribing = client.subscribe('a')
  expect((await connection.grant()).properties?.subscriptionIdentifier).toBeUndefined()
  await subscribing
})

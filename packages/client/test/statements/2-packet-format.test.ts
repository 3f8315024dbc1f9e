// Chapter 2: fixed headers, packet identifiers and the length of properties, as bytes.
import { expect, test } from 'vitest'
import type { ConnectOptions } from '../../src/index.ts'
import { connack, FakeServer, message, turn } from '../fake-server.ts'

const versions = [5, 4] as const

/** A connection on which every packet that a client can send was sent. */
async function everything(protocolVersion: 5 | 4, options: ConnectOptions = {}) {
  const server = new FakeServer()
  const client = await server.connected({ protocolVersion, keepAlive: 10, ...options })
  const { connection } = server
  const subscribing = client.subscribe('a', () => {}, { qos: 2 })
  await connection.grant()
  const subscription = await subscribing
  for (const qos of [0, 1, 2] as const) {
    const sent = client.publish('b', 'x', { qos })
    const { packetId = 0 } = await connection.next('publish')
    if (qos === 1) connection.send({ type: 'puback', packetId, reasonCode: 0 })
    if (qos === 2) {
      connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
      await connection.next('pubrel')
      connection.send({ type: 'pubcomp', packetId, reasonCode: 0 })
    }
    await sent
  }
  connection.send(message('a', 'x', { qos: 1, packetId: 7 }))
  connection.send(message('a', 'x', { qos: 2, packetId: 8 }))
  await connection.next('pubrec')
  connection.send({ type: 'pubrel', packetId: 8, reasonCode: 0 })
  await connection.next('pubcomp')
  const leaving = subscription.unsubscribe()
  const { packetId } = await connection.next('unsubscribe')
  connection.send({ type: 'unsuback', packetId, reasonCodes: [0] })
  await leaving
  await server.advance(9500)
  await connection.next('pingreq')
  connection.send({ type: 'pingresp' })
  await client.disconnect()
  return connection
}

test('[MQTT-2.1.3-1] [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT311-2.2.2-1] [MQTT311-3.6.1-1] [MQTT311-3.8.1-1] [MQTT311-3.10.1-1] flags that are reserved have the value of the table', async () => {
  const flags: Record<number, number> = { 1: 0, 4: 0, 5: 0, 6: 2, 7: 0, 8: 2, 10: 2, 12: 0, 14: 0 }
  for (const protocolVersion of versions) {
    const { frames } = await everything(protocolVersion)
    const types = new Set(frames.map((frame) => (frame[0] ?? 0) >> 4))
    expect([...types].sort((a, b) => a - b)).toEqual([1, 3, 4, 5, 6, 7, 8, 10, 12, 14])
    for (const frame of frames) {
      const first = frame[0] ?? 0
      if (first >> 4 !== 3) expect(first & 15, `type ${first >> 4}`).toBe(flags[first >> 4])
    }
  }
})

test('[MQTT-2.2.2-1] what has no properties has a Property Length of 0', async () => {
  const { frames } = await everything(5)
  const unsubscribe = frames.find((frame) => (frame[0] ?? 0) >> 4 === 10)
  // Packet Identifier, Property Length, then the filter.
  expect([...(unsubscribe ?? [])].slice(4)).toEqual([0, 0, 1, 'a'.charCodeAt(0)])
  const publish = frames.find((frame) => frame[0] === 0x30)
  expect([...(publish ?? [])].slice(2)).toEqual([0, 1, 'b'.charCodeAt(0), 0, 'x'.charCodeAt(0)])
})

test('[MQTT-2.2.1-2] [MQTT311-2.3.1-5] [MQTT-3.3.1-2] [MQTT311-3.3.1-2] [MQTT-4.3.1-1] [MQTT311-4.3.1-1] QoS 0: no Packet Identifier, DUP 0', async () => {
  for (const protocolVersion of versions) {
    const { frames } = await everything(protocolVersion)
    const body = protocolVersion === 5 ? [0, 1, 98, 0, 120] : [0, 1, 98, 120]
    expect(frames).toContainEqual(Uint8Array.of(0x30, body.length, ...body))
  }
})

test('[MQTT-2.2.1-3] [MQTT-2.2.1-4] [MQTT311-2.3.1-1] [MQTT311-2.3.1-2] what is asked has a Packet Identifier that is not 0 and not in use', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion, sendMaximum: 1000 })
    const quietly = (promise: Promise<unknown>) => void promise.catch(() => {})
    for (let i = 0; i < 20; i++) {
      quietly(client.publish('a', '', { qos: 1 }))
      quietly(client.publish('a', '', { qos: 2 }))
      quietly(client.subscribe(`f/${i}`))
      quietly(client.unsubscribe(`g/${i}`))
    }
    await turn()
    const ids = server.connection.peer.received.flatMap((packet) => ('packetId' in packet ? [packet.packetId] : []))
    expect(ids).toHaveLength(80)
    expect(new Set(ids).size).toBe(80)
    expect(ids).not.toContain(0)
  }
})

test('[MQTT-2.2.1-3] an identifier comes back only when its exchange is over, once all others were used', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const { connection } = server
  client.publish('held', '', { qos: 1 }).catch(() => {})
  const held = (await connection.next('publish')).packetId
  const seen = new Set<number>()
  // Once around: more messages than there are identifiers.
  for (let round = 0; round < 66; round++) {
    const sent = Array.from({ length: 1000 }, () => client.publish('a', '', { qos: 1 }))
    await turn()
    for (const packet of connection.peer.received.splice(0)) {
      if (packet.type !== 'publish') continue
      seen.add(packet.packetId ?? 0)
      connection.send({ type: 'puback', packetId: packet.packetId ?? 0, reasonCode: 0 })
    }
    await Promise.race([Promise.all(sent), turn()])
    connection.frames.length = 0
    for (const each of sent) each.catch(() => {})
  }
  expect(seen.has(held ?? 0)).toBe(false)
  expect(seen.has(0)).toBe(false)
  expect(seen.size).toBe(65_534)
}, 20_000)

test('[MQTT-2.2.1-5] [MQTT311-2.3.1-6] acknowledgements carry the Packet Identifier of their PUBLISH', async () => {
  for (const protocolVersion of versions) {
    const { frames } = await everything(protocolVersion)
    const idOf = (type: number) => {
      const frame = frames.find((each) => (each[0] ?? 0) >> 4 === type)
      return (frame?.[2] ?? 0) * 256 + (frame?.[3] ?? 0)
    }
    const publish = frames.find((frame) => ((frame[0] ?? 0) & 0xf6) === 0x34)
    expect(idOf(4)).toBe(7)
    expect(idOf(5)).toBe(8)
    expect(idOf(7)).toBe(8)
    // PUBLISH "b" at QoS 2: the identifier follows the topic.
    expect(idOf(6)).toBe((publish?.[5] ?? 0) * 256 + (publish?.[6] ?? 0))
  }
})

test('[MQTT311-2.3.1-3] [MQTT-4.4.0-1] [MQTT311-4.4.0-1] [MQTT-3.3.1-1] [MQTT311-3.3.1-1] what is sent again on the next connection keeps its identifier, with DUP 1', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion, cleanStart: false })
    const sent = ([1, 2, 2] as const).map((qos) => client.publish('a', 'x', { qos }))
    const before = [1, 2, 3].map(() => server.connection.next('publish'))
    const [one, two, three] = await Promise.all(before)
    expect([one?.dup, two?.dup, three?.dup]).toEqual([false, false, false])
    server.connection.send({ type: 'pubrec', packetId: three?.packetId ?? 0, reasonCode: 0 })
    await server.connection.next('pubrel')
    server.welcome = () => connack({}, true)
    server.connection.close()
    await server.advance(1000)
    const { connection } = server
    const again = [await connection.next('publish'), await connection.next('publish')]
    expect(again).toMatchObject([
      { dup: true, qos: 1, packetId: one?.packetId },
      { dup: true, qos: 2, packetId: two?.packetId },
    ])
    expect(await connection.next('pubrel')).toMatchObject({ packetId: three?.packetId })
    expect(connection.has('publish')).toBe(false)
    connection.send({ type: 'puback', packetId: one?.packetId ?? 0, reasonCode: 0 })
    connection.send({ type: 'pubrec', packetId: two?.packetId ?? 0, reasonCode: 0 })
    connection.send({ type: 'pubcomp', packetId: three?.packetId ?? 0, reasonCode: 0 })
    await connection.next('pubrel')
    connection.send({ type: 'pubcomp', packetId: two?.packetId ?? 0, reasonCode: 0 })
    await Promise.all(sent)
  }
})

test('[MQTT-2.1.3-1] [MQTT-3.14.1-1] [MQTT-3.15.1-1] [MQTT311-2.2.2-2] wrong flags of a server end the connection', async () => {
  for (const protocolVersion of versions) {
    // PUBACK, PUBREL without its flag, SUBACK, PINGRESP; in 5.0 DISCONNECT and AUTH, too.
    const bytes = [
      [0x41, 2, 0, 1],
      [0x60, 2, 0, 1],
      [0x94, 3, 0, 1, 0],
      [0xd8, 0],
      ...(protocolVersion === 5
        ? [
            [0xe1, 0],
            [0xf2, 0],
          ]
        : []),
    ]
    for (const each of bytes) {
      const server = new FakeServer()
      const client = await server.connected({ protocolVersion, reconnect: false })
      server.connection.peer.sendBytes(Uint8Array.from(each))
      expect(await client.closed, String(each)).toMatchObject({ error: { code: 'protocol-error' } })
      expect(server.connection.ended).toBe(true)
      if (protocolVersion === 5) expect((await server.connection.next('disconnect')).reasonCode).toBe(0x81)
    }
  }
})

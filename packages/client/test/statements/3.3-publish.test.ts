// Sections 3.3 to 3.7: PUBLISH and its acknowledgements, in both directions.
import { expect, test } from 'vitest'
import { connack, FakeServer, message, turn } from '../fake-server.ts'

const versions = [5, 4] as const

test('[MQTT-3.3.1-4] [MQTT311-3.3.1-4] a PUBLISH with both QoS bits is never sent, and ends the connection when it comes', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion, reconnect: false })
    const impossible: number = 3
    await expect(client.publish('a', '', { qos: impossible as 0 })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(client.subscribe('a', { qos: impossible as 0 })).rejects.toMatchObject({ code: 'invalid-argument' })
    server.connection.peer.sendBytes(Uint8Array.of(0x36, 5, 0, 1, 97, 0, 1))
    expect(await client.closed).toMatchObject({ error: { code: 'protocol-error' } })
    if (protocolVersion === 5) expect((await server.connection.next('disconnect')).reasonCode).toBe(0x81)
  }
})

test('[MQTT-3.3.2-1] [MQTT-3.3.2-2] [MQTT311-3.3.2-1] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1] a Topic Name comes first, and has no wildcards in either direction', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion, reconnect: false })
    for (const topic of ['a/+', '#', 'a#', '']) {
      await expect(client.publish(topic)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
    await client.publish('ab', 'x')
    await turn()
    expect([...server.connection.frame(3)].slice(2, 6)).toEqual([0, 2, 97, 98])
    server.connection.send(message('ok', ''))
    await turn()
    expect(client.state).toBe('connected')
    // "#"
    server.connection.peer.sendBytes(
      Uint8Array.from([0x30, protocolVersion === 5 ? 4 : 3, 0, 1, 0x23, 0].slice(0, protocolVersion + 1)),
    )
    expect(await client.closed).toMatchObject({ error: { code: 'protocol-error' } })
  }
})

test('[MQTT-3.3.2-13] [MQTT-3.3.2-14] [MQTT-3.3.2-19] Response Topic and Content Type are strings, the first without wildcards', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  for (const properties of [
    { responseTopic: 'a/+' },
    { responseTopic: '' },
    { responseTopic: '\ud800' },
    { contentType: '\ud800' },
    { contentType: 'a\0' },
  ]) {
    await expect(client.publish('a', '', { properties })).rejects.toMatchObject({ code: 'invalid-argument' })
  }
  await turn()
  expect(server.connection.frames).toHaveLength(1)
})

test('[MQTT-3.3.4-1] [MQTT311-3.3.4-1] a PUBLISH is answered as its QoS demands', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion })
    const subscribing = client.subscribe('a', () => {}, { qos: 2 })
    await server.connection.grant()
    await subscribing
    const before = server.connection.frames.length
    server.connection.send(message('a', '0'))
    server.connection.send(message('a', '1', { qos: 1, packetId: 1 }))
    server.connection.send(message('a', '2', { qos: 2, packetId: 2 }))
    await turn()
    expect(server.connection.frames.slice(before).map(([first]) => first)).toEqual([0x40, 0x50])
  }
})

test('[MQTT-3.3.4-6] [MQTT-3.3.2-8] properties of one hop do not leave with a message, even where a program insists', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const properties = { topicAlias: 3, subscriptionIdentifiers: [7], contentType: 'c' }
  await client.publish('a', 'x', { properties })
  expect((await server.connection.next('publish')).properties).toEqual({ contentType: 'c' })
})

test('[MQTT-3.3.4-7] [MQTT-3.3.4-9] Receive Maximum holds in both directions', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ receiveMaximum: 3 })
  const client = await server.connected({ receiveMaximum: 2, reconnect: false })
  const { connection } = server
  expect(connection.take('connect')?.properties?.receiveMaximum).toBe(2)
  const sent = Array.from({ length: 10 }, (_, i) => client.publish('a', `${i}`, { qos: i % 2 === 0 ? 1 : 2 }))
  let unanswered = 0
  for (let done = 0; done < 10; ) {
    await turn()
    for (const packet of connection.peer.received.splice(0)) {
      if (packet.type === 'publish') unanswered++
      expect(unanswered).toBeLessThanOrEqual(3)
      if (packet.type === 'publish' && packet.packetId !== undefined) {
        const type = packet.qos === 1 ? 'puback' : 'pubrec'
        connection.send({ type, packetId: packet.packetId, reasonCode: 0 })
        if (packet.qos === 1) {
          unanswered--
          done++
        }
      }
      if (packet.type === 'pubrel') {
        connection.send({ type: 'pubcomp', packetId: packet.packetId, reasonCode: 0 })
        unanswered--
        done++
      }
    }
  }
  await Promise.all(sent)
  // And theirs: a third message that we have not acknowledged.
  for (const packetId of [1, 2, 3]) connection.send(message('a', '', { qos: 1, packetId }))
  expect((await connection.next('disconnect')).reasonCode).toBe(0x93)
})

test('[MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] acknowledgements have Reason Codes of their tables', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const codes = [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
  let next = 0
  const subscribing = client.subscribe(
    'a',
    (received) => {
      for (const bad of [0x00, 0x10, 0x8f, 0x92, 0xff]) expect(() => received.nack(bad)).toThrow('refused with')
      received.nack(codes[next++ % codes.length] ?? 0)
    },
    { qos: 2, ack: 'manual' },
  )
  await server.connection.grant()
  await subscribing
  for (const [at, reasonCode] of codes.entries()) {
    server.connection.send(message('a', '', { qos: 1, packetId: at + 1 }))
    expect((await server.connection.next('puback')).reasonCode).toBe(reasonCode)
  }
  for (const [at, reasonCode] of codes.entries()) {
    server.connection.send(message('a', '', { qos: 2, packetId: at + 1 }))
    expect((await server.connection.next('pubrec')).reasonCode).toBe(reasonCode)
  }
  server.connection.send({ type: 'pubrel', packetId: 9, reasonCode: 0 })
  expect((await server.connection.next('pubcomp')).reasonCode).toBe(0x92)
  server.connection.send({ type: 'pubrec', packetId: 99, reasonCode: 0 })
  expect((await server.connection.next('pubrel')).reasonCode).toBe(0x92)
})

test('[MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] acknowledgements carry no properties, so none makes them too large', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ maximumPacketSize: 20 })
  const client = await server.connected()
  const { connection } = server
  const subscribing = client.subscribe('a', () => Promise.reject(new Error('a long story'.repeat(10))), { qos: 2 })
  await connection.grant()
  await subscribing
  connection.send(message('a', '', { qos: 1, packetId: 1 }))
  connection.send(message('a', '', { qos: 2, packetId: 2 }))
  connection.send({ type: 'pubrel', packetId: 3, reasonCode: 0 })
  connection.send({ type: 'pubrec', packetId: 4, reasonCode: 0 })
  await turn()
  const answers = connection.frames.filter(([first = 0]) => first >> 4 >= 4 && first >> 4 <= 7)
  expect(answers.map(([first]) => first)).toEqual(expect.arrayContaining([0x40, 0x50, 0x62, 0x70]))
  expect(answers).toHaveLength(4)
  for (const answer of answers) expect(answer.length).toBeLessThanOrEqual(6)
})

test('an acknowledgement of the server for another QoS is a protocol error; one for nothing is not', async () => {
  for (const type of ['pubrec', 'pubcomp'] as const) {
    const server = new FakeServer()
    const client = await server.connected({ reconnect: false })
    server.connection.send({ type: 'puback', packetId: 77, reasonCode: 0 })
    server.connection.send({ type: 'pubcomp', packetId: 77, reasonCode: 0 })
    client.publish('a', '', { qos: 1 }).catch(() => {})
    const { packetId = 0 } = await server.connection.next('publish')
    server.connection.send({ type, packetId, reasonCode: 0 })
    expect((await server.connection.next('disconnect')).reasonCode).toBe(0x82)
    await client.closed
  }
})

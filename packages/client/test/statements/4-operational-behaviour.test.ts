// Chapter 4: both roles of QoS 1 and 2, order, and what a fault leads to.
import { expect, test } from 'vitest'
import type { ConnectOptions } from '../../src/index.ts'
import { connack, FakeServer, message, textOf, turn } from '../fake-server.ts'

const versions = [5, 4] as const

/** A client with a Session that outlives connections, and the texts that its subscription to "a" got. */
async function receiving(protocolVersion: 5 | 4, more: ConnectOptions = {}) {
  const server = new FakeServer()
  const client = await server.connected({
    protocolVersion,
    cleanStart: false,
    reconnect: { initialDelay: 100, factor: 1, jitter: 'none' },
    ...more,
  })
  const texts: string[] = []
  const subscribing = client.subscribe('a', (received) => texts.push(received.text()), { qos: 2 })
  await server.connection.grant()
  await subscribing
  return { server, client, texts }
}

async function reconnect(server: FakeServer, sessionPresent = true): Promise<void> {
  server.welcome = () => connack({}, sessionPresent)
  server.connection.close()
  await server.advance(1000)
}

test('[MQTT-4.1.0-1] [MQTT311-4.1.0-2] while the connection stands the Session does: identifiers stay known, however late', async () => {
  for (const protocolVersion of versions) {
    const { server, client } = await receiving(protocolVersion, { keepAlive: 0 })
    const sent = client.publish('b', '', { qos: 2 })
    const { packetId = 0 } = await server.connection.next('publish')
    server.connection.send(message('a', '', { qos: 2, packetId: 5 }))
    await server.connection.next('pubrec')
    await server.advance(600_000)
    server.connection.send({ type: 'pubrel', packetId: 5, reasonCode: 0 })
    expect((await server.connection.next('pubcomp')).reasonCode).toBe(0)
    server.connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
    await server.connection.next('pubrel')
    server.connection.send({ type: 'pubcomp', packetId, reasonCode: 0 })
    await sent
  }
})

test('[MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-4.3.2-3] [MQTT311-4.3.2-1] QoS 1, sending: DUP 0 at first, unacknowledged until PUBACK, and not later', async () => {
  for (const protocolVersion of versions) {
    const { server, client } = await receiving(protocolVersion)
    const sent = client.publish('b', 'x', { qos: 1 })
    const first = await server.connection.next('publish')
    expect(first).toMatchObject({ dup: false, qos: 1 })
    for (let round = 0; round < 3; round++) {
      await reconnect(server)
      expect(await server.connection.next('publish')).toMatchObject({ dup: true, qos: 1, packetId: first.packetId })
    }
    server.connection.send({ type: 'puback', packetId: first.packetId ?? 0, reasonCode: 0 })
    await sent
    await reconnect(server)
    expect(server.connection.has('publish')).toBe(false)
  }
})

test('[MQTT-4.4.0-1] [MQTT311-4.4.0-1] nothing is sent again while the connection stands', async () => {
  for (const protocolVersion of versions) {
    const { server, client } = await receiving(protocolVersion, { keepAlive: 0 })
    client.publish('b', '', { qos: 1 }).catch(() => {})
    client.publish('b', '', { qos: 2 }).catch(() => {})
    await turn()
    const before = server.connection.frames.length
    await server.advance(600_000)
    expect(server.connection.frames).toHaveLength(before)
  }
})

test('[MQTT-4.3.2-4] [MQTT-4.3.2-5] [MQTT311-4.3.2-2] QoS 1, receiving: PUBACK, and after it the identifier is a new message, DUP or not', async () => {
  for (const protocolVersion of versions) {
    const { server, texts } = await receiving(protocolVersion)
    for (const [at, dup] of [false, true, true].entries()) {
      server.connection.send(message('a', `${at}`, { qos: 1, packetId: 3, dup }))
      expect(await server.connection.next('puback')).toMatchObject({ packetId: 3 })
    }
    expect(texts).toEqual(['0', '1', '2'])
  }
})

test('[MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-4.3.3-3] [MQTT-4.3.3-4] [MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT-4.3.3-7] [MQTT311-4.3.3-1] QoS 2, sending: PUBLISH until PUBREC, then PUBREL until PUBCOMP, and never PUBLISH again', async () => {
  for (const protocolVersion of versions) {
    const { server, client } = await receiving(protocolVersion)
    const sent = client.publish('b', 'x', { qos: 2 })
    const { packetId = 0, dup } = await server.connection.next('publish')
    expect(dup).toBe(false)
    await reconnect(server)
    expect(await server.connection.next('publish')).toMatchObject({ dup: true, packetId })
    server.connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
    expect(await server.connection.next('pubrel')).toMatchObject({ packetId })
    for (let round = 0; round < 2; round++) {
      await reconnect(server)
      expect(await server.connection.next('pubrel')).toMatchObject({ packetId })
      expect(server.connection.has('publish')).toBe(false)
    }
    server.connection.send({ type: 'pubcomp', packetId, reasonCode: 0 })
    await sent
    await reconnect(server)
    expect(server.connection.has('pubrel')).toBe(false)
  }
})

test('[MQTT-4.3.3-8] [MQTT-4.3.3-10] [MQTT-4.3.3-11] [MQTT-4.3.3-12] [MQTT311-4.3.3-2] QoS 2, receiving: delivered once until PUBREL, and new after it', async () => {
  for (const protocolVersion of versions) {
    const { server, texts } = await receiving(protocolVersion)
    server.connection.send(message('a', 'one', { qos: 2, packetId: 6 }))
    expect(await server.connection.next('pubrec')).toMatchObject({ packetId: 6 })
    server.connection.send(message('a', 'one', { qos: 2, packetId: 6, dup: true }))
    expect(await server.connection.next('pubrec')).toMatchObject({ packetId: 6, reasonCode: 0 })
    await reconnect(server)
    server.connection.send(message('a', 'one', { qos: 2, packetId: 6, dup: true }))
    await server.connection.next('pubrec')
    expect(texts).toEqual(['one'])
    server.connection.send({ type: 'pubrel', packetId: 6, reasonCode: 0 })
    expect(await server.connection.next('pubcomp')).toMatchObject({ packetId: 6, reasonCode: 0 })
    server.connection.send(message('a', 'two', { qos: 2, packetId: 6 }))
    await server.connection.next('pubrec')
    expect(texts).toEqual(['one', 'two'])
  }
})

test('[MQTT-4.3.3-9] QoS 2, receiving: after a PUBREC that refuses, the identifier is a new message', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const texts: string[] = []
  const subscribing = client.subscribe(
    'a',
    (received) => {
      texts.push(received.text())
      if (texts.length === 1) received.nack(0x83)
      else received.ack()
    },
    { qos: 2, ack: 'manual' },
  )
  await server.connection.grant()
  await subscribing
  server.connection.send(message('a', 'refused', { qos: 2, packetId: 6 }))
  expect((await server.connection.next('pubrec')).reasonCode).toBe(0x83)
  server.connection.send(message('a', 'another', { qos: 2, packetId: 6 }))
  expect((await server.connection.next('pubrec')).reasonCode).toBe(0)
  expect(texts).toEqual(['refused', 'another'])
})

test('[MQTT-4.3.3-13] QoS 2, receiving: an exchange goes on though the message has expired meanwhile', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscribing = client.subscribe('a', { qos: 2 })
  await server.connection.grant()
  const reader = (await subscribing)[Symbol.asyncIterator]()
  server.connection.send(message('a', 'x', { qos: 2, packetId: 6, properties: { messageExpiryInterval: 1 } }))
  await server.advance(5000)
  await reader.next()
  void reader.next()
  expect((await server.connection.next('pubrec')).reasonCode).toBe(0)
  server.connection.send({ type: 'pubrel', packetId: 6, reasonCode: 0 })
  expect((await server.connection.next('pubcomp')).reasonCode).toBe(0)
})

test('[MQTT-4.5.0-2] [MQTT311-4.5.0-2] what nobody here wants is acknowledged all the same, and holds back nothing for long', async () => {
  for (const protocolVersion of versions) {
    const { server, client } = await receiving(protocolVersion)
    const { connection } = server
    connection.send(message('unwanted', '', { qos: 1, packetId: 1 }))
    connection.send(message('unwanted', '', { qos: 2, packetId: 2 }))
    connection.send(message('a', 'wanted', { qos: 1, packetId: 3 }))
    await server.advance(11_000)
    const answers = connection.peer.received.filter(({ type }) => type === 'puback' || type === 'pubrec')
    expect(answers).toMatchObject([
      { type: 'puback', packetId: 1 },
      { type: 'pubrec', packetId: 2 },
      { type: 'puback', packetId: 3, reasonCode: 0 },
    ])
    expect(client.stats().dropped.unclaimed).toBe(2)
  }
})

test('[MQTT-4.5.0-2] a message of a subscription that was left is acknowledged', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscribing = client.subscribe('a', { qos: 1 })
  await server.connection.grant()
  const subscription = await subscribing
  server.connection.send(message('a', 'unread', { qos: 1, packetId: 1 }))
  await turn()
  void subscription.unsubscribe()
  await server.connection.next('unsubscribe')
  server.connection.send(message('a', 'too late', { qos: 1, packetId: 2 }))
  expect((await server.connection.next('puback')).packetId).toBe(1)
  expect((await server.connection.next('puback')).packetId).toBe(2)
})

test('[MQTT-4.6.0-1] [MQTT311-4.6.0-1] what is sent again has the order of the first time', async () => {
  for (const protocolVersion of versions) {
    const { server, client } = await receiving(protocolVersion)
    for (let i = 0; i < 12; i++) client.publish('b', `${i}`, { qos: i % 3 === 0 ? 2 : 1 }).catch(() => {})
    await turn()
    // Some of them are answered, out of order.
    const first = server.connection.peer.received.filter((each) => each.type === 'publish')
    for (const at of [7, 4]) {
      server.connection.send({ type: 'puback', packetId: first[at]?.packetId ?? 0, reasonCode: 0 })
    }
    await turn()
    await reconnect(server)
    const again = server.connection.peer.received.filter((each) => each.type === 'publish')
    expect(again.map(textOf)).toEqual(['0', '1', '2', '3', '5', '6', '8', '9', '10', '11'])
  }
})

test('[MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT311-4.6.0-2] [MQTT311-4.6.0-3] PUBACK and PUBREC have the order of their PUBLISH, whatever is done first', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion })
    const waiting: (() => void)[] = []
    const later = () => new Promise<void>((resolve) => waiting.push(resolve))
    const subscribing = client.subscribe('a', later, { qos: 2, concurrency: 4 })
    await server.connection.grant()
    await subscribing
    for (const packetId of [11, 12, 13, 14]) {
      server.connection.send(message('a', '', { qos: packetId % 2 === 0 ? 2 : 1, packetId }))
    }
    await turn()
    expect(waiting).toHaveLength(4)
    for (const done of waiting.reverse()) {
      expect(server.connection.has('puback')).toBe(false)
      done()
      await turn()
    }
    const ids = server.connection.peer.received.flatMap((packet) => ('packetId' in packet ? [packet.packetId] : []))
    expect(ids).toEqual([11, 12, 13, 14])
  }
})

test('[MQTT-4.6.0-4] [MQTT311-4.6.0-4] PUBREL has the order of PUBREC, also when it is sent again', async () => {
  for (const protocolVersion of versions) {
    const { server, client } = await receiving(protocolVersion)
    for (let i = 0; i < 4; i++) client.publish('b', `${i}`, { qos: 2 }).catch(() => {})
    await turn()
    const ids = server.connection.peer.received.flatMap((each) => (each.type === 'publish' ? [each.packetId ?? 0] : []))
    server.connection.peer.received.length = 0
    for (const packetId of ids) server.connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
    await turn()
    const released = () =>
      server.connection.peer.received.flatMap((each) => (each.type === 'pubrel' ? [each.packetId] : []))
    expect(released()).toEqual(ids)
    await reconnect(server)
    expect(released()).toEqual(ids)
  }
})

test('[MQTT-4.13.1-1] [MQTT311-4.8.0-1] a malformed packet or a protocol error ends the connection, in 5.0 with its reason', async () => {
  const subscribe = [0x82, 6, 0, 1, 0, 1, 97, 0]
  for (const [bytes, reasonCode] of [
    // Packet type 0; what only a client sends; a Remaining Length that never ends; content in PINGRESP; an identifier of 0.
    [[0x00, 0], undefined],
    [subscribe, 0x82],
    [[0xc0, 0], 0x82],
    [[0x30, 0xff, 0xff, 0xff, 0xff, 0x7f], 0x81],
    [[0xd0, 1, 0], 0x81],
    [[0x40, 2, 0, 0], undefined],
    [[0x90, 3, 0, 1, 0], undefined],
  ] as const) {
    for (const protocolVersion of versions) {
      const server = new FakeServer()
      const client = await server.connected({ protocolVersion, reconnect: false })
      server.connection.peer.sendBytes(Uint8Array.from(bytes))
      expect(await client.closed, String(bytes)).toMatchObject({ error: { code: 'protocol-error' } })
      expect(server.connection.ended).toBe(true)
      if (protocolVersion === 4) expect(server.connection.has('disconnect')).toBe(false)
      else {
        const said = (await server.connection.next('disconnect')).reasonCode
        if (reasonCode === undefined) expect([0x81, 0x82]).toContain(said)
        else expect(said, String(bytes)).toBe(reasonCode)
      }
    }
  }
})

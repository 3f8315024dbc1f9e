// What becomes of a publish: each promise settles, and nothing is sent that the server did not offer to take.
import { expect, test } from 'vitest'
import { connack, FakeServer, textOf, turn } from './fake-server.ts'

test('QoS 0 resolves when it is handed to the socket', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  expect(await client.publish('a', 'x')).toEqual({
    qos: 0,
    packetId: undefined,
    reasonCode: 0,
    reasonString: undefined,
    matched: true,
  })
  expect(textOf(await server.connection.next('publish'))).toBe('x')
})

test('QoS 1 resolves on PUBACK, with its reason', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const sent = client.publish('a', 'x', { qos: 1 })
  const { packetId } = await server.connection.next('publish')
  const properties = { reasonString: 'nobody there' }
  server.connection.send({ type: 'puback', packetId: packetId ?? 0, reasonCode: 0x10, properties })
  expect(await sent).toEqual({ qos: 1, packetId, reasonCode: 0x10, reasonString: 'nobody there', matched: false })
})

test('[MQTT-4.3.3-4] QoS 2 sends PUBREL after PUBREC and resolves on PUBCOMP', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const sent = client.publish('a', 'x', { qos: 2 })
  const { packetId = 0 } = await server.connection.next('publish')
  server.connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
  expect((await server.connection.next('pubrel')).packetId).toBe(packetId)
  server.connection.send({ type: 'pubcomp', packetId, reasonCode: 0 })
  expect((await sent).reasonCode).toBe(0)
})

test('a refusal rejects with PublishError', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  for (const [qos, type] of [
    [1, 'puback'],
    [2, 'pubrec'],
  ] as const) {
    const sent = client.publish('a', 'x', { qos })
    const { packetId = 0 } = await server.connection.next('publish')
    server.connection.send({ type, packetId, reasonCode: 0x87, properties: { reasonString: 'not yours' } })
    await expect(sent).rejects.toMatchObject({
      name: 'PublishError',
      code: 'publish-refused',
      reasonCode: 0x87,
      reasonString: 'not yours',
      message: expect.stringContaining('not yours'),
    })
  }
})

test('[MQTT-3.3.4-7] no more than Receive Maximum messages are unacknowledged', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ receiveMaximum: 2 })
  const client = await server.connected()
  const all = [0, 1, 2, 3].map((i) => client.publish('a', `${i}`, { qos: 1 }))
  const first = await server.connection.next('publish')
  await server.connection.next('publish')
  await turn()
  expect(server.connection.has('publish')).toBe(false)
  server.connection.send({ type: 'puback', packetId: first.packetId ?? 0, reasonCode: 0 })
  const third = await server.connection.next('publish')
  expect(textOf(third)).toBe('2')
  await all[0]
  expect(client.stats()).toMatchObject({ queued: 1, inFlight: 2 })
  for (const each of all) each.catch(() => {})
})

test('[MQTT-3.3.4-8] SUBSCRIBE does not wait for the send quota', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ receiveMaximum: 1 })
  const client = await server.connected()
  for (let i = 0; i < 3; i++) client.publish('a', '', { qos: 1 }).catch(() => {})
  const subscribed = client.subscribe('b')
  await server.connection.grant()
  await subscribed
})

test('[MQTT-3.2.2-15] a message larger than Maximum Packet Size is refused here', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ maximumPacketSize: 100 })
  const client = await server.connected()
  for (const qos of [0, 1] as const) {
    await expect(client.publish('a', 'x'.repeat(200), { qos })).rejects.toMatchObject({ code: 'packet-too-large' })
  }
  await turn()
  expect(server.connection.has('publish')).toBe(false)
})

test('[MQTT-3.2.2-11] no QoS above Maximum QoS is sent', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ maximumQoS: 0 })
  const client = await server.connected()
  await expect(client.publish('a', '', { qos: 1 })).rejects.toMatchObject({ code: 'not-supported' })
})

test('[MQTT-3.2.2-14] no retained message is sent to a server that keeps none', async () => {
  const server = new FakeServer()
  server.welcome = () => connack({ retainAvailable: 0 })
  const client = await server.connected()
  await expect(client.publish('a', '', { retain: true })).rejects.toMatchObject({ code: 'not-supported' })
})

test('what is published before there is a connection is sent when there is one, in order', async () => {
  const server = new FakeServer()
  const client = server.client()
  const all = [0, 1, 2].map((i) => client.publish('a', `${i}`, { qos: i % 2 === 0 ? 0 : 1 }))
  await client.connect()
  const texts = []
  for (let i = 0; i < 3; i++) texts.push(textOf(await server.connection.next('publish')))
  expect(texts).toEqual(['0', '1', '2'])
  await all[0]
  await all[2]
  all[1]?.catch(() => {})
})

test('without a connection, QoS 0 is rejected or dropped where asked for', async () => {
  const server = new FakeServer()
  await expect(server.client({ queue: { qos0: 'reject' } }).publish('a')).rejects.toMatchObject({ code: 'offline' })
  expect(await server.client({ queue: { qos0: 'drop' } }).publish('a')).toMatchObject({ qos: 0 })
})

test('a full queue rejects the new message, or the oldest, or lets wait', async () => {
  const server = new FakeServer()
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      () => 'sent',
      (error) => error.code,
    )
  const fill = async (overflow: 'reject' | 'drop-oldest' | 'wait') => {
    const client = server.client({ queue: { maxMessages: 2, overflow } })
    const all = ['0', '1', '2'].map((text) => outcome(client.publish('a', text)))
    await turn()
    await client.connect()
    return Promise.all(all)
  }
  expect(await fill('reject')).toEqual(['sent', 'sent', 'queue-full'])
  expect(await fill('drop-oldest')).toEqual(['queue-full', 'sent', 'sent'])
  expect(await fill('wait')).toEqual(['sent', 'sent', 'sent'])
})

test('the queue is bounded in bytes, too', async () => {
  const server = new FakeServer()
  const client = server.client({ queue: { maxBytes: 2000 } })
  client.publish('a', 'x'.repeat(1500)).catch(() => {})
  await expect(client.publish('a', 'x'.repeat(1500))).rejects.toMatchObject({ code: 'queue-full' })
})

test('aborted before it is transmitted, a message is not sent at all', async () => {
  const server = new FakeServer()
  const client = server.client()
  const controller = new AbortController()
  const sent = client.publish('a', 'never', { qos: 1, signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(sent).rejects.toThrow('enough')
  await client.connect()
  await client.publish('a', 'only')
  expect(textOf(await server.connection.next('publish'))).toBe('only')
})

test('aborted after it was transmitted, the caller is told and the handshake goes on', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const controller = new AbortController()
  const sent = client.publish('a', 'x', { qos: 2, signal: controller.signal })
  const { packetId = 0 } = await server.connection.next('publish')
  controller.abort(new Error('enough'))
  await expect(sent).rejects.toThrow('enough')
  expect(client.stats().inFlight).toBe(1)
  server.connection.send({ type: 'pubrec', packetId, reasonCode: 0 })
  await server.connection.next('pubrel')
  server.connection.send({ type: 'pubcomp', packetId, reasonCode: 0 })
  await turn()
  expect(client.stats().inFlight).toBe(0)
})

test('a timeout rejects with TimeoutError', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const sent = client.publish('a', 'x', { qos: 1, timeout: 500 })
  const settled = expect(sent).rejects.toMatchObject({ name: 'TimeoutError', code: 'timeout' })
  await server.advance(500)
  await settled
})

test('[MQTT-3.3.2-6] the Message Expiry Interval that is sent is what is left of it; nothing that expired is sent', async () => {
  const server = new FakeServer()
  const client = server.client()
  const expired = client.publish('a', 'late', { properties: { messageExpiryInterval: 5 } })
  const settled = expect(expired).rejects.toMatchObject({ code: 'expired' })
  client.publish('a', 'in time', { properties: { messageExpiryInterval: 60 } }).catch(() => {})
  await server.advance(20_000)
  await client.connect()
  await settled
  const packet = await server.connection.next('publish')
  expect(textOf(packet)).toBe('in time')
  expect(packet.properties?.messageExpiryInterval).toBe(40)
})

test('[MQTT-3.3.2-2] a Topic Name with a wildcard is refused here', async () => {
  const client = new FakeServer().client()
  await expect(client.publish('a/#')).rejects.toMatchObject({ code: 'invalid-argument' })
})

test('what cannot be sent any more is rejected when the client ends', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const sent = [client.publish('a', '', { qos: 1 }), client.publish('a', '', { qos: 2 })]
  const settled = sent.map((each) => expect(each).rejects.toMatchObject({ code: 'client-closed' }))
  await client.disconnect({ drain: false })
  await Promise.all(settled)
  await expect(client.publish('a')).rejects.toMatchObject({ code: 'client-closed' })
})

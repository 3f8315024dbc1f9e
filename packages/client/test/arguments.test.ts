// What a program without a type checker passes: each mistake is refused, and the error names it.
import { expect, test } from 'vitest'
import { connect, type Payload } from '../src/index.ts'
import { connack, FakeServer, message, textOf, turn } from './fake-server.ts'
import { mistaken, refusal } from './mistaken.ts'

const noPayloads: readonly [unknown, string][] = [
  [21.5, 'the payload is a number (21.5); give a string or a Uint8Array, e.g. String(21.5)'],
  [12, 'String(12)'],
  [true, 'the payload is a boolean (true); give a string or a Uint8Array, e.g. String(true)'],
  [{ on: true }, 'the payload is an object; give a string or a Uint8Array, e.g. JSON.stringify(value)'],
  [[1, 2], 'the payload is an array'],
  [null, "the payload is null; give a string or a Uint8Array, e.g. ''"],
  [new ArrayBuffer(2), 'the payload is an ArrayBuffer; give a string or a Uint8Array, e.g. new Uint8Array(buffer)'],
  [new Uint16Array(2), 'the payload is a Uint16Array; give a string or a Uint8Array, e.g. new Uint8Array(view.buffer'],
  [() => 'x', 'the payload is a function'],
]

test.each(noPayloads)('a payload that is none is refused, and nothing is sent: %j', async (value, text) => {
  const server = new FakeServer()
  const client = await server.connected()
  const payload = mistaken<Payload>(value)
  await expect(client.publish('t', payload, { retain: true })).rejects.toMatchObject(refusal(text))
  await expect(client.publish({ topic: 't', payload })).rejects.toMatchObject(refusal(text))
  await expect(client.request('t', payload)).rejects.toMatchObject(refusal(text))
  await expect(client.requestMany('t', payload)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal(text))
  await turn()
  expect(server.connection.has('publish')).toBe(false)
  expect(server.connection.has('subscribe')).toBe(false)
})

test('strings, bytes and no payload at all are sent as they are', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  for (const payload of ['x', new Uint8Array([0x78]), Buffer.from('x')]) {
    await client.publish('t', payload)
    expect(textOf(await server.connection.next('publish'))).toBe('x')
    await client.publish({ topic: 't', payload }, undefined)
    expect(textOf(await server.connection.next('publish'))).toBe('x')
  }
  for (const nothing of [client.publish('t'), client.publish('t', undefined, {}), client.publish({ topic: 't' })]) {
    await nothing
    expect((await server.connection.next('publish')).payload).toHaveLength(0)
  }
})

test('the payload of a message stands in the message', async () => {
  const client = await new FakeServer().connected()
  await expect(client.publish({ topic: 't' }, mistaken('x'))).rejects.toMatchObject(refusal('in the message'))
})

test("a Will's payload is refused as that of a message", async () => {
  const will = { topic: 't', payload: mistaken<Payload>(12) }
  for (const options of [{ will }, { will: () => will }]) {
    const connecting = (async () => new FakeServer().client(options).connect())()
    await expect(connecting).rejects.toMatchObject(refusal('a number (12); give a string or a Uint8Array'))
  }
})

test('an answer that is none refuses the request, and none is sent', async () => {
  for (const [value, text] of [...noPayloads, [undefined, 'what the handler returned is undefined'] as const]) {
    const server = new FakeServer()
    const client = await server.connected()
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const responding = client.respond('t', () => mistaken<Payload>(value))
    await server.connection.grant(1)
    await responding
    const properties = { responseTopic: 'answers' }
    server.connection.send(message('t', 'x', { qos: 1, packetId: 1, properties }))
    expect((await server.connection.next('puback')).reasonCode).toBe(0x80)
    expect(server.connection.has('publish')).toBe(false)
    expect(errors).toMatchObject([refusal(text)])
  }
})

test('a topic, a filter or a handler that is none is named', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const topic = refusal("the topic is undefined; give a string such as 'house/kitchen'")
  const filter = refusal("the filter is undefined; give a string such as 'house/+'")
  await expect(client.publish(mistaken<string>(undefined), 'x')).rejects.toMatchObject(topic)
  await expect(client.publish(mistaken({ payload: 'x' }))).rejects.toMatchObject(topic)
  await expect(client.publish(mistaken<string>(null), 'x')).rejects.toMatchObject(refusal('the topic is null'))
  await expect(client.request(mistaken(undefined))).rejects.toMatchObject(topic)
  await expect(client.subscribe(mistaken<string>(undefined))).rejects.toMatchObject(filter)
  await expect(client.subscribe([mistaken<string>(null)])).rejects.toMatchObject(refusal('the filter is null'))
  await expect(client.subscribe(mistaken<string>(5))).rejects.toMatchObject(refusal('the filter is a number (5)'))
  await expect(client.subscribe(mistaken<string>({ qos: 1 }))).rejects.toMatchObject(filter)
  await expect(client.unsubscribe(mistaken(undefined))).rejects.toMatchObject(filter)
  const handler = refusal('behind the filter stands a string ("notafunction"); give a handler (a function) or options')
  await expect(client.subscribe('z', mistaken<object>('notafunction'))).rejects.toMatchObject(handler)
  const late = client.subscribe(
    'z',
    mistaken<() => void>({ qos: 1 }),
    mistaken(() => {}),
  )
  await expect(late).rejects.toMatchObject(refusal('a handler stands before the options'))
  await expect(client.respond('z', mistaken(undefined))).rejects.toMatchObject(refusal('the handler is undefined'))
  await turn()
  expect(server.connection.peer.received.map(({ type }) => type)).toEqual(['connect'])
})

test('a QoS that there is not, or that is a string', async () => {
  const client = await new FakeServer().connected()
  const none = refusal('there is no QoS 3; it must be 0, 1 or 2')
  const text = refusal('the QoS is a string ("1"); it must be the number 0, 1 or 2')
  await expect(client.publish('t', 'x', { qos: mistaken<0>(3) })).rejects.toMatchObject(none)
  await expect(client.publish({ topic: 't', qos: mistaken<0>('1') })).rejects.toMatchObject(text)
  await expect(client.subscribe('t', { qos: mistaken<0>(3) })).rejects.toMatchObject(none)
  await expect(client.subscribe([{ filter: 't', qos: mistaken<0>('1') }])).rejects.toMatchObject(text)
})

test('a Will without a topic', async () => {
  const client = new FakeServer().client({ will: mistaken({ payload: 'x' }) })
  await expect(client.connect()).rejects.toMatchObject(refusal('the Will Topic is undefined; give a string'))
})

test.each<readonly [unknown, string]>([
  ['localhost', '"localhost" is no URL; one is mqtt://localhost:1883'],
  ['localhost:1883', '"localhost:" is not mqtt:, mqtts:, ws:, wss: or unix:; a URL is mqtt://localhost:1883'],
  [{ host: 'localhost' }, 'an object is no URL; one is mqtt://localhost:1883'],
  [undefined, 'undefined is no URL'],
])('%j is no URL', async (url, text) => {
  await expect(connect(mistaken<string>(url))).rejects.toMatchObject(refusal(text))
})

test('a refusal names its Reason Code, and what the server added', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  for (const [reasonString, text] of [
    [undefined, '0x87 (not authorized)'],
    ['not authorized', '0x87 (not authorized)'],
    ['not yours', '0x87 (not authorized: not yours)'],
  ] as const) {
    const properties = reasonString === undefined ? {} : { reasonString }
    const publishing = client.publish('a', 'x', { qos: 1 }).catch((error: Error) => error.message)
    const { packetId = 0 } = await server.connection.next('publish')
    server.connection.send({ type: 'puback', packetId, reasonCode: 0x87, properties })
    expect(await publishing).toBe(`the server refused the message to "a": ${text}`)
    const subscribing = client.subscribe('a').catch((error: Error) => error.message)
    const subscribe = await server.connection.next('subscribe')
    server.connection.send({ type: 'suback', packetId: subscribe.packetId, reasonCodes: [0x87], properties })
    expect(await subscribing).toBe(`the server refused "a": ${text}`)
  }
  server.welcome = () => connack({}, false, 0x86)
  const text = 'the server refused the connection: 0x86 (bad user name or password)'
  await expect(server.client().connect()).rejects.toMatchObject({ code: 'connect-refused', message: text })
})

test('a payload of text may hold U+0000, which no string of a packet may', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  for (const text of ['\0', 'é\0😀\0', 'a\0b']) {
    await client.publish('t', text)
    await turn()
    expect(textOf(await server.connection.next('publish'))).toBe(text)
  }
  await expect(client.publish('t', 'a\0\ud800')).rejects.toMatchObject({ code: 'invalid-argument' })
})

// What a program without a type checker passes: each mistake is refused, and the error names it.
import { expect, test } from 'vitest'
import type { Payload } from '../src/index.ts'
import { FakeServer, message, textOf, turn } from './fake-server.ts'
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

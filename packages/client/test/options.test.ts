// Options that there are not, or not like this: refused wherever they are given, and the error names them.
import { expect, test } from 'vitest'
import { type Client, type ConnectOptions, connect } from '../src/index.ts'
import { FakeServer, message, turn } from './fake-server.ts'
import { mistaken, refusal } from './mistaken.ts'
import { subscribed } from './subscribed.ts'

test.each<readonly [unknown, string]>([
  [{ username: 'u' }, 'there is no option username; did you mean credentials: { userName }?'],
  [{ password: 'p' }, 'there is no option password; did you mean credentials: { password }?'],
  [{ credentials: { username: 'u' } }, 'there is no option credentials.username; did you mean userName?'],
  [{ keepalive: 5 }, 'there is no option keepalive; did you mean keepAlive?'],
  [{ clean: true }, 'there is no option clean; did you mean cleanStart?'],
  [{ ca: 'x' }, 'did you mean tls: { ca }?'],
  [{ constructor: 1 }, 'there is no option constructor; the options are signal, timeout, clientId'],
  [
    { queue: { overflow: 'drop' } },
    `queue.overflow is a string ("drop"); it must be 'reject', 'wait' or 'drop-oldest'`,
  ],
  [{ queue: 5 }, 'queue is a number (5); it must be an object with any of maxMessages, maxBytes, overflow, qos0'],
  [{ reconnect: { initialDelay: 'x' } }, 'reconnect.initialDelay is a string ("x"); it must be a number, 0 or more'],
  [{ reconnect: true }, 'it must be an object with any of initialDelay'],
  [{ will: { topic: 't', message: 'x' } }, 'there is no option will.message; did you mean payload?'],
  [{ will: { topic: 't', properties: { delay: 5 } } }, 'there is no option will.properties.delay'],
  [{ protocolVersion: 311 }, "protocolVersion is a number (311); it must be 5, 4 (for 3.1.1), 3 (for 3.1) or 'auto'"],
  [{ protocolVersion: '5' }, 'protocolVersion is a string ("5"); it must be 5, 4'],
  [{ clientId: 5 }, 'clientId is a number (5); it must be a string'],
  [{ keepAlive: '60' }, 'keepAlive is a string ("60"); it must be a number'],
  [{ userProperties: { a: 'b' } }, "userProperties is an object; it must be a list of pairs of strings, as [['name'"],
  [{ signal: 5 }, 'signal is a number (5); it must be an AbortSignal'],
  [null, 'the argument `options` is null; it must be an object with any of signal'],
  [() => {}, 'no callback is called: await the promise'],
])('connect with %j', async (options, text) => {
  await expect(connect('mqtt://localhost:1', mistaken(options))).rejects.toMatchObject(refusal(text))
  expect(() => new FakeServer().client(mistaken<ConnectOptions>({ clientId: 5 }))).toThrow('clientId')
})

test('a secret is not in the error', async () => {
  const options = mistaken<ConnectOptions>({ credentials: { password: 1234 } })
  const error = await connect('mqtt://localhost:1', options).catch((reason: Error) => reason.message)
  expect(error).toBe('credentials.password is a number; it must be a string or a Uint8Array')
})

test('what a function returns is checked as well', async () => {
  for (const [options, text] of [
    [{ credentials: async () => ({ username: 'u' }) }, 'there is no option username; did you mean userName?'],
    [{ credentials: () => undefined }, '`credentials` returned nothing'],
    [{ will: () => ({ topic: 't', qso: 1 }) }, 'there is no option qso; did you mean qos?'],
  ] as const) {
    const client = new FakeServer().client(mistaken<ConnectOptions>(options))
    await expect(client.connect()).rejects.toMatchObject(refusal(text))
  }
})

const verbs: readonly [string, (client: Client, options: never) => unknown][] = [
  ['connect', (client, options) => client.connect(options)],
  ['publish', (client, options) => client.publish('t', 'x', options)],
  ['publish, as a message', (client, options) => client.publish({ topic: 't', ...mistaken<object>(options) })],
  ['publish a message, with', (client, options) => client.publish({ topic: 't' }, options)],
  ['subscribe', (client, options) => client.subscribe('a', options)],
  ['subscribe, handled', (client, options) => client.subscribe('a', () => {}, options)],
  ['subscribe, in a list', (client, options) => client.subscribe([{ filter: 'a', ...mistaken<object>(options) }])],
  ['unsubscribe', (client, options) => client.unsubscribe('a', options)],
  ['request', (client, options) => client.request('t', 'x', options)],
  ['requestMany', (client, options) => client.requestMany('t', 'x', options)[Symbol.asyncIterator]().next()],
  ['respond', (client, options) => client.respond('t', () => 'x', options)],
  ['once', (client, options) => client.once('a', options)],
  ['retained', (client, options) => client.retained('a', options)[Symbol.asyncIterator]().next()],
  ['messages', (client, options) => client.messages(options)],
  ['reauthenticate', (client, options) => client.reauthenticate(options)],
  ['disconnect', (client, options) => client.disconnect(options)],
  ['on', (client, options) => client.on('close', () => {}, options)],
]

test.each(verbs)('%s: an option that there is not', async (_name, call) => {
  const server = new FakeServer()
  const client = await server.connected()
  const sent = server.connection.frames.length
  const calling = (async () => call(client, mistaken({ xyz: 1 })))()
  await expect(calling).rejects.toMatchObject(refusal('there is no option xyz; the options are '))
  const wrong = (async () => call(client, mistaken({ signal: 'x' })))()
  await expect(wrong).rejects.toMatchObject(refusal(''))
  await turn()
  expect(server.connection.frames).toHaveLength(sent)
})

test('publish and subscribe advise', async () => {
  const client = await new FakeServer().connected()
  const advice = refusal('there is no option qso; did you mean qos?')
  await expect(client.publish('t', 'x', mistaken({ qso: 1 }))).rejects.toMatchObject(advice)
  await expect(client.subscribe('a', mistaken({ qso: 1 }))).rejects.toMatchObject(advice)
  const abbreviated = client.subscribe('a', mistaken({ nl: true }))
  await expect(abbreviated).rejects.toMatchObject(refusal('did you mean noLocal?'))
  const inside = client.publish('t', 'x', { properties: mistaken({ contenttype: 'a' }) })
  await expect(inside).rejects.toMatchObject(refusal('no option properties.contenttype; did you mean contentType?'))
})

test('what hangs on a subscription and on a message', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscription = await subscribed(server, client, 'a')
  const wrong = mistaken<object>({ xyz: 1 })
  await expect(subscription.drain(wrong)).rejects.toMatchObject(refusal('there is no option xyz'))
  await expect(subscription.unsubscribe(wrong)).rejects.toMatchObject(refusal('there is no option xyz'))
  server.connection.send(message('a', 'x', { properties: { responseTopic: 'b' } }))
  for await (const each of subscription) {
    await expect(each.respond('y', wrong)).rejects.toMatchObject(refusal('there is no option xyz'))
    break
  }
})

test('known options that are undefined are as if not given', async () => {
  const server = new FakeServer()
  const nothing = { clientId: undefined, credentials: undefined, will: undefined, queue: { overflow: undefined } }
  const client = await server.connected({ ...nothing, tls: undefined, signal: undefined, timeout: undefined })
  await client.publish('t', 'x', { qos: undefined, retain: undefined, properties: undefined, signal: undefined })
  await subscribed(server, client, 'a', { qos: undefined, ack: undefined, shared: undefined, timeout: undefined })
  await client.publish({ topic: 't', payload: undefined, qos: undefined }, undefined)
})

test('the properties of a message that came may be sent on', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const subscription = await subscribed(server, client, 'a')
  const properties = { subscriptionIdentifiers: [1], contentType: 'c' }
  server.connection.send(message('a', 'x', { properties }))
  for await (const { payload, properties } of subscription) {
    await client.publish('b', payload, { properties })
    break
  }
  expect((await server.connection.next('publish')).properties).toEqual({ contentType: 'c' })
})

test('an event that there is not, or a listener that is none', () => {
  const client = new FakeServer().client()
  for (const event of ['connected', 'constructor']) {
    const text = `there is no event ${event}; the events are connect, disconnect, reconnecting, close, error, message`
    expect(() => client.on(mistaken<'connect'>(event), () => {})).toThrow(text)
  }
  expect(() => client.on('connect', mistaken(5))).toThrow('the listener is a number (5); give a function')
})

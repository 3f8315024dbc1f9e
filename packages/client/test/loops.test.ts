// Loops that end by themselves: retained() and requestMany().
import { createBroker } from '@mq/broker'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../src/index.ts'
import { FakeServer, message, turn } from './fake-server.ts'

async function texts(loop: AsyncIterable<{ text(): string }>): Promise<string[]> {
  const all: string[] = []
  for await (const each of loop) all.push(each.text())
  return all
}

test('retained() reads what is retained, and only that, until nothing more comes', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const reading = texts(client.retained('a/+x'))
  const subscribe = await server.connection.grant()
  expect(subscribe.subscriptions[0]).toMatchObject({ topicFilter: 'a/+', retainHandling: 0 })
  server.connection.send(message('a/1', 'one', { retain: true }))
  server.connection.send(message('a/2', 'live'))
  await server.advance(400)
  server.connection.send(message('a/3', 'three', { retain: true }))
  await server.advance(400)
  expect(server.connection.has('unsubscribe')).toBe(false)
  await server.advance(200)
  expect(await reading).toEqual(['one', 'three'])
  await server.connection.next('unsubscribe')
})

test('retained() ends with an error by timeout, and leaves nothing behind when it is broken out of', async () => {
  const server = new FakeServer()
  const client = await server.connected({ keepAlive: 0 })
  const timers = server.virtual.pending
  const failing = expect(texts(client.retained('a', { idle: 10_000, timeout: 300 }))).rejects.toMatchObject({
    code: 'timeout',
  })
  await server.connection.grant()
  await server.advance(400)
  await failing
  const first = (async () => {
    for await (const each of client.retained('b')) return each.text()
    return undefined
  })()
  await server.connection.grant()
  server.connection.send(message('b', 'x', { retain: true }))
  expect(await first).toBe('x')
  await turn()
  expect(server.virtual.pending).toBe(timers)
})

test('requestMany() gives every answer until none comes, or enough came', async () => {
  const broker = createBroker()
  onTestFinished(() => broker.close())
  const open = () => connect('memory://broker', { transport: () => broker.connect() })
  const clients = await Promise.all([open(), open(), open()])
  for (const [at, client] of clients.slice(1).entries()) {
    await client.respond('who', (request) => `${request.text()} ${at}`)
  }
  const [asking] = clients
  expect((await texts(asking.requestMany('who', 'me', { qos: 1, idle: 100 }))).sort()).toEqual(['me 0', 'me 1'])
  expect(await texts(asking.requestMany('who', 'me', { max: 1, idle: 5000 }))).toHaveLength(1)
  await expect(texts(asking.requestMany('nobody', '', { qos: 1 }))).rejects.toMatchObject({ code: 'no-responder' })
  expect(await texts(asking.requestMany('nobody', '', { idle: 20 }))).toEqual([])
  await expect(texts(asking.requestMany('nobody', '', { idle: 5000, timeout: 20 }))).rejects.toMatchObject({
    code: 'timeout',
  })
  const closing = expect(texts(asking.requestMany('nobody', '', { idle: 5000 }))).rejects.toMatchObject({
    code: 'client-closed',
  })
  await turn()
  for (const client of clients) await client.disconnect()
  await closing
})

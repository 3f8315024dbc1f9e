// What follows a lost connection: when, where to, and with what of the Session.
import { SeededRandom } from '@mq/core/testing'
import { expect, test } from 'vitest'
import type { ClientState } from '../src/index.ts'
import { connack, FakeServer, textOf, turn } from './fake-server.ts'

test('a connection that closes slowly does not keep the next one away', async () => {
  const server = new FakeServer()
  const client = await server.connected({ keepAlive: 2, reconnect: { initialDelay: 300, jitter: 'none' } })
  client.publish('a', '', { qos: 1 }).catch(() => {})
  for (let round = 1; round < 5; round++) {
    server.connection.closesSlowly = true
    await server.advance(4000)
    expect(server.connections.length, `round ${round}`).toBeGreaterThan(round)
    expect(client.state).toBe('connected')
  }
})

test('backoff doubles up to its maximum, and starts again after a connection that lasted', async () => {
  const server = new FakeServer()
  const client = await server.connected({ reconnect: { initialDelay: 100, maxDelay: 1000, jitter: 'none' } })
  const delays: number[] = []
  client.on('reconnecting', ({ delay }) => delays.push(delay))
  await server.advance(20_000)
  server.reachable = false
  server.connection.close()
  await server.advance(4000)
  expect(delays.slice(0, 6)).toEqual([100, 200, 400, 800, 1000, 1000])
  server.reachable = true
  await server.advance(1000)
  expect(client.state).toBe('connected')
  await server.advance(10_000)
  server.connection.close()
  await turn()
  expect(delays.at(-1)).toBe(100)
})

test('after maxAttempts failures the client gives up; `reconnect: false` after the first', async () => {
  const server = new FakeServer()
  server.reachable = false
  const patient = server.client({ reconnect: { maxAttempts: 3, initialDelay: 10 } })
  const settled = expect(patient.connect()).rejects.toMatchObject({ code: 'network' })
  await server.advance(1000)
  await settled
  expect(server.targets).toHaveLength(4)
  await expect(server.client({ reconnect: false }).connect()).rejects.toMatchObject({ code: 'network' })
  expect(server.targets).toHaveLength(5)
})

test('`retry` decides: no, yes, or when', async () => {
  const server = new FakeServer()
  server.reachable = false
  const client = server.client({ reconnect: { retry: (_error, attempt) => (attempt < 3 ? 1000 : false) } })
  const settled = expect(client.connect()).rejects.toMatchObject({ code: 'network' })
  await server.advance(1900)
  expect(server.targets).toHaveLength(2)
  await server.advance(200)
  await settled
})

test('the next URL is tried after one that failed', async () => {
  const server = new FakeServer()
  server.reachable = false
  server
    .client({ urls: ['mqtt://second'] })
    .connect()
    .catch(() => {})
  await server.advance(1600)
  expect(server.targets.map(({ url }) => url.hostname)).toEqual(['fake', 'second', 'fake'])
})

test('[MQTT-4.4.0-1] with a Session, what is in flight is sent again with DUP and its identifier', async () => {
  const server = new FakeServer()
  const client = await server.connected({ sessionExpiryInterval: 100 })
  const sent = [client.publish('a', '1', { qos: 1 }), client.publish('a', '2', { qos: 2 })]
  const first = await server.connection.next('publish')
  const second = await server.connection.next('publish')
  server.connection.send({ type: 'pubrec', packetId: second.packetId ?? 0, reasonCode: 0 })
  await server.connection.next('pubrel')
  server.welcome = () => connack({}, true)
  server.connection.close()
  await server.advance(1000)
  expect((await server.connection.next('connect')).cleanStart).toBe(false)
  expect(await server.connection.next('publish')).toMatchObject({ dup: true, packetId: first.packetId })
  expect(await server.connection.next('pubrel')).toMatchObject({ packetId: second.packetId })
  server.connection.send({ type: 'puback', packetId: first.packetId ?? 0, reasonCode: 0 })
  server.connection.send({ type: 'pubcomp', packetId: second.packetId ?? 0, reasonCode: 0 })
  await Promise.all(sent)
})

test('[MQTT-3.2.2-5] without a Session, what is in flight is sent as new, before what was queued', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  const all = ['1', '2'].map((text) => client.publish('a', text, { qos: 1 }))
  await server.connection.next('publish')
  server.connection.close()
  await turn()
  all.push(client.publish('a', '3', { qos: 1 }))
  await server.advance(1000)
  const packets = []
  for (let i = 0; i < 3; i++) packets.push(await server.connection.next('publish'))
  expect(packets.map(textOf)).toEqual(['1', '2', '3'])
  expect(packets.every(({ dup }) => !dup)).toBe(true)
  for (const { packetId = 0 } of packets) server.connection.send({ type: 'puback', packetId, reasonCode: 0 })
  await Promise.all(all)
})

test('from any state, a reachable server is connected to within maxDelay + connectTimeout', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const server = new FakeServer()
    const random = new SeededRandom(seed)
    const maxDelay = 3000
    const connectTimeout = 2000
    const client = server.client({
      keepAlive: 5,
      connectTimeout,
      protocolVersion: 5,
      random: () => random.next(),
      reconnect: { initialDelay: 50, maxDelay, jitter: 'full' },
    })
    client.connect().catch(() => {})
    // Trouble of all kinds, for a while.
    for (let step = 0; step < 15; step++) {
      const chance = random.next()
      server.reachable = chance > 0.3
      server.welcome = chance > 0.8 ? undefined : () => connack({}, false, chance > 0.6 ? 0x89 : 0)
      const newest = server.connections.at(-1)
      if (newest !== undefined) {
        newest.closesSlowly = chance > 0.5
        if (chance < 0.6) newest.close()
      }
      if (client.state !== 'closed') client.publish('a', '', { qos: 1 }).catch(() => {})
      await server.advance(Math.floor(random.next() * 2000))
    }
    server.reachable = true
    server.welcome = () => connack()
    await server.advance(maxDelay + connectTimeout + 100)
    expect(client.state, `seed ${seed}`).toBe('connected' satisfies ClientState)
    await client.disconnect({ drain: false })
  }
})

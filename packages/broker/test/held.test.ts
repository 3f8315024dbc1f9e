// A client that is not read while an answer is awaited, and goes: over a network, where that has to be noticed.
import { describe, expect, test, vi } from 'vitest'
import { Connection } from '../src/connection/connection.ts'
import { type Answer, asking, listening, schemes, will } from './asking.ts'
import { turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

describe.each(schemes)('before CONNACK, over %s', (scheme) => {
  test.each(['end', 'reset'] as const)('one that is gone (%s) throws nobody out', async (leave) => {
    const answers: Answer[] = []
    const { broker, url, connections } = await listening(scheme, {
      authenticate: ({ userName }) => userName !== 'asked' || new Promise((resolve) => void answers.push(resolve)),
    })
    const living = await WireClient.connect(url, { clientId: 'a' })
    const dead = await WireClient.open(url)
    dead.send({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'a', userName: 'asked' })
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    expect(broker.stats.connections).toBe(3)
    dead[leave]()
    await connections(2)
    answers[0]?.(true)
    await turns()
    expect(await living.settled()).toEqual([])
    expect(broker.stats.connections).toBe(2)
  })
})

describe.each(schemes)('when it was connected, over %s', (scheme) => {
  test('one that said all it had to say and went is served to the end', async () => {
    const { client, watcher, answers, connections } = await asking(scheme)
    client.post('free', 'two')
    client.send({ type: 'disconnect', reasonCode: 0 })
    client.end()
    await client.closed()
    expect(await watcher.settled()).toEqual([])
    answers[0]?.(true)
    // The Will is deleted: DISCONNECT was read [MQTT-3.14.4-3].
    expect((await watcher.messages(2)).map(payloadText)).toEqual(['one', 'two'])
    await connections(1)
    expect(await watcher.settled()).toEqual([])
  })

  test('one that went without DISCONNECT is served to the end, and then its Will', async () => {
    const { client, watcher, answers, connections } = await asking(scheme)
    client.post('free', 'two')
    client.end()
    await client.closed()
    answers[0]?.(true)
    expect((await watcher.messages(3)).map(payloadText)).toEqual(['one', 'two', 'gone'])
    await connections(1)
  })

  test('one whose answer never comes is gone after ten seconds', async () => {
    const { client, clock, watcher, broker, connections } = await asking(scheme)
    client.end()
    await client.closed()
    await connections(1)
    clock.advance(9_999)
    expect(broker.stats.departed).toBe(1)
    expect(await watcher.settled()).toEqual([])
    clock.advance(1)
    expect(broker.stats.departed).toBe(0)
    expect((await watcher.messages(1)).map(payloadText)).toEqual(['gone'])
  })

  test('one that has come back is not in its own way', async () => {
    const { broker, client, url, watcher, answers, connections } = await asking(scheme)
    client.end()
    await client.closed()
    await connections(1)
    expect(broker.stats.departed).toBe(1)
    const again = await WireClient.connect(url, { clientId: 'a' })
    expect(broker.stats).toMatchObject({ connections: 2, departed: 0 })
    answers[0]?.(true)
    await turns()
    expect((await watcher.settled()).map(payloadText)).toEqual(['gone'])
    expect(await again.settled()).toEqual([])
  })

  test('a broker that closes does not wait for it', async () => {
    const { client, broker, connections } = await asking(scheme)
    client.end()
    await client.closed()
    await connections(1)
    await broker.close()
    expect(broker.stats).toMatchObject({ connections: 0, departed: 0 })
  })
})

test('one that went while it was behind in reading, and reads on, is served to the end', async () => {
  const answers: Answer[] = []
  const {
    broker,
    url,
    connections,
    client: connect,
  } = await listening('tcp', {
    authorize: ({ topic }) => topic !== 'asked' || new Promise((resolve) => void answers.push(resolve)),
  })
  const publisher = await connect('publisher')
  const reader = await connect('reader')
  await reader.subscribe('will')
  await reader.subscribe('free')
  const client = await WireClient.connect(url, { clientId: 'a', will })
  await client.subscribe('flood')
  client.freeze()
  while (broker.counters.dropped['slow-receiver'] === 0) {
    publisher.post('flood', new Uint8Array(250_000))
    await publisher.settled()
  }
  client.post('asked', 'one')
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  client.post('free', 'two')
  client.send({ type: 'disconnect', reasonCode: 0 })
  client.end()
  await turns(20)
  client.thaw()
  await client.closed()
  answers[0]?.(true)
  // DISCONNECT was read, too: there is no Will [MQTT-3.14.4-3].
  expect((await reader.messages(1)).map(payloadText)).toEqual(['two'])
  await connections(3)
  expect(await reader.settled()).toEqual([])
})

test('what comes for one that went waits for it, or goes to another of its group', async () => {
  const answers: Answer[] = []
  const {
    url,
    connections,
    client: connect,
  } = await listening('tcp', {
    limits: { queueQos0: true },
    authorize: ({ topic }) => topic !== 'asked' || new Promise((resolve) => void answers.push(resolve)),
  })
  const living = await connect('living')
  await living.subscribe('$share/group/x', { qos: 1 })
  const wishes = { clientId: 'a', properties: { sessionExpiryInterval: 60 } }
  const client = await WireClient.connect(url, wishes)
  await client.subscribe('$share/group/x', { qos: 1 })
  await client.subscribe('y')
  client.post('asked', 'one')
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  client.end()
  await client.closed()
  await turns(20)
  const publisher = await connect('publisher')
  for (const payload of ['1', '2', '3', '4']) await publisher.publish('x', payload, { qos: 1 })
  publisher.post('y', 'while it was away')
  await publisher.settled()
  expect((await living.messages(4)).map(payloadText)).toEqual(['1', '2', '3', '4'])
  const again = await WireClient.connect(url, { ...wishes, cleanStart: false })
  expect((await again.messages(1)).map(payloadText)).toEqual(['while it was away'])
  await connections(4)
})

test.each(schemes)('over %s one that is reset is gone at once', async (scheme) => {
  const { broker, client, watcher, answers, connections } = await asking(scheme)
  client.reset()
  await connections(1)
  expect(broker.stats.departed).toBe(0)
  expect((await watcher.messages(1)).map(payloadText)).toEqual(['gone'])
  answers[0]?.(true)
  expect(await watcher.settled()).toEqual([])
})

test('what it goes on sending is taken up to a bound, and all of it is served', async () => {
  const { client, answers } = await asking('tcp')
  const data = vi.spyOn(Connection.prototype, 'data')
  const taken = (): number => data.mock.calls.reduce((sum, [chunk]) => sum + chunk.length, 0)
  // No receiver that would have to keep up.
  const payload = new Uint8Array(512 * 1024)
  for (let i = 0; i < 32; i++) client.post('$free', payload, { qos: 1 })
  await vi.waitFor(() => expect(taken()).toBeGreaterThanOrEqual(65_536))
  await turns(100)
  expect(taken()).toBeLessThanOrEqual(2 * 65_536)
  answers[0]?.(true)
  for (let i = 0; i < 32; i++) expect((await client.next('puback')).packetId).toBe(i + 1)
  data.mockRestore()
})

test('the bound is for each time that it is held: one that has been read on is seen going when it is held again', async () => {
  const { client, answers, connections } = await asking('tcp')
  const payload = new Uint8Array(80 * 1024)
  client.post('$free', payload, { qos: 1 })
  // So much that it was not read to its end before the answer came.
  client.post('$free', payload, { qos: 1 })
  await turns(20)
  answers[0]?.(true)
  for (let i = 0; i < 2; i++) await client.next('puback')
  client.post('asked', 'two')
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  client.reset()
  await connections(1)
})

test.each(schemes)(
  'one that the server ended while it was held is gone when its end has gone, over %s',
  async (scheme) => {
    const { broker, client, answers, connections } = await asking(scheme)
    broker.disconnect('a')
    expect(await client.goodbye()).toBe(0x98)
    client.end()
    // No clock is moved: it does not wait for its ten seconds.
    await connections(1)
    expect(broker.stats).toMatchObject({ departed: 0, sessions: 1 })
    answers[0]?.(true)
  },
)

// What a hostile client can make the log say.
import { expect, test } from 'vitest'
import { type LogLine, persistent, startBroker, turns } from './harness.ts'
import { WireClient } from './wire-client.ts'

const of = (logs: readonly LogLine[], msg: string) => logs.filter((line) => line.msg.startsWith(msg))

test('malformed CONNECTs: one line per address in ten seconds, and how many were left out', async () => {
  const { broker, clock, logs } = startBroker()
  const attack = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const one = await WireClient.open(broker)
      one.sendBytes([0x10, 2, 0, 0])
      await one.closed()
    }
    await turns()
  }
  await attack(50)
  expect(of(logs, 'client broke the protocol')).toHaveLength(1)
  expect(broker.counters.connectionsFaulted).toBe(50)
  clock.advance(9_999)
  expect(of(logs, 'client broke the protocol')).toHaveLength(1)
  clock.advance(1)
  expect(of(logs, 'client broke the protocol')[1]).toMatchObject({ reasonCode: 0x81, leftOut: 48 })
  await attack(2)
  expect(of(logs, 'client broke the protocol')).toHaveLength(2)
  clock.advance(10_000)
  expect(of(logs, 'client broke the protocol')[2]).toMatchObject({ leftOut: 1 })
  // Nothing came: it is forgotten, and the next one is written at once.
  clock.advance(10_000)
  expect(clock.timers).toBe(0)
  await attack(1)
  expect(of(logs, 'client broke the protocol')).toHaveLength(4)
})

test('another reason code is another line, also from the same address', async () => {
  const { broker, clock, logs } = startBroker()
  const malformed = async () => {
    const one = await WireClient.open(broker)
    one.sendBytes([0x10, 2, 0, 0])
    await one.closed()
  }
  for (let i = 0; i < 5; i++) await malformed()
  const other = await WireClient.connect(broker, { clientId: 'other' })
  other.send({ type: 'subscribe', packetId: 1, subscriptions: [subscription('a/#/b')], properties: {} })
  await other.closed()
  const lines = () => of(logs, 'client broke the protocol')
  expect(lines()).toMatchObject([{ reasonCode: 0x81 }, { reasonCode: 0x8f, clientId: 'other' }])
  clock.advance(10_000)
  expect(lines().slice(2)).toMatchObject([{ reasonCode: 0x81, leftOut: 3 }])
})

const subscription = (topicFilter: string) =>
  ({ topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }) as const

test('drops: what was held back stands in the line that ends the ten seconds, or the last one', async () => {
  const { broker, client, clock, logs } = startBroker({ limits: { queueMessagesMax: 1 } })
  const one = await client('one', persistent)
  await one.subscribe('t', { qos: 1 })
  await one.drop()
  const publisher = await client('publisher')
  const publish = async (count: number) => {
    for (let i = 0; i < count; i++) await publisher.publish('t', 'x', { qos: 1 })
  }
  const lines = () => of(logs, 'messages for this client')
  await publish(1 + 500)
  expect(lines()).toMatchObject([{ clientId: 'one', reason: 'queue-full', qos: 1, dropped: 1, queued: 1 }])
  clock.advance(10_000)
  expect(lines().slice(1)).toMatchObject([{ clientId: 'one', dropped: 499, leftOut: 0 }])
  await publish(20)
  expect(lines()).toHaveLength(2)
  clock.advance(10_000)
  expect(lines().slice(2)).toMatchObject([{ dropped: 20 }])
  // Nothing came meanwhile: the next one is written at once, and what follows is said at the end.
  clock.advance(10_000)
  await publish(3)
  expect(lines().slice(3)).toMatchObject([{ dropped: 1 }])
  await broker.close()
  expect(lines().slice(4)).toMatchObject([{ dropped: 2 }])
})

test('drops of more clients than are remembered share a line, and none is left uncounted', async () => {
  const { broker, client, clock, logs } = startBroker({ limits: { queueMessagesMax: 0 } })
  for (let i = 0; i < 110; i++) {
    const one = await client(`${i}`, persistent)
    await one.subscribe('t', { qos: 1 })
    await one.drop()
  }
  const publisher = await client('publisher')
  for (let i = 0; i < 4; i++) await publisher.publish('t', 'x', { qos: 1 })
  clock.advance(10_000)
  const dropped = of(logs, 'messages for this client').map((line) => Number(line['dropped']))
  expect(dropped).toHaveLength(202)
  expect(dropped.reduce((sum, each) => sum + each, 0)).toBe(440)
  expect(broker.counters.dropped['queue-full']).toBe(440)
})

test('refused clients: the same, and what was left out is said at the end', async () => {
  const { broker, logs } = startBroker({ authenticate: () => false })
  for (let i = 0; i < 20; i++) await WireClient.attempt(broker, { clientId: `${i}` })
  expect(of(logs, 'client refused')).toHaveLength(1)
  await broker.close()
  expect(of(logs, 'client refused')[1]).toMatchObject({ clientId: '19', leftOut: 18 })
})

test('refused messages and subscriptions: one line of each kind per client', async () => {
  const { broker, client, clock, logs } = startBroker({ authorize: () => false })
  for (const clientId of ['one', 'two']) {
    const each = await client(clientId)
    for (let i = 0; i < 30; i++) await each.publish('t', 'x', { qos: 1 })
    for (let i = 0; i < 30; i++) await each.subscribe('t')
  }
  expect(of(logs, 'message refused').map((line) => line)).toMatchObject([{ clientId: 'one' }, { clientId: 'two' }])
  expect(of(logs, 'subscription refused')).toHaveLength(2)
  expect(broker.counters.messagesRefused).toBe(60)
  clock.advance(10_000)
  expect(of(logs, 'message refused')).toHaveLength(4)
  expect(of(logs, 'message refused')[3]).toMatchObject({ clientId: 'two', leftOut: 28 })
})

test('however many Client Identifiers somebody makes up, the log and its memory are bounded', async () => {
  const { client, clock, logs } = startBroker({ authorize: () => false })
  for (let i = 0; i < 300; i++) {
    const one = await client(`${i}`)
    await one.publish('t', 'x', { qos: 1 })
    await one.disconnect()
  }
  expect(of(logs, 'message refused')).toHaveLength(101)
  clock.advance(10_000)
  // One line for all the others.
  expect(of(logs, 'message refused')).toHaveLength(102)
  expect(of(logs, 'message refused')[101]).toMatchObject({ leftOut: 198 })
})

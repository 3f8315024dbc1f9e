// What a hostile client can make the log say.
import { expect, test } from 'vitest'
import { startBroker, turns } from './harness.ts'
import { WireClient } from './wire-client.ts'

const of = (logs: readonly { msg: string }[], msg: string) => logs.filter((line) => line.msg.startsWith(msg))

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

// What has gone wrong in other brokers (see hostile-packets.test.ts): settings, the server's own topics, and zeros.
import { describe, expect, test } from 'vitest'
import { type BrokerOptions, createBroker } from '../src/broker.ts'
import { startBroker, turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

const payload = new TextEncoder().encode('x')

describe('class 8: an option that is wrong keeps the broker from starting', () => {
  test.each<[string, unknown]>([
    ['a limit that does not exist', { limits: { queueMessageMax: 1 } }],
    ['a limit that is no number', { limits: { connectionsMax: '10' } }],
    ['a limit that is NaN', { limits: { sessionsMax: Number.NaN } }],
    ['a limit below its range', { limits: { maximumPacketSize: 0 } }],
    ['a policy that does not exist', { limits: { queuePolicy: 'drop' } }],
    ['a strategy that does not exist', { sharedStrategy: 'fair' }],
    ['a strategy that every object has', { sharedStrategy: 'toString' }],
    ['an authenticator that is no function', { authenticate: 'everybody' }],
    ['an authorizer that is no function', { authorize: true }],
    ['an authorizer that is null', { authorize: null }],
    ['an option that does not exist', { authorise: () => false }],
    ['a store that is a path', { store: './data' }],
    ['a store that is not whole', { store: { load: async () => ({ sessions: [], retained: [] }) } }],
    ['anonymous clients, allowed by a text', { allowAnonymous: 'no' }],
    ['mechanisms that are no list', { mechanisms: {} }],
  ])('%s', (_title, options) => {
    expect(() => createBroker(options as BrokerOptions)).toThrow(expect.objectContaining({ code: 'MQ_BAD_OPTION' }))
  })
})

test('what is wrong with an option is said, and what is allowed', () => {
  const wrong = { authorise: () => false } as BrokerOptions
  expect(() => createBroker(wrong)).toThrow('there is no option authorise; the options are logger, store, limits, auth')
  const path = { store: './data' } as unknown as BrokerOptions
  expect(() => createBroker(path)).toThrow("store is './data'; memoryStore() is one, or")
})

describe('class 10: $SYS/ is not reached', () => {
  test('by a Will', async () => {
    const { broker } = startBroker()
    for (const topicName of ['$SYS', '$SYS/broker']) {
      const will = { topicName, payload, qos: 0, retain: true } as const
      expect((await WireClient.attempt(broker, { will })).connack?.reasonCode).toBe(0x87)
    }
  })

  test('[MQTT-4.7.2-1] by a shared wildcard: # and + do not match topics that begin with $', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe(['$share/g/#', '$share/h/+/x', '#', '+/x'])
    const publisher = await client('publisher')
    expect(await publisher.publish('$own/x', 'x', { qos: 1, retain: true })).toBe(0x10)
    expect(await one.settled()).toEqual([])
    // Nor what is retained there.
    await one.subscribe(['#', '+/x'])
    expect(await one.settled()).toEqual([])
  })

  test('by a Topic Alias', async () => {
    const { broker, client } = startBroker()
    const one = await client('one')
    expect(await one.publish('$SYS/x', 'x', { qos: 1, properties: { topicAlias: 1 } })).toBe(0x87)
    expect(await one.publish('', 'x', { qos: 1, properties: { topicAlias: 1 } })).toBe(0x87)
    expect(broker.counters.messagesRefused).toBe(2)
  })
})

describe('class 16: zeros', () => {
  test('limits of 0 where they are allowed', async () => {
    const { broker, client } = startBroker({
      limits: { queueMessagesMax: 0, retainedMessagesMax: 0, topicAliasMaximum: 0, sessionExpiryMaximum: 0 },
    })
    const one = await client('one', { keepAlive: 0, silent: true, properties: { receiveMaximum: 1 } })
    await one.subscribe(['t', '$share/g/t'], { qos: 1 })
    const publisher = await client('publisher')
    for (let i = 0; i < 10; i++) await publisher.publish('t', `${i}`, { qos: 1 })
    expect(payloadText(await one.next('publish'))).toBe('0')
    expect(broker.counters.dropped['queue-full']).toBeGreaterThan(0)
  })

  test.each(['round-robin', 'random', 'sticky', 'least-busy'] as const)(
    '%s among members that go',
    async (strategy) => {
      const { client } = startBroker({ sharedStrategy: strategy })
      const publisher = await client('publisher')
      const members = await Promise.all(['a', 'b', 'c'].map((clientId) => client(clientId)))
      for (const each of members) await each.subscribe('$share/g/t', { qos: 1 })
      for (const each of members) {
        expect(await publisher.publish('t', 'x', { qos: 1 })).toBe(0)
        await each.drop()
        await turns()
      }
      expect(await publisher.publish('t', 'x', { qos: 1 })).toBe(0x10)
    },
  )
})

test('section 3.1.2.11.4: a message that is too large for one member of a shared subscription goes to another', async () => {
  const { broker, client } = startBroker({ sharedStrategy: 'sticky' })
  const small = await client('small', { properties: { maximumPacketSize: 60 } })
  await small.subscribe('$share/g/t', { qos: 1 })
  const publisher = await client('publisher')
  await publisher.publish('t', 'little', { qos: 1 })
  expect(await small.payloads()).toEqual(['little'])
  const large = await client('large')
  await large.subscribe('$share/g/t', { qos: 1, identifier: 5 })
  await publisher.publish('t', 'x'.repeat(100), { qos: 1 })
  expect(await large.payloads()).toEqual(['x'.repeat(100)])
  await large.disconnect()
  // [MQTT-3.1.2-25] nobody is left who can take it: as if it had been sent.
  expect(await publisher.publish('t', 'x'.repeat(100), { qos: 1 })).toBe(0)
  expect(broker.counters.dropped['too-large']).toBe(1)
  expect(await small.settled()).toEqual([])
})

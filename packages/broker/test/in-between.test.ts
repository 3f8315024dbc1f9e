// Work that is spread over turns of the event loop, and what happens between two of them.
import { expect, test } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { persistent, startBroker, turns } from './harness.ts'

test('a session that its client has ended is not there after a restart, though its end had to wait', async () => {
  const store = memoryStore()
  const { broker, client } = startBroker({ store })
  const topicFilters = Array.from({ length: 4200 }, (_, i) => `t/${i}`)
  const clients = await Promise.all(Array.from({ length: 10 }, (_, n) => client(`c${n}`, persistent)))
  for (const each of clients) await each.subscribe(topicFilters)
  for (const each of clients) {
    each.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } })
  }
  await turns(3)
  await broker.close()
  const later = startBroker({ store })
  await turns()
  expect(later.broker.stats.sessions).toBe(0)
})

test('reauthorize asks about all sessions, though others come meanwhile', { timeout: 60_000 }, async () => {
  let isRevoked = false
  const meanwhile: Promise<unknown>[] = []
  const { broker, client } = startBroker({
    authorize: ({ action }) => {
      if (!isRevoked || action !== 'subscribe') return true
      // The map of sessions is divided at 8,192.
      if (meanwhile.length === 0) for (let n = 0; n < 10; n++) meanwhile.push(client(`new ${n}`))
      return false
    },
  })
  const count = 8190
  for (let n = 0; n < count; n++) await (await client(`c${n}`)).subscribe('s')
  isRevoked = true
  expect(await broker.reauthorize()).toBe(count)
  await Promise.all(meanwhile)
})

test('an authorizer that answers in a microtask lets others be served between slices of retained messages', async () => {
  let asked = 0
  let isRevoked = false
  const { client } = startBroker({
    authorize: async ({ action }) => {
      if (!isRevoked || action !== 'publish') return true
      asked++
      return false
    },
  })
  const publisher = await client('publisher')
  for (let i = 0; i < 5000; i++) publisher.post(`r/${i}`, 'x', { retain: true })
  await publisher.publish('end', 'x', { qos: 1 })
  isRevoked = true
  const receiver = await client('receiver')
  await receiver.subscribe('r/#')
  while (asked === 0) await turns(1)
  expect(asked).toBeLessThan(5000)
})

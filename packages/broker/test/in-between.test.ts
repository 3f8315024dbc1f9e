// Work that is spread over turns of the event loop, and what happens between two of them.
import { expect, test } from 'vitest'
import { memoryStore } from '../src/store/memory-store.ts'
import { persistent, startBroker, turns } from './harness.ts'
import { connectPacket, packetBytes, WireClient } from './wire-client.ts'

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

/** `t/0` to `t/{count - 1}`. */
function requests(count: number, retainHandling: 0 | 1 = 0) {
  const options = { qos: 1, noLocal: false, retainAsPublished: false, retainHandling } as const
  return Array.from({ length: count }, (_, n) => ({ topicFilter: `t/${n}`, ...options }))
}

test('[MQTT-3.3.1-10] a SUBSCRIBE that its connection did not live to see done leaves what it owes to the next one', async () => {
  const { broker, client } = startBroker()
  await (await client('publisher')).publish('t/0', 'kept', { retain: true, qos: 1 })
  const subscriptions = requests(2000, 1)
  const first = await client('one', persistent)
  first.send({ type: 'subscribe', packetId: 1, subscriptions })
  const second = await client('one', { ...persistent, cleanStart: false })
  expect((await first.closed()).map((each) => each.type)).toEqual(['disconnect'])
  expect(broker.stats.subscriptions).toBeGreaterThan(0)
  expect(broker.stats.subscriptions).toBeLessThan(2000)
  // Those that are there are not new, so only the first SUBSCRIBE can bring their messages.
  second.send({ type: 'subscribe', packetId: 2, subscriptions })
  const got = await second.settled()
  expect(got.map((each) => each.type).sort()).toEqual(['publish', 'suback'])
})

test('a late answer takes nothing from the session that came after the one it is about', async () => {
  const store = memoryStore()
  const late: ((yes: boolean) => void)[] = []
  let isLate = false
  const { broker, client } = startBroker({
    store,
    authorize: ({ action, userName }) => {
      if (userName === 'old' && isLate) return new Promise((resolve) => void late.push(resolve))
      // While the new session subscribes, that of the old is still being taken apart.
      if (action === 'subscribe') for (const answer of late.splice(0)) answer(false)
      return true
    },
  })
  const old = await client('one', { ...persistent, userName: 'old' })
  await old.subscribe(requests(200).map((each) => each.topicFilter))
  isLate = true
  const removed = broker.reauthorize('one')
  await turns(2)
  const next = await WireClient.open(broker, 5, 'one')
  const packets = [
    connectPacket({ ...persistent, clientId: 'one', userName: 'new' }),
    { type: 'subscribe', packetId: 1, subscriptions: requests(200) } as const,
  ]
  next.sendBytes(Buffer.concat(packets.map((each) => packetBytes(each, 5))))
  await next.next('connack')
  await next.next('suback')
  expect(await removed).toBe(0)
  await turns(20)
  expect(broker.stats.subscriptions).toBe(200)
  const [stored] = (await store.load()).sessions
  expect(stored?.subscriptions).toHaveLength(200)
})

test('what an authorizer lets through of a client that it ends is delivered once, when it comes again', async () => {
  let isEnded = false
  const { broker, client } = startBroker({
    authorize: ({ action, clientId }) => {
      if (action === 'publish' && !isEnded) isEnded = broker.disconnect(clientId)
      return true
    },
  })
  const watcher = await client('watcher')
  await watcher.subscribe('t', { qos: 2 })
  const first = await client('one', persistent)
  first.post('t', 'once', { qos: 2, packetId: 7 })
  await first.closed()
  expect(broker.counters.messagesDiscarded).toBe(1)
  const second = await client('one', { ...persistent, cleanStart: false })
  second.post('t', 'once', { qos: 2, packetId: 7, dup: true })
  await second.next('pubrec')
  expect(await watcher.payloads()).toEqual(['once'])
})

// Work that takes much longer than a message is spread over turns of the event loop (src/limit/turn.ts).
import type { Packet } from '@mq/core'
import { describe, expect, test, vi } from 'vitest'
import { startBroker, turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

const filters = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    topicFilter: `t/${from + i}`,
    qos: 1 as const,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0 as const,
  }))

/** Enough for a turn of the loop and more. */
function spend(client: WireClient): void {
  client.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, 2000) })
}

describe('more than a turn of the event loop takes', () => {
  test('subscriptions of many clients at once: all are made, and each client keeps its order', async () => {
    const { broker, client } = startBroker()
    const clients = await Promise.all(Array.from({ length: 8 }, (_, n) => client(`c${n}`)))
    for (const each of clients) {
      each.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, 900) })
      each.send({ type: 'unsubscribe', packetId: 2, topicFilters: ['t/0', 't/none'] })
      each.send({ type: 'subscribe', packetId: 3, subscriptions: filters(900, 300) })
      each.send({ type: 'pingreq' })
    }
    for (const each of clients) {
      expect(await each.next('suback')).toMatchObject({ packetId: 1, reasonCodes: new Array(900).fill(1) })
      expect(await each.next('unsuback')).toMatchObject({ packetId: 2, reasonCodes: [0, 0x11] })
      expect(await each.next('suback')).toMatchObject({ packetId: 3 })
      await each.next('pingresp')
    }
    expect(broker.stats.subscriptions).toBe(8 * 1199)
  })

  test('packets with one Topic Filter count for more than that: thirty or so are done in a turn', async () => {
    const { broker, client } = startBroker()
    const clients = await Promise.all(Array.from({ length: 200 }, (_, n) => client(`c${n}`)))
    for (const each of clients) each.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, 1) })
    const made: number[] = []
    for (let before = 0; before < 200; before = broker.stats.subscriptions) {
      await turns(1)
      made.push(broker.stats.subscriptions - before)
    }
    expect(Math.max(...made)).toBeGreaterThan(10)
    expect(Math.max(...made)).toBeLessThan(70)
    for (const each of clients) expect(await each.next('suback')).toMatchObject({ reasonCodes: [1] })
  })

  test('a message to many in such a turn arrives once, in order, before its PUBACK, though its publisher leaves at once', async () => {
    const { client } = startBroker()
    const receivers = await Promise.all(Array.from({ length: 300 }, (_, n) => client(`r${n}`)))
    for (const each of receivers) await each.subscribe('all', { qos: 1 })
    const publisher = await client('p')
    const leaving = await client('leaving')
    spend(await client('busy'))
    publisher.post('all', 'one', { qos: 1 })
    publisher.post('all', 'two', { qos: 1 })
    publisher.post('all', 'three')
    leaving.post('all', 'bye')
    leaving.send({ type: 'disconnect', reasonCode: 0 })
    expect(await publisher.next('puback')).toMatchObject({ reasonCode: 0 })
    for (const each of receivers) {
      const payloads = (await each.messages(4)).map(({ payload }) => new TextDecoder().decode(payload))
      expect(payloads.filter((each) => each !== 'bye')).toEqual(['one', 'two', 'three'])
      expect(payloads).toContain('bye')
    }
  })

  test('who has gone meanwhile gets no subscription', async () => {
    const { broker, client } = startBroker()
    const gone = await client('gone')
    spend(await client('busy'))
    gone.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, 10) })
    await gone.drop()
    await vi.waitFor(() => expect(broker.stats).toMatchObject({ sessions: 1, subscriptions: 2000 }))
  })
})

describe('a packet with more Topic Filters than a turn of the event loop takes', () => {
  const count = 5000

  test('others are served before it is done, and what its client sent behind it after', async () => {
    const { broker, client } = startBroker()
    const bystander = await client('bystander')
    const many = await client('many')
    many.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, count) })
    many.send({ type: 'pingreq' })
    bystander.send({ type: 'pingreq' })
    await bystander.next('pingresp')
    const made = broker.stats.subscriptions
    expect(made).toBeGreaterThan(0)
    expect(made).toBeLessThan(count)
    expect(await many.next('suback')).toMatchObject({ packetId: 1, reasonCodes: new Array(count).fill(1) })
    await many.next('pingresp')
    expect(broker.stats.subscriptions).toBe(count)
    const topicFilters = filters(0, count).map((each) => each.topicFilter)
    many.send({ type: 'unsubscribe', packetId: 2, topicFilters })
    bystander.send({ type: 'pingreq' })
    await bystander.next('pingresp')
    expect(broker.stats.subscriptions).toBeGreaterThan(0)
    expect(await many.next('unsuback')).toMatchObject({ packetId: 2, reasonCodes: new Array(count).fill(0) })
    expect(broker.stats.subscriptions).toBe(0)
  })

  test('whose client sent nothing more after it and left: all are made', async () => {
    const { broker } = startBroker()
    const options = { clientId: 'leaves', properties: { sessionExpiryInterval: 60 } }
    const leaves = await WireClient.connect(broker, options)
    leaves.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, count) })
    leaves.end()
    await vi.waitFor(() => expect(broker.stats).toMatchObject({ connections: 0, subscriptions: count }))
  })

  test('whose session is taken over meanwhile: what is left is not made, and the other client is served', async () => {
    const { broker, client } = startBroker()
    const options = { clientId: 'one', cleanStart: false, properties: { sessionExpiryInterval: 60 } }
    const first = await WireClient.connect(broker, options)
    const busy = await client('busy')
    busy.send({ type: 'subscribe', packetId: 1, subscriptions: filters(count, 1000) })
    first.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, count) })
    const second = await WireClient.connect(broker, options)
    await busy.next('suback')
    await second.subscribe('mine')
    const made = broker.stats.subscriptions
    expect(made).toBeLessThan(count)
    await second.subscribe('mine too')
    expect(broker.stats.subscriptions).toBe(made + 1)
  })
})

test('who gets one message does not wait for the thousand who got another just before', async () => {
  const { client } = startBroker()
  const many = await Promise.all(Array.from({ length: 1000 }, (_, n) => client(`r${n}`)))
  for (const each of many) await each.subscribe('all')
  const one = await client('one')
  await one.subscribe('other')
  const publisher = await client('p')
  let served = 0
  const all = many.map(async (each) => {
    await each.next('publish')
    served++
  })
  publisher.post('all', 'x')
  publisher.post('other', 'y')
  await one.next('publish')
  expect(served).toBeLessThan(600)
  await Promise.all(all)
})

describe('a session with very many subscriptions that ends', () => {
  test('gets nothing more and is nobody from then on, though it takes turns to forget them', async () => {
    const { broker, client } = startBroker()
    const stays = await client('stays')
    await stays.subscribe('t/#', { qos: 1 })
    const many = await client('many')
    many.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, 5000) })
    await many.next('suback')
    const publisher = await client('publisher')
    expect(await publisher.publish('t/4999', 'one', { qos: 1 })).toBe(0)
    await many.drop()
    expect(broker.stats).toMatchObject({ sessions: 2, subscriptions: 1 })
    expect(await publisher.publish('t/4999', 'two', { qos: 1 })).toBe(0)
    expect(await stays.payloads()).toEqual(['one', 'two'])
    stays.send({ type: 'unsubscribe', packetId: 9, topicFilters: ['t/#'] })
    await stays.next('unsuback')
    expect(await publisher.publish('t/4999', 'three', { qos: 1 })).toBe(0x10)
    const again = await client('many')
    await again.subscribe('t/4999', { qos: 1 })
    expect(await publisher.publish('t/4999', 'four', { qos: 1 })).toBe(0)
    expect(await again.payloads()).toEqual(['four'])
    expect(broker.stats.subscriptions).toBe(1)
  })
})

describe('sessions that end in a turn that has done its share', () => {
  test('are gone soon, and nobody carries one on that is ending', async () => {
    const { broker, client } = startBroker()
    const one = await client('one')
    one.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, 100) })
    await one.next('suback')
    const publisher = await client('publisher')
    const busy = await client('busy')
    spend(busy)
    await one.drop()
    const again = await WireClient.attempt(broker, { clientId: 'one', cleanStart: false })
    expect(again.connack).toMatchObject({ reasonCode: 0, sessionPresent: false })
    await busy.next('suback')
    expect(await publisher.publish('t/1', 'x', { qos: 1 })).toBe(0)
    expect(await again.client.payloads()).toEqual([])
    expect(broker.stats).toMatchObject({ sessions: 3, subscriptions: 2000 })
  })
})

test('answers of an authorizer that come together are acted upon in turns, each in the order of its client', async () => {
  let answer: (allowed: boolean) => void = () => undefined
  const together = new Promise<boolean>((resolve) => {
    answer = resolve
  })
  const { broker, client } = startBroker({ authorize: () => together })
  const clients = await Promise.all(Array.from({ length: 6 }, (_, n) => client(`c${n}`)))
  for (const each of clients) {
    each.send({ type: 'subscribe', packetId: 1, subscriptions: filters(0, 900) })
    each.post('t/0', 'x', { qos: 1, packetId: 7 })
  }
  answer(true)
  for (const each of clients) {
    const got: Packet[] = []
    while (!got.some(({ type }) => type === 'puback')) got.push(...(await each.settled()))
    // A message may come before SUBACK (section 3.8.4): from a client that was served before.
    const answers = got.filter(({ type }) => type !== 'publish')
    expect(answers).toMatchObject([
      { type: 'suback', packetId: 1, reasonCodes: new Array(900).fill(1) },
      { type: 'puback', packetId: 7 },
    ])
    expect(got.some(({ type }) => type === 'publish')).toBe(true)
  }
  expect(broker.stats.subscriptions).toBe(6 * 900)
})

/** PUBLISH at QoS 0, without properties or payload. */
const publishBytes = (topicName: string): number[] => [
  0x30,
  topicName.length + 3,
  0,
  topicName.length,
  ...new TextEncoder().encode(topicName),
  0,
]

test.each([
  ['subscriptions', (_n: number) => 'all'],
  ['shared subscriptions', (n: number) => `$share/group-${n}/all`],
])('a message to very many, by %s, does not keep another waiting', async (_what, filterOf) => {
  const { client } = startBroker()
  for (let n = 0; n < 300; n++) await (await client(`r${n}`)).subscribe(filterOf(n))
  const bystander = await client('bystander')
  await bystander.subscribe('other')
  const publisher = await client('p')
  const receive = vi.spyOn(WireClient.prototype, 'receive')
  publisher.sendBytes([...publishBytes('all'), ...publishBytes('other')])
  await bystander.messages(1)
  expect(receive.mock.contexts[0]).toBe(bystander)
  await vi.waitFor(() => expect(receive).toHaveBeenCalledTimes(301))
  receive.mockRestore()
})

test.each([
  ['to very many, in the process', 300, 4096, undefined],
  ['that is long, over TCP', 2, 100_000, 'tcp://127.0.0.1:0'],
])('a payload %s arrives as it was, and what comes behind it too', async (_what, count, size, url) => {
  const { broker, client } = startBroker()
  const to = url === undefined ? broker : (await broker.listen(url)).url
  const receivers: WireClient[] = []
  for (let n = 0; n < count; n++) receivers.push(await WireClient.connect(to, { clientId: `r${n}` }))
  for (const each of receivers) await each.subscribe('all', { qos: 1 })
  const publisher = await client('p')
  const payloads = [1, 2, 3].map((seed) => new Uint8Array(size).map((_, i) => i * seed))
  const properties = { contentType: 'bytes', messageExpiryInterval: 60 }
  for (const payload of payloads) publisher.post('all', payload, { qos: 1, properties })
  publisher.post('all', 'short', { qos: 1 })
  for (const each of receivers) {
    const [last, ...large] = (await each.messages(4)).reverse()
    expect(payloadText(last!)).toBe('short')
    for (const [at, message] of large.reverse().entries()) {
      expect(Buffer.compare(message.payload, payloads[at]!)).toBe(0)
      expect(message.properties).toEqual(properties)
    }
  }
})

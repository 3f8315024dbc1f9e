// The acknowledgement is a promise: it leaves when what it promises is durable, and never when that has failed.
import { describe, expect, onTestFinished, test } from 'vitest'
import { persistent, startBroker, turns } from './harness.ts'
import { slowStore } from './slow-store.ts'
import { connectPacket, payloadText, WireClient } from './wire-client.ts'

const subscribeTo = (topicFilter: string, packetId = 1) =>
  ({
    type: 'subscribe',
    packetId,
    subscriptions: [{ topicFilter, qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
  }) as const

/** A broker on a slow store, a subscriber with a session that is kept, and a publisher without. */
async function slow() {
  const store = slowStore()
  const started = startBroker({ store })
  onTestFinished(() => store.hurry())
  const opening = started.client('subscriber', persistent)
  while (store.waiting === 0) await turns(1)
  await store.settle()
  const subscriber = await opening
  subscriber.send(subscribeTo('kept/#'))
  await turns()
  await store.settle()
  await subscriber.next('suback')
  const publisher = await started.client('publisher')
  return { ...started, store, subscriber, publisher }
}

describe('what waits for its commit', () => {
  test('CONNACK of a session that is kept; not that of another', async () => {
    const store = slowStore()
    const { broker, client } = startBroker({ store })
    onTestFinished(() => store.hurry())
    const kept = await WireClient.open(broker)
    kept.send(connectPacket({ clientId: 'kept', ...persistent }))
    await turns()
    expect(store.waiting).toBe(1)
    await store.settle()
    expect((await kept.next('connack')).reasonCode).toBe(0)
    await client('passing')
    expect(store.waiting).toBe(0)
  })

  test('PUBACK and PUBREC of a message for a kept session; not that of another', async () => {
    const { publisher, store } = await slow()
    expect(await publisher.publish('elsewhere', 'x', { qos: 1 })).toBe(0x10)
    publisher.post('kept/1', 'x', { qos: 1, packetId: 11 })
    publisher.post('kept/2', 'x', { qos: 2, packetId: 12 })
    await turns()
    expect(await publisher.settled()).toEqual([])
    await store.hurry()
    expect(await publisher.next('puback')).toMatchObject({ packetId: 11, reasonCode: 0 })
    expect(await publisher.next('pubrec')).toMatchObject({ packetId: 12, reasonCode: 0 })
  })

  test('PUBREC and PUBCOMP of a publisher whose own session is kept', async () => {
    const { client, store } = await slow()
    const opening = client('own', persistent)
    await turns()
    await store.settle()
    const own = await opening
    own.post('elsewhere', 'x', { qos: 2, packetId: 5 })
    await turns()
    expect(await own.settled()).toEqual([])
    await store.settle()
    expect(await own.next('pubrec')).toMatchObject({ packetId: 5 })
    own.ack('pubrel', 5)
    await turns()
    expect(await own.settled()).toEqual([])
    await store.settle()
    expect(await own.next('pubcomp')).toMatchObject({ packetId: 5 })
  })

  test('[MQTT-4.3.3-10] a message that was taken over is held, though its publisher is made to wait for its receivers', async () => {
    const store = slowStore()
    const { client, clock } = startBroker({ store, limits: { queueMessagesMax: 3 } })
    onTestFinished(() => store.hurry())
    const settling = async <T>(wanted: Promise<T>): Promise<T> => {
      const done = wanted.then(() => 'done')
      while ((await Promise.race([done, turns(1)])) !== 'done') if (store.waiting > 0) await store.settle()
      return wanted
    }
    const receiver = await client('receiver', { silent: true, properties: { receiveMaximum: 1 } })
    await receiver.subscribe('t', { qos: 2 })
    const publisher = await settling(client('publisher', persistent))
    for (const payload of ['0', '1']) expect(await settling(publisher.publish('t', payload, { qos: 1 }))).toBe(0)
    // It fills more than half of the queue: the publisher is read no more, and PUBREC waits for the commit.
    publisher.post('t', '2', { qos: 2, packetId: 7 })
    await turns()
    expect(store.waiting).toBe(1)
    await publisher.drop()
    clock.advance(1000)
    await settling(turns())
    const again = await settling(client('publisher', { ...persistent, cleanStart: false }))
    again.post('t', '2', { qos: 2, packetId: 7, dup: true })
    await settling(again.next('pubrec'))
    receiver.answers = true
    receiver.ack('puback', (await receiver.next('publish')).packetId ?? 0)
    expect((await receiver.messages(2)).map(payloadText)).toEqual(['1', '2'])
    // At QoS 2 its PUBREC, PUBREL and PUBCOMP come first; a second copy would follow.
    await receiver.settled()
    expect(await receiver.payloads()).toEqual([])
  })

  test('SUBACK, with what is retained behind it, and UNSUBACK', async () => {
    const { publisher, store, subscriber } = await slow()
    publisher.post('r', 'retained', { retain: true })
    subscriber.send(subscribeTo('r', 2))
    await turns()
    expect(await subscriber.settled()).toEqual([])
    await store.hurry()
    await subscriber.next('suback')
    expect(payloadText(await subscriber.next('publish'))).toBe('retained')
    expect(await subscriber.unsubscribe('r')).toEqual([0])
  })

  test('PUBACK of a retained message', async () => {
    const { publisher, store } = await slow()
    publisher.post('elsewhere', 'x', { qos: 1, retain: true })
    await turns()
    expect(await publisher.settled()).toEqual([])
    await store.settle()
    await publisher.next('puback')
  })

  test('[MQTT-4.3.3-5] PUBREL: the message is not sent again once it was', async () => {
    const { publisher, store, subscriber } = await slow()
    subscriber.answers = false
    publisher.post('kept/1', 'x', { qos: 2, packetId: 1 })
    const { packetId = 0 } = await subscriber.next('publish')
    await store.settle()
    subscriber.ack('pubrec', packetId)
    await turns()
    expect(await subscriber.settled()).toEqual([])
    while (store.waiting > 0) await store.settle()
    expect(await subscriber.next('pubrel')).toMatchObject({ packetId })
  })
})

describe('group commit', () => {
  test('a thousand publishers share a commit, and each gets its own acknowledgement', async () => {
    const { client, store } = await slow()
    const publishers = await Promise.all(Array.from({ length: 200 }, (_, i) => client(`p${i}`)))
    const before = store.commits
    for (const each of publishers) for (let i = 1; i <= 5; i++) each.post(`kept/${i}`, 'x', { qos: 1, packetId: i })
    await turns(20)
    expect(store.commits - before).toBe(1)
    await store.settle()
    expect(store.waiting).toBe(1)
    await store.settle()
    for (const each of publishers) {
      const ids: number[] = []
      for (let i = 0; i < 5; i++) ids.push((await each.next('puback')).packetId)
      expect(ids).toEqual([1, 2, 3, 4, 5])
    }
    expect(store.commits - before).toBe(2)
  })

  test('acknowledgements keep their order, whether they wait or not', async () => {
    const { publisher, store } = await slow()
    for (let i = 1; i <= 30; i++) {
      publisher.post(i % 3 === 0 ? 'kept/t' : 'elsewhere', 'x', { qos: i % 2 === 0 ? 1 : 2, packetId: i })
      if (i % 7 === 0) await turns(2)
      if (i % 10 === 0) await store.settle()
    }
    await turns()
    await store.hurry()
    const ids: number[] = []
    for (const each of await publisher.settled()) if ('packetId' in each) ids.push(Number(each.packetId))
    expect(ids).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  })

  test('what is asked for while a group is released goes behind it', async () => {
    const { CommitGate } = await import('../src/store/commit-gate.ts')
    const store = slowStore()
    const gate = new CommitGate(store, () => undefined)
    const order: string[] = []
    store.putSession('a', 1)
    gate.after(() => {
      order.push('a')
      gate.after(() => order.push('d'))
      expect(gate.open).toBe(false)
    })
    gate.after(() => order.push('b'))
    gate.after(() => order.push('c'))
    await store.settle()
    expect(order).toEqual(['a', 'b', 'c', 'd'])
    expect(gate.open).toBe(true)
  })

  test('a client that has gone meanwhile harms nobody', async () => {
    const { broker, client, publisher, store } = await slow()
    const gone = await client('gone')
    gone.post('kept/1', 'x', { qos: 1, packetId: 1 })
    publisher.post('kept/1', 'y', { qos: 1, packetId: 1 })
    await turns()
    await gone.drop()
    await turns()
    await store.hurry()
    await publisher.next('puback')
    expect(broker.stats.connections).toBe(2)
  })
})

describe('a commit that fails', () => {
  test.each(['later', 'at once'])(
    '%s: nothing is acknowledged, the log says so, and the broker closes',
    async (when) => {
      const { broker, logs, publisher, store, subscriber } = await slow()
      if (when === 'at once') {
        store.commit = () => {
          throw new Error('disk on fire')
        }
      }
      publisher.post('kept/1', 'x', { qos: 1, packetId: 1 })
      publisher.post('kept/2', 'x', { qos: 2, packetId: 2 })
      await turns()
      if (when === 'later') await store.settle(new Error('disk on fire'))
      const came = await publisher.closed()
      expect(came.map((each) => each.type)).toEqual(['disconnect'])
      expect(came[0]).toMatchObject({ reasonCode: 0x8b })
      await subscriber.closed()
      expect(logs.find((line) => line.level === 60)).toMatchObject({ err: { message: 'disk on fire' } })
      await broker.close()
      await expect(broker.listen('tcp://127.0.0.1:0')).rejects.toMatchObject({ code: 'MQ_CLOSED' })
    },
  )
})

test.each([
  ['puback', (one: WireClient) => one.post('t', 'x', { qos: 1 })],
  ['pubcomp', (one: WireClient) => one.send({ type: 'pubrel', packetId: 1, reasonCode: 0 })],
] as const)('class 6: who asks for more %s than the store can keep up with is not read on', async (answer, ask) => {
  const store = slowStore()
  onTestFinished(() => store.hurry())
  const { client } = startBroker({ store })
  const one = await client('one', { protocolVersion: 4 })
  const other = await client('other', { protocolVersion: 4 })
  other.post('dirty', 'x', { qos: 1, retain: true })
  await turns(2)
  expect(store.waiting).toBe(1)
  for (let n = 0; n < 5000; n++) ask(one)
  // Behind them a PINGREQ, which waits for no store.
  let isRead = false
  const settled = one.settled().then((packets) => {
    isRead = true
    return packets.length
  })
  await turns(20)
  expect(isRead).toBe(false)
  await store.hurry()
  for (let left = 5000 - (await settled); left > 0; left--) await one.next(answer)
})

test('and is not ended for it: it is we who do not listen', async () => {
  const store = slowStore()
  onTestFinished(() => store.hurry())
  const { client, clock } = startBroker({ store })
  const one = await client('one', { protocolVersion: 4, keepAlive: 10 })
  for (let n = 0; n < 1100; n++) one.post('t', `${n}`, { qos: 1, retain: true })
  await turns()
  for (let seconds = 0; seconds < 30; seconds++) {
    if (seconds % 5 === 0) one.send({ type: 'pingreq' })
    clock.advance(1000)
    await turns(2)
  }
  await store.hurry()
  await turns()
  clock.advance(2000)
  expect((await one.settled()).length).toBeGreaterThan(1000)
  expect(one.isClosed).toBe(false)
  // From now on it is heard again, and its silence counts.
  clock.advance(16_000)
  await turns()
  expect(one.isClosed).toBe(true)
})

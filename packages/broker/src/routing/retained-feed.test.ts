import { describe, expect, onTestFinished, test } from 'vitest'
import { persistent, startBroker, turns } from '../../test/harness.ts'
import { slowStore } from '../../test/slow-store.ts'
import { type ConnectWishes, payloadText } from '../../test/wire-client.ts'

test('what replaces a retained message that is still to be sent comes once, as it is published', async () => {
  const { client } = startBroker()
  const publisher = await client('publisher')
  await publisher.publish('a', 'old', { retain: true, qos: 1 })
  await publisher.publish('b', 'kept', { retain: true, qos: 1 })
  const one = await client('one', { silent: true, properties: { receiveMaximum: 1 } })
  await one.subscribe('busy', { qos: 1 })
  await publisher.publish('busy', 'x', { qos: 1 })
  const busy = await one.next('publish')
  // The send quota is used up: retained messages wait.
  await one.subscribe('+', { qos: 1 })
  await publisher.publish('a', 'new', { retain: true, qos: 0 })
  expect(payloadText(await one.next('publish'))).toBe('new')
  one.ack('puback', busy.packetId ?? 0)
  const retained = await one.next('publish')
  expect(payloadText(retained)).toBe('kept')
  one.ack('puback', retained.packetId ?? 0)
  expect(await one.settled()).toEqual([])
})

/** Two retained messages, and a client that has got one of them and has no quota for the other. */
async function halfway() {
  const { client } = startBroker()
  const publisher = await client('publisher')
  for (const topic of ['a', 'b']) await publisher.publish(topic, topic, { retain: true, qos: 1 })
  const one = await client('one', { silent: true, properties: { receiveMaximum: 1 } })
  await one.subscribe('+', { qos: 1 })
  const first = await one.next('publish')
  return { first, one }
}

test('[MQTT-3.3.1-9] what a subscription is owed still comes when one that wants nothing replaces it', async () => {
  const { first, one } = await halfway()
  await one.subscribe('+', { qos: 0, retainHandling: 1, identifier: 7 })
  one.ack('puback', first.packetId ?? 0)
  const { packetId, properties, qos, retain } = await one.next('publish')
  // [MQTT-3.8.4-8] of the subscription that it answers.
  expect({ properties, qos, retain }).toEqual({ properties: undefined, qos: 1, retain: true })
  one.ack('puback', packetId ?? 0)
  expect(await one.settled()).toEqual([])
})

test('[MQTT-3.3.1-11] what a subscription was owed does not come to one that is made after it was ended', async () => {
  const { first, one } = await halfway()
  await one.unsubscribe('+')
  await one.subscribe('+', { qos: 1, retainHandling: 2 })
  one.ack('puback', first.packetId ?? 0)
  expect(await one.settled()).toEqual([])
})

test('class 6: looking for what is not there is done in slices as well', async () => {
  const { broker, client } = startBroker()
  const publisher = await client('publisher')
  for (let i = 0; i < 20_000; i++) publisher.post(`n/${i}/x`, 'x', { retain: true })
  await publisher.settled()
  expect(broker.stats.retained).toBe(20_000)
  const one = await client('one')
  let arrived = false
  // The first filter matches nothing, and only looking at every name can tell.
  await one.subscribe(['+/+/+/+', 'n/0/x'])
  const message = one.next('publish').then(() => {
    arrived = true
  })
  await turns()
  expect(arrived).toBe(false)
  await message
})

describe('a connection that is lost before all have come', () => {
  /** Three retained messages, of which one was sent and not acknowledged. */
  async function lost() {
    const started = startBroker()
    const publisher = await started.client('publisher')
    for (const topic of ['a', 'b', 'c']) await publisher.publish(topic, topic, { retain: true, qos: 1 })
    const one = await started.client('one', {
      silent: true,
      properties: { ...persistent.properties, receiveMaximum: 1 },
    })
    await one.subscribe('+', { qos: 1 })
    const first = await one.next('publish')
    await one.drop()
    return { ...started, first, publisher }
  }
  const again: ConnectWishes = { ...persistent, cleanStart: false }

  test('leaves the rest to be sent when the session is resumed', async () => {
    const { client, first } = await lost()
    const resumed = await client('one', again)
    const messages = await resumed.messages(3)
    expect(messages[0]).toMatchObject({ topicName: first.topicName, packetId: first.packetId, dup: true, retain: true })
    expect(messages.map(payloadText).sort()).toEqual(['a', 'b', 'c'])
    expect(await resumed.settled()).toEqual([])
  })

  test('leaves them to the connection that takes the session over', async () => {
    const { client } = await lost()
    await client('one', { ...again, silent: true, properties: { ...persistent.properties, receiveMaximum: 1 } })
    const resumed = await client('one', again)
    expect((await resumed.messages(3)).map(payloadText).sort()).toEqual(['a', 'b', 'c'])
  })

  test('what is published meanwhile comes once, as any message', async () => {
    const { client, first, publisher } = await lost()
    const others = ['a', 'b', 'c'].filter((each) => each !== first.topicName)
    await publisher.publish(others[0]!, 'new', { retain: true, qos: 1 })
    const resumed = await client('one', again)
    const messages = await resumed.messages(3)
    expect(messages.map((each) => [payloadText(each), each.retain]).sort()).toEqual(
      [
        [payloadText(first), true],
        ['new', false],
        [others[1], true],
      ].sort(),
    )
    expect(await resumed.settled()).toEqual([])
  })

  test('leaves nothing to a new session, nor to a subscription that is given up', async () => {
    const { client } = await lost()
    const fresh = await client('one', { ...persistent, cleanStart: true })
    expect(await fresh.settled()).toEqual([])
    const { client: other } = await lost()
    const resumed = await other('one', { ...again, silent: true, properties: { receiveMaximum: 1 } })
    const { packetId } = await resumed.next('publish')
    await resumed.unsubscribe('+')
    resumed.ack('puback', packetId ?? 0)
    expect(await resumed.settled()).toEqual([])
  })

  test('[MQTT-3.3.1-10] SUBACK was not even sent: the subscription stands, and is not new when it is made again', async () => {
    const store = slowStore()
    onTestFinished(() => store.hurry())
    const { client } = startBroker({ store })
    await (await client('publisher')).publish('t', 'x', { retain: true })
    const opening = client('one', persistent)
    while (store.waiting === 0) await turns(1)
    await store.settle()
    const one = await opening
    const request = { topicFilter: 't', qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 1 } as const
    one.send({ type: 'subscribe', packetId: 1, subscriptions: [request] })
    await turns()
    await one.drop()
    await store.hurry()
    const resumed = await client('one', again)
    await resumed.subscribe('t', { qos: 1, retainHandling: 1 })
    expect(await resumed.payloads()).toEqual(['x'])
  })
})

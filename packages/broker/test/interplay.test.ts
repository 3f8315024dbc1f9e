// Wills, sessions and takeovers where they meet (sections 3.1.2.5, 3.1.3.2.2, 3.1.4, 4.8.2).
import { describe, expect, test } from 'vitest'
import { persistent, startBroker, turns } from './harness.ts'
import { payloadText } from './wire-client.ts'

const payload = new TextEncoder().encode('gone')
const will = (delay: number) =>
  ({ topicName: 'will', payload, qos: 1, retain: false, properties: { willDelayInterval: delay } }) as const

async function watched() {
  const started = startBroker()
  const watcher = await started.client('watcher')
  await watcher.subscribe('will', { qos: 1 })
  const count = async () => (await watcher.settled()).length
  return { ...started, count }
}

describe('a Will with a delay', () => {
  test('[MQTT-3.1.3-9] is not sent when a connection takes the session over', async () => {
    const { client, clock, count } = await watched()
    const one = await client('one', { ...persistent, will: will(5) })
    await client('one', { ...persistent, cleanStart: false })
    expect(await one.goodbye()).toBe(0x8e)
    clock.advance(10_000)
    expect(await count()).toBe(0)
  })

  test('[MQTT-3.1.2-8] is sent when Clean Start ends the session, by takeover or while it waits', async () => {
    const { client, clock, count } = await watched()
    await client('one', { ...persistent, will: will(5) })
    const second = await client('one', { ...persistent, cleanStart: true, will: will(5) })
    expect(await count()).toBe(1)
    await second.drop()
    expect(await count()).toBe(0)
    await client('one', { ...persistent, cleanStart: true })
    expect(await count()).toBe(1)
    clock.advance(10_000)
    expect(await count()).toBe(0)
  })

  test('is sent when DISCONNECT 0x04 ends the session before the delay', async () => {
    const { client, count } = await watched()
    await (await client('one', { ...persistent, will: will(50) })).disconnect(4, 0)
    expect(await count()).toBe(1)
  })

  test('waits no longer than the session, whose end DISCONNECT may have moved', async () => {
    const { client, clock, count } = await watched()
    await (await client('one', { ...persistent, will: will(50) })).disconnect(4, 2)
    clock.advance(1_999)
    expect(await count()).toBe(0)
    clock.advance(1)
    expect(await count()).toBe(1)
    clock.advance(60_000)
    expect(await count()).toBe(0)
  })

  test('belongs to the connection that left it: the next one has its own, or none', async () => {
    const { client, clock, count } = await watched()
    await (await client('one', { ...persistent, will: will(5) })).drop()
    clock.advance(4_000)
    await (await client('one', { ...persistent, cleanStart: false })).drop()
    clock.advance(60_000)
    expect(await count()).toBe(0)
  })
})

test('section 4.8.2: what a member was sent at QoS 1 and did not acknowledge goes to another when its session expires', async () => {
  const { client, clock } = startBroker({ sharedStrategy: 'sticky' })
  const one = await client('one', { silent: true, properties: { sessionExpiryInterval: 5, receiveMaximum: 1 } })
  await one.subscribe('$share/g/t', { qos: 1 })
  const publisher = await client('publisher')
  for (const each of ['sent', 'queued', 'mortal']) {
    const properties = each === 'mortal' ? { messageExpiryInterval: 2 } : {}
    await publisher.publish('t', each, { qos: 1, properties })
  }
  await one.next('publish')
  await one.drop()
  const two = await client('two')
  await two.subscribe('$share/g/t', { qos: 1 })
  clock.advance(5_000)
  await turns()
  const messages = await two.messages(2)
  expect(messages.map(payloadText)).toEqual(['sent', 'queued'])
  expect(messages.map((each) => each.dup)).toEqual([false, false])
  expect(await two.settled()).toEqual([])
})

test('[MQTT-3.10.4-3] UNSUBSCRIBE leaves what is in flight to be brought to its end', async () => {
  const { client } = startBroker()
  const one = await client('one', { ...persistent, silent: true })
  await one.subscribe('t', { qos: 2 })
  const publisher = await client('publisher')
  await publisher.publish('t', 'x', { qos: 2 })
  const { packetId } = await one.next('publish')
  await one.unsubscribe('t')
  await publisher.publish('t', 'y', { qos: 2 })
  await one.drop()
  const again = await client('one', { ...persistent, cleanStart: false, silent: true })
  expect(await again.next('publish')).toMatchObject({ packetId, dup: true })
  again.ack('pubrec', packetId ?? 0)
  expect(await again.next('pubrel')).toMatchObject({ packetId })
  again.ack('pubcomp', packetId ?? 0)
  expect(await again.settled()).toEqual([])
})

test('[MQTT-3.3.2-6] what is queued says how long it has left, and overlapping subscriptions keep their identifiers', async () => {
  const { client, clock } = startBroker()
  const one = await client('one', persistent)
  await one.subscribe('t', { qos: 1, identifier: 1 })
  await one.subscribe('#', { qos: 2, identifier: 2 })
  await one.drop()
  const publisher = await client('publisher')
  await publisher.publish('t', 'x', { qos: 2, properties: { messageExpiryInterval: 10 } })
  await publisher.publish('t', 'y', { qos: 1, properties: { messageExpiryInterval: 3 } })
  clock.advance(4_000)
  const again = await client('one', { ...persistent, cleanStart: false })
  const message = await again.next('publish')
  expect(message).toMatchObject({ qos: 2, properties: { messageExpiryInterval: 6 } })
  expect([...(message.properties?.subscriptionIdentifiers ?? [])].sort()).toEqual([1, 2])
  expect(await again.settled()).toEqual([])
})

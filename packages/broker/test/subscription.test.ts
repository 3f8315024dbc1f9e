// Subscriptions: overlapping, No Local, identifiers, shared, refused (sections 3.3.4, 3.8, 3.10, 4.7, 4.8).
import { describe, expect, test } from 'vitest'
import { persistent, startBroker, turns } from './harness.ts'
import { payloadText, type WireClient } from './wire-client.ts'

describe('overlapping subscriptions', () => {
  test('[MQTT-3.3.4-2] [MQTT-3.3.4-4] one copy, at the highest QoS, with all Subscription Identifiers', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe('a/#', { qos: 0, identifier: 7 })
    await one.subscribe('a/+', { qos: 2, identifier: 268_435_455 })
    await one.subscribe('a/b', { qos: 1 })
    await (await client('publisher')).publish('a/b', 'x', { qos: 2 })
    const message = await one.next('publish')
    expect(message.qos).toBe(2)
    expect(new Set(message.properties?.subscriptionIdentifiers)).toEqual(new Set([7, 268_435_455]))
    expect(await one.settled()).toEqual([])
  })

  test('[MQTT-3.8.4-3] the same filter again replaces the subscription', async () => {
    const { broker, client } = startBroker()
    const one = await client('one')
    await one.subscribe('a', { qos: 2, identifier: 1 })
    await one.subscribe('a', { qos: 0, identifier: 2 })
    expect(broker.stats.subscriptions).toBe(1)
    await (await client('publisher')).publish('a', 'x', { qos: 2 })
    expect(await one.next('publish')).toMatchObject({ qos: 0, properties: { subscriptionIdentifiers: [2] } })
  })

  test('[MQTT-3.8.4-8] the QoS is the lower one of message and subscription', async () => {
    const { client } = startBroker()
    const one = await client('one')
    const publisher = await client('publisher')
    for (const granted of [0, 1, 2] as const) {
      expect(await one.subscribe('t', { qos: granted })).toEqual([granted])
      for (const qos of [0, 1, 2] as const) await publisher.publish('t', 'x', { qos })
      expect((await one.messages(3)).map((each) => each.qos)).toEqual([0, 1, 2].map((qos) => Math.min(qos, granted)))
    }
  })

  test('3.1.1 clients get one copy as well, without properties', async () => {
    const { client } = startBroker()
    const one = await client('one', { protocolVersion: 4 })
    await one.subscribe(['a/#', 'a/+'], { qos: 1 })
    await (await client('publisher')).publish('a/b', 'x', { qos: 1, properties: { contentType: 'c' } })
    const message = await one.next('publish')
    expect(message.properties).toBeUndefined()
    expect(await one.settled()).toEqual([])
  })
})

describe('No Local', () => {
  test('[MQTT-3.8.3-3] keeps a client from hearing itself, and nobody else', async () => {
    const { client } = startBroker()
    const one = await client('one')
    const two = await client('two')
    for (const each of [one, two]) await each.subscribe('t', { noLocal: true })
    await one.publish('t', 'x')
    expect(await one.payloads()).toEqual([])
    expect(await two.payloads()).toEqual(['x'])
  })

  test('of one subscription leaves another one of the same client its say', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe('a/#', { noLocal: true, qos: 2, identifier: 1 })
    await one.subscribe('a/b', { qos: 1, identifier: 2 })
    await one.publish('a/b', 'x', { qos: 2 })
    expect(await one.next('publish')).toMatchObject({ qos: 1, properties: { subscriptionIdentifiers: [2] } })
    expect(await one.settled()).toEqual([])
  })

  test('[MQTT-3.8.3-4] on a shared subscription is a protocol error', async () => {
    const { client } = startBroker()
    const one = await client('one')
    // packet type 8, packet identifier 1, no properties, '$share/g/t', options with No Local
    const filter = new TextEncoder().encode('$share/g/t')
    one.sendBytes([0x82, 2 + 1 + 2 + filter.length + 1, 0, 1, 0, 0, filter.length, ...filter, 0b100])
    expect(await one.goodbye()).toBe(0x82)
  })
})

describe('shared subscriptions', () => {
  const counts = async (members: readonly WireClient[]) => {
    const lists: string[][] = []
    for (const member of members) lists.push((await member.payloads()).sort())
    return lists
  }

  test('[MQTT-4.8.2-4] each message goes to one member, in turns', async () => {
    const { client } = startBroker()
    const members = [await client('a'), await client('b'), await client('c')]
    for (const member of members) await member.subscribe('$share/g/t/+', { qos: 1 })
    const publisher = await client('publisher')
    for (let i = 0; i < 9; i++) await publisher.publish(`t/${i}`, `${i}`, { qos: 1 })
    expect((await counts(members)).map((list) => list.length)).toEqual([3, 3, 3])
  })

  test('groups and plain subscriptions do not know of each other', async () => {
    const { client } = startBroker()
    const [a, b, c] = [await client('a'), await client('b'), await client('c')]
    await a.subscribe('$share/g/t')
    await b.subscribe('$share/h/t')
    await c.subscribe('t')
    const publisher = await client('publisher')
    for (const payload of ['1', '2']) await publisher.publish('t', payload)
    expect(await counts([a, b, c])).toEqual([
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
    ])
  })

  test('class 15: unsubscribing one kind leaves the other', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe(['$share/g/t', 't'])
    const publisher = await client('publisher')
    expect(await one.unsubscribe('$share/other/t')).toEqual([0x11])
    expect(await one.unsubscribe('$share/g/t')).toEqual([0])
    await publisher.publish('t', 'plain')
    expect(await one.payloads()).toEqual(['plain'])
    await one.subscribe('$share/g/t')
    expect(await one.unsubscribe('t')).toEqual([0])
    await publisher.publish('t', 'shared')
    expect(await one.payloads()).toEqual(['shared'])
  })

  test('get no retained messages', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.publish('t', 'x', { retain: true })
    await one.subscribe('$share/g/t')
    expect(await one.settled()).toEqual([])
  })

  test('[MQTT-4.8.2-5] what an ended member had not acknowledged goes to another', async () => {
    const { client } = startBroker()
    const a = await client('a', { silent: true })
    const b = await client('b')
    await a.subscribe('$share/g/t', { qos: 1 })
    const publisher = await client('publisher')
    for (const payload of ['1', '2', '3']) await publisher.publish('t', payload, { qos: 1 })
    expect((await a.messages(3)).map(payloadText)).toEqual(['1', '2', '3'])
    a.ack('puback', 1)
    await a.settled()
    await b.subscribe('$share/g/t', { qos: 1 })
    await a.drop()
    await turns()
    expect(await b.payloads()).toEqual(['2', '3'])
  })

  test('messages are queued for a member that is away, when nobody else is there', async () => {
    const { client } = startBroker()
    const a = await client('a', persistent)
    await a.subscribe('$share/g/t', { qos: 1 })
    await a.drop()
    const publisher = await client('publisher')
    await publisher.publish('t', '1', { qos: 1 })
    const b = await client('b')
    await b.subscribe('$share/g/t', { qos: 1 })
    await publisher.publish('t', '2', { qos: 1 })
    await publisher.publish('t', '3', { qos: 1 })
    expect(await b.payloads()).toEqual(['2', '3'])
    expect(await (await client('a', { ...persistent, cleanStart: false })).payloads()).toEqual(['1'])
  })

  test('a busy member that is there is preferred to one that is away', async () => {
    const { client } = startBroker()
    const away = await client('away', persistent)
    await away.subscribe('$share/g/t', { qos: 1 })
    await away.drop()
    const busy = await client('busy', { silent: true, properties: { receiveMaximum: 1 } })
    await busy.subscribe('$share/g/t', { qos: 1 })
    const publisher = await client('publisher')
    for (const payload of ['1', '2', '3']) await publisher.publish('t', payload, { qos: 1 })
    const got: string[] = []
    for (let i = 0; i < 3; i++) {
      const message = await busy.next('publish')
      got.push(payloadText(message))
      busy.ack('puback', message.packetId ?? 0)
    }
    expect(got).toEqual(['1', '2', '3'])
  })

  test('QoS 0 goes to nobody who is away, and is counted', async () => {
    const { broker, client } = startBroker()
    const a = await client('a', persistent)
    await a.subscribe('$share/g/t', { qos: 1 })
    await a.drop()
    await (await client('publisher')).publish('t', 'x')
    expect(broker.counters.dropped.offline).toBe(1)
    expect(broker.counters.dropped['queue-full']).toBe(0)
  })

  test('a QoS 1 publisher is not told 0x97 for members that wanted QoS 0 and are away', async () => {
    const { broker, client } = startBroker()
    const a = await client('a', persistent)
    await a.subscribe('$share/g/t', { qos: 0 })
    await a.drop()
    expect(await (await client('publisher')).publish('t', 'x', { qos: 1 })).toBe(0)
    expect(broker.counters.dropped).toMatchObject({ offline: 1, 'queue-full': 0 })
  })

  test('class 16: a group whose last member has gone matches nothing', async () => {
    const { broker, client } = startBroker()
    const a = await client('a')
    await a.subscribe('$share/g/t', { qos: 1 })
    const publisher = await client('publisher')
    await publisher.publish('t', 'x', { qos: 1 })
    await a.drop()
    await turns()
    expect(await publisher.publish('t', 'x', { qos: 1 })).toBe(0x10)
    expect(broker.stats.subscriptions).toBe(0)
  })

  test('without a name or a filter are refused', async () => {
    const { client } = startBroker()
    for (const topicFilter of ['$share//t', '$share/g', '$share/g/', '$share/a+b/t', '$share/#/t']) {
      const one = await client('one')
      one.send({
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
      })
      expect(await one.goodbye(), topicFilter).toBe(0x8f)
    }
  })
})

describe('UNSUBSCRIBE', () => {
  test('[MQTT-3.10.4-1] stops new messages; answers say what there was', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe('t')
    expect(await one.unsubscribe('t', 'u')).toEqual([0, 0x11])
    await (await client('publisher')).publish('t', 'x')
    expect(await one.settled()).toEqual([])
  })

  test('[MQTT311-3.10.4-5] in 3.1.1 is answered without codes, whatever there was', async () => {
    const { client } = startBroker()
    const one = await client('one', { protocolVersion: 4 })
    expect(await one.unsubscribe('u')).toEqual([])
  })
})

describe('matching', () => {
  test('[MQTT-4.7.2-1] a filter that begins with a wildcard does not match a topic that begins with $', async () => {
    const { client } = startBroker()
    const one = await client('one')
    await one.subscribe(['#', '+/x'])
    const publisher = await client('publisher')
    await publisher.publish('$other/x', 'hidden')
    expect(await one.payloads()).toEqual([])
    await one.subscribe('$other/#')
    await publisher.publish('$other/x', 'seen')
    expect(await one.payloads()).toEqual(['seen'])
  })

  test('class 10: $SYS/ is not to be published to by clients', async () => {
    const { broker, client } = startBroker()
    const one = await client('one')
    await one.subscribe('$SYS/#')
    for (const topicName of ['$SYS', '$SYS/broker/version']) {
      expect(await one.publish(topicName, 'x', { qos: 1 })).toBe(0x87)
      expect(await one.publish(topicName, 'x', { qos: 2 })).toBe(0x87)
      expect(await one.publish(topicName, 'x', { retain: true })).toBe(0)
    }
    expect(await one.settled()).toEqual([])
    expect(broker.stats.retained).toBe(0)
    expect(broker.counters.messagesRefused).toBe(6)
  })

  test('changes of subscriptions take effect at once, wildcard or not', async () => {
    const { client } = startBroker()
    const one = await client('one')
    const publisher = await client('publisher')
    for (const topicFilter of ['a/b', 'a/+', 'a/#', '+/b', '#']) {
      await publisher.publish('a/b', 'before')
      await one.subscribe(topicFilter)
      await publisher.publish('a/b', 'during')
      await one.unsubscribe(topicFilter)
      await publisher.publish('a/b', 'after')
      expect(await one.payloads(), topicFilter).toEqual(['during'])
    }
  })
})

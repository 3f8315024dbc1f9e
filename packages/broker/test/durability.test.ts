// The acknowledgement is a promise: it leaves when what it promises is durable, and never when that has failed.
import { describe, expect, onTestFinished, test } from 'vitest'
import type { createBroker } from '../src/broker.ts'
import { memoryStore } from '../src/store/memory-store.ts'
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

describe('a broker that is begun again over the same store', () => {
  /** A broker that stops between two phases of a test. */
  const phases = () => {
    const store = memoryStore()
    return async (
      phase: (
        client: (clientId: string, wishes?: object) => Promise<WireClient>,
        broker: ReturnType<typeof createBroker>,
      ) => Promise<void>,
    ) => {
      const { broker, client } = startBroker({ store })
      // What the store has is loaded.
      await turns()
      await phase(client, broker)
      await broker.close()
    }
  }
  const back = { ...persistent, cleanStart: false }

  test('has its sessions, subscriptions and what was queued', async () => {
    const during = phases()
    await during(async (client) => {
      const one = await client('one', persistent)
      await one.subscribe(['plain', '$share/g/shared'], { qos: 2, identifier: 5 })
      await one.subscribe('left')
      await one.unsubscribe('left')
      await one.drop()
      const publisher = await client('publisher')
      for (const [topic, qos] of [
        ['plain', 1],
        ['shared', 2],
        ['plain', 2],
      ] as const) {
        await publisher.publish(topic, `${topic} ${qos}`, { qos })
      }
    })
    await during(async (client, broker) => {
      expect(broker.stats).toMatchObject({ sessions: 1, subscriptions: 2 })
      const one = await client('one', back)
      expect(one.connack?.sessionPresent).toBe(true)
      const messages = await one.messages(3)
      expect(messages.map((each) => [payloadText(each), each.qos, each.dup, each.properties])).toEqual([
        ['plain 1', 1, false, { subscriptionIdentifiers: [5] }],
        ['shared 2', 2, false, { subscriptionIdentifiers: [5] }],
        ['plain 2', 2, false, { subscriptionIdentifiers: [5] }],
      ])
      await (await client('publisher')).publish('shared', 'live', { qos: 1 })
      expect(await one.payloads()).toEqual(['live'])
    })
    await during(async (client) => {
      expect(await (await client('one', back)).settled()).toEqual([])
    })
  })

  test('[MQTT-4.4.0-1] has what was in flight, with its identifiers, and its PUBRELs', async () => {
    const during = phases()
    let ids: (number | undefined)[] = []
    await during(async (client) => {
      const one = await client('one', { ...persistent, silent: true })
      await one.subscribe('t', { qos: 2 })
      const publisher = await client('publisher')
      for (const [payload, qos] of [
        ['a', 1],
        ['b', 2],
        ['c', 2],
        ['d', 1],
      ] as const) {
        await publisher.publish('t', payload, { qos })
      }
      ids = (await one.messages(4)).map((each) => each.packetId)
      one.ack('puback', ids[0] ?? 0)
      one.ack('pubrec', ids[2] ?? 0)
      await one.next('pubrel')
    })
    for (let restart = 0; restart < 2; restart++) {
      await during(async (client) => {
        const one = await client('one', { ...back, silent: true })
        const came = await one.settled()
        const publishes = came.filter((each) => each.type === 'publish')
        expect(publishes.map((each) => [each.packetId, each.dup])).toEqual([
          [ids[1], true],
          [ids[3], true],
        ])
        const others = came.filter((each) => each.type !== 'publish')
        expect(others).toMatchObject([{ type: 'pubrel', packetId: ids[2] }])
      })
    }
    await during(async (client) => {
      const one = await client('one', { ...back, silent: true })
      await one.settled()
      one.ack('pubrec', ids[1] ?? 0)
      await one.next('pubrel')
      for (const id of [ids[1], ids[2]]) one.ack('pubcomp', id ?? 0)
      one.ack('puback', ids[3] ?? 0)
      expect(await one.settled()).toEqual([])
      await (await client('publisher')).publish('t', 'e', { qos: 2 })
      expect(ids).not.toContain((await one.next('publish')).packetId)
    })
  })

  test('[MQTT-4.3.3-10] knows which QoS 2 messages it has had, and which identifiers are free', async () => {
    const during = phases()
    await during(async (client) => {
      const one = await client('one', persistent)
      one.post('t', 'x', { qos: 2, packetId: 7 })
      await one.next('pubrec')
      await one.publish('t', 'y', { qos: 2, packetId: 8 })
    })
    await during(async (client) => {
      const watcher = await client('watcher')
      await watcher.subscribe('t', { qos: 2 })
      const one = await client('one', back)
      one.post('t', 'x', { qos: 2, packetId: 7, dup: true })
      await one.next('pubrec')
      one.ack('pubrel', 7)
      await one.next('pubcomp')
      for (const packetId of [7, 8]) await one.publish('t', `new ${packetId}`, { qos: 2, packetId })
      expect(await watcher.payloads()).toEqual(['new 7', 'new 8'])
    })
  })

  test('does not take an identifier for held whose message it had refused', async () => {
    const store = memoryStore()
    const first = startBroker({ store, limits: { queueMessagesMax: 0 } })
    await (await first.client('full', persistent)).subscribe('t', { qos: 2 })
    await (await first.client('full', { ...persistent, cleanStart: false })).drop()
    const one = await first.client('one', persistent)
    expect(await one.publish('t', 'x', { qos: 2, packetId: 7 })).toBe(0x97)
    await first.broker.close()
    const second = startBroker({ store })
    const again = await second.client('one', back)
    expect(await again.publish('t', 'x', { qos: 2, packetId: 7 })).toBe(0)
    expect(await (await second.client('full', back)).payloads()).toEqual(['x'])
  })

  test('has its retained messages', async () => {
    const during = phases()
    await during(async (client) => {
      const one = await client('one')
      await one.publish('kept', 'x', { retain: true, qos: 2, properties: { contentType: 'c' } })
      await one.publish('gone', 'x', { retain: true })
      await one.publish('gone', '', { retain: true })
    })
    await during(async (client, broker) => {
      expect(broker.stats.retained).toBe(1)
      const one = await client('one')
      await one.subscribe('#', { qos: 2 })
      expect(await one.next('publish')).toMatchObject({
        topicName: 'kept',
        qos: 2,
        retain: true,
        properties: { contentType: 'c' },
      })
    })
  })

  test('has nothing of what ended with its connection', async () => {
    const during = phases()
    await during(async (client) => {
      const ended = await client('ended', persistent)
      await ended.subscribe('t', { qos: 1 })
      await ended.disconnect(0, 0)
      const clean = await client('clean', persistent)
      await clean.subscribe('t', { qos: 1 })
      await clean.drop()
      await client('clean')
      await (await client('passing')).subscribe('t', { qos: 1 })
    })
    await during(async (_client, broker) => {
      expect(broker.stats).toEqual({ connections: 0, sessions: 0, subscriptions: 0, retained: 0 })
    })
  })

  test('queued QoS 0 that was sent is not sent again', async () => {
    const store = memoryStore()
    for (let round = 0; round < 2; round++) {
      const { broker, client } = startBroker({ store, limits: { queueQos0: true } })
      const one = await client('one', back)
      if (round === 0) {
        await one.subscribe('t', { qos: 1 })
        await one.drop()
        await (await client('publisher')).publish('t', 'zero')
      } else {
        expect(await one.payloads()).toEqual(['zero'])
        await one.drop()
      }
      await broker.close()
    }
    const { client } = startBroker({ store })
    expect(await (await client('one', back)).settled()).toEqual([])
  })

  test('lets sessions expire that nobody comes back to', async () => {
    const store = memoryStore()
    const first = startBroker({ store })
    await first.client('one', { properties: { sessionExpiryInterval: 10 } })
    await first.broker.close()
    const second = startBroker({ store })
    await second.client('other')
    expect(second.broker.stats.sessions).toBe(2)
    second.clock.advance(10_000)
    expect(second.broker.stats.sessions).toBe(1)
    await second.broker.close()
    expect((await store.load()).sessions).toEqual([])
  })
})

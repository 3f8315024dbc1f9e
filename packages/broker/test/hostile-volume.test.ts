// What has gone wrong in other brokers, tried on this one, over TCP. Each attack may end its own connection, with the right
// Reason Code where the protocol has one; a bystander goes on as if nothing had happened. Here: too much of something.
import type { Packet } from '@mq/core'
import { describe, expect, test } from 'vitest'
import { attacked, memoryUsage, packet, seeded, utf8 } from './attacked.ts'
import { turns } from './harness.ts'
import { connectPacket, packetBytes, WireClient } from './wire-client.ts'

describe('class 1: a length that is promised and not sent', () => {
  test('256 MB declared, one byte sent, a thousand times', async () => {
    const { broker, open } = await attacked()
    const before = memoryUsage().rss
    const attackers = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const one = await open()
        one.sendBytes([0x10, 0xff, 0xff, 0xff, 0x7f, 0])
        return one
      }),
    )
    for (const each of attackers) expect(await each.closed()).toEqual([])
    expect(memoryUsage().rss - before).toBeLessThan(200_000_000)
    await turns(20)
    expect(broker.stats.connections).toBe(1)
  })

  test('as much as is allowed declared, one byte sent, a thousand times, and held open', async () => {
    const { broker, bystander, clock, open } = await attacked()
    const before = process.memoryUsage().arrayBuffers
    const attackers = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const one = await open()
        one.sendBytes([0x10, 0xf0, 0xff, 0x3f, 0])
        return one
      }),
    )
    while (broker.stats.connections < 1_001) await turns()
    await bystander.settled()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
    clock.advance(10_000)
    for (const each of attackers) expect(await each.closed()).toEqual([])
  })

  test('after CONNECT: 0x95', async () => {
    const { connect } = await attacked()
    const one = await connect()
    one.sendBytes([0x30, 0xff, 0xff, 0xff, 0x7f, 0])
    expect(await one.goodbye()).toBe(0x95)
  })
})

describe('class 2: malformed CONNECT packets', () => {
  test('thousands of them, mutated, leave no memory behind', async () => {
    const { broker, open } = await attacked()
    const random = seeded(2)
    const whole = packetBytes(
      connectPacket({
        userName: 'user',
        password: Uint8Array.of(1, 2, 3),
        properties: { sessionExpiryInterval: 10, userProperties: [['a', 'b']] },
        will: {
          topicName: 'will',
          payload: new Uint8Array(100),
          qos: 1,
          retain: false,
          properties: { contentType: 'x', willDelayInterval: 3 },
        },
      }),
      5,
    )
    const run = async (count: number) => {
      for (let i = 0; i < count; i += 50) {
        const batch = await Promise.all(
          Array.from({ length: 50 }, async () => {
            const one = await open()
            const bytes = whole.slice()
            // Anywhere but in the protocol name, so that it comes far; a Client Identifier of its own may come out of it.
            bytes[10 + Math.floor(random() * (bytes.length - 10))] = Math.floor(random() * 256)
            one.sendBytes(bytes)
            return one
          }),
        )
        for (const each of batch) {
          // Some are legal after all, and get a CONNACK.
          each.sendBytes([0xc0, 1, 0])
          await each.closed()
        }
      }
    }
    await run(1_000)
    await turns(20)
    const before = memoryUsage().heapUsed
    await run(2_000)
    await turns(20)
    expect(memoryUsage().heapUsed - before).toBeLessThan(60_000_000)
    expect(broker.stats.connections).toBe(1)
  }, 60_000)
})

describe('class 3: QoS 2 that is never released', () => {
  test('in 5.0 ends with 0x93 at Receive Maximum', async () => {
    const { connect } = await attacked({ receiveMaximum: 64 })
    const one = await connect()
    for (let i = 1; i <= 65_535; i++) one.post('t', 'x', { qos: 2, packetId: i })
    const came = await one.closed()
    expect(came.at(-1)).toMatchObject({ type: 'disconnect', reasonCode: 0x93 })
    expect(came).toHaveLength(65)
  })

  test('in 3.1.1 costs a bit each, and each identifier is released for itself', async () => {
    const { connect } = await attacked()
    const one = await connect('attacker', { protocolVersion: 4, cleanStart: false })
    const before = memoryUsage()
    for (let i = 1; i <= 65_535; i++) {
      one.post('t', 'x', { qos: 2, packetId: i })
      if (i % 5_000 === 0) await one.settled()
    }
    await one.settled()
    const after = memoryUsage()
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20_000_000)
    one.ack('pubrel', 1)
    one.ack('pubrel', 65_535)
    expect((await one.settled()).map((each) => each.type)).toEqual(['pubcomp', 'pubcomp'])
  })
})

describe('class 4: depth', () => {
  const slashes = '/'.repeat(65_535)

  test.each([
    ['as they are', {}],
    ['as wide as they go', { topicLevelsMax: 65_536, topicBytesMax: 65_535 }],
  ])('65,535 slashes everywhere, with limits %s', async (_title, limits) => {
    const { connect, url } = await attacked(limits)
    const allowed = 'topicLevelsMax' in limits
    const publishing = await connect()
    publishing.post(slashes, 'x', { qos: 1, retain: true })
    if (allowed) expect((await publishing.next('puback')).reasonCode).toBe(0x10)
    else expect(await publishing.goodbye()).toBe(0x90)

    const subscribing = await connect('subscribing')
    subscribing.sendBytes(packet(0x82, [0, 1, 0, ...utf8(slashes), 0]))
    if (allowed) {
      await subscribing.next('suback')
      expect(await subscribing.next('publish')).toMatchObject({ topicName: slashes, retain: true })
    } else expect((await subscribing.next('suback')).reasonCodes).toEqual([0x8f])

    const wild = await connect('wild')
    wild.sendBytes(packet(0x82, [0, 1, 0, ...utf8(`${'+/'.repeat(32_766)}#`), 0]))
    expect((await wild.next('suback')).reasonCodes).toEqual([allowed ? 0 : 0x8f])

    const will = { topicName: slashes, payload: new Uint8Array(1), qos: 0, retain: true } as const
    const { client, connack } = await WireClient.attempt(url, { clientId: 'will', will })
    expect(connack?.reasonCode).toBe(allowed ? 0 : 0x90)
    if (allowed) await client.drop()

    const unsubscribing = await connect('unsubscribing')
    unsubscribing.sendBytes(packet(0xa2, [0, 1, 0, ...utf8(slashes)]))
    expect((await unsubscribing.next('unsuback')).reasonCodes).toEqual([0x11])
  })
})

describe('class 6: work out of proportion', () => {
  test('a hundred thousand User Properties', async () => {
    const { connect, open } = await attacked()
    const userProperties: [string, string][] = Array.from({ length: 100_000 }, (_, i) => [`${i % 10}`, 'v'])
    const one = await connect()
    await one.subscribe('t', { qos: 1 })
    expect(await one.publish('t', 'x', { qos: 1, properties: { userProperties } })).toBe(0)
    expect((await one.next('publish')).properties?.userProperties).toEqual(userProperties)
    const requests: Packet[] = [
      {
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ topicFilter: 't', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
        properties: { userProperties },
      },
      { type: 'unsubscribe', packetId: 2, topicFilters: ['t'], properties: { userProperties } },
      { type: 'disconnect', reasonCode: 0, properties: { userProperties } },
    ]
    for (const each of requests) one.send(each)
    expect((await one.closed()).map((each) => each.type)).toEqual(['suback', 'unsuback'])
    const connecting = await open()
    connecting.send(connectPacket({ properties: { userProperties } }))
    expect((await connecting.next('connack')).reasonCode).toBe(0)
  })

  test('filters of + at every depth, and topics that match them all', async () => {
    const { connect } = await attacked()
    const one = await connect()
    const random = seeded(6)
    const filters = Array.from({ length: 2_000 }, () =>
      Array.from({ length: 100 }, () => (random() < 0.5 ? '+' : 'a')).join('/'),
    )
    await one.subscribe([...filters, '#', `${'+/'.repeat(99)}+`], { qos: 0 })
    for (let i = 0; i < 20; i++) one.post(Array(100).fill('a').join('/'), `${i}`)
    expect(await one.settled()).toHaveLength(20)
  })

  test('one SUBSCRIBE with tens of thousands of filters', async () => {
    const { broker, bystander, connect } = await attacked()
    const one = await connect()
    const codes = await one.subscribe(Array.from({ length: 20_000 }, (_, i) => `t/${i}`))
    expect(codes.filter((code) => code === 0)).toHaveLength(10_000)
    expect(codes.filter((code) => code === 0x97)).toHaveLength(10_000)
    expect(broker.stats.subscriptions).toBe(10_001)
    await one.drop()
    await bystander.settled()
    expect(broker.stats.subscriptions).toBe(1)
  })
})

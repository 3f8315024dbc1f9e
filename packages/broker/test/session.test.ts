// Sessions: taken over, begun anew, resumed, expired (sections 3.1.2.4, 3.1.2.11.2, 3.1.4, 4.1).
import { describe, expect, test } from 'vitest'
import { persistent, startBroker, turns } from './harness.ts'
import { connectPacket, payloadText, WireClient } from './wire-client.ts'

const expiry = (seconds: number) => ({ properties: { sessionExpiryInterval: seconds } })

describe('takeover', () => {
  test('[MQTT-3.1.4-3] an earlier connection with the same Client Identifier gets 0x8E and is closed', async () => {
    const { broker, client } = startBroker()
    const first = await client('one')
    const second = await client('one')
    expect(await first.goodbye()).toBe(0x8e)
    expect(await second.settled()).toEqual([])
    await turns()
    expect(broker.stats).toMatchObject({ connections: 1, sessions: 1 })
  })

  test('of a 3.1.1 connection closes it without a packet', async () => {
    const { client } = startBroker()
    const first = await client('one', { protocolVersion: 4 })
    await client('one', { protocolVersion: 4 })
    expect(await first.closed()).toEqual([])
  })

  test('carries on a session that outlives its connection, and what was in flight is sent again', async () => {
    const { client } = startBroker()
    const first = await client('one', { ...persistent, silent: true })
    await first.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    await publisher.publish('t', 'a', { qos: 1 })
    const sent = await first.next('publish')
    const second = await client('one', { ...persistent, cleanStart: false })
    expect(second.connack?.sessionPresent).toBe(true)
    const again = await second.next('publish')
    expect(again).toMatchObject({ packetId: sent.packetId, dup: true })
    expect(payloadText(again)).toBe('a')
  })

  test('class 13: a hundred connections with one identifier at once leave one', async () => {
    const pending: (() => void)[] = []
    const { broker } = startBroker({
      authenticate: () => new Promise((resolve) => void pending.push(() => resolve(true))),
    })
    const clients = await Promise.all(Array.from({ length: 100 }, () => WireClient.open(broker)))
    for (const each of clients) each.send(connectPacket({ clientId: 'one', ...persistent, cleanStart: false }))
    while (pending.length < 100) await turns(1)
    // Answered in an order that is not the order of asking.
    let seed = 7
    while (pending.length > 0) {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff
      pending.splice(seed % pending.length, 1)[0]?.()
      if (seed % 3 === 0) await turns(1)
    }
    await turns(20)
    const open = clients.filter((each) => !each.isClosed)
    expect(open).toHaveLength(1)
    expect(broker.stats).toMatchObject({ connections: 1, sessions: 1 })
    await open[0]?.next('connack')
    await open[0]?.subscribe('t')
    await open[0]?.publish('t', 'works')
    expect(await open[0]?.payloads()).toEqual(['works'])
  })
})

describe('Clean Start', () => {
  test('[MQTT-3.1.2-4] ends the session that was there', async () => {
    const { broker, client } = startBroker()
    const first = await client('one', persistent)
    await first.subscribe('t', { qos: 1 })
    await first.disconnect()
    expect(broker.stats).toMatchObject({ sessions: 1, subscriptions: 1 })
    const second = await client('one', { ...persistent, cleanStart: true })
    expect(second.connack?.sessionPresent).toBe(false)
    expect(broker.stats).toMatchObject({ sessions: 1, subscriptions: 0 })
  })

  test('[MQTT-3.1.2-6] 0 without a session begins one', async () => {
    const { client } = startBroker()
    expect((await client('one', { ...persistent, cleanStart: false })).connack?.sessionPresent).toBe(false)
  })

  test('[MQTT311-3.2.2-2] Clean Session 0 keeps a 3.1.1 session, and Session Present says so', async () => {
    const { client } = startBroker()
    const wishes = { protocolVersion: 4, cleanStart: false } as const
    const first = await client('one', wishes)
    expect(first.connack?.sessionPresent).toBe(false)
    await first.subscribe('t', { qos: 1 })
    await first.disconnect()
    await (await client('publisher')).publish('t', 'kept', { qos: 1 })
    const second = await client('one', wishes)
    expect(second.connack?.sessionPresent).toBe(true)
    expect(await second.payloads()).toEqual(['kept'])
  })

  test('Clean Session 1 leaves nothing of a 3.1.1 session', async () => {
    const { broker, client } = startBroker()
    const first = await client('one', { protocolVersion: 4 })
    await first.subscribe('t', { qos: 1 })
    await first.disconnect()
    await turns()
    expect(broker.stats).toMatchObject({ connections: 0, sessions: 0, subscriptions: 0 })
  })
})

describe('Session Expiry Interval', () => {
  test('[MQTT-3.1.2-23] keeps the session that long and no longer', async () => {
    const { broker, client, clock } = startBroker()
    await (await client('one', expiry(10))).disconnect()
    clock.advance(9_999)
    expect(broker.stats.sessions).toBe(1)
    clock.advance(1)
    expect(broker.stats.sessions).toBe(0)
  })

  test('0 and none end the session with its connection', async () => {
    const { broker, client } = startBroker()
    await (await client('one', expiry(0))).drop()
    await (await client('two')).drop()
    await turns()
    expect(broker.stats.sessions).toBe(0)
  })

  test('does not run while the client is connected', async () => {
    const { broker, client, clock } = startBroker()
    const first = await client('one', expiry(10))
    await first.drop()
    await turns()
    clock.advance(9_000)
    const second = await client('one', { ...expiry(10), cleanStart: false })
    clock.advance(60_000)
    expect(broker.stats.sessions).toBe(1)
    expect(await second.settled()).toEqual([])
  })

  test('is changed by DISCONNECT', async () => {
    const { broker, client, clock } = startBroker()
    await (await client('longer', expiry(1))).disconnect(0, 100)
    await (await client('ended', expiry(100))).disconnect(0, 0)
    await turns()
    expect(broker.stats.sessions).toBe(1)
    clock.advance(99_000)
    expect(broker.stats.sessions).toBe(1)
    clock.advance(1_000)
    expect(broker.stats.sessions).toBe(0)
  })

  test('[MQTT-3.14.2-2] cannot be set on DISCONNECT when it was 0 in CONNECT', async () => {
    const { client } = startBroker()
    const one = await client('one')
    one.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 10 } })
    expect(await one.goodbye()).toBe(0x82)
  })

  test('can be set on DISCONNECT when the server, not the client, made it 0', async () => {
    const { broker, client } = startBroker({ limits: { sessionExpiryMaximum: 0 } })
    const one = await client('one', expiry(10))
    one.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } })
    expect(await one.closed()).toEqual([])
    await turns()
    expect(broker.stats.sessions).toBe(0)
  })

  test('longer than the server allows is cut, and CONNACK says to what', async () => {
    const { broker, client, clock } = startBroker({ limits: { sessionExpiryMaximum: 60 } })
    const one = await client('one', expiry(0xffff_ffff))
    expect(one.connack?.properties?.sessionExpiryInterval).toBe(60)
    await one.disconnect(0, 3600)
    clock.advance(60_000)
    expect(broker.stats.sessions).toBe(0)
  })

  test('0xFFFFFFFF does not expire where the server allows it', async () => {
    const { broker, client, clock } = startBroker({ limits: { sessionExpiryMaximum: 0xffff_ffff } })
    const one = await client('one', expiry(0xffff_ffff))
    expect(one.connack?.properties?.sessionExpiryInterval).toBeUndefined()
    await one.disconnect()
    clock.advance(200 * 365 * 86_400_000)
    expect(broker.stats.sessions).toBe(1)
  })
})

describe('resume', () => {
  test('[MQTT-4.6.0-6] sends everything that was queued, in order', async () => {
    const { client } = startBroker()
    const first = await client('one', persistent)
    await first.subscribe('a/#', { qos: 2 })
    await first.disconnect()
    const publisher = await client('publisher')
    const wanted: string[] = []
    for (let i = 0; i < 300; i++) {
      wanted.push(`${i}`)
      await publisher.publish(`a/${i % 7}`, `${i}`, { qos: i % 2 === 0 ? 1 : 2 })
    }
    const second = await client('one', { ...persistent, cleanStart: false })
    expect((await second.messages(300)).map(payloadText)).toEqual(wanted)
    expect(await second.settled()).toEqual([])
  })

  test('[MQTT-4.4.0-1] sends again what was not acknowledged, with its identifiers, before what was queued', async () => {
    const { client } = startBroker()
    const first = await client('one', { properties: { sessionExpiryInterval: 100, receiveMaximum: 3 }, silent: true })
    await first.subscribe('t', { qos: 2 })
    const publisher = await client('publisher')
    for (const payload of ['a', 'b', 'c', 'd', 'e']) await publisher.publish('t', payload, { qos: 2 })
    const sent = await first.messages(3)
    // b is received: only its identifier is left.
    first.ack('pubrec', sent[1]?.packetId ?? 0)
    await first.next('pubrel')
    await first.drop()
    const second = await client('one', { ...persistent, cleanStart: false })
    const came = [await second.next('publish'), await second.next('publish'), ...(await second.messages(2))]
    expect(came.map((each) => [payloadText(each), each.dup, each.packetId])).toEqual([
      ['a', true, sent[0]?.packetId],
      ['c', true, sent[2]?.packetId],
      ['d', false, expect.any(Number)],
      ['e', false, expect.any(Number)],
    ])
    expect(await second.settled()).toEqual([])
  })

  test('[MQTT-4.3.3-10] a QoS 2 message that was received before is not delivered again', async () => {
    const { client } = startBroker()
    const subscriber = await client('subscriber')
    await subscriber.subscribe('t', { qos: 2 })
    const first = await client('one', persistent)
    first.post('t', 'once', { qos: 2, packetId: 7 })
    await first.next('pubrec')
    await first.drop()
    const second = await client('one', { ...persistent, cleanStart: false })
    second.post('t', 'once', { qos: 2, packetId: 7, dup: true })
    await second.next('pubrec')
    second.ack('pubrel', 7)
    expect((await second.next('pubcomp')).reasonCode).toBe(0)
    expect(await subscriber.payloads()).toEqual(['once'])
  })

  test('QoS 0 is not queued for a session that is away, and is counted', async () => {
    const { broker, client } = startBroker()
    const first = await client('one', persistent)
    await first.subscribe('t', { qos: 1 })
    await first.disconnect()
    await (await client('publisher')).publish('t', 'gone')
    const second = await client('one', { ...persistent, cleanStart: false })
    expect(await second.settled()).toEqual([])
    expect(broker.counters.dropped.offline).toBe(1)
  })

  test('QoS 0 is queued where the limits say so', async () => {
    const { client } = startBroker({ limits: { queueQos0: true } })
    const first = await client('one', persistent)
    await first.subscribe('t', { qos: 1 })
    await first.disconnect()
    await (await client('publisher')).publish('t', 'kept')
    const second = await client('one', { ...persistent, cleanStart: false })
    expect(await second.payloads()).toEqual(['kept'])
  })
})

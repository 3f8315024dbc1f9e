import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { ack, connected, connectPacket, lines, publishPacket, setUp } from '../../test/server-fixture.ts'
import { message } from '../../test/session-recorder.ts'
import type { Packet } from '../packet/packet.ts'
import { ReasonCode } from '../spec/reason-code.ts'

describe('time', () => {
  test('a client that sends no CONNECT in time is let go', () => {
    const bench = setUp()
    equal(bench.server.deadlineMs, 5000)
    bench.clock.nowMs = 4000
    bench.sendBytes(0x10)
    equal(bench.server.deadlineMs, 5000)
    bench.server.tick(4999)
    equal(bench.server.isClosed, false)
    bench.server.tick(5000)
    deepEqual([bench.take(), bench.calls], [[], ['closed server']])
  })

  test('a CONNECT that nobody answers in time is refused', () => {
    const bench = setUp()
    bench.on.connect = () => undefined
    bench.send(connectPacket(5))
    bench.server.tick(5000)
    deepEqual([lines(bench.take()), bench.calls], [['connack 136'], ['connect c', 'closed server']])
    bench.server.accept(bench.session, false, undefined)
    deepEqual(bench.take(), [])
  })

  test('[MQTT-3.1.2-22] silence for one and a half times the Keep Alive ends it, with 0x8D in 5.0', () => {
    for (const version of [4, 5] as const) {
      const bench = connected(undefined, {}, { protocolVersion: version, keepAlive: 10 })
      bench.clock.nowMs = 14_999
      bench.server.tick(bench.clock.nowMs)
      bench.send({ type: 'pingreq' })
      deepEqual(lines(bench.take()), ['pingresp'])
      equal(bench.server.deadlineMs, 29_999)
      bench.clock.nowMs = 29_999
      bench.server.tick(bench.clock.nowMs)
      deepEqual(lines(bench.take()), version === 5 ? ['disconnect 141'] : [])
      deepEqual(bench.calls, ['closed server'])
    }
  })

  test('[MQTT-3.1.2-22] the bytes of a packet that never becomes whole are no Control Packet', () => {
    const bench = connected(undefined, {}, { keepAlive: 10 })
    bench.clock.nowMs = 4000
    // A PINGREQ, and the beginning of a PUBLISH in the same chunk.
    bench.sendBytes(0xc0, 0, 0x30, 100)
    equal(bench.server.deadlineMs, 19_000)
    for (bench.clock.nowMs = 5000; bench.clock.nowMs < 19_000; bench.clock.nowMs += 1000) bench.sendBytes(0)
    equal(bench.server.deadlineMs, 19_000)
    bench.take()
    bench.server.tick(19_000)
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 141'], ['closed server']])
  })

  test('[MQTT-3.1.2-22] a packet that came in pieces counts when it is whole', () => {
    const bench = connected(undefined, {}, { keepAlive: 10 })
    bench.clock.nowMs = 6000
    bench.sendBytes(0xc0)
    equal(bench.server.deadlineMs, 15_000)
    bench.clock.nowMs = 9000
    bench.sendBytes(0)
    equal(bench.server.deadlineMs, 24_000)
  })

  test('a chunk that comes while we do not listen waits, and its packets count from the release', () => {
    const bench = connected(undefined, {}, { keepAlive: 10 })
    bench.on.publish = () => bench.server.hold()
    bench.send(publishPacket('a', 0))
    bench.clock.nowMs = 8000
    bench.send({ type: 'pingreq' })
    deepEqual([bench.server.deadlineMs, bench.take()], [15_000, []])
    bench.clock.nowMs = 12_000
    bench.server.release(bench.clock.nowMs)
    deepEqual([bench.server.deadlineMs, lines(bench.take())], [27_000, ['pingresp']])
  })

  test('a Keep Alive of 0 has no end', () => {
    equal(connected().server.deadlineMs, Number.POSITIVE_INFINITY)
  })

  test('a client that we do not listen to is not silent', () => {
    const bench = connected(undefined, {}, { keepAlive: 10 })
    bench.server.hold()
    bench.clock.nowMs = 15_000
    bench.server.tick(bench.clock.nowMs)
    deepEqual([bench.calls, bench.server.deadlineMs], [[], 30_000])
    bench.clock.nowMs = 20_000
    bench.server.release(bench.clock.nowMs)
    equal(bench.server.deadlineMs, 35_000)
  })
})

describe('a hold between two packets', () => {
  test('lets nothing through before the release, and nothing is lost', () => {
    const bench = connected()
    bench.server.holdBack()
    bench.send({ type: 'pingreq' }, { type: 'pingreq' })
    bench.send({ type: 'pingreq' })
    deepEqual(lines(bench.take()), [])
    bench.server.release(0)
    deepEqual(lines(bench.take()), ['pingresp', 'pingresp', 'pingresp'])
  })
})

describe('a SUBSCRIBE or UNSUBSCRIBE for which there is no room', () => {
  const subscribe: Packet = {
    type: 'subscribe',
    packetId: 1,
    subscriptions: [{ topicFilter: 'a', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
  }
  const unsubscribe: Packet = { type: 'unsubscribe', packetId: 2, topicFilters: ['a'] }

  test('waits with all that follows it, and is asked about again after each release', () => {
    const bench = connected()
    const rooms = [true, false, false, true]
    let asked = 0
    bench.on.hasRoom = () => rooms[asked++] ?? true
    bench.send({ type: 'pingreq' }, subscribe, unsubscribe, { type: 'pingreq' })
    deepEqual([bench.calls, lines(bench.take()), bench.server.held, asked], [['subscribe'], ['pingresp'], true, 2])
    bench.server.release(0)
    deepEqual([bench.calls, bench.server.held, asked], [['subscribe'], true, 3])
    bench.send(subscribe)
    bench.server.release(0)
    deepEqual([bench.calls, lines(bench.take())], [['subscribe', 'unsubscribe', 'subscribe'], ['pingresp']])
    deepEqual([bench.server.held, asked], [false, 5])
  })

  test('is unread when the connection ends, and is not decoded before: a broken one is found when its turn comes', () => {
    const bench = connected()
    bench.on.hasRoom = () => false
    bench.send(subscribe, { type: 'disconnect', reasonCode: 0 })
    bench.server.lost('gone')
    deepEqual(
      bench.unread.map((each) => [each?.packets, each?.messages, each?.disconnect?.reasonCode]),
      [[1, 0, 0]],
    )
    const broken = connected()
    let isRoom = false
    broken.on.hasRoom = () => isRoom
    // No filter [MQTT-3.8.3-2].
    broken.sendBytes(0x82, 3, 0, 1, 0)
    deepEqual(broken.calls, [])
    isRoom = true
    broken.server.release(0)
    deepEqual([broken.calls, lines(broken.take())], [['closed fault'], ['disconnect 130']])
  })
})

describe('acknowledgements from the client', () => {
  test('go to the session', () => {
    const bench = connected()
    bench.session.deliver(message('a', 2), 2, false, undefined, undefined)
    bench.send(ack('pubrec', 1), ack('pubcomp', 1))
    deepEqual(lines(bench.take()), ['publish a 1', 'pubrel 1 0'])
    equal(bench.session.outbound.inFlight, 0)
  })

  test('PUBACK for a QoS 2 message is a protocol error', () => {
    const bench = connected()
    bench.session.deliver(message('a', 2), 2, false, undefined, undefined)
    bench.take()
    bench.send(ack('puback', 1))
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 130'], ['closed fault']])
  })

  test('[MQTT-4.9.0-3] everything else goes on while the send quota is 0', () => {
    const bench = connected({ receiveMaximum: 1 })
    for (const name of ['a', 'b']) bench.session.deliver(message(name), 1, false, undefined, undefined)
    bench.send({ type: 'pingreq' }, publishPacket('c', 1, 7))
    deepEqual(lines(bench.take()), ['publish a 1', 'pingresp', 'puback 7 0'])
    bench.send(ack('puback', 1))
    deepEqual(lines(bench.take()), ['publish b 2'])
  })
})

describe('what the client asked for in CONNECT', () => {
  test('[MQTT-3.1.2-26] aliases are used up to its Topic Alias Maximum', () => {
    const topicBytes = new TextEncoder().encode('a/b')
    const bench = connected({ topicAliasMaximum: 1 })
    for (let i = 0; i < 2; i++) {
      const publication = message('a/b')
      Object.assign(publication, { topicBytes, topicStart: 0, topicEnd: topicBytes.length })
      bench.session.deliver(publication, 1, false, undefined, undefined)
    }
    deepEqual(lines(bench.take()), ['publish a/b 1', 'publish  2'])
  })

  test('[MQTT-3.1.2-29] Request Problem Information 0: no Reason String on PUBACK', () => {
    for (const requestProblemInformation of [0, 1] as const) {
      const bench = connected({ requestProblemInformation })
      bench.on.publish = ({ packetId }) => bench.server.acknowledge(packetId, ReasonCode.quotaExceeded, 'full')
      bench.send(publishPacket('a', 1, 1))
      const [puback] = bench.take()
      ok(puback?.type === 'puback')
      equal(puback.properties?.reasonString, requestProblemInformation === 1 ? 'full' : undefined)
    }
  })

  test('[MQTT-3.1.2-24] [MQTT-3.1.2-25] a message larger than its Maximum Packet Size is not sent', () => {
    const bench = connected({ maximumPacketSize: 50 })
    bench.session.deliver(message('large', 1, 60), 1, false, undefined, undefined)
    bench.session.deliver(message('small', 1, 1), 1, false, undefined, undefined)
    deepEqual(lines(bench.take()), ['publish small 1'])
  })

  test('[MQTT-3.1.2-24] an answer larger than its Maximum Packet Size is not sent, nor left out: 0x95', () => {
    const bench = connected({ maximumPacketSize: 50 })
    bench.server.answer({ type: 'suback', packetId: 1, reasonCodes: new Array(45).fill(0) })
    deepEqual(lines(bench.take()).length, 1)
    bench.server.answer({ type: 'suback', packetId: 2, reasonCodes: new Array(46).fill(0) })
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 149'], ['closed server']])
  })
})

describe('the end', () => {
  test('[MQTT-3.14.4-1] after DISCONNECT nothing is written or read, and closed is reported once', () => {
    const bench = connected()
    bench.server.disconnect(ReasonCode.sessionTakenOver, 'taken over')
    bench.server.disconnect(ReasonCode.serverBusy, 'again')
    bench.server.lost('gone')
    bench.server.tick(1e9)
    bench.send({ type: 'pingreq' })
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 142'], ['closed server']])
    equal(bench.session.link, undefined)
  })

  test('before 5.0 a server closes without a word', () => {
    const bench = connected(undefined, {}, { protocolVersion: 4 })
    bench.server.disconnect(ReasonCode.sessionTakenOver, 'taken over')
    deepEqual([bench.take(), bench.calls], [[], ['closed server']])
  })

  test('[MQTT-3.14.0-1] no DISCONNECT before CONNACK', () => {
    const bench = setUp()
    bench.on.connect = () => undefined
    bench.send(connectPacket(5))
    bench.server.disconnect(ReasonCode.serverShuttingDown, 'bye')
    deepEqual([bench.take(), bench.calls], [[], ['connect c', 'closed server']])
  })

  test('what the client says goes to the handler, and nothing after it', () => {
    const bench = connected({ sessionExpiryInterval: 10 })
    const disconnect = { type: 'disconnect', reasonCode: 4, properties: { sessionExpiryInterval: 20 } } as const
    bench.send(disconnect, publishPacket('a', 0))
    deepEqual(bench.calls, ['closed client'])
    const [reason] = bench.closings
    ok(reason?.by === 'client')
    deepEqual([reason.packet.reasonCode, reason.packet.properties?.sessionExpiryInterval], [4, 20])
  })

  test('a Session Expiry Interval on DISCONNECT after 0 in CONNECT is 0x82 (section 3.14.2.2.2)', () => {
    const bench = connected()
    bench.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 20 } })
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 130'], ['closed fault']])
    const zero = connected()
    zero.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } })
    deepEqual([zero.take(), zero.calls], [[], ['closed client']])
    // We cut it to 0, the client did not ask for 0.
    const cut = connected({ sessionExpiryInterval: 30 }, { sessionExpiryMaximum: 0 })
    cut.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 20 } })
    deepEqual(cut.calls, ['closed client'])
  })

  test('[MQTT-4.13.1-1] a malformed packet is answered with DISCONNECT 0x81', () => {
    const bench = connected()
    bench.sendBytes(0x32, 3, 0, 1, 0x61)
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 129'], ['closed fault']])
  })

  test('a packet larger than our Maximum Packet Size is 0x95, from its header', () => {
    const bench = connected(undefined, { maximumPacketSize: 1000 })
    bench.sendBytes(0x30, 0xff, 0x7f)
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 149'], ['closed fault']])
  })
})

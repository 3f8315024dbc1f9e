import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { ack, connected, connectPacket, newSession, publishPacket, setUp } from '../../test/server-fixture.ts'
import { message } from '../../test/session-recorder.ts'
import type { Fault } from '../packet/fault.ts'
import type { Packet } from '../packet/packet.ts'
import { ReasonCode } from '../spec/reason-code.ts'

/** `connack 0`, `puback 5 0`, `publish a 1`, `disconnect 130`. */
const line = (packet: Packet | Fault): string => {
  if (packet.type === 'publish') return `publish ${packet.topicName} ${packet.packetId ?? 0}${packet.dup ? ' dup' : ''}`
  const packetId = 'packetId' in packet ? ` ${packet.packetId}` : ''
  return `${packet.type}${packetId}${'reasonCode' in packet ? ` ${packet.reasonCode}` : ''}`
}
const lines = (packets: readonly (Packet | Fault)[]): string[] => packets.map(line)

describe('opening', () => {
  test('[MQTT-3.1.4-5] CONNECT is answered with CONNACK 0 once it is accepted, synchronously or later', () => {
    const bench = setUp()
    bench.on.connect = () => undefined
    bench.send(connectPacket(5))
    deepEqual([bench.take(), bench.server.held], [[], true])
    bench.server.accept(bench.session, true, { assignedClientIdentifier: 'given' })
    const [connack] = bench.take()
    ok(connack?.type === 'connack')
    deepEqual([connack.sessionPresent, connack.reasonCode], [true, 0])
    equal(connack.properties?.assignedClientIdentifier, 'given')
    equal(connack.properties?.receiveMaximum, 64)
    equal(bench.server.held, false)

    const atOnce = setUp()
    atOnce.send(connectPacket(5))
    deepEqual(lines(atOnce.take()), ['connack 0'])
    deepEqual([atOnce.calls, atOnce.server.held], [['connect c'], false])
  })

  test('[MQTT-3.2.0-1] CONNACK goes before what the session holds', () => {
    const session = newSession()
    session.deliver(message('waiting'), 1, false, undefined, undefined)
    const bench = setUp({}, session)
    bench.send(connectPacket(5))
    deepEqual(lines(bench.take()), ['connack 0', 'publish waiting 1'])
  })

  test('packets that follow CONNECT at once wait for its answer, in the same chunk or a later one (section 3.1.4)', () => {
    const bench = setUp()
    bench.on.connect = () => undefined
    bench.send(connectPacket(5), publishPacket('a', 0))
    bench.send(publishPacket('b', 1, 1), { type: 'pingreq' })
    deepEqual(bench.calls, ['connect c'])
    bench.server.accept(bench.session, false, undefined)
    deepEqual(bench.calls, ['connect c', 'publish a 0', 'publish b 1'])
    deepEqual(lines(bench.take()), ['connack 0', 'puback 1 0', 'pingresp'])
  })

  test('[MQTT-3.1.4-6] nothing that follows a CONNECT that is refused is looked at', () => {
    const bench = setUp()
    bench.on.connect = () => bench.server.refuse(ReasonCode.notAuthorized, 'no')
    bench.send(connectPacket(5), publishPacket('a', 0))
    deepEqual(bench.calls, ['connect c', 'closed server'])
    deepEqual(lines(bench.take()), ['connack 135'])
  })

  test('[MQTT-3.2.0-2] accept and refuse after the answer send no second CONNACK', () => {
    const bench = connected()
    bench.server.accept(bench.session, false, undefined)
    bench.server.refuse(ReasonCode.notAuthorized, 'no')
    deepEqual(bench.take(), [])
    ok(bench.server.isClosed)
  })

  test('before CONNECT there is nothing to refuse with', () => {
    const bench = setUp()
    bench.server.refuse(ReasonCode.serverShuttingDown, 'bye')
    deepEqual([bench.take(), bench.calls], [[], ['closed server']])
  })

  test('[MQTT-3.1.2-24] a client whose Maximum Packet Size has no room for CONNACK is let go', () => {
    const bench = setUp()
    bench.send(connectPacket(5, { maximumPacketSize: 5 }))
    deepEqual([bench.take(), bench.calls], [[], ['connect c', 'closed server']])
  })

  test('[MQTT-3.1.0-2] a second CONNECT is a protocol error', () => {
    const bench = connected()
    bench.send(connectPacket(5))
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 130'], ['closed fault']])

    const hasty = setUp()
    hasty.on.connect = () => undefined
    hasty.send(connectPacket(5), connectPacket(5))
    deepEqual(hasty.calls, ['connect c'])
    hasty.server.accept(hasty.session, false, undefined)
    deepEqual(lines(hasty.take()), ['connack 0', 'disconnect 130'])
  })

  test('3.1 has no Session Present flag', () => {
    for (const version of [3, 4] as const) {
      const bench = setUp()
      bench.version = version
      bench.on.connect = () => bench.server.accept(bench.session, true, undefined)
      bench.send(connectPacket(version, undefined, { cleanStart: false }))
      const [connack] = bench.take()
      equal(connack?.type === 'connack' && connack.sessionPresent, version === 4)
    }
  })
})

describe('[MQTT-3.2.2-7] [MQTT311-3.2.2-5] a refusal', () => {
  const { unsupportedProtocolVersion, clientIdentifierNotValid, serverUnavailable, quotaExceeded } = ReasonCode
  const { badUserNameOrPassword, notAuthorized, banned, malformedPacket } = ReasonCode
  const cases: readonly (readonly [ReasonCode, before5: string[]])[] = [
    [unsupportedProtocolVersion, ['connack 1']],
    [clientIdentifierNotValid, ['connack 2']],
    [serverUnavailable, ['connack 3']],
    [quotaExceeded, ['connack 3']],
    [badUserNameOrPassword, ['connack 4']],
    [notAuthorized, ['connack 5']],
    [banned, ['connack 5']],
    [malformedPacket, []],
  ]
  for (const [reasonCode, before5] of cases) {
    test(`with ${reasonCode}: ${before5[0] ?? 'nothing'} before 5.0`, () => {
      for (const version of [3, 4, 5] as const) {
        const bench = setUp()
        bench.version = version
        bench.on.connect = () => bench.server.refuse(reasonCode, 'no')
        bench.send(connectPacket(version))
        deepEqual(lines(bench.take()), version === 5 ? [`connack ${reasonCode}`] : before5)
        deepEqual(bench.calls, ['connect c', 'closed server'])
      }
    })
  }
})

describe('a fault before CONNECT was read', () => {
  const silent: readonly (readonly [string, readonly number[]])[] = [
    ['[MQTT-3.1.0-1] another packet', [0xc0, 0]],
    ['[MQTT-3.1.0-1] a PUBLISH whose topic looks like a protocol name', [0x30, 8, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 0]],
    ['DISCONNECT', [0xe0, 0]],
    ['no MQTT at all', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
    ['[MQTT-3.1.2-1] a CONNECT of another protocol', [0x10, 8, 0, 4, 0x4e, 0x4f, 0x50, 0x45, 5, 0]],
    ['a Remaining Length without end', [0x10, 0xff, 0xff, 0xff, 0xff, 1]],
    ['an empty CONNECT', [0x10, 0]],
  ]
  for (const [name, bytes] of silent) {
    test(`${name}: closes without an answer`, () => {
      const bench = setUp()
      bench.sendBytes(...bytes)
      deepEqual([bench.take(), bench.calls], [[], ['closed fault']])
    })
  }

  test('[MQTT-3.1.2-2] an unknown Protocol Version is answered in the form that it can be expected to read', () => {
    for (const [level, expected] of [
      [6, 'connack 132'],
      [2, 'connack 1'],
    ] as const) {
      const bench = setUp()
      bench.version = level > 4 ? 5 : 4
      bench.sendBytes(0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, level, 2, 0, 0, 0, 1, 0x63)
      deepEqual([lines(bench.take()), bench.calls], [[expected], ['closed fault']])
    }
  })

  test('[MQTT-3.1.2-3] a CONNECT whose reserved flag is set is answered with 0x81, in 3.1.1 not at all', () => {
    const connect = (level: number) => [0x10, level === 5 ? 14 : 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, level, 3, 0, 0]
    const bench = setUp()
    bench.sendBytes(...connect(5), 0, 0, 1, 0x63)
    deepEqual([lines(bench.take()), bench.calls], [['connack 129'], ['closed fault']])
    const old = setUp()
    old.sendBytes(...connect(4), 0, 1, 0x63)
    deepEqual([old.take(), old.calls], [[], ['closed fault']])
  })

  test('a CONNECT larger than we take is not read', () => {
    const bench = setUp({ maximumPacketSize: 10 })
    bench.send(connectPacket(5, undefined, { clientId: 'a long name' }))
    deepEqual([bench.take(), bench.calls], [[], ['closed fault']])
  })
})

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

describe('PUBLISH from the client', () => {
  test('[MQTT-3.3.4-1] QoS 0 is not answered, QoS 1 with PUBACK, QoS 2 with PUBREC', () => {
    const bench = connected()
    bench.send(publishPacket('a', 0), publishPacket('b', 1, 1), publishPacket('c', 2, 2))
    deepEqual(bench.calls, ['publish a 0', 'publish b 1', 'publish c 2'])
    deepEqual(lines(bench.take()), ['puback 1 0', 'pubrec 2 0'])
  })

  test('[MQTT-4.3.2-5] a QoS 1 identifier that was acknowledged is a new message, DUP or not', () => {
    const bench = connected()
    bench.send(publishPacket('a', 1, 1), { ...publishPacket('a', 1, 1), dup: true } as Packet)
    deepEqual(bench.calls, ['publish a 1', 'publish a 1'])
    deepEqual(lines(bench.take()), ['puback 1 0', 'puback 1 0'])
  })

  test('[MQTT-4.3.3-10] a QoS 2 identifier that is held is answered again and not delivered', () => {
    const bench = connected()
    bench.send(publishPacket('a', 2, 1), publishPacket('a', 2, 1))
    deepEqual(bench.calls, ['publish a 1'])
    deepEqual(lines(bench.take()), ['pubrec 1 0', 'pubrec 1 0'])
  })

  test('[MQTT-4.3.3-11] [MQTT-4.3.3-12] PUBREL is answered with PUBCOMP and frees the identifier', () => {
    const bench = connected()
    bench.send(publishPacket('a', 2, 1), ack('pubrel', 1), publishPacket('b', 2, 1))
    deepEqual(bench.calls, ['publish a 1', 'released 1 true', 'publish b 1'])
    deepEqual(lines(bench.take()), ['pubrec 1 0', 'pubcomp 1 0', 'pubrec 1 0'])
  })

  test('PUBREL for an identifier that we do not hold is answered with 0x92 (section 3.7.2.1)', () => {
    const bench = connected()
    bench.send(ack('pubrel', 9))
    deepEqual([bench.calls, lines(bench.take())], [['released 9 false'], ['pubcomp 9 146']])
  })

  test('[MQTT-4.3.3-9] a QoS 2 message that was refused is new when it comes again', () => {
    const bench = connected()
    bench.on.publish = ({ packetId }) => bench.server.acknowledge(packetId, ReasonCode.quotaExceeded, 'full')
    bench.send(publishPacket('a', 2, 1), publishPacket('a', 2, 1))
    deepEqual(bench.calls, ['publish a 1', 'publish a 1'])
    deepEqual(lines(bench.take()), ['pubrec 1 151', 'pubrec 1 151'])
  })

  test('[MQTT-4.6.0-2] [MQTT-4.6.0-3] answers leave in the order of arrival, whichever is ready first', () => {
    const bench = connected()
    bench.on.publish = ({ packetId }) => packetId === 2 && bench.server.acknowledge(2, 0)
    bench.send(publishPacket('a', 1, 1), publishPacket('b', 2, 2), publishPacket('c', 1, 3))
    deepEqual(bench.take(), [])
    bench.server.acknowledge(3, 16)
    bench.server.acknowledge(1, 0)
    deepEqual(lines(bench.take()), ['puback 1 0', 'pubrec 2 0', 'puback 3 16'])
    bench.server.acknowledge(3, 0)
    deepEqual(bench.take(), [])
  })

  test('[MQTT-4.6.0-3] a repeated QoS 2 message does not jump the queue', () => {
    const bench = connected()
    bench.send(publishPacket('a', 2, 1))
    bench.take()
    bench.on.publish = () => undefined
    bench.send(publishPacket('b', 2, 2), publishPacket('a', 2, 1), publishPacket('b', 2, 2))
    deepEqual(bench.take(), [])
    bench.server.acknowledge(2, 0)
    deepEqual(lines(bench.take()), ['pubrec 2 0', 'pubrec 1 0'])
  })

  test('[MQTT-3.3.4-7] more than Receive Maximum unanswered are 0x93', () => {
    const bench = connected(undefined, { receiveMaximum: 2 })
    bench.on.publish = ({ packetId }) => packetId === 2 && bench.server.acknowledge(2, 0)
    // QoS 2 counts until PUBCOMP.
    bench.send(publishPacket('a', 2, 2), publishPacket('b', 1, 1))
    deepEqual(bench.calls, ['publish a 2', 'publish b 1'])
    bench.send(publishPacket('c', 1, 3))
    deepEqual(lines(bench.take()), ['pubrec 2 0', 'disconnect 147'])
    equal(bench.closings[0]?.by, 'fault')
  })

  test('[MQTT-3.3.4-7] what is answered for good does not count, nor QoS 0, nor what is repeated', () => {
    const bench = connected(undefined, { receiveMaximum: 1 })
    for (let packetId = 1; packetId < 5; packetId++) {
      bench.send(publishPacket('a', 2, packetId), publishPacket('a', 2, packetId), publishPacket('b', 0))
      bench.send(ack('pubrel', packetId), publishPacket('c', 1, packetId))
    }
    equal(bench.server.isClosed, false)
  })

  test('before 5.0 there is no Receive Maximum', () => {
    const bench = connected(undefined, { receiveMaximum: 1 }, { protocolVersion: 4 })
    bench.on.publish = () => undefined
    bench.send(publishPacket('a', 1, 1), publishPacket('a', 1, 2))
    deepEqual(bench.calls, ['publish a 1', 'publish a 2'])
  })

  test('[MQTT-3.3.2-7] [MQTT-3.3.2-12] an alias stands for its topic on this connection', () => {
    const bench = connected()
    const properties = { topicAlias: 2 }
    bench.send({ ...publishPacket('a/b', 0), properties } as Packet, { ...publishPacket('', 0), properties } as Packet)
    deepEqual(bench.calls, ['publish a/b 0', 'publish a/b 0'])
    const other = connected()
    other.send({ ...publishPacket('', 0), properties } as Packet)
    deepEqual([lines(other.take()), other.calls], [['disconnect 130'], ['closed fault']])
  })

  test('[MQTT-3.3.2-9] an alias above our Topic Alias Maximum is 0x94', () => {
    const bench = connected()
    bench.send({ ...publishPacket('a', 0), properties: { topicAlias: 3 } } as Packet)
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 148'], ['closed fault']])
    const none = connected(undefined, { topicAliasMaximum: 0 })
    none.send({ ...publishPacket('a', 0), properties: { topicAlias: 1 } } as Packet)
    deepEqual(lines(none.take()), ['disconnect 148'])
  })

  test('[MQTT-3.3.4-6] a Subscription Identifier from a client is a protocol error', () => {
    const bench = connected()
    bench.send({ ...publishPacket('a', 0), properties: { subscriptionIdentifiers: [1] } } as Packet)
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 130'], ['closed fault']])
  })

  test('[MQTT-3.3.2-2] a topic with a wildcard is 0x90', () => {
    const bench = connected()
    bench.send(publishPacket('a/#', 0))
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 144'], ['closed fault']])
  })

  test('a payload that is not what its format indicator says is 0x99 (section 3.3.2.3.2)', () => {
    const bench = connected()
    const payload = Uint8Array.of(0xff)
    bench.send({ ...publishPacket('a', 0), payload, properties: { payloadFormatIndicator: 1 } } as Packet)
    deepEqual([lines(bench.take()), bench.calls], [['disconnect 153'], ['closed fault']])
  })
})

describe('hold and release', () => {
  test('nothing is read in between, then all of it in order', () => {
    const bench = connected()
    bench.on.publish = () => bench.server.hold()
    bench.send(publishPacket('a', 0), publishPacket('b', 0))
    bench.send(publishPacket('c', 0))
    deepEqual([bench.calls, bench.server.held], [['publish a 0'], true])
    bench.server.release(0)
    deepEqual(bench.calls, ['publish a 0', 'publish b 0'])
    bench.on.publish = () => undefined
    bench.server.release(0)
    deepEqual([bench.calls.length, bench.server.held], [3, false])
  })

  test('a handler that releases within its call is not called from inside', () => {
    const bench = connected()
    let depth = 0
    bench.on.publish = () => {
      equal(++depth, 1)
      bench.server.hold()
      bench.server.release(0)
      depth--
    }
    bench.send(publishPacket('a', 0), publishPacket('b', 0), publishPacket('c', 0))
    equal(bench.calls.length, 3)
  })

  test('nor from inside while it goes on with what was kept', () => {
    const bench = connected()
    bench.on.publish = () => bench.server.hold()
    bench.send(publishPacket('a', 0), publishPacket('b', 0), publishPacket('c', 0))
    bench.on.publish = () => {
      bench.server.hold()
      bench.server.release(0)
    }
    bench.server.release(0)
    deepEqual(bench.calls, ['publish a 0', 'publish b 0', 'publish c 0'])
  })

  test('closing while held reads nothing more, release neither', () => {
    const bench = connected()
    bench.on.publish = () => bench.server.hold()
    bench.send(publishPacket('a', 0), publishPacket('b', 0))
    bench.server.lost('gone')
    bench.server.release(0)
    deepEqual(bench.calls, ['publish a 0', 'closed network'])
  })
})

describe('a QoS 2 message whose connection is lost', () => {
  const again = (bench: ReturnType<typeof connected>, session = bench.session) => {
    const next = setUp({}, session)
    next.send(connectPacket(5), publishPacket('a', 2, 1))
    next.take()
    return next.calls.slice(1)
  }

  test('[MQTT-4.3.3-10] is not delivered again when it had been taken over, answered or not', () => {
    const answered = connected()
    answered.send(publishPacket('a', 2, 1))
    answered.server.lost('gone')
    deepEqual(again(answered), [])

    const storing = connected()
    storing.on.publish = () => undefined
    storing.send(publishPacket('a', 2, 1))
    storing.server.lost('gone')
    deepEqual(again(storing), [])

    const decided = connected()
    decided.on.publish = () => decided.server.hold()
    decided.send(publishPacket('a', 2, 1))
    decided.server.release(0)
    decided.server.lost('gone')
    deepEqual(again(decided), [])

    const promised = connected()
    promised.on.publish = () => promised.server.hold()
    promised.send(publishPacket('a', 2, 1))
    promised.server.acknowledge(1, 0)
    promised.server.lost('gone')
    deepEqual(again(promised), [])
  })

  test('is not confused with a QoS 1 message of the same identifier', () => {
    const bench = connected()
    bench.send(publishPacket('a', 2, 1))
    bench.on.publish = () => bench.server.hold()
    bench.send(publishPacket('b', 1, 1))
    bench.server.lost('gone')
    deepEqual(again(bench), [])
  })

  test('[MQTT-4.3.3-8] is new when nobody had taken it over', () => {
    const undecided = connected()
    undecided.on.publish = () => undecided.server.hold()
    undecided.send(publishPacket('a', 2, 1))
    undecided.server.lost('gone')
    deepEqual(again(undecided), ['publish a 1'])

    const broken = connected()
    broken.on.publish = () => {
      throw new Error('a bug')
    }
    try {
      broken.send(publishPacket('a', 2, 1))
    } catch {
      broken.server.disconnect(ReasonCode.unspecifiedError, 'internal error')
    }
    deepEqual(again(broken), ['publish a 1'])
  })

  test('is the next connection’s business once that one carries the session', () => {
    const first = connected()
    first.on.publish = () => first.server.hold()
    first.send(publishPacket('a', 2, 1))
    const second = setUp({}, first.session)
    second.send(connectPacket(5), ack('pubrel', 1), publishPacket('b', 2, 1))
    first.server.lost('gone')
    equal(first.session.link, second.server.outgoing)
    ok(first.session.inbound.isHeld(1))
  })

  test('an answer that comes after the connection has closed is nobody’s', () => {
    const bench = connected()
    bench.on.publish = () => undefined
    bench.send(publishPacket('a', 1, 1))
    bench.server.lost('gone')
    bench.server.acknowledge(1, 0)
    bench.server.complete(1, true)
    bench.server.answer({ type: 'suback', packetId: 1, reasonCodes: [0] })
    deepEqual(bench.take(), [])
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

describe('AUTH', () => {
  test('[MQTT-4.12.0-3] goes to and fro before CONNACK, then CONNACK', () => {
    const bench = setUp()
    const properties = { authenticationMethod: 'm' }
    bench.on.connect = () => {
      bench.server.answer({ type: 'auth', reasonCode: 0x18, properties })
      bench.server.release(0)
    }
    bench.on.auth = () => bench.server.accept(bench.session, false, undefined)
    bench.send(connectPacket(5, properties))
    deepEqual(lines(bench.take()), ['auth 24'])
    bench.send({ type: 'auth', reasonCode: 0x18, properties })
    deepEqual([lines(bench.take()), bench.calls], [['connack 0'], ['connect c', 'auth']])
  })

  test('[MQTT-3.1.2-30] another packet before CONNACK is refused', () => {
    const bench = setUp()
    bench.on.connect = () => bench.server.release(0)
    bench.send(connectPacket(5, { authenticationMethod: 'm' }), publishPacket('a', 0))
    deepEqual([lines(bench.take()), bench.calls], [['connack 130'], ['connect c', 'closed fault']])
  })

  test('[MQTT311-2.2.1] does not exist before 5.0', () => {
    const bench = connected(undefined, {}, { protocolVersion: 4 })
    bench.sendBytes(0xf0, 0)
    deepEqual([bench.take(), bench.calls], [[], ['closed fault']])
  })
})

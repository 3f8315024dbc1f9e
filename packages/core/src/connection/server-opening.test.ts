import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { connected, connectPacket, lines, newSession, publishPacket, setUp } from '../../test/server-fixture.ts'
import { message } from '../../test/session-recorder.ts'
import { ReasonCode } from '../spec/reason-code.ts'

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
    equal(connack.properties?.receiveMaximum, undefined)
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

describe('DUP beside QoS 1 in PUBREL, SUBSCRIBE and UNSUBSCRIBE (3.1, section 2.1)', () => {
  const again = {
    pubrel: [0x6a, 2, 0, 9],
    subscribe: [0x8a, 6, 0, 1, 0, 1, 0x61, 0],
    unsubscribe: [0xaa, 5, 0, 2, 0, 1, 0x61],
  } as const

  test('is read in 3.1, as the packet without it', () => {
    const bench = connected(undefined, {}, { protocolVersion: 3 })
    for (const bytes of Object.values(again)) bench.sendBytes(...bytes)
    deepEqual(bench.calls, ['released 9 false', 'subscribe', 'unsubscribe'])
  })

  test('is read behind a CONNECT in the same chunk', () => {
    const bench = setUp()
    bench.version = 3
    const connect = [0x10, 15, 0, 6, 0x4d, 0x51, 0x49, 0x73, 0x64, 0x70, 3, 2, 0, 0, 0, 1, 0x63]
    bench.sendBytes(...connect, ...again.subscribe)
    deepEqual(bench.calls, ['connect c', 'subscribe'])
  })

  test.each([
    ['MQTT-3.6.1-1', 'pubrel'],
    ['MQTT-3.8.1-1', 'subscribe'],
    ['MQTT-3.10.1-1', 'unsubscribe'],
  ] as const)('[%s] is malformed from 3.1.1 on, and before CONNECT: %s', (clause, type) => {
    for (const protocolVersion of [4, 5] as const) {
      const bench = connected(undefined, {}, { protocolVersion })
      bench.sendBytes(...again[type])
      deepEqual(lines(bench.take()), protocolVersion === 5 ? ['disconnect 129'] : [])
      const [reason] = bench.closings
      equal(reason?.by === 'fault' && reason.fault.clause, clause)
    }
    const fresh = setUp()
    fresh.sendBytes(...again[type])
    deepEqual([fresh.take(), fresh.calls], [[], ['closed fault']])
  })

  test('no other packet may have it in 3.1 either', () => {
    for (const first of [0x48, 0x58, 0x78, 0xc8, 0xe8, 0x68, 0x6b, 0x88, 0xa8]) {
      const bench = connected(undefined, {}, { protocolVersion: 3 })
      bench.sendBytes(first)
      deepEqual(bench.calls, ['closed fault'])
    }
  })
})

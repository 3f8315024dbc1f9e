import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { ack, connected, connectPacket, lines, publishPacket, setUp } from '../../test/server-fixture.ts'
import type { Packet } from '../packet/packet.ts'
import { ReasonCode } from '../spec/reason-code.ts'

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

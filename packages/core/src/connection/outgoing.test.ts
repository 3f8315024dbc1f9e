import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { decodePacket } from '../codec/decoder.ts'
import { FrameReader } from '../codec/frames.ts'
import { createPublication } from '../codec/publication.ts'
import { publicationSize } from '../codec/publish.ts'
import type { Packet } from '../packet/packet.ts'
import type { Publication } from '../packet/publication.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { createBufferWriter, writtenBytes } from '../wire/writer.ts'
import { Outgoing } from './outgoing.ts'

function setUp(): { outgoing: Outgoing; take(): Packet[]; takeBytes(): number; clock: { nowMs: number } } {
  const clock = { nowMs: 0 }
  const outgoing = new Outgoing(createBufferWriter().outlet, () => clock.nowMs)
  outgoing.version = 5
  const takeBytes = (): number => {
    const { at } = outgoing.writer
    outgoing.writer.at = 0
    return at
  }
  const take = (): Packet[] => {
    const packets: Packet[] = []
    new FrameReader(Number.POSITIVE_INFINITY).push(writtenBytes(outgoing.writer), {
      frame: (bytes, header, body, end) => {
        const packet = decodePacket(bytes, header, body, end, outgoing.version)
        if (packet.type === 'fault') throw new Error(packet.sentence)
        packets.push(packet)
        return true
      },
    })
    takeBytes()
    return packets
  }
  return { outgoing, take, takeBytes, clock }
}

/** `interned`: the topic lies in bytes of its own, the same for each message of that name, as a topic table's do. */
function message(topicBytes: Uint8Array, payloadBytes = 0): Publication {
  const publication = createPublication({
    topicName: 't',
    payload: new Uint8Array(payloadBytes),
    qos: 1,
    retain: false,
  })
  publication.topicBytes = topicBytes
  publication.topicStart = 0
  publication.topicEnd = topicBytes.length
  return publication
}

const topic = (name: string): Uint8Array => new TextEncoder().encode(name)
const publish = (outgoing: Outgoing, publication: Publication): void =>
  outgoing.publish(publication, 1, false, false, 1, undefined)

describe('Topic Alias', () => {
  const seen = (packets: readonly Packet[]) =>
    packets.map((packet) => (packet.type === 'publish' ? [packet.topicName, packet.properties?.topicAlias] : []))

  test('[MQTT-3.1.2-26] the first use carries topic and alias, the next ones the alias alone', () => {
    const { outgoing, take } = setUp()
    outgoing.topicAliasMaximum = 2
    const [a, b, c] = ['a', 'b', 'c'].map(topic)
    for (const each of [a, a, b, a, c, b]) if (each) publish(outgoing, message(each))
    deepEqual(seen(take()), [
      ['a', 1],
      ['', 1],
      ['b', 2],
      ['', 1],
      ['c', 2],
      ['b', 1],
    ])
  })

  test('[MQTT-3.1.2-27] none where the peer takes none', () => {
    const { outgoing, take } = setUp()
    const a = topic('a')
    for (let i = 0; i < 2; i++) publish(outgoing, message(a))
    deepEqual(seen(take()), [
      ['a', undefined],
      ['a', undefined],
    ])
  })

  test('a topic that is not interned gets none: it would push a useful one out', () => {
    const { outgoing, take } = setUp()
    outgoing.topicAliasMaximum = 2
    publish(outgoing, createPublication({ topicName: 'will', payload: new Uint8Array(0), qos: 1, retain: false }))
    deepEqual(seen(take()), [['will', undefined]])
  })

  test('[MQTT-3.1.2-24] none where only the alias would make the packet too large, and the message is sent', () => {
    const { outgoing, take, takeBytes } = setUp()
    const a = topic('a/b/c')
    const size = publicationSize(message(a, 100), 5, 1, 0, false, -1, undefined)
    outgoing.topicAliasMaximum = 2
    outgoing.maximumPacketSize = size
    ok(outgoing.fits(message(a, 100), 1, undefined))
    publish(outgoing, message(a, 100))
    deepEqual(seen(take()), [['a/b/c', undefined]])
    equal(outgoing.fits(message(a, 101), 1, undefined), false)
    // Three bytes below it there is room.
    publish(outgoing, message(a, 97))
    equal(takeBytes(), size)
  })
})

describe('Maximum Packet Size', () => {
  test('[MQTT-3.1.2-24] fits counts every byte that publish writes', () => {
    const { outgoing, takeBytes, clock } = setUp()
    const a = topic('topic')
    for (const payloadBytes of [0, 1, 115, 116, 117, 118, 119, 120, 200, 16_370, 16_400]) {
      const publication = message(a, payloadBytes)
      if (payloadBytes % 2 === 0) publication.expiresAtMs = 90_000
      clock.nowMs = 1234
      outgoing.maximumPacketSize = Number.POSITIVE_INFINITY
      outgoing.publish(publication, 2, false, false, 9, [1, 200])
      const size = takeBytes()
      outgoing.maximumPacketSize = size
      ok(outgoing.fits(publication, 2, [1, 200]))
      outgoing.maximumPacketSize = size - 1
      equal(outgoing.fits(publication, 2, [1, 200]), false)
    }
  })

  test('[MQTT-3.4.2-2] a reason that would make an acknowledgement too large is left out', () => {
    const { outgoing, take } = setUp()
    outgoing.maximumPacketSize = 40
    outgoing.ack('puback', 1, ReasonCode.notAuthorized, 'x'.repeat(40))
    outgoing.ack('puback', 2, ReasonCode.notAuthorized, 'no')
    deepEqual(
      take().map((packet) => packet.type === 'puback' && [packet.reasonCode, packet.properties?.reasonString]),
      [
        [ReasonCode.notAuthorized, undefined],
        [ReasonCode.notAuthorized, 'no'],
      ],
    )
  })

  test('[MQTT-3.14.2-3] DISCONNECT goes without its reason where that makes it too large', () => {
    const { outgoing, take } = setUp()
    outgoing.maximumPacketSize = 30
    const properties = { reasonString: 'a long story'.repeat(5) }
    ok(outgoing.control({ type: 'disconnect', reasonCode: ReasonCode.serverBusy, properties }))
    const [packet] = take()
    deepEqual(packet?.type === 'disconnect' && [packet.reasonCode, packet.properties?.reasonString], [0x89, undefined])
  })

  test('[MQTT-3.1.2-24] what is too large even without is not sent', () => {
    const { outgoing, take } = setUp()
    outgoing.maximumPacketSize = 10
    const reasonCodes = new Array<number>(20).fill(0)
    equal(outgoing.control({ type: 'suback', packetId: 1, reasonCodes }), false)
    deepEqual(take(), [])
  })
})

describe('[MQTT-3.1.2-29] Request Problem Information 0', () => {
  const properties = { reasonString: 'why', userProperties: [['a', 'b']] as const }

  test('no Reason String or User Property, but in CONNACK and DISCONNECT', () => {
    const { outgoing, take } = setUp()
    outgoing.terse = true
    outgoing.ack('pubrec', 1, ReasonCode.quotaExceeded, 'why')
    outgoing.control({ type: 'suback', packetId: 1, reasonCodes: [0], properties })
    outgoing.control({ type: 'connack', sessionPresent: false, reasonCode: 0, properties })
    outgoing.control({ type: 'disconnect', reasonCode: 0x8b, properties })
    deepEqual(
      take().map((packet) => [packet.type, JSON.stringify(packet).includes('"why"')]),
      [
        ['pubrec', false],
        ['suback', false],
        ['connack', true],
        ['disconnect', true],
      ],
    )
  })
})

test('[MQTT-3.3.2-6] Message Expiry Interval is what is left, in seconds, rounded up', () => {
  const { outgoing, take, clock } = setUp()
  const publication = message(topic('a'))
  publication.expiresAtMs = 10_000
  for (const nowMs of [0, 9000, 9001, 9999, 10_000, 12_000]) {
    clock.nowMs = nowMs
    publish(outgoing, publication)
  }
  publication.expiresAtMs = Number.POSITIVE_INFINITY
  publish(outgoing, publication)
  deepEqual(
    take().map((packet) => packet.type === 'publish' && packet.properties?.messageExpiryInterval),
    [10, 1, 1, 1, 0, 0, undefined],
  )
})

test('what is left is never more than four bytes hold, however far away the end is', () => {
  const { outgoing, take, clock } = setUp()
  const publication = message(topic('a'))
  // The time of day, in parts of a millisecond: added to the longest interval, and taken off again, it comes out larger.
  clock.nowMs = 1_700_000_000_000.1
  publication.expiresAtMs = clock.nowMs + 0xffff_ffff * 1000
  publish(outgoing, publication)
  clock.nowMs -= 1
  publish(outgoing, publication)
  deepEqual(
    take().map((packet) => packet.type === 'publish' && packet.properties?.messageExpiryInterval),
    [0xffff_ffff, 0xffff_ffff],
  )
})

test('before 5.0 nothing has properties, and an acknowledgement has no Reason Code', () => {
  const { outgoing, takeBytes } = setUp()
  outgoing.version = 4
  outgoing.ack('puback', 1, ReasonCode.quotaExceeded, 'why')
  equal(takeBytes(), 4)
})

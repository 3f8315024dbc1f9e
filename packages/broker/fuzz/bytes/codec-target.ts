/**
 * Framing and decoding: whatever the bytes are, in whatever pieces they come, it answers with packets and at most one fault,
 * never with an exception; and what it took for a packet is one: written again and read again it is the same.
 */
import { deepStrictEqual, equal, ok, throws } from 'node:assert/strict'
import {
  createBufferWriter,
  decodePacket,
  encodePacket,
  type Fault,
  FrameReader,
  type Packet,
  type ProtocolVersion,
  ReasonCode,
  writtenBytes,
} from '@mq/core'
import fc from 'fast-check'
import type { Target } from '../target.ts'
import { joined, type Stream, stream } from './mutation.ts'
import { anyPacket, anyVersion } from './packet-arbitrary.ts'

const maximumPacketSize = 1000

export const codecTarget: Target = {
  name: 'codec',
  batch: 2000,
  property: (tally) =>
    fc.asyncProperty(
      anyVersion.chain((version) => stream(version, anyPacket(version))),
      async (input) => {
        tally.cases++
        tally.packets += Math.max(1, input.packets.length)
        checkCodec(input)
      },
    ),
}

function checkCodec({ version, chunks }: Stream): void {
  const whole = joined(chunks)
  const inPieces = read(chunks, version)
  const atOnce = read([whole], version)
  deepStrictEqual(inPieces, atOnce, 'what is read depends on how the bytes were cut')
  // As another version, too: nobody promises that the bytes are what the receiver takes them for.
  for (const other of [3, 4, 5] as const) for (const each of read([whole], other)) check(each, other)
}

function check(result: Packet | Fault, version: ProtocolVersion): void {
  if (result.type === 'fault') {
    ok(
      codecFaults.includes(result.reasonCode),
      `a decoder says 0x${result.reasonCode.toString(16)}: ${result.sentence}`,
    )
    ok(result.sentence.length > 0 && result.clause.length > 0)
    return
  }
  // 3.1 lets DUP stand at QoS 0, where it means nothing; our encoder does not write it.
  const packet = result.type === 'publish' && result.qos === 0 && version === 3 ? { ...result, dup: false } : result
  // The form of names and identifiers is no matter of decoding (they are refused with a Reason Code); of writing it is.
  const missing = missingName(packet)
  if (missing !== undefined) {
    throws(() => write(packet, version), { name: 'TypeError', message: missing })
    return
  }
  const bytes = write(packet, version)
  const [again, more] = read([bytes], version)
  equal(more, undefined)
  deepStrictEqual(again, packet, 'a packet is read, written, and read as another')
  deepStrictEqual(write(packet, version), bytes)
}

/** What 4.13 and the packets' own sections let a decoder say. 0x94 is of a Topic Alias of 0 (3.3.2.3.4). */
const codecFaults: readonly number[] = [
  ReasonCode.malformedPacket,
  ReasonCode.protocolError,
  ReasonCode.unsupportedProtocolVersion,
  ReasonCode.packetTooLarge,
  ReasonCode.topicAliasInvalid,
]

function read(chunks: readonly Uint8Array[], version: ProtocolVersion): (Packet | Fault)[] {
  const results: (Packet | Fault)[] = []
  const frames = new FrameReader(maximumPacketSize)
  frames.is31 = version === 3
  let wrong: Fault | undefined
  for (const chunk of chunks) {
    const fed = chunk.slice()
    wrong = frames.push(fed, {
      frame(bytes, header, body, end) {
        results.push(decodePacket(bytes, header, body, end, version))
        return true
      },
    })
    // What was read must not point into the chunk, which belongs to the transport.
    fed.fill(0xee)
  }
  if (wrong !== undefined) results.push(wrong)
  ok(frames.bufferedBytes <= maximumPacketSize)
  return results
}

/** What our own check says of a name that has to be there and is empty. */
function missingName(packet: Packet): RegExp | undefined {
  if (packet.type !== 'connect') return undefined
  if (packet.clientId === '' && packet.protocolVersion === 3) return /Client Identifier/
  return packet.will?.topicName === '' ? /Will Topic/ : undefined
}

function write(packet: Packet, version: ProtocolVersion): Uint8Array {
  const writer = createBufferWriter()
  const size = encodePacket(writer, packet, version)
  equal(size, writer.at)
  return writtenBytes(writer).slice()
}

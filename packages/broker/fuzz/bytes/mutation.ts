/**
 * Byte streams that are almost right. Valid packets are encoded, then bent: in their body with Remaining Length put right
 * again (which reaches the parsers behind the framing), or as raw bytes (which reaches the framing); then the stream is cut
 * into chunks anywhere.
 */
import { createBufferWriter, encodePacket, type Packet, type ProtocolVersion, writtenBytes } from '@mq/core'
import fc from 'fast-check'

export interface Mutation {
  readonly kind: 'flip' | 'set' | 'insert' | 'remove' | 'truncate' | 'duplicate' | 'splice' | 'header'
  /** Keep Remaining Length true. */
  readonly reframe: boolean
  /** Which packet, where in it, how much, and with what; all taken modulo what there is. */
  readonly packet: number
  readonly at: number
  readonly length: number
  readonly value: number
}

const index = fc.nat({ max: 400 })
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom<Mutation['kind'][]>(
    'flip',
    'set',
    'set',
    'insert',
    'remove',
    'truncate',
    'duplicate',
    'splice',
    'header',
  ),
  reframe: fc.boolean(),
  packet: fc.nat({ max: 5 }),
  at: fc.oneof(fc.nat({ max: 12 }), index),
  length: fc.nat({ max: 9 }),
  value: fc.oneof(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff, 0x23, 0x26, 0x0b), fc.nat({ max: 255 })),
})

/** A stream of bytes in the chunks in which it arrives. */
export interface Stream {
  readonly version: ProtocolVersion
  readonly chunks: readonly Uint8Array[]
  /** For whoever reads a counterexample: the packets before they were bent. */
  readonly packets: readonly Packet[]
  readonly mutations: readonly Mutation[]
}

export function stream(version: ProtocolVersion, packet: fc.Arbitrary<Packet>): fc.Arbitrary<Stream> {
  const bent = fc
    .record({
      packets: fc.array(packet, { minLength: 1, maxLength: 6 }),
      mutations: fc.oneof(
        { weight: 1, arbitrary: fc.constant<Mutation[]>([]) },
        { weight: 3, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 3 }) },
      ),
      cuts,
    })
    .map(({ packets, mutations, cuts }) => {
      const frames = packets.flatMap((each) => encoded(each, version) ?? [])
      for (const each of mutations) mutate(frames, each)
      return { version, packets, mutations, chunks: cut(joined(frames), cuts) }
    })
  const noise = fc
    .record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }), cuts })
    .map(({ bytes, cuts }) => ({ version, packets: [], mutations: [], chunks: cut(bytes, cuts) }))
  return fc.oneof({ weight: 9, arbitrary: bent }, { weight: 1, arbitrary: noise })
}

const cuts = fc.array(fc.oneof(fc.nat({ max: 30 }), index), { maxLength: 5 })

/** Undefined for what the encoder refuses. */
export function encoded(packet: Packet, version: ProtocolVersion): Uint8Array | undefined {
  const writer = createBufferWriter()
  try {
    encodePacket(writer, packet, version)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return undefined
    throw error
  }
  return writtenBytes(writer).slice()
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Copies, so that whoever holds on to a chunk is found out when it is wiped. */
export function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((each) => each % (bytes.length + 1)))].sort((one, other) => one - other)
  const chunks: Uint8Array[] = []
  let from = 0
  for (const to of [...places, bytes.length]) {
    if (to > from) chunks.push(bytes.slice(from, to))
    from = to
  }
  return chunks
}

function mutate(frames: Uint8Array[], mutation: Mutation): void {
  if (frames.length === 0) return
  const which = mutation.packet % frames.length
  const frame = frames[which]!
  if (!mutation.reframe) {
    frames[which] = bend(frame, mutation, frames)
    return
  }
  const body = frame.subarray(bodyOf(frame))
  frames[which] = framed(frame[0]!, bend(body, mutation, frames))
}

function bend(bytes: Uint8Array, { kind, at, length, value }: Mutation, frames: readonly Uint8Array[]): Uint8Array {
  const place = bytes.length === 0 ? 0 : at % bytes.length
  const before = bytes.slice(0, place)
  const after = bytes.slice(place)
  switch (kind) {
    case 'flip':
      if (after.length > 0) after[0]! ^= 1 << (value & 7)
      return joined([before, after])
    case 'set':
      if (after.length > 0) after[0] = value
      return joined([before, after])
    case 'header':
      if (before.length > 0) before[0] = value
      return joined([before, after])
    case 'insert':
      return joined([before, new Uint8Array(length + 1).fill(value), after])
    case 'remove':
      return joined([before, after.subarray(length + 1)])
    case 'truncate':
      return before
    case 'duplicate':
      return joined([before, after.subarray(0, length + 1), after])
    case 'splice': {
      const other = frames[value % frames.length]!
      return joined([before, other.subarray(at % (other.length + 1), (at % (other.length + 1)) + length), after])
    }
    default:
      return unreachable(kind)
  }
}

function bodyOf(frame: Uint8Array): number {
  let at = 1
  while (at < frame.length && at < 4 && (frame[at]! & 0x80) !== 0) at++
  return Math.min(at + 1, frame.length)
}

function framed(first: number, body: Uint8Array): Uint8Array {
  const header = [first]
  let rest = body.length
  do {
    header.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return joined([Uint8Array.from(header), body])
}

function unreachable(kind: never): never {
  throw new TypeError(`no such mutation: ${String(kind)}`)
}

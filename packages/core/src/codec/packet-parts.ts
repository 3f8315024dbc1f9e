/** A packet put together from its first byte and the parts of its body. */
import { variableByteIntegerMax } from '../spec/limits.ts'
import { varIntSize, writeVarInt } from '../wire/var-int.ts'
import type { Writer } from '../wire/writer.ts'

/** The packet in an array of its own. */
export function joinPacket(first: number, parts: readonly Uint8Array[]): Uint8Array {
  const remaining = lengthOf(parts)
  const packet = new Uint8Array(1 + varIntSize(remaining) + remaining)
  fill(packet, 0, first, remaining, parts)
  return packet
}

/**
 * Writes the packet; returns its size in bytes.
 * @throws RangeError when it is longer than Remaining Length can say
 */
export function writePacket(writer: Writer, first: number, parts: readonly Uint8Array[]): number {
  const remaining = lengthOf(parts)
  if (remaining > variableByteIntegerMax) throw new RangeError(`a packet of ${remaining} bytes does not fit MQTT`)
  const size = 1 + varIntSize(remaining) + remaining
  writer.reserve(size)
  writer.at = fill(writer.bytes, writer.at, first, remaining, parts)
  return size
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((length, part) => length + part.length, 0)
}

function fill(
  bytes: Uint8Array,
  start: number,
  first: number,
  remaining: number,
  parts: readonly Uint8Array[],
): number {
  bytes[start] = first
  let at = writeVarInt(bytes, start + 1, remaining)
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return at
}

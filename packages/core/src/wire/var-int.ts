/** Variable Byte Integers (section 1.5.5): seven bits a byte, least significant first, four bytes at most. */

/** What {@link readVarInt} answers instead of a value. */
export const varIntTruncated = -1
/** More than four bytes, or more bytes than the value needs [MQTT-1.5.5-1]. */
export const varIntMalformed = -2

/** Bytes that `value` takes. */
export function varIntSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  return value < 0x20_0000 ? 3 : 4
}

/** Writes `value` at `at`; returns the index after it. */
export function writeVarInt(bytes: Uint8Array, at: number, value: number): number {
  let next = at
  let rest = value
  while (rest > 0x7f) {
    bytes[next++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[next++] = rest
  return next
}

/**
 * The value at `at`, or {@link varIntTruncated} or {@link varIntMalformed}. As only the shortest form is accepted,
 * {@link varIntSize} of the value says how many bytes it took.
 */
export function readVarInt(bytes: Uint8Array, at: number, end: number): number {
  let value = 0
  for (let index = 0; index < 4; index++) {
    if (at + index >= end) return varIntTruncated
    const byte = bytes[at + index]!
    value |= (byte & 0x7f) << (7 * index)
    if (byte < 0x80) return byte === 0 && index > 0 ? varIntMalformed : value
  }
  return varIntMalformed
}

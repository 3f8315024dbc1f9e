/**
 * The payload of a measured message: 24 bytes that say which it is and when it was due, then filling.
 *
 *     0        4        8            12          16                24
 *     | 'mqB1' | run    | publisher  | sequence  | due, in µs       | filling …
 *
 * All of them big-endian. The time is that of `nowUs`, the same in all processes of a machine as far as they agree on
 * the time of day; between machines it would be as good as their clocks, so no latency is told there.
 */

export const headerBytes = 24

const mark = 0x6d_71_42_31
const two32 = 2 ** 32

/** Microseconds since 1970, with the resolution of `performance.now` and not set back while the process lives. */
export function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000
}

export interface Header {
  run: number
  publisher: number
  sequence: number
  dueUs: number
}

export function createHeader(): Header {
  return { run: 0, publisher: 0, sequence: 0, dueUs: 0 }
}

/** A payload to be sent again and again with another header. */
export function createPayload(size: number): Uint8Array {
  const payload = new Uint8Array(size)
  // Not all the same, or a broker that compresses would look too good.
  for (let at = headerBytes; at < size; at++) payload[at] = (at * 167 + (at >> 8) * 31) & 0xff
  return payload
}

export function writeHeader(
  payload: Uint8Array,
  run: number,
  publisher: number,
  sequence: number,
  dueUs: number,
): void {
  const whole = Math.floor(dueUs)
  put(payload, 0, mark)
  put(payload, 4, run)
  put(payload, 8, publisher)
  put(payload, 12, sequence)
  put(payload, 16, Math.floor(whole / two32))
  put(payload, 20, whole % two32)
}

/** False: not one of ours. */
export function readHeader(into: Header, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < headerBytes || get(bytes, start) !== mark) return false
  into.run = get(bytes, start + 4)
  into.publisher = get(bytes, start + 8)
  into.sequence = get(bytes, start + 12)
  into.dueUs = get(bytes, start + 16) * two32 + get(bytes, start + 20)
  return true
}

// By bytes rather than through a DataView: one would have to be made for every chunk that is read.

function put(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

function get(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

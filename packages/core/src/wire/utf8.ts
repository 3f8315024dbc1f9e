/**
 * UTF-8 Encoded Strings (section 1.5.4), strictly: the platform's decoders replace what is ill-formed and drop a leading
 * U+FEFF, and MQTT allows neither. So bytes are validated first and decoded after, and a string is checked before it is
 * encoded. Noncharacters such as U+FFFF and control characters other than U+0000 are allowed.
 */

type Slice = (this: Uint8Array, start: number, end: number) => string

const utf8Slice: Slice | undefined =
  globalThis.Buffer === undefined ? undefined : Reflect.get(globalThis.Buffer.prototype, 'utf8Slice')
// [MQTT-1.5.4-3] U+FEFF stays where it is.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/**
 * Well-formed UTF-8 without U+0000 [MQTT-1.5.4-1] [MQTT-1.5.4-2]. `allowsNull`: for a payload, which is UTF-8 (section
 * 3.3.2.3.2) but no UTF-8 Encoded String.
 */
export function isWellFormedUtf8(bytes: Uint8Array, start: number, end: number, allowsNull = false): boolean {
  if (isAscii(bytes, start, end)) return true
  let at = start
  while (at < end) {
    const first = bytes[at]!
    if (first < 0x80) {
      if (first === 0 && !allowsNull) return false
      at++
      continue
    }
    const size = sequenceSize(first)
    if (size === 0 || at + size > end) return false
    const second = bytes[at + 1]!
    if (!secondMayFollow(first, second)) return false
    for (let index = at + 2; index < at + size; index++) {
      if ((bytes[index]! & 0xc0) !== 0x80) return false
    }
    at += size
  }
  return true
}

/** From U+0001 to U+007F, as most strings are: without a branch for each byte it takes half the time. */
function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    // U+0000 leaves -1, all other bits.
    seen |= byte | (byte - 1)
  }
  return (seen & ~0x7f) === 0
}

/** 0 for a byte that starts nothing: a continuation, the overlong C0 and C1, and F5 to FF beyond U+10FFFF. */
function sequenceSize(first: number): number {
  if (first < 0xc2) return 0
  if (first < 0xe0) return 2
  if (first < 0xf0) return 3
  return first < 0xf5 ? 4 : 0
}

/** The second byte is where overlong forms, surrogates and code points above U+10FFFF show (RFC 3629, section 4). */
function secondMayFollow(first: number, second: number): boolean {
  switch (first) {
    case 0xe0:
      return second >= 0xa0 && second <= 0xbf
    case 0xed:
      return second >= 0x80 && second <= 0x9f
    case 0xf0:
      return second >= 0x90 && second <= 0xbf
    case 0xf4:
      return second >= 0x80 && second <= 0x8f
    default:
      return (second & 0xc0) === 0x80
  }
}

/** The string that well-formed bytes stand for. Ill-formed ones are replaced: validate first. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (start === end) return ''
  if (utf8Slice !== undefined) return utf8Slice.call(bytes, start, end)
  return decoder.decode(bytes.subarray(start, end))
}

/** Whether a string can stand in a packet: no lone surrogate, no U+0000. Its length is another question. */
export function isEncodableString(string: string): boolean {
  for (let index = 0; index < string.length; index++) {
    const unit = string.charCodeAt(index)
    if (unit === 0) return false
    if (unit < 0xd800 || unit > 0xdfff) continue
    const next = string.charCodeAt(index + 1)
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false
    index++
  }
  return true
}

/** Bytes that an encodable string takes. */
export function utf8Length(string: string): number {
  let length = string.length
  for (let index = 0; index < string.length; index++) {
    const unit = string.charCodeAt(index)
    if (unit < 0x80) continue
    // A surrogate is half of a code point that takes four bytes.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return length
}

/** @throws TypeError for a string that cannot stand in a packet ({@link isEncodableString}). */
export function encodeUtf8(string: string): Uint8Array {
  if (!isEncodableString(string)) throw new TypeError('a string with U+0000 or a lone surrogate cannot be encoded')
  return encoder.encode(string)
}

/** As `encodeUtf8`, into `bytes`. Returns how many were written; -1 for a string that cannot be encoded, or has no room. */
export function encodeUtf8Into(string: string, bytes: Uint8Array): number {
  if (string.length > bytes.length) return -1
  for (let index = 0; index < string.length; index++) {
    const unit = string.charCodeAt(index)
    if (unit === 0 || unit > 0x7f) return encodeAllInto(string, bytes)
    bytes[index] = unit
  }
  return string.length
}

function encodeAllInto(string: string, bytes: Uint8Array): number {
  if (!isEncodableString(string)) return -1
  const { read, written } = encoder.encodeInto(string, bytes)
  return read === string.length ? written : -1
}

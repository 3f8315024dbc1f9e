import { deepEqual, equal, throws } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { copyBytes } from './copy.ts'
import { decodeUtf8, encodeUtf8, encodeUtf8Into, isEncodableString, isWellFormedUtf8, utf8Length } from './utf8.ts'
import { readVarInt, varIntMalformed, varIntSize, varIntTruncated, writeVarInt } from './var-int.ts'

const seed = 20260101
const oracle = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

describe('UTF-8', () => {
  test('[MQTT-1.5.4-1] agrees with the platform on what is well-formed, but for U+0000', () => {
    const interesting = fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(interesting, fc.integer({ min: 1, max: 255 })), { maxLength: 9 }), (units) => {
        const bytes = Uint8Array.from(units)
        let expected: string | undefined
        try {
          expected = oracle.decode(bytes)
        } catch {}
        const padded = Uint8Array.from([0xff, ...units, 0x80, 0x80, 0x80])
        equal(isWellFormedUtf8(padded, 1, 1 + bytes.length), expected !== undefined)
        if (expected !== undefined) equal(decodeUtf8(padded, 1, 1 + bytes.length), expected)
      }),
      { numRuns: 20_000, seed },
    )
  })

  test('every sequence of two and of three bytes', () => {
    for (let first = 0x80; first < 0x100; first++) {
      for (let second = 0x70; second < 0x100; second++) {
        for (const third of [0x41, 0x80, 0xbf, 0xc0]) {
          const bytes = Uint8Array.of(first, second, third)
          let expected = true
          try {
            oracle.decode(bytes)
          } catch {
            expected = false
          }
          if (isWellFormedUtf8(bytes, 0, 3) !== expected) throw new Error(`${first} ${second} ${third}: ${expected}`)
        }
      }
    }
  })

  test('[MQTT-1.5.4-2] U+0000 is refused', () => {
    equal(isWellFormedUtf8(Uint8Array.of(0x61, 0), 0, 2), false)
    equal(isEncodableString('a\0'), false)
  })

  test('[MQTT-1.5.4-3] U+FEFF is kept, wherever it stands', () => {
    equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xef, 0xbb, 0xbf), 0, 7), '\ufeffa\ufeff')
  })

  test('a string is encoded to as many bytes as its length says and back, or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(3), (string, kind) => {
        const changed = kind === 0 ? `${string}\ud800` : kind === 1 ? `\udc00${string}` : string
        const whole = Buffer.from(changed).toString() === changed && !changed.includes('\0')
        equal(isEncodableString(changed), whole)
        const into = new Uint8Array(3 * changed.length)
        const written = encodeUtf8Into(changed, into)
        if (!whole) {
          equal(written, -1)
          return throws(() => encodeUtf8(changed), TypeError)
        }
        const bytes = encodeUtf8(changed)
        deepEqual(into.subarray(0, written), bytes)
        if (written > 0) equal(encodeUtf8Into(changed, into.subarray(0, written - 1)), -1)
        equal(bytes.length, utf8Length(changed))
        equal(decodeUtf8(bytes, 0, bytes.length), changed)
      }),
      { numRuns: 2000, seed },
    )
  })
})

describe('Variable Byte Integer', () => {
  test('[MQTT-1.5.5-1] is written in as few bytes as can be, and read only so', () => {
    for (const value of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455]) {
      const bytes = new Uint8Array(6).fill(0xee)
      const end = writeVarInt(bytes, 1, value)
      equal(end - 1, varIntSize(value))
      equal(readVarInt(bytes, 1, end), value)
      equal(readVarInt(bytes, 1, end - 1), varIntTruncated)
      if (end === 5) continue
      bytes[end - 1]! |= 0x80
      bytes[end] = 0
      equal(readVarInt(bytes, 1, 6), varIntMalformed)
    }
    equal(readVarInt(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0), 0, 5), varIntMalformed)
  })
})

test('copyBytes copies just the range, short and long, Buffer and not', () => {
  for (const length of [0, 1, 3, 4, 5, 47, 48, 49, 200]) {
    const source = Uint8Array.from({ length: length + 9 }, (_, index) => index + 1)
    for (const target of [new Uint8Array(length + 5), Buffer.alloc(length + 5)]) {
      copyBytes(source, 4, 4 + length, target, 2)
      deepEqual([...target], [0, 0, ...source.subarray(4, 4 + length), 0, 0, 0])
    }
  }
})

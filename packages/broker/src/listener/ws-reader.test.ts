import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WsReader } from './ws-reader.ts'

interface Frame {
  /** FIN, the reserved bits, the opcode. */
  readonly first: number
  readonly payload: Uint8Array
  /** Not masked without. */
  readonly mask?: Uint8Array | undefined
}

const noMask = Uint8Array.of(0, 0, 0, 0)

/** RFC 6455, section 5.2, byte by byte. */
function encoded({ first, payload, mask }: Frame): Uint8Array {
  const { length } = payload
  const maskBit = mask === undefined ? 0 : 0x80
  const header =
    length < 126
      ? [first, maskBit | length]
      : length < 0x1_0000
        ? [first, maskBit | 126, length >>> 8, length & 0xff]
        : [
            first,
            maskBit | 127,
            0,
            0,
            0,
            0,
            length >>> 24,
            (length >>> 16) & 0xff,
            (length >>> 8) & 0xff,
            length & 0xff,
          ]
  if (mask === undefined) return Uint8Array.from([...header, ...payload])
  return Uint8Array.from([...header, ...mask, ...payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0))])
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}

/** What became of it, in order; data that was handed out one after another is one. */
function read(chunks: Iterable<Uint8Array>) {
  const events: { kind: string; hex: string }[] = []
  const note = (kind: string, hex: string): void => {
    const last = events.at(-1)
    if (kind === 'data' && last?.kind === 'data') last.hex += hex
    else events.push({ kind, hex })
  }
  let handed = 0
  const reader = new WsReader({
    data: (bytes) => {
      handed++
      expect(bytes.length).toBeGreaterThan(0)
      note('data', Buffer.from(bytes).toString('hex'))
    },
    other: (frame) => note('other', Buffer.from(frame).toString('hex')),
    fault: (code) => note('fault', `${code}`),
  })
  for (const chunk of chunks) reader.read(chunk)
  return { events, handed: () => handed }
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  // Copies: what is read is written over.
  return [0, ...places].map((from, i) => bytes.slice(from, places[i] ?? bytes.length))
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const mask = fc.uint8Array({ minLength: 4, maxLength: 4 })
const control = fc.record({
  first: fc.constantFrom(0x89, 0x8a),
  payload: fc.uint8Array({ maxLength: 125 }),
  mask,
})
const part = fc.record({
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(70_000).map((size) => new Uint8Array(size).fill(size)),
  ),
  mask,
  isLast: fc.boolean(),
  before: fc.array(control, { maxLength: 2 }),
})

test('the data of binary messages is handed out in order and unmasked, what is between it goes to ws, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (parts, places) => {
      const expected: { kind: string; hex: string }[] = []
      const frames: Frame[] = []
      let isFragmented = false
      for (const { before, isLast, mask, payload } of parts) {
        for (const frame of before) {
          frames.push(frame)
          expected.push({ kind: 'other', hex: hex(encoded(frame)) })
        }
        frames.push({ first: (isLast ? 0x80 : 0) | (isFragmented ? 0 : 2), payload, mask })
        isFragmented = !isLast
        if (payload.length === 0) continue
        const last = expected.at(-1)
        if (last?.kind === 'data') last.hex += hex(payload)
        else expected.push({ kind: 'data', hex: hex(payload) })
      }
      expect(read(cut(joined(frames.map(encoded)), places)).events).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

test('every byte may come alone', () => {
  const payload = new Uint8Array(200).map((_, i) => i)
  const ping = encoded({ first: 0x89, payload: payload.subarray(0, 5), mask: Uint8Array.of(9, 8, 7, 6) })
  const stream = joined([
    encoded({ first: 0x02, payload, mask: Uint8Array.of(1, 2, 3, 4) }),
    ping,
    encoded({ first: 0x80, payload: payload.subarray(0, 3), mask: Uint8Array.of(5, 6, 7, 8) }),
  ])
  expect(read(Array.from(stream, (byte) => Uint8Array.of(byte))).events).toEqual([
    { kind: 'data', hex: hex(payload) },
    { kind: 'other', hex: hex(ping) },
    { kind: 'data', hex: '000102' },
  ])
})

test('all frames that came at once are one chunk, and what has come of a frame is not waited for', () => {
  const payload = Uint8Array.of(1, 2, 3, 4, 5)
  const frame = encoded({ first: 0x82, payload, mask: Uint8Array.of(1, 2, 3, 4) })
  const three = read([joined([frame, frame, frame])])
  expect(three.events).toEqual([{ kind: 'data', hex: hex(joined([payload, payload, payload])) }])
  expect(three.handed()).toBe(1)
  expect(read([frame.subarray(0, -2)]).events).toEqual([{ kind: 'data', hex: '010203' }])
})

describe('RFC 6455: nothing is read behind', () => {
  const data = { first: 0x82, payload: Uint8Array.of(1), mask: noMask }
  const begun = { ...data, first: 0x02 }
  test.each<[string, Frame[], string, string]>([
    ['Close', [{ ...data, first: 0x88 }], 'other', '8881' + '00000000' + '01'],
    ['a text frame', [{ ...data, first: 0x81 }], 'fault', '1003'],
    ['text within a binary message', [begun, { ...data, first: 0x81 }], 'fault', '1003'],
    ['a message within another', [begun, data], 'fault', '1002'],
    ['a frame that continues nothing', [{ ...data, first: 0x80 }], 'other', '8081'],
    ['a frame that is not masked', [{ ...data, mask: undefined }], 'other', '820101'],
    ['a ping that is not masked', [{ ...data, first: 0x89, mask: undefined }], 'other', '890101'],
    ['a reserved bit', [{ ...data, first: 0xc2 }], 'other', 'c281'],
    ['a reserved bit in a continuation', [begun, { ...data, first: 0x90 }], 'other', '9081'],
    ['a reserved opcode', [{ ...data, first: 0x83 }], 'other', '8381'],
    ['a ping in pieces', [{ ...data, first: 0x09 }], 'other', '0981'],
    ['a ping that is too long', [{ ...data, first: 0x89, payload: new Uint8Array(126) }], 'other', '89fe007e'],
  ])('%s', (_name, frames, kind, start) => {
    const last = read([joined([...frames, data].map(encoded)), encoded(data)]).events.at(-1)
    expect(last).toMatchObject({ kind, hex: expect.stringMatching(`^${start}`) })
  })

  test('a length that no number holds', () => {
    const header = Uint8Array.of(0x82, 0xff, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    expect(read([header, encoded(data)]).events).toEqual([{ kind: 'other', hex: hex(header) }])
  })

  test('the largest length that one holds is data, as it comes', () => {
    const header = Uint8Array.of(0x82, 0xff, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
    expect(read([header, Uint8Array.of(1, 2), Uint8Array.of(3)]).events).toEqual([{ kind: 'data', hex: '010203' }])
  })
})

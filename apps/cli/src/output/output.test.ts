import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { message } from '../../test/fake-connection.ts'
import { jsonLine } from './ndjson.ts'
import { plain } from './plain.ts'
import { pretty, visible } from './pretty.ts'

const date = new Date('2026-11-22T12:31:20.114Z')
const of = (payload: string | Uint8Array, rest = {}) =>
  message({ topicName: 'house/bulb1', payload: typeof payload === 'string' ? Buffer.from(payload) : payload, ...rest })

describe('plain is what mosquitto_sub prints', () => {
  test.each([
    ['on', { verbose: false, newline: true }, 'on\n'],
    ['on', { verbose: true, newline: true }, 'house/bulb1 on\n'],
    ['on', { verbose: false, newline: false }, 'on'],
    ['on', { verbose: true, newline: false }, 'house/bulb1 on'],
    ['', { verbose: false, newline: true }, ''],
    ['', { verbose: true, newline: true }, 'house/bulb1 (null)\n'],
    ['', { verbose: true, newline: false }, ''],
  ])('%j %j', (payload, options, expected) =>
    expect(Buffer.from(plain(of(payload), options)).toString()).toBe(expected),
  )
})

describe('--json', () => {
  test('has every field', () => {
    const properties = {
      contentType: 'text/plain',
      correlationData: Buffer.from([1, 255]),
      userProperties: [
        ['k', 'v'],
        ['k', 'w'],
      ] as const,
    }
    expect(JSON.parse(jsonLine(of('on', { qos: 1, properties }), date))).toEqual({
      ts: '2026-11-22T12:31:20.114Z',
      topic: 'house/bulb1',
      qos: 1,
      retain: false,
      dup: false,
      size: 2,
      encoding: 'utf8',
      payload: 'on',
      properties: {
        contentType: 'text/plain',
        correlationData: 'Af8=',
        userProperties: [
          ['k', 'v'],
          ['k', 'w'],
        ],
      },
    })
  })

  test('JSON stands in the line as it came, on one line', () => {
    expect(jsonLine(of('{"n": 12345678901234567890,\r\n "x": 1.0}\n'), date)).toContain(
      '"payload":{"n": 12345678901234567890,   "x": 1.0},',
    )
  })

  test('one line, and the payload can be had back, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(text)),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (payload) => {
          const line = jsonLine(of(payload), date)
          expect(line.indexOf('\n')).toBe(line.length - 1)
          const { encoding, payload: value } = JSON.parse(line)
          if (encoding === 'base64') expect([...Buffer.from(value, 'base64')]).toEqual([...payload])
          else if (encoding === 'utf8') expect([...Buffer.from(value)]).toEqual([...payload])
          else expect(value).toEqual(JSON.parse(Buffer.from(payload).toString()))
        },
      ),
    )
  })
})

describe('pretty', () => {
  const plainly = (payload: string | Uint8Array, rest = {}) =>
    pretty(of(payload, rest), date, { colour: false }).replace(/^[\d:.]+ /, '')

  test.each([
    ['text', 'on', 'house/bulb1  on\n'],
    ['nothing', '', 'house/bulb1  (empty)\n'],
    ['a newline at the end', 'on\n', 'house/bulb1  on\n'],
    ['lines', 'a\nb', 'house/bulb1\n  a\n  b\n'],
    ['short JSON', '{ "a": [1, 2] }', 'house/bulb1  {"a":[1,2]}\n'],
    ['long JSON', `{"a":"${'x'.repeat(60)}"}`, `house/bulb1\n  {\n    "a": "${'x'.repeat(60)}"\n  }\n`],
  ])('%s', (_, payload, expected) => expect(plainly(payload)).toBe(expected))

  test('binary is a hexdump', () => {
    const bytes = Uint8Array.from({ length: 18 }, (_, index) => 0xf0 + index)
    expect(plainly(bytes)).toBe(
      'house/bulb1\n' +
        '  0000  f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 fa fb fc fd fe ff  ................\n' +
        '  0010  00 01                                            ..\n',
    )
    expect(plainly(new Uint8Array(600).fill(0xff))).toMatch(/… 600 bytes\n$/)
  })

  test('flags', () => expect(plainly('on', { qos: 2, retain: true, dup: true })).toBe('house/bulb1  on  [q2 r dup]\n'))

  test('no control character of a topic or payload reaches the terminal', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
    const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
        for (const payload of [Buffer.from(text), bytes, Buffer.from(JSON.stringify({ text }))]) {
          expect(pretty(of(payload, { topicName: text }), date, { colour: false })).not.toMatch(controls)
        }
      }),
    )
    expect(visible('a\x1b[2J\u202e\u009b\r\n')).toBe('a\\x1b[2J\\u202e\\x9b\\r\\n')
  })
})

import { describe, expect, test } from 'vitest'
import { message } from '../../test/fake-connection.ts'
import { UsageError } from '../failure.ts'
import { type FormatContext, parseFormat } from './format.ts'

const warnings: string[] = []
const context: FormatContext = {
  date: new Date(2026, 10, 2, 9, 5, 7, 114),
  nanoseconds: 114_005_006,
  pretty: false,
  warn: (sentence) => void warnings.push(sentence),
}

const full = message({
  topicName: 'house/größe',
  payload: Buffer.from('hello'),
  qos: 1,
  retain: true,
  packetId: 77,
  properties: {
    contentType: 'text/plain',
    responseTopic: 'reply/to',
    correlationData: Buffer.from([0x63, 0x00]),
    messageExpiryInterval: 60,
    payloadFormatIndicator: 1,
    subscriptionIdentifiers: [5, 6],
    topicAlias: 3,
    userProperties: [
      ['k', 'v'],
      ['k', 'w x'],
    ],
  },
})
const bare = message({ topicName: 't', payload: Buffer.alloc(0) })
const print = (format: string, what = full): string =>
  Buffer.from(parseFormat(format)(what, context)).toString('latin1')
const utf8 = (text: string): string => Buffer.from(text).toString('latin1')

describe('a parameter', () => {
  test.each([
    ['%%', '%'],
    ['%t', utf8('house/größe')],
    ['%p', 'hello'],
    ['%x', '68656c6c6f'],
    ['%X', '68656C6C6F'],
    ['%l', '5'],
    ['%q', '1'],
    ['%r', '1'],
    ['%m', '77'],
    ['%A', '3'],
    ['%C', 'text/plain'],
    ['%D', 'c\0'],
    ['%E', '60'],
    ['%F', '1'],
    ['%P', 'k:v k:w x'],
    ['%R', 'reply/to'],
    ['%S', '5'],
    ['topic %t, %p!', `topic ${utf8('house/größe')}, hello!`],
  ])('%s', (format, expected) => expect(print(format)).toBe(expected))

  // As mosquitto_sub prints them.
  test.each([
    ['%8l|', '       5|'],
    ['%08l|', '00000005|'],
    ['%-8l|', '5       |'],
    ['%-08l|', '5       |'],
    ['%10p|', '     hello|'],
    ['%-10p|', 'hello     |'],
    ['%3p|', 'hel|'],
    ['%12C|', '  text/plain|'],
    ['%-12C|', 'text/plain  |'],
    ['%10.4C|', '      text|'],
    ['%.4C|', 'text|'],
    ['%-6.4C|', 'text  |'],
    ['%14x|', '    68656c6c6f|'],
    ['%014x|', '000068656c6c6f|'],
    ['%-14x|', '68656c6c6f    |'],
    ['%.2x', '68 65 6c 6c 6f'],
    ['%.2:X', '68:65:6C:6C:6F'],
    ['%.4:x', '6865:6c6c:6f'],
  ])('with flags, width and precision: %s', (format, expected) => expect(print(format)).toBe(expected))

  test.each([
    ['%A|', '|'],
    ['%4A|', '    |'],
    ['%04A|', '0000|'],
    ['%5S|', '     |'],
    ['%6C|', '      |'],
    ['%5R|', '|'],
    ['%P|', '|'],
    ['%D|', '|'],
    ['%p|', '|'],
    ['%m|', '0|'],
  ])('that is absent: %s', (format, expected) => expect(print(format, bare)).toBe(expected))

  test('a maximum width never cuts a character in two', () => {
    expect(print('%.9t|')).toBe(utf8('house/gr|'))
    expect(print('%.10t|')).toBe(utf8('house/grö|'))
  })

  test('%f and %d read the payload as a number', () => {
    const float = Buffer.alloc(4)
    float.writeFloatLE(1.5)
    const double = Buffer.alloc(8)
    double.writeDoubleLE(-21.25)
    expect(print('%f', message({ topicName: 't', payload: float }))).toBe('1.500000')
    expect(print('%d|%.1d|%10.2d|%010.2d|%-10.2d|', message({ topicName: 't', payload: double }))).toBe(
      '-21.250000|-21.3|    -21.25|-000021.25|-21.25    |',
    )
  })

  test('%f of something else is a warning', () => {
    warnings.length = 0
    expect(print('%f|')).toBe('|')
    expect(warnings).toEqual(['a payload of 5 bytes is not a 4-byte number on topic house/größe.'])
  })
})

describe('time', () => {
  test.each([
    ['@@', '@'],
    ['@Y-@m-@d', '2026-11-02'],
    ['@H:@M:@S.@N', '09:05:07.114005006'],
    ['@A @a @B @b @h', 'Monday Mon November Nov Nov'],
    ['@e|@k|@l', ' 2| 9| 9'],
    ['@I @p @P @r', '09 AM am 09:05:07 AM'],
    ['@D @F @T @R @x @X', '11/02/26 2026-11-02 09:05:07 09:05 11/02/26 09:05:07'],
    ['@c', 'Mon Nov  2 09:05:07 2026'],
    ['@j @u @w @U @W @V @G @g @C @y', '306 1 1 44 44 45 2026 26 20 26'],
    ['@n@t', '\n\t'],
  ])('%s', (format, expected) => expect(print(format)).toBe(expected))

  test('%I, %U, @s and @z agree with the clock', () => {
    expect(print('%I')).toMatch(/^2026-11-02T09:05:07[+-]\d{4}$/)
    expect(print('%U')).toBe(`${Math.floor(context.date.getTime() / 1000)}.114005006`)
    expect(print('@s')).toBe(String(Math.floor(context.date.getTime() / 1000)))
    expect(print('%I').endsWith(print('@z'))).toBe(true)
  })

  test('the first days of a year belong to the ISO week they fall in', () => {
    const at = (year: number, month: number, day: number) => ({ ...context, date: new Date(year, month - 1, day) })
    const week = (when: FormatContext) => Buffer.from(parseFormat('@G-@V')(full, when)).toString()
    expect(week(at(2027, 1, 1))).toBe('2026-53')
    expect(week(at(2024, 12, 30))).toBe('2025-01')
  })
})

test('escapes', () => expect(print('\\\\\\0\\a\\e\\n\\r\\t\\v')).toBe('\\\0\x07\x1b\n\r\t\v'))

describe('JSON in the shape of mosquitto_sub', () => {
  test('%j has the payload as a string', () => {
    const { tst, ...rest } = JSON.parse(Buffer.from(print('%j'), 'latin1').toString())
    expect(tst).toMatch(/^2026-11-02T09:05:07\.114005[+-]\d{4}$/)
    expect(rest).toEqual({
      topic: 'house/größe',
      qos: 1,
      retain: true,
      payloadlen: 5,
      mid: 77,
      properties: {
        'payload-format-indicator': 1,
        'message-expiry-interval': 60,
        'content-type': 'text/plain',
        'response-topic': 'reply/to',
        'correlation-data': 'c\0',
        'subscription-identifier': 5,
        'topic-alias': 3,
        'user-properties': [{ k: 'v' }, { k: 'w x' }],
      },
      payload: 'hello',
    })
  })

  test('%J has it as JSON, null where it is empty', () => {
    expect(JSON.parse(print('%J', message({ topicName: 't', payload: Buffer.from('{"a": 1}') })))).toMatchObject({
      payload: { a: 1 },
    })
    const empty = JSON.parse(print('%J', bare))
    expect(empty).toMatchObject({ payload: null, qos: 0, payloadlen: 0 })
    expect(empty).not.toHaveProperty('mid')
    expect(empty).not.toHaveProperty('properties')
  })

  test('%J of something else prints nothing and warns', () => {
    warnings.length = 0
    expect(print('[%J]')).toBe('[]')
    expect(warnings).toEqual(['message payload is not valid JSON on topic house/größe.'])
  })
})

test.each([
  ['%Q', /-F knows no %Q; allowed after % is one of/],
  ['%', /ends in the middle of a sequence, after %/],
  ['x@', /ends in the middle of a sequence, after @/],
  ['\\', /ends in the middle of a sequence, after \\/],
  ['\\q', /-F knows no \\q; allowed after \\ is/],
  ['@Q', /-F knows no @Q/],
  ['%10', /-F knows no "%10"/],
])('a bad format is refused: %s', (format, sentence) => {
  expect(() => parseFormat(format)).toThrow(UsageError)
  expect(() => parseFormat(format)).toThrow(sentence)
})

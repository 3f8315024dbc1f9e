/**
 * -F, the output format of mosquitto_sub. `parseFormat` reads it once, and says before anything is connected what is wrong
 * with it; the function it returns turns a message into bytes.
 *
 *     %[-][0][width][.precision][separator]letter     a parameter of the message, see `parameters`
 *     @letter                                         strftime, local time; @N nanoseconds, @@ a literal @
 *     \letter                                         an escape
 *
 * Where mosquitto_sub 2.0 and 2.1 differ, this is 2.1.
 */
import type { ReceivedMessage } from '../connection/connection.ts'
import { UsageError } from '../failure.ts'
import { mosquittoJson } from './format-json.ts'
import { strftime, zoneOffset } from './strftime.ts'

export interface FormatContext {
  readonly date: Date
  /** Nanoseconds within the second. */
  readonly nanoseconds: number
  /** Indent %j and %J. */
  readonly pretty: boolean
  warn(sentence: string): void
}

export type Formatter = (message: ReceivedMessage, context: FormatContext) => Uint8Array

interface Field {
  readonly left: boolean
  readonly zero: boolean
  readonly width: number
  readonly precision: number | undefined
  /** Between groups of hexadecimal digits. */
  readonly separator: string
}

type Part = (message: ReceivedMessage, context: FormatContext) => string | Uint8Array

/** @throws UsageError */
export function parseFormat(format: string): Formatter {
  const parts: Part[] = []
  let at = 0
  while (at < format.length) {
    const special = format.slice(at).search(/[%@\\]/)
    if (special !== 0) {
      const literal = special === -1 ? format.slice(at) : format.slice(at, at + special)
      parts.push(() => literal)
      at += literal.length
      continue
    }
    const [whole = '', part] = sequence(format.slice(at), format)
    parts.push(part)
    at += whole.length
  }
  return (message, context) => Buffer.concat(parts.map((part) => bytesOf(part(message, context))))
}

function sequence(rest: string, format: string): readonly [whole: string, part: Part] {
  const letter = rest[1]
  if (letter === undefined)
    throw new UsageError(`-F ${JSON.stringify(format)} ends in the middle of a sequence, after ${rest[0]}.`)
  if (rest[0] === '\\') {
    const escaped = escapes[letter]
    if (escaped === undefined) {
      throw new UsageError(`-F knows no \\${letter}; allowed after \\ is ${Object.keys(escapes).join(' ')}.`)
    }
    return [rest.slice(0, 2), () => escaped]
  }
  if (rest[0] === '@') {
    if (letter === '@') return [rest.slice(0, 2), () => '@']
    if (letter === 'N') return [rest.slice(0, 2), (_, context) => String(context.nanoseconds).padStart(9, '0')]
    if (strftime(letter, new Date(0)) === undefined) {
      throw new UsageError(`-F knows no @${letter}; allowed after @ is a letter of strftime(3), @N or @@.`)
    }
    return [rest.slice(0, 2), (_, context) => strftime(letter, context.date) ?? '']
  }
  const found = /^%(-?)(0?)(\d*)(?:\.(\d*))?([^a-zA-Z%\d])?([a-zA-Z%])/.exec(rest)
  const [whole = '', left, zero, width, precision, separator, name = ''] = found ?? []
  const parameter = parameters[name]
  if (parameter === undefined) {
    throw new UsageError(
      `-F knows no ${whole || JSON.stringify(rest)}; allowed after % is one of ${Object.keys(parameters).join(' ')}.`,
    )
  }
  const field: Field = {
    left: left === '-',
    zero: zero === '0' && left !== '-',
    width: Math.min(Number(width || 0), 100_000),
    precision: precision === undefined ? undefined : Number(precision),
    separator: separator ?? ' ',
  }
  return [whole, (message, context) => parameter(message, field, context)]
}

const encoder = new TextEncoder()
const bytesOf = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? encoder.encode(value) : value)

// biome-ignore format: a table
const escapes: Readonly<Record<string, string>> = { '\\': '\\', '0': '\0', a: '\x07', e: '\x1b', n: '\n', r: '\r', t: '\t', v: '\v' }

type Parameter = (message: ReceivedMessage, field: Field, context: FormatContext) => string | Uint8Array

const parameters: Readonly<Record<string, Parameter>> = {
  '%': () => '%',
  A: ({ properties }, field) => number(properties.topicAlias, field),
  C: ({ properties }, field) => text(properties.contentType, field),
  D: ({ properties }) => properties.correlationData ?? '',
  d: (message, field, context) => floating(message, field, context, 8),
  E: ({ properties }, field) => number(properties.messageExpiryInterval, field),
  F: ({ properties }, field) => number(properties.payloadFormatIndicator, field),
  f: (message, field, context) => floating(message, field, context, 4),
  I: (_, field, { date }) => text(`${strftime('F', date)}T${strftime('T', date)}${zoneOffset(date)}`, field),
  j: (message, _, context) => mosquittoJson(message, context, 'escaped') ?? '',
  J: (message, _, context) => {
    const json = mosquittoJson(message, context, 'embedded')
    if (json === undefined) context.warn(`message payload is not valid JSON on topic ${message.topicName}.`)
    return json ?? ''
  },
  l: ({ payload }, field) => number(payload.length, field),
  m: ({ packetId }, field) => number(packetId ?? 0, field),
  P: ({ properties }) => (properties.userProperties ?? []).map(([name, value]) => `${name}:${value}`).join(' '),
  p: ({ payload }, field) => raw(payload, field),
  q: ({ qos }) => String(qos),
  R: ({ properties }, field) => (properties.responseTopic === undefined ? '' : text(properties.responseTopic, field)),
  r: ({ retain }) => (retain ? '1' : '0'),
  S: ({ properties }, field) => number(properties.subscriptionIdentifiers?.[0], field),
  t: ({ topicName }, field) => text(topicName, field),
  U: (_, __, { date, nanoseconds }) => `${Math.floor(date.getTime() / 1000)}.${String(nanoseconds).padStart(9, '0')}`,
  X: ({ payload }, field) => hex(payload, field).toUpperCase(),
  x: ({ payload }, field) => hex(payload, field),
}

/** An absent property is blank over its whole width, zeros where zeros were asked for. */
function blank({ width, zero }: Field): string {
  return (zero ? '0' : ' ').repeat(width)
}

function number(value: number | undefined, field: Field): string {
  if (value === undefined) return blank(field)
  if (field.left) return String(value).padEnd(field.width)
  return String(value).padStart(field.width, field.zero ? '0' : ' ')
}

/** Widths count bytes, as printf(3) does; a character is never cut in two. */
function text(value: string | undefined, field: Field): string {
  if (value === undefined) return blank(field)
  const cut = field.precision === undefined ? value : cutToBytes(value, field.precision)
  const padding = ' '.repeat(Math.max(0, field.width - Buffer.byteLength(cut)))
  return field.left ? cut + padding : padding + cut
}

function cutToBytes(value: string, bytesMax: number): string {
  let length = 0
  let cut = ''
  for (const character of value) {
    length += Buffer.byteLength(character)
    if (length > bytesMax) break
    cut += character
  }
  return cut
}

function raw(payload: Uint8Array, field: Field): Uint8Array {
  if (field.width === 0) return payload
  const cut = payload.subarray(0, field.width)
  const padding = Buffer.alloc(field.width - cut.length, field.zero ? '0' : ' ')
  return Buffer.concat(field.left ? [cut, padding] : [padding, cut])
}

/** Two digits per byte; with a precision, the separator after every so many digits. */
function hex(payload: Uint8Array, field: Field): string {
  const cut = field.width > 0 ? payload.subarray(0, field.width) : payload
  const digits = Buffer.from(cut).toString('hex')
  const missing = Math.max(0, field.width - digits.length)
  const padded = field.left ? digits : (field.zero ? '0' : ' ').repeat(missing) + digits
  const grouped = field.precision ? group(padded, field.precision, field.separator) : padded
  return field.left ? grouped + ' '.repeat(missing) : grouped
}

function group(digits: string, size: number, separator: string): string {
  const groups: string[] = []
  for (let at = 0; at < digits.length; at += size) groups.push(digits.slice(at, at + size))
  return groups.join(separator)
}

/** The payload is one IEEE 754 number in the byte order of x86 and ARM, which is what mosquitto_sub prints there. */
function floating({ payload, topicName }: ReceivedMessage, field: Field, context: FormatContext, bytes: 4 | 8): string {
  if (payload.length !== bytes) {
    context.warn(`a payload of ${payload.length} bytes is not a ${bytes}-byte number on topic ${topicName}.`)
    return ''
  }
  const view = new DataView(payload.buffer, payload.byteOffset, bytes)
  const value = bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)
  const digits = Number.isFinite(value)
    ? value.toFixed(Math.min(field.precision ?? 6, 100))
    : String(value).toLowerCase()
  if (field.left) return digits.padEnd(field.width)
  if (!field.zero) return digits.padStart(field.width)
  const sign = digits.startsWith('-') ? '-' : ''
  return sign + digits.slice(sign.length).padStart(field.width - sign.length, '0')
}

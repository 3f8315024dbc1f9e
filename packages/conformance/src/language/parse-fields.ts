/** `publish topicName="~/a" qos=1 5:userProperty="k=v"`: a packet, to send or to compare with. */
import type { ProtocolVersion } from '@mq/core'
import type { Field, PacketText, Value } from './case.ts'
import { parts, words } from './words.ts'

export const packetNames: readonly string[] = [
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
]

export function parsePacket(text: string): PacketText | undefined {
  const [name = '', ...rest] = words(text)
  return packetNames.includes(name) ? { name, fields: rest.map(parseField) } : undefined
}

export function parseFields(text: string): Field[] {
  return words(text).map(parseField)
}

function parseField(word: string): Field {
  const [, only, name, value] = /^(?:([345]+):)?([\w.]+)(?:=(.*))?$/s.exec(word) ?? []
  if (name === undefined) throw new SyntaxError(`not a field: ${word}`)
  return {
    name,
    value: value === undefined ? { type: 'number', value: 1 } : parseValue(value),
    versions: parseVersions(only),
  }
}

export function parseVersions(digits: string | undefined): ProtocolVersion[] {
  return [...(digits ?? '')].map((digit) => (digit === '3' ? 3 : digit === '4' ? 4 : 5))
}

export function parseValue(text: string): Value {
  const listed = parts(text, ',')
  if (listed.length > 1) return { type: 'list', values: listed.map(parseValue) }
  const either = parts(text, '|')
  if (either.length > 1) return { type: 'either', values: either.map(parseValue) }
  return parseAtom(text)
}

function parseAtom(text: string): Value {
  if (text.startsWith('!')) return { type: 'not', value: parseAtom(text.slice(1)) }
  if (text === '*') return { type: 'present' }
  if (text === '-') return { type: 'absent' }
  if (text === 'true' || text === 'false') return { type: 'number', value: text === 'true' ? 1 : 0 }
  if (/^(?:0x[\da-f]+|\d+)$/i.test(text)) return { type: 'number', value: Number(text) }
  const [, quoted, times] = /^"([^"]*)"(?:\*(\d+))?$/s.exec(text) ?? []
  if (quoted !== undefined) return { type: 'text', text: quoted, times: Number(times ?? 1) }
  const [, name, plus] = /^\$(\w+)([+-]\d+)?$/.exec(text) ?? []
  if (name !== undefined) return { type: 'variable', name, plus: Number(plus ?? 0) }
  if (text.startsWith('hex:')) return { type: 'hex', bytes: parseHex(text.slice(4)) }
  throw new SyntaxError(`not a value: ${text}`)
}

export function parseHex(text: string): Uint8Array {
  if (!/^(?:[\da-f]{2})*$/i.test(text)) throw new SyntaxError(`not bytes: ${text}`)
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/**
 * A packet in words -> its bytes. Not core's encoder: this one shares no mistake with what is tested, and it writes what the
 * specification forbids, too (`publish qos=3`, `connect receiveMaximum=0 receiveMaximum=1`). Whatever a packet cannot say
 * in words is said in bytes.
 *
 * In every packet `first=0x63` is another first byte. Before 5.0 properties, and what only 5.0 has, are left out.
 */
import type { Field, PacketText } from './case.ts'
import { composeBytes, concatenate, counted, integer, utf8, varInt } from './compose-bytes.ts'
import { propertyIds } from './property-table.ts'
import { applies, resolve, resolveNumber, type Scope } from './scope.ts'

export function composePacket(packet: PacketText, scope: Scope): Uint8Array {
  const fields = packet.fields.filter((field) => applies(field.versions, scope))
  const of: Fields = { fields, scope }
  const body = concatenate(bodyOf(packet.name, of))
  return concatenate([Uint8Array.of(number(of, 'first', firstByte(packet.name, of))), varInt(body.length), body])
}

interface Fields {
  readonly fields: readonly Field[]
  readonly scope: Scope
}

const firstBytes: Readonly<Record<string, number>> = {
  connect: 0x10,
  connack: 0x20,
  puback: 0x40,
  pubrec: 0x50,
  pubrel: 0x62,
  pubcomp: 0x70,
  subscribe: 0x82,
  suback: 0x90,
  unsubscribe: 0xa2,
  unsuback: 0xb0,
  pingreq: 0xc0,
  pingresp: 0xd0,
  disconnect: 0xe0,
  auth: 0xf0,
}

function firstByte(name: string, of: Fields): number {
  if (name !== 'publish') return firstBytes[name] ?? 0
  return 0x30 | (number(of, 'dup', 0) << 3) | (number(of, 'qos', 0) << 1) | number(of, 'retain', 0)
}

function bodyOf(name: string, of: Fields): Uint8Array[] {
  switch (name) {
    case 'connect':
      return connectBody(of)
    case 'connack':
      return [Uint8Array.of(number(of, 'sessionPresent', 0), number(of, 'reasonCode', 0)), ...properties(of)]
    case 'publish':
      return [
        string(of, 'topicName', ''),
        ...(number(of, 'qos', 0) > 0 || has(of, 'packetId') ? [integer('u16', number(of, 'packetId', 1))] : []),
        ...properties(of),
        raw(of, 'payload'),
      ]
    case 'subscribe':
      return [integer('u16', number(of, 'packetId', 1)), ...properties(of), ...subscriptions(of)]
    case 'unsubscribe':
      return [
        integer('u16', number(of, 'packetId', 1)),
        ...properties(of),
        ...of.fields.filter(({ name }) => name === 'topicFilter').map((field) => counted(bytesOf(field, of.scope))),
      ]
    case 'suback':
    case 'unsuback':
      return [
        integer('u16', number(of, 'packetId', 1)),
        ...properties(of),
        ...of.fields
          .filter(({ name }) => name === 'reasonCode')
          .map((field) => integer('u8', resolveNumber(field.value, of.scope))),
      ]
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return [integer('u16', number(of, 'packetId', 1)), ...reason(of)]
    case 'disconnect':
    case 'auth':
      return reason(of)
    default:
      return []
  }
}

function connectBody(of: Fields): Uint8Array[] {
  const will = of.fields.filter(({ name }) => name.startsWith('will.'))
  const willFields: Fields = { ...of, fields: will.map((field) => ({ ...field, name: field.name.slice(5) })) }
  const { scope } = of
  const flags =
    (number(of, 'cleanStart', 1) << 1) |
    (will.length > 0 ? 4 : 0) |
    (number(willFields, 'qos', 0) << 3) |
    (number(willFields, 'retain', 0) << 5) |
    (has(of, 'password') ? 0x40 : 0) |
    (has(of, 'userName') ? 0x80 : 0)
  return [
    string(of, 'protocolName', scope.version === 3 ? 'MQIsdp' : 'MQTT'),
    Uint8Array.of(number(of, 'protocolVersion', scope.version), number(of, 'flags', flags)),
    integer('u16', number(of, 'keepAlive', 0)),
    ...properties(of),
    string(of, 'clientId', ''),
    ...(will.length > 0
      ? [...properties(willFields), string(willFields, 'topicName', ''), counted(raw(willFields, 'payload'))]
      : []),
    ...(has(of, 'userName') ? [string(of, 'userName', '')] : []),
    ...(has(of, 'password') ? [counted(raw(of, 'password'))] : []),
  ]
}

/** Each `topicFilter` begins a subscription; the options after it are its own. */
function subscriptions(of: Fields): Uint8Array[] {
  const groups: Field[][] = []
  for (const field of of.fields) {
    if (field.name === 'topicFilter') groups.push([field])
    else groups.at(-1)?.push(field)
  }
  return groups.flatMap((fields) => {
    const one: Fields = { fields, scope: of.scope }
    const only5 =
      (number(one, 'noLocal', 0) << 2) |
      (number(one, 'retainAsPublished', 0) << 3) |
      (number(one, 'retainHandling', 0) << 4)
    const options = number(one, 'qos', 0) | (of.scope.version === 5 ? only5 : 0)
    return [string(one, 'topicFilter', ''), integer('u8', number(one, 'options', options))]
  })
}

/** Reason Code and properties, as far as they are there: the shortest form. */
function reason(of: Fields): Uint8Array[] {
  if (of.scope.version < 5) return []
  const block = composeProperties(of)
  if (block.length > 0) return [integer('u8', number(of, 'reasonCode', 0)), varInt(block.length), block]
  if (!has(of, 'reasonCode')) return []
  return [integer('u8', number(of, 'reasonCode', 0))]
}

function properties(of: Fields): Uint8Array[] {
  if (of.scope.version < 5) return []
  const block = composeProperties(of)
  return [varInt(block.length), block]
}

/** In the order of the text, as often as they stand there. */
function composeProperties(of: Fields): Uint8Array {
  return concatenate(
    of.fields.flatMap((field) => {
      const [id, type] = propertyIds.get(field.name) ?? []
      if (id === undefined) return []
      const value = () => resolveNumber(field.value, of.scope)
      switch (type) {
        case 'byte':
          return [Uint8Array.of(id, value())]
        case 'u16':
        case 'u32':
        case 'var':
          return [Uint8Array.of(id), integer(type, value())]
        case 'pair': {
          const [key = '', text = ''] = String(resolve(field.value, of.scope)).split(/=(.*)/s)
          return [Uint8Array.of(id), counted(utf8(key)), counted(utf8(text))]
        }
        default:
          return [Uint8Array.of(id), counted(bytesOf(field, of.scope))]
      }
    }),
  )
}

function has(of: Fields, name: string): boolean {
  return of.fields.some((field) => field.name === name)
}

function number(of: Fields, name: string, otherwise: number): number {
  const field = of.fields.find((each) => each.name === name)
  return field === undefined ? otherwise : resolveNumber(field.value, of.scope)
}

function string(of: Fields, name: string, otherwise: string): Uint8Array {
  const field = of.fields.find((each) => each.name === name)
  return counted(field === undefined ? utf8(otherwise) : bytesOf(field, of.scope))
}

function raw(of: Fields, name: string): Uint8Array {
  const field = of.fields.find((each) => each.name === name)
  return field === undefined ? composeBytes([], of.scope) : bytesOf(field, of.scope)
}

function bytesOf(field: Field, scope: Scope): Uint8Array {
  const value = resolve(field.value, scope)
  return value instanceof Uint8Array ? value : utf8(String(value))
}

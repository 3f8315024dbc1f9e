/**
 * The property block of every packet (section 2.2.2), driven by spec/property.ts: one strict decoder and one encoder.
 *
 * Both work on a PropertySet, which has every property there is as an optional field. A ConnectProperties can be read as
 * one, and a decoded one can be read as a ConnectProperties, because the table let only those of CONNECT in.
 *
 * Which fault is which (sections 1.2 and 4.13): a block that cannot be parsed, or a property that does not belong into the
 * packet (2.2.2.2), is malformed; a property that can be read but must not be there twice, or not with this value, is a
 * protocol error.
 */
import type {
  AuthProperties,
  ConnackProperties,
  ConnectProperties,
  DisconnectProperties,
  PublishProperties,
  SubscribeProperties,
  WillProperties,
} from '../packet/properties.ts'
import { stringBytesMax, variableByteIntegerMax } from '../spec/limits.ts'
import { type Property, type PropertyOwner, propertyTable } from '../spec/property.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { encodeUtf8 } from '../wire/utf8.ts'
import { varIntSize, writeVarInt } from '../wire/var-int.ts'
import { createBufferWriter, emptyBytes, type Writer, writtenBytes } from '../wire/writer.ts'
import { Reader } from './reader.ts'

type Everything = PublishProperties &
  WillProperties &
  ConnectProperties &
  ConnackProperties &
  SubscribeProperties &
  DisconnectProperties &
  AuthProperties

/** Every property of every packet, as packet/properties.ts names them. */
export type PropertySet = Partial<Everything>

/** What the decoder fills: the same, with lists that can grow. */
type PropertyDraft = {
  -readonly [N in Exclude<keyof Everything, ListName>]?: Everything[N]
} & { userProperties?: [name: string, value: string][]; subscriptionIdentifiers?: number[] }
type ListName = 'userProperties' | 'subscriptionIdentifiers'

const propertyById: ReadonlyMap<number, Property> = new Map(propertyTable.map((row) => [row.id, row]))

/**
 * Reads Property Length and the block behind it. Undefined when there are no properties, or when something was wrong: look
 * at `reader.fault`.
 */
export function decodeProperties(reader: Reader, owner: PropertyOwner): PropertySet | undefined {
  const length = reader.variableByteInteger()
  if (length > reader.remaining) reader.malformed('2.2.2.1', 'Property Length reaches beyond the packet')
  if (reader.fault !== undefined || length === 0) return undefined
  const end = reader.at + length
  const block = new Reader(reader.bytes, reader.at, end)
  const properties = decodePropertyBlock(block, owner)
  reader.fault = block.fault
  reader.at = end
  return properties
}

/** The same for a block whose extent is known: everything that is left in `reader`. */
export function decodePropertyBlock(reader: Reader, owner: PropertyOwner): PropertySet {
  const draft: PropertyDraft = {}
  const seen = new Set<Property>()
  while (reader.remaining > 0 && reader.fault === undefined) {
    const id = reader.variableByteInteger()
    const property = propertyById.get(id)
    if (property === undefined || !belongs(property, owner)) {
      reader.malformed('2.2.2.2', `property ${id} does not belong into ${owner}`)
      break
    }
    if (seen.has(property) && !mayRepeat(property, owner)) {
      reader.protocolError('2.2.2.2', `${property.name} stands twice in ${owner}`)
      break
    }
    seen.add(property)
    decodeProperty(reader, property, owner, draft)
  }
  return draft
}

function decodeProperty(reader: Reader, property: Property, owner: PropertyOwner, draft: PropertyDraft): void {
  switch (property.dataType) {
    case 'flag': {
      const value = reader.byte()
      if (value > 1) reader.protocolError('2.2.2.2', `${property.name} is ${value}, it may be 0 or 1`)
      draft[property.name] = value === 0 ? 0 : 1
      return
    }
    case 'twoByteInteger':
      draft[property.name] = atLeastMin(reader, property, reader.twoByteInteger())
      return
    case 'fourByteInteger':
      draft[property.name] = atLeastMin(reader, property, reader.fourByteInteger())
      return
    case 'variableByteInteger': {
      const value = atLeastMin(reader, property, reader.variableByteInteger())
      if (owner !== 'publish') draft.subscriptionIdentifier = value
      else if (draft.subscriptionIdentifiers !== undefined) draft.subscriptionIdentifiers.push(value)
      else draft.subscriptionIdentifiers = [value]
      return
    }
    case 'string': {
      const value = reader.string()
      if (property.name === 'responseTopic' && /[+#]/.test(value)) {
        reader.protocolError('MQTT-3.3.2-14', 'the Response Topic contains a wildcard character')
      }
      if (property.name === 'responseTopic' && value === '') {
        reader.protocolError('MQTT-4.7.3-1', 'the Response Topic is empty')
      }
      draft[property.name] = value
      return
    }
    case 'binary':
      draft[property.name] = reader.binary()
      return
    case 'stringPairs': {
      const pair: [string, string] = [reader.string('MQTT-1.5.7-1'), reader.string('MQTT-1.5.7-1')]
      if (draft.userProperties !== undefined) draft.userProperties.push(pair)
      else draft.userProperties = [pair]
      return
    }
    default:
      unreachable(property)
  }
}

function belongs(property: Property, owner: PropertyOwner): boolean {
  return property.in.includes(owner)
}

function mayRepeat(property: Property, owner: PropertyOwner): boolean {
  return property.name === 'userProperties' || (property.name === 'subscriptionIdentifier' && owner === 'publish')
}

function atLeastMin(reader: Reader, property: Property, value: number): number {
  if (value < (property.min ?? 0)) {
    // 0x94 is more exact than 0x82 where the value is an alias [MQTT-3.3.2-8].
    if (property.name === 'topicAlias')
      reader.fail(ReasonCode.topicAliasInvalid, 'MQTT-3.3.2-8', 'the Topic Alias is 0')
    else reader.protocolError('2.2.2.2', `${property.name} is ${value}`)
  }
  return value
}

/**
 * Property Length and block, as they stand in a packet. A single 0 where there are none [MQTT-2.2.2-1].
 * @throws TypeError for a property that `owner` may not have or a string that cannot be encoded, RangeError for a number
 * or a length out of range.
 */
export function encodeProperties(properties: PropertySet | undefined, owner: PropertyOwner): Uint8Array {
  const block = encodePropertyBlock(properties, owner)
  const prefix = varIntSize(block.length)
  const bytes = new Uint8Array(prefix + block.length)
  writeVarInt(bytes, 0, block.length)
  bytes.set(block, prefix)
  return bytes
}

/** The block without its Property Length. Throws as {@link encodeProperties} does. */
export function encodePropertyBlock(properties: PropertySet | undefined, owner: PropertyOwner): Uint8Array {
  if (properties === undefined) return emptyBytes
  const writer = createBufferWriter()
  for (const property of propertyTable) {
    const before = writer.at
    encodeProperty(writer, property, owner, properties)
    if (writer.at > before && !belongs(property, owner))
      throw new TypeError(`${owner} has no property ${property.name}`)
  }
  if (writer.at > variableByteIntegerMax) throw new RangeError('the properties are too long')
  return writtenBytes(writer)
}

function encodeProperty(writer: Writer, property: Property, owner: PropertyOwner, properties: PropertySet): void {
  switch (property.dataType) {
    case 'flag':
      writeInteger(writer, property, 1, properties[property.name], 1)
      return
    case 'twoByteInteger':
      writeInteger(writer, property, 2, properties[property.name], 0xffff)
      return
    case 'fourByteInteger':
      writeInteger(writer, property, 4, properties[property.name], 0xffff_ffff)
      return
    case 'variableByteInteger': {
      const { subscriptionIdentifier, subscriptionIdentifiers } = properties
      const identifiers = owner === 'publish' ? subscriptionIdentifiers : [subscriptionIdentifier]
      for (const identifier of identifiers ?? []) writeVariable(writer, property, identifier)
      return
    }
    case 'string': {
      const value = properties[property.name]
      if (property.name === 'responseTopic' && value !== undefined && /[+#]/.test(value)) {
        throw new TypeError('the Response Topic contains a wildcard character [MQTT-3.3.2-14]')
      }
      if (property.name === 'responseTopic' && value === '') {
        throw new TypeError('the Response Topic is empty [MQTT-4.7.3-1]')
      }
      if (value !== undefined) writeFields(writer, property, [encodeUtf8(value)])
      return
    }
    case 'binary': {
      const value = properties[property.name]
      if (value !== undefined) writeFields(writer, property, [value])
      return
    }
    case 'stringPairs':
      for (const [name, value] of properties.userProperties ?? []) {
        writeFields(writer, property, [encodeUtf8(name), encodeUtf8(value)])
      }
      return
    default:
      unreachable(property)
  }
}

function writeInteger(writer: Writer, property: Property, size: number, value: number | undefined, max: number): void {
  if (value === undefined) return
  checkRange(property, value, max)
  writer.reserve(1 + size)
  writer.bytes[writer.at++] = property.id
  for (let shift = (size - 1) * 8; shift >= 0; shift -= 8) writer.bytes[writer.at++] = value >>> shift
}

function writeVariable(writer: Writer, property: Property, value: number | undefined): void {
  if (value === undefined) return
  checkRange(property, value, variableByteIntegerMax)
  writer.reserve(1 + varIntSize(value))
  writer.bytes[writer.at++] = property.id
  writer.at = writeVarInt(writer.bytes, writer.at, value)
}

function checkRange(property: Property, value: number, max: number): void {
  const min = property.min ?? 0
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new RangeError(`${property.name} is ${value}, it may be ${min} to ${max}`)
}

/** Fields with a length of two bytes before each: one for strings and binary data, two for a pair. */
function writeFields(writer: Writer, property: Property, fields: readonly Uint8Array[]): void {
  writer.reserve(fields.reduce((size, field) => size + 2 + field.length, 1))
  writer.bytes[writer.at++] = property.id
  for (const field of fields) {
    if (field.length > stringBytesMax) throw new RangeError(`${property.name} takes ${field.length} bytes, 65535 fit`)
    writer.bytes[writer.at++] = field.length >>> 8
    writer.bytes[writer.at++] = field.length
    writer.bytes.set(field, writer.at)
    writer.at += field.length
  }
}

function unreachable(property: never): never {
  throw new TypeError(`no such data type: ${JSON.stringify(property)}`)
}

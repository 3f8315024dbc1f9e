/**
 * -D, in Mosquitto's syntax: `-D <packet> <property> <value>`, and for a User Property `-D <packet> user-property <name> <value>`.
 * The table says which packet may have which property, and how its value is written. Not in it is what the client decides
 * for itself (topic aliases, subscription identifiers) and enhanced authentication.
 */
import { UsageError } from '../failure.ts'
import { integerOf } from './values.ts'

/** The properties of one packet by the names of @mq/client; user properties in the order given. */
export interface PropertyBag {
  payloadFormatIndicator?: 0 | 1
  messageExpiryInterval?: number
  contentType?: string
  responseTopic?: string
  correlationData?: Uint8Array
  sessionExpiryInterval?: number
  receiveMaximum?: number
  maximumPacketSize?: number
  topicAliasMaximum?: number
  willDelayInterval?: number
  userProperties?: [string, string][]
}

export const propertyPackets = ['connect', 'publish', 'subscribe', 'disconnect', 'will'] as const
export type PropertyPacket = (typeof propertyPackets)[number]
export type PropertiesByPacket = Readonly<Partial<Record<PropertyPacket, PropertyBag>>>

interface PropertySpec {
  readonly packets: readonly PropertyPacket[]
  set(bag: PropertyBag, option: string, value: string): void
}

const u16 = 65_535
const u32 = 0xffff_ffff
const bit = (option: string, value: string): 0 | 1 => (integerOf(option, value, 0, 1) === 1 ? 1 : 0)
const bytes = (value: string): Uint8Array => Buffer.from(value)
const message: readonly PropertyPacket[] = ['publish', 'will']

// biome-ignore format: a table
const table: ReadonlyMap<string, PropertySpec> = new Map<string, PropertySpec>([
  ['payload-format-indicator', { packets: message, set: (bag, option, value) => { bag.payloadFormatIndicator = bit(option, value) } }],
  ['message-expiry-interval', { packets: message, set: (bag, option, value) => { bag.messageExpiryInterval = integerOf(option, value, 0, u32) } }],
  ['content-type', { packets: message, set: (bag, _, value) => { bag.contentType = value } }],
  ['response-topic', { packets: message, set: (bag, _, value) => { bag.responseTopic = value } }],
  ['correlation-data', { packets: message, set: (bag, _, value) => { bag.correlationData = bytes(value) } }],
  ['session-expiry-interval', { packets: ['connect', 'disconnect'], set: (bag, option, value) => { bag.sessionExpiryInterval = integerOf(option, value, 0, u32) } }],
  ['receive-maximum', { packets: ['connect'], set: (bag, option, value) => { bag.receiveMaximum = integerOf(option, value, 1, u16) } }],
  ['maximum-packet-size', { packets: ['connect'], set: (bag, option, value) => { bag.maximumPacketSize = integerOf(option, value, 1, u32) } }],
  ['topic-alias-maximum', { packets: ['connect'], set: (bag, option, value) => { bag.topicAliasMaximum = integerOf(option, value, 0, u16) } }],
  ['will-delay-interval', { packets: ['will'], set: (bag, option, value) => { bag.willDelayInterval = integerOf(option, value, 0, u32) } }],
])

/** @throws UsageError for a packet or property that does not exist, a property on the wrong packet, or a bad value. */
export function propertiesOf(given: readonly (readonly string[])[]): PropertiesByPacket {
  const bags: Partial<Record<PropertyPacket, PropertyBag>> = {}
  for (const [packetText = '', name = '', ...values] of given) {
    const packet = propertyPackets.find((candidate) => candidate === packetText.toLowerCase())
    if (packet === undefined) {
      throw new UsageError(`-D was given the packet "${packetText}"; allowed is ${propertyPackets.join(', ')}.`)
    }
    const bag = bags[packet] ?? {}
    bags[packet] = bag
    const [first = '', second = ''] = values
    if (name === 'user-property') {
      bag.userProperties = [...(bag.userProperties ?? []), [first, second]]
      continue
    }
    const property = table.get(name)
    if (property === undefined || !property.packets.includes(packet)) {
      const allowed = [...table].filter(([, spec]) => spec.packets.includes(packet)).map(([known]) => known)
      throw new UsageError(
        `-D ${packet} was given the property "${name}"; allowed is ${[...allowed, 'user-property'].join(', ')}.`,
      )
    }
    property.set(bag, `-D ${packet} ${name}`, first)
  }
  return bags
}

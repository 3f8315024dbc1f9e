/**
 * Walks one control packet from its first byte to its last and finds everything that is wrong with it, so that
 * control.ts can leave the fields to mqtt-packet, which is laxer than the specification. On the way it decodes the
 * properties, and notes where they lie: control.ts cuts them out of what mqtt-packet sees.
 *
 * Which fault is which (sections 1.2 and 4.13). Where the text names one of the two, that one. Where it does not: what cannot
 * be parsed is malformed (0x81), what can be parsed and is not allowed is a protocol error (0x82).
 *
 * Not checked here, because the answer is not a fault but a Reason Code of the answer: the form of Client Identifier, of
 * topic names and of topic filters.
 */
import type { Fault } from '../packet/fault.ts'
import { packetReasonClause, packetReasons, type ReasonCarrier } from '../spec/packet-reason.ts'
import { PacketType } from '../spec/packet-type.ts'
import type { PropertyOwner } from '../spec/property.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { decodeProperties, type PropertySet } from './properties.ts'
import { Reader } from './reader.ts'

export class ControlWalk {
  readonly reader: Reader
  /** In CONNECT what the packet says. */
  version: ProtocolVersion
  /** Where Property Length and properties lie, in order: start, end, start, end. */
  readonly blocks: number[] = []
  properties: PropertySet | undefined = undefined
  willProperties: PropertySet | undefined = undefined

  constructor(bytes: Uint8Array, body: number, end: number, version: ProtocolVersion) {
    this.reader = new Reader(bytes, body, end)
    this.version = version
  }

  /** Property Length and properties, where the version has them. */
  takeProperties(owner: PropertyOwner): PropertySet | undefined {
    if (this.version !== 5) return undefined
    this.blocks.push(this.reader.at)
    const properties = decodeProperties(this.reader, owner)
    this.blocks.push(this.reader.at)
    return properties
  }
}

/** `type` is the upper half of the first byte; its lower half has been checked by the frame reader. */
export function walkControl(walk: ControlWalk, type: number): Fault | undefined {
  switch (type) {
    case PacketType.connect:
      walkConnect(walk)
      break
    case PacketType.connack:
      walkConnack(walk)
      break
    case PacketType.subscribe:
      walkSubscribe(walk)
      break
    case PacketType.suback:
      walkSuback(walk)
      break
    case PacketType.unsubscribe:
      walkUnsubscribe(walk)
      break
    case PacketType.unsuback:
      walkUnsuback(walk)
      break
    case PacketType.disconnect:
      walkDisconnect(walk)
      break
    case PacketType.auth:
      walkAuth(walk)
      break
    default:
      walk.reader.malformed('2.1.2', `packet type ${type} is not a control packet`)
  }
  return walk.reader.finish()
}

function walkConnect(walk: ControlWalk): void {
  const { reader } = walk
  const name = reader.string('MQTT-3.1.2-1')
  const level = reader.byte()
  if (reader.fault !== undefined) return
  const version = protocolVersion(name, level)
  if (version === undefined) {
    // Anything else of a protocol that is not ours cannot be judged.
    const clause = name === 'MQTT' || name === 'MQIsdp' ? 'MQTT-3.1.2-2' : 'MQTT-3.1.2-1'
    reader.fail(ReasonCode.unsupportedProtocolVersion, clause, `protocol ${JSON.stringify(name)}, version ${level}`)
    return
  }
  walk.version = version

  const flags = reader.byte()
  checkConnectFlags(reader, flags, version)
  reader.twoByteInteger() // Keep Alive
  walk.properties = walk.takeProperties('connect')
  if (walk.properties?.authenticationData !== undefined && walk.properties.authenticationMethod === undefined) {
    reader.protocolError('3.1.2.11.10', 'Authentication Data without Authentication Method')
  }
  // [MQTT-3.1.3-1] The order of the payload.
  reader.string('MQTT-3.1.3-4') // Client Identifier
  if ((flags & 0x04) !== 0) {
    walk.willProperties = walk.takeProperties('will')
    reader.string('MQTT-3.1.3-11') // Will Topic
    reader.binary()
  }
  if ((flags & 0x80) !== 0) reader.string('MQTT-3.1.3-12') // User Name
  if ((flags & 0x40) !== 0) reader.binary()
}

function protocolVersion(name: string, level: number): ProtocolVersion | undefined {
  if (name === 'MQIsdp') return level === 3 ? 3 : undefined
  if (name !== 'MQTT') return undefined
  return level === 4 || level === 5 ? level : undefined
}

function checkConnectFlags(reader: Reader, flags: number, version: ProtocolVersion): void {
  if ((flags & 0x01) !== 0) reader.malformed('MQTT-3.1.2-3', 'the reserved Connect Flag is set')
  if ((flags & 0x18) === 0x18) reader.malformed('MQTT-3.1.2-12', 'Will QoS is 3')
  if ((flags & 0x04) === 0) {
    if ((flags & 0x18) !== 0) reader.protocolError('MQTT-3.1.2-11', 'Will QoS without Will Flag')
    if ((flags & 0x20) !== 0) reader.protocolError('MQTT-3.1.2-13', 'Will Retain without Will Flag')
  }
  // 5.0 took this one back (3.1.2.9).
  if (version !== 5 && (flags & 0xc0) === 0x40) {
    reader.protocolError('MQTT311-3.1.2-22', 'a password without a user name')
  }
}

function walkConnack(walk: ControlWalk): void {
  const { reader } = walk
  const flags = reader.byte()
  if (flags > 1) reader.malformed('MQTT-3.2.2-1', 'reserved bits of the Connect Acknowledge Flags are set')
  const reasonCode = reader.byte()
  if (walk.version === 5) checkReason(reader, 'connack', reasonCode)
  else if (reasonCode > 5) reader.protocolError('MQTT311-3.2.2-6', `Connect Return code ${reasonCode} is reserved`)
  if (flags === 1 && reasonCode !== 0) {
    reader.protocolError('MQTT-3.2.2-6', 'Session Present in a CONNACK that refuses the connection')
  }
  walk.properties = walk.takeProperties('connack')
}

function walkSubscribe(walk: ControlWalk): void {
  const { reader } = walk
  reader.packetId()
  walk.properties = walk.takeProperties('subscribe')
  if (reader.remaining === 0) reader.protocolError('MQTT-3.8.3-2', 'a SUBSCRIBE without Topic Filter')
  while (reader.remaining > 0 && reader.fault === undefined) {
    const topicFilter = reader.string('MQTT-3.8.3-1')
    checkSubscriptionOptions(reader, reader.byte(), topicFilter, walk.version)
  }
}

function checkSubscriptionOptions(reader: Reader, options: number, filter: string, version: ProtocolVersion): void {
  if (reader.fault !== undefined) return
  if (version !== 5) {
    // Both the reserved bits and QoS 3, in one statement.
    if (options > 2) reader.malformed('MQTT311-3.8.3-4', `Requested QoS is the byte ${options}`)
    return
  }
  if ((options & 0xc0) !== 0) reader.malformed('MQTT-3.8.3-5', 'reserved Subscription Options are set')
  if ((options & 0x03) === 3) reader.protocolError('3.8.3.1', 'the Maximum QoS of a subscription is 3')
  if ((options & 0x30) === 0x30) reader.protocolError('3.8.3.1', 'Retain Handling is 3')
  if ((options & 0x04) !== 0 && filter.startsWith('$share/')) {
    reader.protocolError('MQTT-3.8.3-4', 'No Local on a Shared Subscription')
  }
}

function walkSuback(walk: ControlWalk): void {
  const { reader, version } = walk
  reader.packetId()
  walk.properties = walk.takeProperties('suback')
  if (reader.remaining === 0) reader.malformed('3.9.3', 'a SUBACK without Reason Code')
  while (reader.remaining > 0 && reader.fault === undefined) {
    const reasonCode = reader.byte()
    if (version === 5) checkReason(reader, 'suback', reasonCode)
    else if (reasonCode > 2 && reasonCode !== 0x80) {
      reader.protocolError('MQTT311-3.9.3-2', `SUBACK return code 0x${reasonCode.toString(16)} is reserved`)
    }
  }
}

function walkUnsubscribe(walk: ControlWalk): void {
  const { reader } = walk
  reader.packetId()
  walk.properties = walk.takeProperties('unsubscribe')
  if (reader.remaining === 0) reader.protocolError('MQTT-3.10.3-2', 'an UNSUBSCRIBE without Topic Filter')
  while (reader.remaining > 0 && reader.fault === undefined) reader.string('MQTT-3.10.3-1')
}

function walkUnsuback(walk: ControlWalk): void {
  const { reader } = walk
  reader.packetId()
  // Before 5.0 it has no payload.
  if (walk.version !== 5) return
  walk.properties = walk.takeProperties('unsuback')
  if (reader.remaining === 0) reader.malformed('3.11.3', 'an UNSUBACK without Reason Code')
  while (reader.remaining > 0 && reader.fault === undefined) checkReason(reader, 'unsuback', reader.byte())
}

function walkDisconnect(walk: ControlWalk): void {
  const { reader } = walk
  // Without Reason Code it is 0x00, without Property Length there are no properties (3.14.2.1, 3.14.2.2.1).
  if (walk.version !== 5 || reader.remaining === 0) return
  checkReason(reader, 'disconnect', reader.byte())
  if (reader.remaining > 0) walk.properties = walk.takeProperties('disconnect')
}

function walkAuth(walk: ControlWalk): void {
  const { reader } = walk
  if (walk.version !== 5) {
    reader.malformed('MQTT311-2.2.1', 'packet type 15 is reserved before 5.0')
    return
  }
  // Success without properties may be left out as a whole (3.15.2.1).
  if (reader.remaining === 0) return
  checkReason(reader, 'auth', reader.byte())
  walk.properties = walk.takeProperties('auth')
  if (reader.fault === undefined && walk.properties?.authenticationMethod === undefined) {
    reader.protocolError('3.15.2.2.2', 'an AUTH without Authentication Method')
  }
}

function checkReason(reader: Reader, carrier: ReasonCarrier, reasonCode: number): void {
  if (reader.fault !== undefined || packetReasons[carrier].includes(reasonCode)) return
  const sentence = `${carrier} with Reason Code 0x${reasonCode.toString(16).padStart(2, '0')}`
  reader.protocolError(packetReasonClause[carrier], sentence)
}

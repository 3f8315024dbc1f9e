/**
 * Walks one control packet from its first byte to its last and finds everything that is wrong with it, so that
 * control.ts can leave the fields to mqtt-packet, which is laxer than the specification. On the way it decodes the
 * properties, and notes where they lie: control.ts cuts them out of what mqtt-packet sees.
 *
 * Which fault is which (sections 1.2 and 4.13). Where the text names one of the two, that one. Where it does not: what cannot
 * be parsed is malformed (0x81), what can be parsed and is not allowed is a protocol error (0x82).
 *
 * Not checked here, because the answer is not a fault but a Reason Code of the answer: the form of topic filters. CONNECT and
 * SUBSCRIBE are read whole by connect.ts and subscribe.ts.
 */
import type { Fault } from '../packet/fault.ts'
import { packetReasonClause, packetReasons, type ReasonCarrier } from '../spec/packet-reason.ts'
import { PacketType } from '../spec/packet-type.ts'
import type { PropertyOwner } from '../spec/property.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { decodeProperties, type PropertySet } from './properties.ts'
import { Reader } from './reader.ts'

export class ControlWalk {
  readonly reader: Reader
  readonly version: ProtocolVersion
  /** Where Property Length and properties lie, in order: start, end, start, end. */
  readonly blocks: number[] = []
  properties: PropertySet | undefined = undefined

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
    case PacketType.connack:
      walkConnack(walk)
      break
    case PacketType.suback:
      walkSuback(walk)
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

/** PUBACK, PUBREC, PUBREL, PUBCOMP (sections 3.4 to 3.7) and PINGREQ, PINGRESP (3.12, 3.13): the hot path. */
import { type Fault, fault } from '../packet/fault.ts'
import type { AckPacket } from '../packet/packet.ts'
import type { ReasonProperties } from '../packet/properties.ts'
import { packetIdMax } from '../spec/limits.ts'
import { packetReasonClause, packetReasons } from '../spec/packet-reason.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { varIntSize, writeVarInt } from '../wire/var-int.ts'
import type { Writer } from '../wire/writer.ts'
import { decodeProperties, encodeProperties } from './properties.ts'
import { Reader } from './reader.ts'

export type AckType = AckPacket['type']

/** What an acknowledgement says; one object, filled anew for every packet. */
export interface AckFields {
  packetId: number
  reasonCode: ReasonCode
  properties: ReasonProperties | undefined
}

export function createAckFields(): AckFields {
  return { packetId: 0, reasonCode: ReasonCode.success, properties: undefined }
}

/** Which of the four it is stands in the first byte. */
export function decodeAck(
  into: AckFields,
  bytes: Uint8Array,
  header: number,
  body: number,
  end: number,
  version: ProtocolVersion,
): Fault | undefined {
  const length = end - body
  into.reasonCode = ReasonCode.success
  into.properties = undefined
  if (length < 2) return badLength('an acknowledgement has no Packet Identifier')
  const packetId = (bytes[body]! << 8) | bytes[body + 1]!
  into.packetId = packetId
  // [MQTT-2.2.1-5] What it acknowledges cannot have had 0 [MQTT-2.2.1-3].
  if (packetId === 0)
    return fault(ReasonCode.protocolError, 'MQTT-2.2.1-5', 'an acknowledgement of Packet Identifier 0')
  if (length === 2) return undefined
  if (version !== 5) return badLength('bytes follow the Packet Identifier of an acknowledgement')

  const type = ackType(bytes[header]!)
  const reasonCode = bytes[body + 2]!
  if (!packetReasons[type].includes(reasonCode)) {
    const sentence = `${type} with Reason Code 0x${reasonCode.toString(16)}`
    return fault(ReasonCode.protocolError, packetReasonClause[type], sentence)
  }
  into.reasonCode = reasonCode
  // Without Property Length there are no properties (3.4.2.2.1).
  if (length === 3) return undefined
  const reader = new Reader(bytes, body + 3, end)
  into.properties = decodeProperties(reader, type)
  return reader.finish()
}

/**
 * Writes a whole acknowledgement in its shortest form; returns its size in bytes. Before 5.0 only `packetId` is written.
 * @throws RangeError for a Packet Identifier out of range, and as encodeProperties does
 */
export function encodeAck(
  writer: Writer,
  type: AckType,
  packetId: number,
  reasonCode: ReasonCode,
  version: ProtocolVersion,
  properties?: ReasonProperties,
): number {
  if (packetId < 1 || packetId > packetIdMax) throw new RangeError(`a Packet Identifier of ${packetId}`)
  if (version === 5 && properties !== undefined)
    return encodeWithProperties(writer, type, packetId, reasonCode, properties)
  const remaining = version !== 5 || reasonCode === ReasonCode.success ? 2 : 3
  writer.reserve(2 + remaining)
  const bytes = writer.bytes
  const at = writer.at
  bytes[at] = firstByte[type]
  bytes[at + 1] = remaining
  bytes[at + 2] = packetId >>> 8
  bytes[at + 3] = packetId
  if (remaining === 3) bytes[at + 4] = reasonCode
  writer.at = at + 2 + remaining
  return 2 + remaining
}

function encodeWithProperties(
  writer: Writer,
  type: AckType,
  packetId: number,
  reasonCode: ReasonCode,
  properties: ReasonProperties,
): number {
  const block = encodeProperties(properties, type)
  if (block.length === 1) return encodeAck(writer, type, packetId, reasonCode, 5)
  const remaining = 3 + block.length
  const size = 1 + varIntSize(remaining) + remaining
  writer.reserve(size)
  const bytes = writer.bytes
  bytes[writer.at] = firstByte[type]
  let at = writeVarInt(bytes, writer.at + 1, remaining)
  bytes[at++] = packetId >>> 8
  bytes[at++] = packetId
  bytes[at++] = reasonCode
  bytes.set(block, at)
  writer.at = at + block.length
  return size
}

export function encodePingreq(writer: Writer): number {
  return encodeEmpty(writer, 0xc0)
}

export function encodePingresp(writer: Writer): number {
  return encodeEmpty(writer, 0xd0)
}

/** PINGREQ and PINGRESP have neither variable header nor payload (3.12.2, 3.12.3). */
export function decodePing(body: number, end: number): Fault | undefined {
  return body === end ? undefined : badLength('PINGREQ and PINGRESP have no content')
}

const firstByte: { readonly [T in AckType]: number } = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 }

/** Of a first byte that is one of the four. */
export function ackType(first: number): AckType {
  switch (first >> 4) {
    case 4:
      return 'puback'
    case 5:
      return 'pubrec'
    case 6:
      return 'pubrel'
    default:
      return 'pubcomp'
  }
}

function encodeEmpty(writer: Writer, first: number): number {
  writer.reserve(2)
  writer.bytes[writer.at] = first
  writer.bytes[writer.at + 1] = 0
  writer.at += 2
  return 2
}

function badLength(sentence: string): Fault {
  return fault(ReasonCode.malformedPacket, '2.1.4', sentence)
}

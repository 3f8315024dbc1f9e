/**
 * PUBLISH (section 3.3), the hot path: bytes to Publication and back, in all versions, without an object per packet.
 *
 *     | first | Remaining Length | topic length, topic | packetId, QoS > 0 | Property Length, properties, 5.0 | payload |
 *
 * Decoding sets offsets. Properties are validated in full, and split: Topic Alias and Subscription Identifier concern this
 * hop and become fields; the others travel with the message, as the bytes they came in. As a rule those lie in one piece,
 * which leaves with the payload in one copy; where a property of this hop stands between them, they are joined in `scratch`.
 * Message Expiry Interval is a field and travels: what is left of it is written into the copy.
 *
 * Not checked here: the characters of the topic (whoever interns topics does it once per topic, not per packet), the payload
 * against its format indicator, and what depends on the role or on negotiated limits.
 */
import { type Fault, fault } from '../packet/fault.ts'
import type { Publication } from '../packet/publication.ts'
import { variableByteIntegerMax } from '../spec/limits.ts'
import { PropertyId } from '../spec/property.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion, QoS } from '../spec/version.ts'
import { copyBytes } from '../wire/copy.ts'
import { varIntSize, writeVarInt } from '../wire/var-int.ts'
import { emptyBytes, type Writer } from '../wire/writer.ts'
import { decodeMessageProperties, type PropertyScratch } from './publish-properties.ts'

/** A shorter payload is always copied; of a longer one the outlet is asked. */
const askedBytesMin = 2048

/** Fills `into` anew. It points into `bytes` (and perhaps `scratch`), so it is valid as long as they are. */
export function decodePublish(
  into: Publication,
  bytes: Uint8Array,
  header: number,
  body: number,
  end: number,
  version: ProtocolVersion,
  scratch: PropertyScratch,
): Fault | undefined {
  const first = bytes[header]!
  const qosBits = first & 0x06
  into.bytes = bytes
  into.topicBytes = bytes
  into.qos = qosBits === 0 ? 0 : qosBits === 2 ? 1 : 2
  into.retain = (first & 0x01) !== 0
  into.dup = (first & 0x08) !== 0
  into.packetId = 0
  into.propertyBytes = emptyBytes
  into.propertiesStart = 0
  into.propertiesEnd = 0
  into.expiryAt = -1
  into.topicAlias = 0
  into.payloadFormatIndicator = 0
  into.messageExpiryInterval = -1
  into.expiresAtMs = Number.POSITIVE_INFINITY
  into.subscriptionIdentifiers = undefined
  into.kept = undefined
  // 3.1 gives DUP no meaning at QoS 0 and does not forbid it.
  if (qosBits === 0 ? into.dup && version !== 3 : qosBits === 6) return badFlags(qosBits)

  let at = body + 2
  if (at > end) return cutShort('Topic Name')
  into.topicStart = at
  at += (bytes[body]! << 8) | bytes[body + 1]!
  if (at > end) return cutShort('Topic Name')
  into.topicEnd = at

  if (qosBits !== 0) {
    if (at + 2 > end) return cutShort('Packet Identifier')
    const packetId = (bytes[at]! << 8) | bytes[at + 1]!
    if (packetId === 0) return zeroPacketId()
    into.packetId = packetId
    at += 2
  }

  if (version === 5) {
    // Most messages have no properties: one byte, and done.
    if (at < end && bytes[at] === 0) at++
    else {
      const propertyFault = decodeMessageProperties(into, bytes, at, end, scratch)
      if (propertyFault !== undefined) return propertyFault
      at = into.payloadStart
    }
  }
  if (into.topicStart === into.topicEnd && into.topicAlias === 0) return emptyTopic(version)
  into.payloadStart = at
  into.payloadEnd = end
  return undefined
}

/** Bytes of the whole packet that {@link encodePublication} would write with the same arguments. */
export function publicationSize(
  publication: Publication,
  version: ProtocolVersion,
  qos: QoS,
  topicAlias: number,
  omitTopic: boolean,
  expiry: number,
  subscriptionIdentifiers: readonly number[] | undefined,
): number {
  let remaining = 2 + publication.payloadEnd - publication.payloadStart
  if (!omitTopic) remaining += publication.topicEnd - publication.topicStart
  if (qos !== 0) remaining += 2
  if (version === 5) {
    const length = propertiesLength(publication, topicAlias, expiry, subscriptionIdentifiers)
    remaining += varIntSize(length) + length
  }
  return 1 + varIntSize(remaining) + remaining
}

/**
 * Writes a whole PUBLISH; returns its size in bytes.
 * @param topicAlias 0 for none; with `omitTopic` it stands for the Topic Name
 * @param expiry Message Expiry Interval in seconds; -1 for none, or as it came where it stands among the properties
 * @throws RangeError when the packet would be longer than the wire format allows
 */
export function encodePublication(
  writer: Writer,
  publication: Publication,
  version: ProtocolVersion,
  qos: QoS,
  retain: boolean,
  dup: boolean,
  packetId: number,
  topicAlias: number,
  omitTopic: boolean,
  expiry: number,
  subscriptionIdentifiers: readonly number[] | undefined,
): number {
  const topicLength = omitTopic ? 0 : publication.topicEnd - publication.topicStart
  const payloadLength = publication.payloadEnd - publication.payloadStart
  let remaining = 2 + topicLength + payloadLength
  if (qos !== 0) remaining += 2
  let length = 0
  if (version === 5) {
    length = propertiesLength(publication, topicAlias, expiry, subscriptionIdentifiers)
    remaining += varIntSize(length) + length
  }
  if (remaining > variableByteIntegerMax) throw new RangeError(`a packet of ${remaining} bytes does not fit MQTT`)
  const size = 1 + varIntSize(remaining) + remaining
  const isReferred = payloadLength >= askedBytesMin && writer.outlet.refers?.(payloadLength) === true
  writer.reserve(isReferred ? size - payloadLength : size)

  const bytes = writer.bytes
  let at = writer.at
  bytes[at++] = 0x30 | (qos << 1) | (retain ? 0x01 : 0) | (dup ? 0x08 : 0)
  if (remaining < 0x80) bytes[at++] = remaining
  else at = writeVarInt(bytes, at, remaining)
  bytes[at++] = topicLength >>> 8
  bytes[at++] = topicLength
  if (topicLength !== 0) {
    copyBytes(publication.topicBytes, publication.topicStart, publication.topicEnd, bytes, at)
    at += topicLength
  }
  if (qos !== 0) {
    bytes[at++] = packetId >>> 8
    bytes[at++] = packetId
  }
  const { expiryAt, payloadStart, payloadEnd } = publication
  if (version === 5) {
    if (length === 0) bytes[at++] = 0
    else at = writeOwnProperties(bytes, at, length, topicAlias, expiryAt < 0 ? expiry : -1, subscriptionIdentifiers)
  }
  const travelling = version === 5 ? publication.propertiesEnd - publication.propertiesStart : 0
  if (isReferred) {
    copyBytes(
      publication.propertyBytes,
      publication.propertiesStart,
      publication.propertiesStart + travelling,
      bytes,
      at,
    )
  } else if (travelling === 0) copyBytes(publication.bytes, payloadStart, payloadEnd, bytes, at)
  else if (publication.propertyBytes === publication.bytes && publication.propertiesEnd === payloadStart) {
    // As they came, side by side: one copy of both costs less than two.
    copyBytes(publication.bytes, publication.propertiesStart, payloadEnd, bytes, at)
  } else {
    copyBytes(publication.propertyBytes, publication.propertiesStart, publication.propertiesEnd, bytes, at)
    copyBytes(publication.bytes, payloadStart, payloadEnd, bytes, at + travelling)
  }
  if (travelling !== 0 && expiryAt >= 0 && expiry >= 0) {
    writeFourBytes(bytes, at + expiryAt - publication.propertiesStart, expiry)
  }
  writer.at = at + travelling
  if (isReferred) referTo(writer, publication)
  else writer.at += payloadLength
  return size
}

/** The payload is sent from the one copy that all receivers share. */
function referTo(writer: Writer, publication: Publication): void {
  const { bytes, payloadStart, payloadEnd } = publication.keep()
  writer.outlet.refer?.(writer, bytes.subarray(payloadStart, payloadEnd))
}

function propertiesLength(
  publication: Publication,
  topicAlias: number,
  expiry: number,
  subscriptionIdentifiers: readonly number[] | undefined,
): number {
  let length = publication.propertiesEnd - publication.propertiesStart
  if (expiry >= 0 && publication.expiryAt < 0) length += 5
  if (topicAlias !== 0) length += 3
  if (subscriptionIdentifiers !== undefined) {
    for (const identifier of subscriptionIdentifiers) length += 1 + varIntSize(identifier)
  }
  return length
}

/** Property Length, and the properties that are made anew for each receiver; those that travel stand behind them. */
function writeOwnProperties(
  bytes: Uint8Array,
  start: number,
  length: number,
  topicAlias: number,
  expiry: number,
  subscriptionIdentifiers: readonly number[] | undefined,
): number {
  let at = writeVarInt(bytes, start, length)
  if (expiry >= 0) {
    bytes[at++] = PropertyId.messageExpiryInterval
    writeFourBytes(bytes, at, expiry)
    at += 4
  }
  if (topicAlias !== 0) {
    bytes[at++] = PropertyId.topicAlias
    bytes[at++] = topicAlias >>> 8
    bytes[at++] = topicAlias
  }
  if (subscriptionIdentifiers !== undefined) {
    for (const identifier of subscriptionIdentifiers) {
      bytes[at++] = PropertyId.subscriptionIdentifier
      at = writeVarInt(bytes, at, identifier)
    }
  }
  return at
}

function writeFourBytes(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

function badFlags(qosBits: number): Fault {
  // 3.3.1.2 says malformed of QoS 3. DUP at QoS 0 can be parsed, and is not allowed: a protocol error (section 1.2).
  if (qosBits === 0) return fault(ReasonCode.protocolError, 'MQTT-3.3.1-2', 'DUP is set in a PUBLISH at QoS 0')
  return fault(ReasonCode.malformedPacket, 'MQTT-3.3.1-4', 'both QoS bits of a PUBLISH are set')
}

function cutShort(field: string): Fault {
  return fault(ReasonCode.malformedPacket, '3.3.2', `a PUBLISH ends in the middle of its ${field}`)
}

/** It can be parsed, so it is not malformed; 2.2.1 forbids it. */
function zeroPacketId(): Fault {
  return fault(ReasonCode.protocolError, 'MQTT-2.2.1-3', 'the Packet Identifier of a PUBLISH is 0')
}

function emptyTopic(version: ProtocolVersion): Fault {
  if (version === 5) {
    return fault(ReasonCode.protocolError, '3.3.2.1', 'the Topic Name is empty and there is no Topic Alias')
  }
  return fault(ReasonCode.malformedPacket, 'MQTT311-4.7.3-1', 'the Topic Name is empty')
}

/** Any packet from a plain object: for tests and tools, and for what is sent seldom. */
import type { Packet, PublishPacket } from '../packet/packet.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import type { Writer } from '../wire/writer.ts'
import { encodeAck, encodePingreq, encodePingresp } from './acks.ts'
import { encodeControl } from './control.ts'
import { checkInteger, checkPacketId } from './control-limits.ts'
import { createPublication } from './publication.ts'
import { encodePublication } from './publish.ts'

/**
 * Writes one whole packet; returns its size in bytes. Before 5.0 properties and the Reason Codes of acknowledgements are
 * left out; a CONNECT goes by its own `protocolVersion`.
 * @throws RangeError for a length or number out of range, TypeError for what the version does not have or a string that
 * cannot be encoded. Nothing has been written then.
 */
export function encodePacket(writer: Writer, packet: Packet, version: ProtocolVersion): number {
  switch (packet.type) {
    case 'publish':
      return encodePublishObject(writer, packet, version)
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return encodeAck(writer, packet.type, packet.packetId, packet.reasonCode, version, packet.properties)
    case 'pingreq':
      return encodePingreq(writer)
    case 'pingresp':
      return encodePingresp(writer)
    default:
      return encodeControl(writer, packet, version)
  }
}

function encodePublishObject(writer: Writer, packet: PublishPacket, version: ProtocolVersion): number {
  checkInteger('QoS', packet.qos, 0, 2)
  if (packet.qos !== 0) checkPacketId(packet.packetId ?? 0)
  // [MQTT-2.2.1-2] [MQTT-3.3.1-2]
  else if (packet.packetId !== undefined) throw new TypeError('a PUBLISH at QoS 0 has no Packet Identifier')
  else if (packet.dup) throw new TypeError('a PUBLISH at QoS 0 has no DUP')
  const publication = createPublication(packet)
  const { topicAlias, messageExpiryInterval, subscriptionIdentifiers } = publication
  // 3.3.2.1
  if (packet.topicName === '' && (version !== 5 || topicAlias === 0)) throw new TypeError('the Topic Name is empty')
  return encodePublication(
    writer,
    publication,
    version,
    packet.qos,
    packet.retain,
    packet.dup,
    packet.packetId ?? 0,
    topicAlias,
    false,
    messageExpiryInterval,
    subscriptionIdentifiers,
  )
}

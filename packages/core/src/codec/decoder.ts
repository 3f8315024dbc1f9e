/** Any packet as a plain object: for tests and tools. A broker or client reads PUBLISH and acknowledgements in place. */
import type { Fault } from '../packet/fault.ts'
import { fault } from '../packet/fault.ts'
import type { Packet } from '../packet/packet.ts'
import { Publication } from '../packet/publication.ts'
import { PacketType } from '../spec/packet-type.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { isWellFormedUtf8 } from '../wire/utf8.ts'
import { ackType, createAckFields, decodeAck, decodePing } from './acks.ts'
import { decodeControl } from './control.ts'
import { publicationPayload, publicationProperties, publicationTopic } from './publication.ts'
import { decodePublish } from './publish.ts'
import { PropertyScratch } from './publish-properties.ts'

/** One whole frame, as a FrameReader hands it on. What it returns shares nothing with `bytes`. */
export function decodePacket(
  bytes: Uint8Array,
  header: number,
  body: number,
  end: number,
  version: ProtocolVersion,
): Packet | Fault {
  switch (bytes[header]! >> 4) {
    case PacketType.publish:
      return decodePublishObject(bytes, header, body, end, version)
    case PacketType.puback:
    case PacketType.pubrec:
    case PacketType.pubrel:
    case PacketType.pubcomp:
      return decodeAckObject(bytes, header, body, end, version)
    case PacketType.pingreq:
      return decodePing(body, end) ?? { type: 'pingreq' }
    case PacketType.pingresp:
      return decodePing(body, end) ?? { type: 'pingresp' }
    default:
      return decodeControl(bytes, header, end, version)
  }
}

function decodePublishObject(
  bytes: Uint8Array,
  header: number,
  body: number,
  end: number,
  version: ProtocolVersion,
): Packet | Fault {
  const publication = new Publication()
  const wrong = decodePublish(publication, bytes, header, body, end, version, new PropertyScratch())
  if (wrong !== undefined) return wrong
  if (!isWellFormedUtf8(bytes, publication.topicStart, publication.topicEnd)) {
    return fault(ReasonCode.malformedPacket, 'MQTT-3.3.2-1', 'the Topic Name is not well-formed UTF-8')
  }
  const properties = publicationProperties(publication)
  return {
    type: 'publish',
    topicName: publicationTopic(publication),
    payload: new Uint8Array(publicationPayload(publication)),
    qos: publication.qos,
    retain: publication.retain,
    dup: publication.dup,
    ...(publication.qos !== 0 && { packetId: publication.packetId }),
    ...(Object.keys(properties).length > 0 && { properties }),
  }
}

function decodeAckObject(
  bytes: Uint8Array,
  header: number,
  body: number,
  end: number,
  version: ProtocolVersion,
): Packet | Fault {
  const fields = createAckFields()
  const wrong = decodeAck(fields, bytes, header, body, end, version)
  if (wrong !== undefined) return wrong
  const { packetId, reasonCode, properties } = fields
  return { type: ackType(bytes[header]!), packetId, reasonCode, ...(properties !== undefined && { properties }) }
}

/** Publications from and to the objects that people read and write: for the client, for hooks, for tests. */
import type { PublishPacket } from '../packet/packet.ts'
import type { PublishProperties } from '../packet/properties.ts'
import { Publication } from '../packet/publication.ts'
import { stringBytesMax } from '../spec/limits.ts'
import { decodeUtf8, encodeUtf8 } from '../wire/utf8.ts'
import { decodePropertyBlock, encodePropertyBlock } from './properties.ts'
import { Reader } from './reader.ts'

/**
 * A kept Publication with bytes of its own. The properties that belong to one hop become fields, as does the expiry.
 * @throws TypeError for a string that cannot be encoded, RangeError for a length or number out of range
 */
export function createPublication(
  packet: Pick<PublishPacket, 'topicName' | 'payload' | 'qos' | 'retain' | 'properties'>,
): Publication {
  const topic = encodeUtf8(packet.topicName)
  if (topic.length > stringBytesMax) {
    throw new RangeError(`the Topic Name takes ${topic.length} bytes, ${stringBytesMax} fit`)
  }
  const publication = new Publication()
  const properties = packet.properties ?? {}
  const { topicAlias, messageExpiryInterval, subscriptionIdentifiers, ...travelling } = properties
  // Encoded once in full, so that every value has been checked, whichever part it goes to.
  encodePropertyBlock(properties, 'publish')
  const block = encodePropertyBlock(travelling, 'publish')

  const bytes = new Uint8Array(topic.length + block.length + packet.payload.length)
  bytes.set(topic, 0)
  bytes.set(block, topic.length)
  bytes.set(packet.payload, topic.length + block.length)
  publication.bytes = bytes
  publication.topicBytes = bytes
  publication.topicEnd = topic.length
  publication.propertyBytes = bytes
  publication.propertiesStart = topic.length
  publication.propertiesEnd = topic.length + block.length
  publication.payloadStart = topic.length + block.length
  publication.payloadEnd = bytes.length
  publication.qos = packet.qos
  publication.retain = packet.retain
  publication.topicAlias = topicAlias ?? 0
  publication.messageExpiryInterval = messageExpiryInterval ?? -1
  publication.payloadFormatIndicator = travelling.payloadFormatIndicator ?? 0
  publication.subscriptionIdentifiers = subscriptionIdentifiers?.length ? [...subscriptionIdentifiers] : undefined
  publication.kept = publication
  return publication
}

/** All properties as the packet had them: those that travel, and those of this hop. */
export function publicationProperties(publication: Publication): PublishProperties {
  const { propertyBytes, propertiesStart, propertiesEnd, topicAlias, messageExpiryInterval } = publication
  const reader = new Reader(propertyBytes, propertiesStart, propertiesEnd)
  return {
    ...decodePropertyBlock(reader, 'publish'),
    ...(messageExpiryInterval >= 0 && { messageExpiryInterval }),
    ...(topicAlias !== 0 && { topicAlias }),
    ...(publication.subscriptionIdentifiers && { subscriptionIdentifiers: publication.subscriptionIdentifiers }),
  }
}

/** The Topic Name; empty where an alias stands for it that nobody has resolved. */
export function publicationTopic(publication: Publication): string {
  return decodeUtf8(publication.topicBytes, publication.topicStart, publication.topicEnd)
}

/** A view of the payload, valid as long as the Publication's bytes are. */
export function publicationPayload(publication: Publication): Uint8Array {
  return publication.bytes.subarray(publication.payloadStart, publication.payloadEnd)
}

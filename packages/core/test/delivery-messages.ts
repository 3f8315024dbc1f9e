/** The messages of the delivery tests: of all sizes, each known by its number. */
import {
  createPublication,
  type Publication,
  publicationPayload,
  publicationSize,
  publicationTopic,
  type QoS,
  type TopicTable,
} from '../src/index.ts'
import type { ProtocolVersion } from '../src/spec/version.ts'

/** Bytes, the whole packet, in both directions. */
export const maximumPacketSize = 4096

/** The message with this number: the same on both sides and in every run. */
export function messageOf(number: number, qos: QoS, version: ProtocolVersion): Publication {
  const kind = (number * 7919) % 20
  const size = kind < 2 ? 0 : kind < 12 ? (number * 31) % 120 : kind < 19 ? (number * 97) % 2000 : -1
  const topicName = size >= 0 && size < 4 ? `short/${number}` : `long/${number % 40}`
  const make = (length: number): Publication => {
    const payload = new Uint8Array(length).fill(number)
    if (length >= 4) new DataView(payload.buffer).setUint32(0, number)
    return createPublication({ topicName, payload, qos, retain: false })
  }
  if (size >= 0) return make(size)
  // As large as the peer takes, to the byte.
  return make(maximumPacketSize - (sizeOf(make(2000), qos, version) - 2000))
}

/** Bytes of the whole packet, sent without an alias. */
export function sizeOf(publication: Publication, qos: QoS, version: ProtocolVersion): number {
  return publicationSize(publication, version, qos, 0, false, -1, undefined)
}

/** @throws Error where it is not, to the byte, the message with the number that it names */
export function numberOf(publication: Publication, qos: QoS, version: ProtocolVersion): number {
  const payload = publicationPayload(publication)
  const number =
    payload.length < 4
      ? Number(publicationTopic(publication).slice('short/'.length))
      : new DataView(payload.buffer, payload.byteOffset).getUint32(0)
  const original = messageOf(number, qos, version)
  if (
    publicationTopic(original) !== publicationTopic(publication) ||
    !sameBytes(publicationPayload(original), payload)
  ) {
    throw new Error(`message ${number} is not what was sent`)
  }
  return number
}

/** Topics are interned, as a broker's are, so that aliases are used. */
export function intern(publication: Publication, topics: TopicTable<undefined>): void {
  const { topicBytes, topicStart, topicEnd } = publication
  const topic = topics.lookup(topicBytes, topicStart, topicEnd)
  if (topic.type === 'fault') throw new Error(topic.sentence)
  publication.topicBytes = topic.bytes
  publication.topicStart = 0
  publication.topicEnd = topic.bytes.length
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}

/** Publications of every kind, and the shortest ways to bytes and back. */
import { equal } from 'node:assert/strict'
import fc from 'fast-check'
import { createPublication } from '../src/codec/publication.ts'
import { decodePublish, encodePublication, publicationSize } from '../src/codec/publish.ts'
import { PropertyScratch } from '../src/codec/publish-properties.ts'
import type { PublishProperties } from '../src/packet/properties.ts'
import { Publication } from '../src/packet/publication.ts'
import type { ProtocolVersion, QoS } from '../src/spec/version.ts'
import { createBufferWriter, writtenBytes } from '../src/wire/writer.ts'

export interface Sent {
  version: ProtocolVersion
  qos: QoS
  topicName: string
  payload: Uint8Array
  properties: PublishProperties
  retain: boolean
  dup: boolean
}

const string = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'))
const topicName = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '漢', '🙂'), minLength: 1, maxLength: 40 })
const binary = fc.uint8Array({ maxLength: 60 })
const payload = fc.oneof(fc.uint8Array({ maxLength: 90 }), fc.uint8Array({ minLength: 100, maxLength: 20_000 }))
const version = fc.constantFrom<ProtocolVersion[]>(3, 4, 5)
const qos = fc.constantFrom<QoS[]>(0, 1, 2)
const properties = fc.record(
  {
    payloadFormatIndicator: fc.constantFrom<(0 | 1)[]>(0, 1),
    messageExpiryInterval: fc.integer({ min: 0, max: 0xffff_ffff }),
    contentType: string,
    responseTopic: topicName,
    correlationData: binary,
    topicAlias: fc.integer({ min: 1, max: 65_535 }),
    subscriptionIdentifiers: fc.array(fc.integer({ min: 1, max: 268_435_455 }), { minLength: 1, maxLength: 4 }),
    // No empty value: mqtt-packet loses one that is repeated under the same name.
    userProperties: fc.array(
      fc.tuple(
        string,
        string.filter((value) => value !== ''),
      ),
      { minLength: 1, maxLength: 5 },
    ),
  },
  { requiredKeys: [] },
)
export const message: fc.Arbitrary<Sent> = fc.record({
  version,
  qos,
  topicName,
  payload,
  properties,
  retain: fc.boolean(),
  dup: fc.boolean(),
})
export const packetId: fc.Arbitrary<number> = fc.integer({ min: 1, max: 65_535 })

export function encode(sent: Sent, id: number): Uint8Array {
  const publication = createPublication(sent)
  return write(publication, sent.version, sent.qos, sent.retain, sent.dup && sent.qos > 0, id)
}

export function write(
  publication: Publication,
  version: ProtocolVersion,
  qos: QoS,
  retain: boolean,
  dup: boolean,
  id: number,
): Uint8Array {
  const { topicAlias, messageExpiryInterval, subscriptionIdentifiers } = publication
  const writer = createBufferWriter()
  const size = encodePublication(
    writer,
    publication,
    version,
    qos,
    retain,
    dup,
    id,
    topicAlias,
    false,
    messageExpiryInterval,
    subscriptionIdentifiers,
  )
  equal(writer.at, size)
  equal(
    size,
    publicationSize(publication, version, qos, topicAlias, false, messageExpiryInterval, subscriptionIdentifiers),
  )
  return writtenBytes(writer).slice()
}

export function decode(bytes: Uint8Array, version: ProtocolVersion): Publication {
  const into = new Publication()
  equal(decodePublish(into, bytes, 0, bodyOf(bytes), bytes.length, version, new PropertyScratch()), undefined)
  return into
}

export function bodyOf(bytes: Uint8Array): number {
  let body = 1
  while ((bytes[body]! & 0x80) !== 0) body++
  return body + 1
}

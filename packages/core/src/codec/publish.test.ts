import { deepEqual, equal, throws } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { bodyOf, decode, encode, message, packetId, write } from '../../test/publication-arbitrary.ts'
import { Publication } from '../packet/publication.ts'
import { varIntSize, writeVarInt } from '../wire/var-int.ts'
import { createBufferWriter, Writer, writtenBytes } from '../wire/writer.ts'
import { encodePropertyBlock } from './properties.ts'
import { createPublication, publicationPayload, publicationProperties, publicationTopic } from './publication.ts'
import { decodePublish, encodePublication, publicationSize } from './publish.ts'
import { PropertyScratch } from './publish-properties.ts'

const numRuns = 300
const seed = 20260101

describe('PUBLISH with itself', () => {
  test('a decoded message is written again with all it had, whatever stood between its properties', () => {
    fc.assert(
      fc.property(message, packetId, fc.infiniteStream(fc.nat()), (sent, id, random) => {
        const first = decode(shuffled(encode({ ...sent, version: 5 }, id), random), 5)
        const kept = first.keep()
        for (const publication of [first, kept]) {
          const again = decode(write(publication, 5, sent.qos, sent.retain, sent.dup && sent.qos > 0, id), 5)
          deepEqual(publicationProperties(again), publicationProperties(publication))
          // An alias belongs to the hop; everything else is kept.
          deepEqual(
            { ...publicationProperties(again), topicAlias: 0 },
            { ...publicationProperties(first), topicAlias: 0 },
          )
          equal(publicationTopic(again), sent.topicName)
          deepEqual(new Uint8Array(publicationPayload(again)), new Uint8Array(sent.payload))
        }
      }),
      { numRuns, seed },
    )
  })

  test('[MQTT-3.3.2-18] User Properties keep their order when a property of the hop stands between them', () => {
    const block = [
      0x26, 0, 1, 0x62, 0, 1, 0x31, 0x23, 0, 7, 0x26, 0, 1, 0x61, 0, 1, 0x32, 2, 0, 0, 0, 9, 0x26, 0, 1, 0x62, 0, 1,
      0x31,
    ]
    const bytes = Uint8Array.from([0x30, 4 + block.length, 0, 1, 0x74, block.length, ...block])
    const publication = decode(bytes, 5)
    equal(publication.topicAlias, 7)
    equal(publication.messageExpiryInterval, 9)
    deepEqual(publicationProperties(publication).userProperties, [
      ['b', '1'],
      ['a', '2'],
      ['b', '1'],
    ])
    // All but the alias.
    equal(publication.propertiesEnd - publication.propertiesStart, block.length - 3)
  })

  test('[MQTT-3.3.2-6] what is left of the expiry is written where the property stood, whatever stood around it', () => {
    const expiring = message.filter(({ version, properties }) => version === 5 && properties !== undefined)
    fc.assert(
      fc.property(expiring, packetId, fc.infiniteStream(fc.nat()), fc.nat(0xffff_ffff), (sent, id, random, left) => {
        const properties = { ...sent.properties, messageExpiryInterval: 4_000_000_000 }
        const first = decode(shuffled(encode({ ...sent, properties }, id), random), 5)
        const before = [...first.propertyBytes.subarray(first.propertiesStart, first.propertiesEnd)]
        for (const publication of [first, first.keep()]) {
          const writer = createBufferWriter()
          const packetIdentifier = sent.qos === 0 ? 0 : id
          const size = encodePublication(
            writer,
            publication,
            5,
            sent.qos,
            false,
            false,
            packetIdentifier,
            0,
            false,
            left,
            undefined,
          )
          equal(size, publicationSize(publication, 5, sent.qos, 0, false, left, undefined))
          const again = decode(writtenBytes(writer), 5)
          const {
            topicAlias: _alias,
            subscriptionIdentifiers: _identifiers,
            ...travelling
          } = publicationProperties(first)
          deepEqual(publicationProperties(again), { ...travelling, messageExpiryInterval: left })
          deepEqual(new Uint8Array(publicationPayload(again)), new Uint8Array(sent.payload))
        }
        // Only the copy: the next receiver gets what is left for it.
        deepEqual([...first.propertyBytes.subarray(first.propertiesStart, first.propertiesEnd)], before)
      }),
      { numRuns, seed },
    )
  })

  test('a scratch is used again, and a message is read anew whatever the one before left', () => {
    const scratch = new PropertyScratch()
    const into = new Publication()
    fc.assert(
      fc.property(message, packetId, fc.infiniteStream(fc.nat()), (sent, id, random) => {
        const written = encode(sent, id)
        const bytes = sent.version === 5 ? shuffled(written, random) : written
        equal(decodePublish(into, bytes, 0, bodyOf(bytes), bytes.length, sent.version, scratch), undefined)
        const fresh = decode(bytes, sent.version)
        // Where the properties lie is another matter when they lie in the scratch.
        deepEqual({ ...into, propertyBytes: undefined }, { ...fresh, propertyBytes: undefined })
        deepEqual(publicationProperties(into), publicationProperties(fresh))
        into.expiresAtMs = 1
        into.keep()
      }),
      { numRuns, seed },
    )
  })

  test('a payload that is referred to makes the same packet as one that is copied, whatever is read meanwhile', () => {
    fc.assert(
      fc.property(message, packetId, fc.integer({ min: 2000, max: 5000 }), fc.boolean(), (sent, id, size, keeps) => {
        const payload = new Uint8Array(size).map((_, i) => i * 7)
        const decoded = decode(encode({ ...sent, payload, version: 5 }, id), 5)
        const publication = keeps ? decoded.keep() : decoded
        const copied = createBufferWriter()
        const head = createBufferWriter()
        const referred: Uint8Array[] = []
        const { outlet } = head
        const writer = new Writer({
          makeRoom: (to, room) => outlet.makeRoom(to, room),
          refers: (bytes) => bytes === size,
          refer: (_writer, bytes) => void referred.push(bytes),
        })
        for (const to of [copied, writer]) {
          const written = encodePublication(to, publication, 5, sent.qos, false, false, id, 0, false, 77, [1, 300])
          equal(written, writtenBytes(copied).length)
        }
        const isReferred = size >= 2048
        equal(referred.length, isReferred ? 1 : 0)
        // As the next read does with the buffer of the one before.
        decoded.bytes.fill(0xff)
        deepEqual(Buffer.concat([writtenBytes(writer), ...referred]), Buffer.from(writtenBytes(copied)))
      }),
      { numRuns, seed },
    )
  })

  test('an alias stands for the topic', () => {
    const publication = createPublication({ topicName: 'a/b', payload: new Uint8Array(2), qos: 0, retain: false })
    const writer = createBufferWriter()
    const size = encodePublication(writer, publication, 5, 0, false, false, 0, 3, true, -1, undefined)
    equal(size, publicationSize(publication, 5, 0, 3, true, -1, undefined))
    deepEqual([...writtenBytes(writer)], [0x30, 8, 0, 0, 3, 0x23, 0, 3, 0, 0])
  })

  test('a kept message shares nothing with the bytes it was read from', () => {
    const bytes = encode(
      {
        version: 5,
        qos: 1,
        topicName: 'a',
        payload: Uint8Array.of(1, 2),
        properties: { contentType: 'x' },
        retain: false,
        dup: false,
      },
      1,
    )
    const kept = decode(bytes, 5).keep()
    bytes.fill(0)
    equal(publicationTopic(kept), 'a')
    deepEqual([...publicationPayload(kept)], [1, 2])
    equal(publicationProperties(kept).contentType, 'x')
  })

  test('what does not fit is refused before anything is written', () => {
    const packet = { topicName: 'a', payload: new Uint8Array(0), qos: 0, retain: false } as const
    throws(() => createPublication({ ...packet, topicName: 'x'.repeat(65_536) }), RangeError)
    throws(() => createPublication({ ...packet, topicName: 'a\0' }), TypeError)
    throws(() => createPublication({ ...packet, topicName: '\ud800' }), TypeError)
    throws(() => createPublication({ ...packet, properties: { topicAlias: 0 } }), RangeError)
    throws(() => createPublication({ ...packet, properties: { messageExpiryInterval: -1 } }), RangeError)
    throws(() => createPublication({ ...packet, properties: { subscriptionIdentifiers: [0] } }), RangeError)
    throws(
      () => createPublication({ ...packet, properties: { userProperties: [['a', 'x'.repeat(65_536)]] } }),
      RangeError,
    )
    throws(() => createPublication({ ...packet, properties: { userProperties: [['a', '\udc00']] } }), TypeError)
  })
})

/** The same PUBLISH of 5.0 with its properties in another order; user properties change places with others too. */
function shuffled(bytes: Uint8Array, random: Iterator<number>): Uint8Array {
  const publication = decode(bytes, 5)
  const { userProperties = [], subscriptionIdentifiers = [], ...others } = publicationProperties(publication)
  const blocks = [
    ...Object.entries(others).map(([name, value]) => encodePropertyBlock({ [name]: value }, 'publish')),
    ...subscriptionIdentifiers.map((one) => encodePropertyBlock({ subscriptionIdentifiers: [one] }, 'publish')),
    ...userProperties.map((one) => encodePropertyBlock({ userProperties: [one] }, 'publish')),
  ]
  const order = blocks.map((block) => ({ block, key: Number(random.next().value) }))
  const block = Buffer.concat(order.sort((a, b) => a.key - b.key).map((one) => one.block))
  const body = Buffer.concat([
    bytes.subarray(publication.topicStart - 2, publication.topicEnd + (publication.qos > 0 ? 2 : 0)),
    varInt(block.length),
    block,
    publicationPayload(publication),
  ])
  return Buffer.concat([bytes.subarray(0, 1), varInt(body.length), body])
}

function varInt(value: number): Uint8Array {
  const bytes = new Uint8Array(varIntSize(value))
  writeVarInt(bytes, 0, value)
  return bytes
}

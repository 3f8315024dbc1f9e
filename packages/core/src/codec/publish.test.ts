import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import mqttPacket, { type IPublishPacket, type Packet } from 'mqtt-packet'
import { describe, test } from 'vitest'
import type { UserProperties } from '../packet/properties.ts'
import { Publication } from '../packet/publication.ts'
import type { ProtocolVersion, QoS } from '../spec/version.ts'
import { encodePropertyBlock } from '../wire/properties.ts'
import { varIntSize, writeVarInt } from '../wire/var-int.ts'
import { createBufferWriter, writtenBytes } from '../wire/writer.ts'
import { createPublication, publicationPayload, publicationProperties, publicationTopic } from './publication.ts'
import { decodePublish, encodePublication, publicationSize } from './publish.ts'
import { PropertyScratch } from './publish-properties.ts'

const numRuns = 300
const seed = 20260101

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
const message = fc.record({ version, qos, topicName, payload, properties, retain: fc.boolean(), dup: fc.boolean() })
const packetId = fc.integer({ min: 1, max: 65_535 })

describe('PUBLISH against mqtt-packet', () => {
  test('what we write, it reads as we meant it', () => {
    fc.assert(
      fc.property(message, packetId, (sent, id) => {
        const bytes = encode(sent, id)
        const read = parse(bytes, sent.version)
        equal(read.topic, sent.topicName)
        deepEqual(new Uint8Array(Buffer.from(read.payload)), new Uint8Array(sent.payload))
        equal(read.qos, sent.qos)
        equal(read.retain, sent.retain)
        equal(read.dup, sent.dup && sent.qos > 0)
        if (sent.qos > 0) equal(read.messageId, id)
        if (sent.version !== 5) return
        const { userProperties, subscriptionIdentifiers, payloadFormatIndicator, correlationData, ...plain } =
          sent.properties
        const theirs = { ...read.properties }
        deepEqual(grouped(theirs.userProperties), grouped(pairsToObject(userProperties)))
        deepEqual([theirs.subscriptionIdentifier ?? []].flat(), subscriptionIdentifiers ?? [])
        equal(
          theirs.payloadFormatIndicator,
          payloadFormatIndicator === undefined ? undefined : payloadFormatIndicator === 1,
        )
        deepEqual(
          theirs.correlationData && new Uint8Array(theirs.correlationData),
          correlationData && new Uint8Array(correlationData),
        )
        for (const [name, value] of Object.entries(plain)) equal(Reflect.get(theirs, name), value)
      }),
      { numRuns, seed },
    )
  })

  test('what it writes, we read as it was meant', () => {
    fc.assert(
      fc.property(message, packetId, (sent, id) => {
        const { payloadFormatIndicator, subscriptionIdentifiers, userProperties, correlationData, ...plain } =
          sent.properties
        const bytes = mqttPacket.generate(
          {
            cmd: 'publish',
            topic: sent.topicName,
            payload: Buffer.from(sent.payload),
            qos: sent.qos,
            retain: sent.retain,
            dup: sent.dup && sent.qos > 0,
            ...(sent.qos > 0 && { messageId: id }),
            ...(sent.version === 5 && {
              properties: {
                ...plain,
                ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator: payloadFormatIndicator === 1 }),
                ...(correlationData && { correlationData: Buffer.from(correlationData) }),
                ...(subscriptionIdentifiers && { subscriptionIdentifier: subscriptionIdentifiers }),
                ...(userProperties && { userProperties: pairsToObject(userProperties) }),
              },
            }),
          },
          { protocolVersion: sent.version },
        )
        const read = decode(bytes, sent.version)
        equal(publicationTopic(read), sent.topicName)
        deepEqual(new Uint8Array(publicationPayload(read)), new Uint8Array(sent.payload))
        equal(read.qos, sent.qos)
        equal(read.retain, sent.retain)
        equal(read.dup, sent.dup && sent.qos > 0)
        equal(read.packetId, sent.qos > 0 ? id : 0)
        const ours = publicationProperties(read)
        if (sent.version !== 5) return deepEqual(ours, {})
        deepEqual(grouped(pairsToObject(ours.userProperties)), grouped(pairsToObject(userProperties)))
        deepEqual({ ...ours, userProperties: undefined }, { ...sent.properties, userProperties: undefined })
      }),
      { numRuns, seed },
    )
  })
})

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
    equal(publication.propertiesEnd - publication.propertiesStart, 21)
  })

  test('a scratch is used again, and a message is read anew whatever the one before left', () => {
    const scratch = new PropertyScratch()
    const into = new Publication()
    fc.assert(
      fc.property(message, packetId, (sent, id) => {
        const bytes = encode(sent, id)
        equal(decodePublish(into, bytes, 0, bodyOf(bytes), bytes.length, sent.version, scratch), undefined)
        const fresh = decode(bytes, sent.version)
        deepEqual({ ...into, propertyBytes: undefined }, { ...fresh, propertyBytes: undefined })
        deepEqual(publicationProperties(into), publicationProperties(fresh))
        into.keep()
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
    throws(RangeError, () => createPublication({ ...packet, topicName: 'x'.repeat(65_536) }))
    throws(TypeError, () => createPublication({ ...packet, topicName: 'a\0' }))
    throws(TypeError, () => createPublication({ ...packet, topicName: '\ud800' }))
    throws(RangeError, () => createPublication({ ...packet, properties: { topicAlias: 0 } }))
    throws(RangeError, () => createPublication({ ...packet, properties: { messageExpiryInterval: -1 } }))
    throws(RangeError, () => createPublication({ ...packet, properties: { subscriptionIdentifiers: [0] } }))
    throws(RangeError, () =>
      createPublication({ ...packet, properties: { userProperties: [['a', 'x'.repeat(65_536)]] } }),
    )
    throws(TypeError, () => createPublication({ ...packet, properties: { userProperties: [['a', '\udc00']] } }))
  })
})

interface Sent {
  version: ProtocolVersion
  qos: QoS
  topicName: string
  payload: Uint8Array
  properties: Parameters<typeof createPublication>[0]['properties'] & object
  retain: boolean
  dup: boolean
}

function encode(sent: Sent, id: number): Uint8Array {
  const publication = createPublication(sent)
  return write(publication, sent.version, sent.qos, sent.retain, sent.dup && sent.qos > 0, id)
}

function write(
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

function decode(bytes: Uint8Array, version: ProtocolVersion): Publication {
  const into = new Publication()
  equal(decodePublish(into, bytes, 0, bodyOf(bytes), bytes.length, version, new PropertyScratch()), undefined)
  return into
}

function bodyOf(bytes: Uint8Array): number {
  let body = 1
  while ((bytes[body]! & 0x80) !== 0) body++
  return body + 1
}

function parse(bytes: Uint8Array, protocolVersion: ProtocolVersion): IPublishPacket {
  const parser = mqttPacket.parser({ protocolVersion })
  const packets: Packet[] = []
  parser.on('packet', (packet) => packets.push(packet))
  parser.on('error', (error) => {
    throw error
  })
  equal(parser.parse(Buffer.from(bytes)), 0)
  const [packet] = packets
  if (packet?.cmd !== 'publish') throw new Error('no PUBLISH')
  return packet
}

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

function pairsToObject(pairs: UserProperties | undefined): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of pairs ?? []) object[name] = [object[name] ?? [], value].flat()
  return object
}

/** mqtt-packet keeps the order within a name only. */
function grouped(object: Record<string, string | string[]> | undefined): [string, string[]][] {
  return Object.entries(object ?? {})
    .map(([name, values]): [string, string[]] => [name, [values].flat()])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function throws(type: typeof TypeError | typeof RangeError, call: () => void): void {
  let thrown: unknown
  try {
    call()
  } catch (error) {
    thrown = error
  }
  equal(thrown instanceof type, true, `expected a ${type.name}, got ${thrown}`)
}

import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import mqttPacket, { type IPublishPacket, type Packet } from 'mqtt-packet'
import { describe, test } from 'vitest'
import { decode, encode, message, packetId } from '../../test/publication-arbitrary.ts'
import type { UserProperties } from '../packet/properties.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { publicationPayload, publicationProperties, publicationTopic } from './publication.ts'

const numRuns = 300
const seed = 20260101

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
                ...(subscriptionIdentifiers && { subscriptionIdentifier: [...subscriptionIdentifiers] }),
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

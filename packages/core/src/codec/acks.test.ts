import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { describe, test } from 'vitest'
import { packetReasons } from '../spec/packet-reason.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { createBufferWriter, writtenBytes } from '../wire/writer.ts'
import { ackType, createAckFields, decodeAck, decodePing, encodeAck, encodePingreq, encodePingresp } from './acks.ts'

const seed = 20260101
const string = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'))
const properties = fc.record(
  {
    reasonString: string,
    // One of each name, and no empty value: mqtt-packet cannot keep more.
    userProperties: fc.uniqueArray(fc.tuple(string, fc.constantFrom('1', 'é')), {
      minLength: 1,
      selector: ([name]) => name,
    }),
  },
  { requiredKeys: [] },
)
const ack = fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const, 'pubcomp' as const).chain((type) =>
  fc.record({
    type: fc.constant(type),
    packetId: fc.integer({ min: 1, max: 65_535 }),
    reasonCode: fc.constantFrom(...packetReasons[type]),
    version: fc.constantFrom<ProtocolVersion[]>(3, 4, 5),
    properties: fc.option(properties, { nil: undefined }),
  }),
)

describe('acknowledgements against mqtt-packet', () => {
  test('what we write, it reads as we meant it', () => {
    fc.assert(
      fc.property(ack, ({ type, packetId, reasonCode, version, properties }) => {
        const writer = createBufferWriter()
        equal(encodeAck(writer, type, packetId, reasonCode, version, properties), writer.at)
        const read = parse(writtenBytes(writer), version)
        equal(read.cmd, type)
        equal(read.messageId, packetId)
        if (version !== 5) return
        equal(Reflect.get(read, 'reasonCode'), reasonCode)
        const theirs = Reflect.get(read, 'properties') ?? {}
        equal(theirs.reasonString, properties?.reasonString)
        deepEqual(new Map(Object.entries(theirs.userProperties ?? {})), new Map(properties?.userProperties))
      }),
      { numRuns: 500, seed },
    )
  })

  test('what it writes, we read as it was meant', () => {
    fc.assert(
      fc.property(ack, ({ type, packetId, reasonCode, version, properties }) => {
        const userProperties: Record<string, string> = Object.create(null)
        for (const [name, value] of properties?.userProperties ?? []) userProperties[name] = value
        const bytes = mqttPacket.generate(
          {
            cmd: type,
            messageId: packetId,
            reasonCode,
            // It writes nothing at all for an empty list.
            ...(properties && {
              properties: {
                ...(properties.reasonString !== undefined && { reasonString: properties.reasonString }),
                ...(properties.userProperties && { userProperties }),
              },
            }),
          },
          { protocolVersion: version },
        )
        const fields = { packetId: 99, reasonCode: 99, properties: { reasonString: 'left over' } }
        equal(decodeAck(fields, bytes, 0, bodyOf(bytes), bytes.length, version), undefined)
        equal(ackType(bytes[0]!), type)
        equal(fields.packetId, packetId)
        equal(fields.reasonCode, version === 5 ? reasonCode : 0)
        const ours = createAckFields()
        decodeAck(ours, bytes, 0, bodyOf(bytes), bytes.length, version)
        deepEqual(fields, ours)
        equal(ours.properties?.reasonString, version === 5 ? properties?.reasonString : undefined)
        const expected = version === 5 ? Object.entries(userProperties) : []
        deepEqual(new Map(ours.properties?.userProperties), new Map(expected))
      }),
      { numRuns: 500, seed },
    )
  })
})

test('PINGREQ and PINGRESP are two bytes', () => {
  const writer = createBufferWriter()
  equal(encodePingreq(writer) + encodePingresp(writer), 4)
  deepEqual([...writtenBytes(writer)], [0xc0, 0, 0xd0, 0])
  equal(decodePing(2, 2), undefined)
  equal(decodePing(2, 3)?.reasonCode, 0x81)
})

test('a User Property block of a thousand pairs is read in order', () => {
  const userProperties = Array.from({ length: 1000 }, (_, index): [string, string] => [`n${index % 7}`, `${index}`])
  const writer = createBufferWriter()
  encodeAck(writer, 'puback', 1, 0x80, 5, { userProperties })
  const bytes = writtenBytes(writer)
  const fields = createAckFields()
  equal(decodeAck(fields, bytes, 0, bodyOf(bytes), bytes.length, 5), undefined)
  deepEqual(fields.properties?.userProperties, userProperties)
})

function parse(bytes: Uint8Array, protocolVersion: ProtocolVersion): Packet {
  const parser = mqttPacket.parser({ protocolVersion })
  const packets: Packet[] = []
  parser.on('packet', (packet) => packets.push(packet))
  parser.on('error', (error) => {
    throw error
  })
  equal(parser.parse(Buffer.from(bytes)), 0)
  ok(packets[0])
  return packets[0]
}

function bodyOf(bytes: Uint8Array): number {
  let body = 1
  while ((bytes[body]! & 0x80) !== 0) body++
  return body + 1
}

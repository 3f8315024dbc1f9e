import { deepEqual } from 'node:assert/strict'
import fc from 'fast-check'
import mqttPacket, { type Packet } from 'mqtt-packet'
import { describe, test } from 'vitest'
import type { ControlPacket } from '../packet/packet.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { isEncodableString } from '../wire/utf8.ts'
import { createBufferWriter, writtenBytes } from '../wire/writer.ts'
import { decodeControl, encodeControl } from './control.ts'

const numRuns = 300
const seed = 20260101

const text = fc.string({ unit: 'binary', maxLength: 20 }).filter(isEncodableString)
const qos = fc.constantFrom<0 | 1 | 2>(0, 1, 2)
const version = fc.constantFrom<ProtocolVersion>(3, 4, 5)
const bytes = fc.uint8Array({ maxLength: 20 })

// What neither of them asks of the other: a 3.1 password needs a user name, mqtt-packet wants an id with Clean Start 0.
const connect = fc.record({
  protocolVersion: version,
  cleanStart: fc.boolean(),
  keepAlive: fc.nat(65_535),
  clientId: text.filter((each) => each !== ''),
  credentials: fc.option(fc.record({ userName: text, password: fc.option(bytes, { nil: undefined }) })),
  will: fc.option(
    fc.record({ topicName: text.filter((each) => each !== ''), payload: bytes, qos, retain: fc.boolean() }),
  ),
  sessionExpiryInterval: fc.option(fc.nat(0xffff), { nil: undefined }),
})

const subscribe = fc.record({
  protocolVersion: version,
  packetId: fc.integer({ min: 1, max: 65_535 }),
  subscriptions: fc.array(
    fc.record({
      topicFilter: text.filter((each) => each !== '' && !each.startsWith('$')),
      qos,
      noLocal: fc.boolean(),
      retainAsPublished: fc.boolean(),
      retainHandling: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    }),
    { minLength: 1, maxLength: 5 },
  ),
})

describe('CONNECT and SUBSCRIBE against mqtt-packet', () => {
  test('a CONNECT that it writes, we read as it was meant, and as it reads it', () => {
    fc.assert(
      fc.property(connect, (sent) => {
        const { protocolVersion, cleanStart, keepAlive, clientId, credentials, will, sessionExpiryInterval } = sent
        const hasProperties = protocolVersion === 5 && sessionExpiryInterval !== undefined
        const packet = mqttPacket.generate({
          cmd: 'connect',
          protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
          protocolVersion,
          clean: cleanStart,
          keepalive: keepAlive,
          clientId,
          ...(credentials && { username: credentials.userName }),
          ...(credentials?.password && { password: Buffer.from(credentials.password) }),
          ...(will && {
            will: { topic: will.topicName, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
          }),
          ...(hasProperties && { properties: { sessionExpiryInterval } }),
        })
        deepEqual(read(packet, protocolVersion), {
          type: 'connect',
          protocolVersion,
          cleanStart,
          keepAlive,
          clientId,
          ...(will && { will: { ...will, payload: new Uint8Array(will.payload) } }),
          ...(credentials && { userName: credentials.userName }),
          ...(credentials?.password && { password: new Uint8Array(credentials.password) }),
          ...(hasProperties && { properties: { sessionExpiryInterval } }),
        })
        const theirs = parse(packet, protocolVersion)
        deepEqual(
          theirs.cmd === 'connect' && [
            theirs.clientId,
            theirs.clean,
            theirs.keepalive,
            theirs.username,
            theirs.will?.topic,
          ],
          [clientId, cleanStart, keepAlive, credentials?.userName, will?.topicName],
        )
      }),
      { numRuns, seed },
    )
  })

  test('a SUBSCRIBE reads the same in both', () => {
    fc.assert(
      fc.property(subscribe, ({ protocolVersion, packetId, subscriptions }) => {
        const writer = createBufferWriter()
        encodeControl(writer, { type: 'subscribe', packetId, subscriptions }, protocolVersion)
        const packet = writtenBytes(writer)
        const ours = read(packet, protocolVersion)
        const theirs = parse(packet, protocolVersion)
        if (ours.type !== 'subscribe' || theirs.cmd !== 'subscribe') throw new Error('no SUBSCRIBE')
        deepEqual(
          ours.subscriptions.map(({ topicFilter, qos: granted }) => [topicFilter, granted]),
          theirs.subscriptions.map((each) => [each.topic, each.qos]),
        )
        deepEqual(ours.packetId, theirs.messageId)
        if (protocolVersion !== 5) return
        deepEqual(
          ours.subscriptions,
          subscriptions.map((each) => ({ ...each })),
        )
        deepEqual(
          theirs.subscriptions.map(({ nl, rap, rh }) => [nl, rap, rh]),
          subscriptions.map((each) => [each.noLocal, each.retainAsPublished, each.retainHandling]),
        )
      }),
      { numRuns, seed },
    )
  })
})

function read(packet: Uint8Array, version: ProtocolVersion): ControlPacket {
  const decoded = decodeControl(packet, 0, packet.length, version)
  if (decoded.type === 'fault') throw new Error(decoded.sentence)
  return decoded
}

function parse(packet: Uint8Array, protocolVersion: ProtocolVersion): Packet {
  const packets: Packet[] = []
  const parser = mqttPacket.parser({ protocolVersion })
  parser.on('packet', (each) => packets.push(each))
  parser.on('error', (error) => {
    throw error
  })
  parser.parse(Buffer.from(packet))
  const [first] = packets
  if (first === undefined) throw new Error('no packet')
  return first
}

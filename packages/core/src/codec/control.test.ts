import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import {
  connackProperties,
  connectProperties,
  publishProperties,
  reason,
  userProperties,
  willProperties,
} from '../../test/all-properties.ts'
import type { Fault } from '../packet/fault.ts'
import type { ConnectPacket, Packet } from '../packet/packet.ts'
import { packetReasons } from '../spec/packet-reason.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { createBufferWriter, writtenBytes } from '../wire/writer.ts'
import { decodePacket } from './decoder.ts'
import { encodePacket } from './encoder.ts'
import { FrameReader } from './frames.ts'

const seed = 20260101
const connect: ConnectPacket = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'me' }
const will = { topicName: 'w/é', payload: Uint8Array.of(0, 1, 255), qos: 2, retain: true } as const
const subscription = {
  topicFilter: 'a/+',
  qos: 1,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
} as const

describe('round trips', () => {
  const packets: [ProtocolVersion[], Packet][] = [
    [[5], connect],
    [[5], { ...connect, cleanStart: false, clientId: '' }],
    [[5], { ...connect, properties: connectProperties }],
    [[5], { ...connect, cleanStart: false, password: Uint8Array.of(1, 2) }],
    [[5], { ...connect, will, password: new Uint8Array(0), clientId: 'é' }],
    [
      [5],
      {
        ...connect,
        clientId: '漢🙂',
        properties: connectProperties,
        will: { ...will, properties: willProperties },
        userName: '',
        password: Uint8Array.of(0),
      },
    ],
    [[5], { ...connect, will: { ...will, payload: new Uint8Array(0), properties: willProperties } }],
    [[4], { ...connect, protocolVersion: 4, cleanStart: false, will, userName: 'u', password: Uint8Array.of(0xff) }],
    [[4], { ...connect, protocolVersion: 4, keepAlive: 65_535, clientId: '' }],
    [[3], { ...connect, protocolVersion: 3, cleanStart: false, keepAlive: 0, will, userName: 'u' }],
    [[3, 4, 5], { type: 'connack', sessionPresent: true, reasonCode: 0 }],
    [[3, 4], { type: 'connack', sessionPresent: false, reasonCode: 5 }],
    [[5], { type: 'connack', sessionPresent: false, reasonCode: 0x9d, properties: connackProperties }],
    [[3, 4, 5], { type: 'publish', topicName: 'a', payload: Uint8Array.of(1), qos: 0, retain: true, dup: false }],
    [
      [5],
      {
        type: 'publish',
        topicName: '',
        payload: new Uint8Array(300),
        qos: 2,
        retain: false,
        dup: true,
        packetId: 65_535,
        properties: publishProperties,
      },
    ],
    [[3, 4, 5], { type: 'subscribe', packetId: 1, subscriptions: [subscription, { ...subscription, qos: 2 }] }],
    [
      [5],
      {
        type: 'subscribe',
        packetId: 65_535,
        subscriptions: [
          { topicFilter: '$share/g/#', qos: 2, noLocal: false, retainAsPublished: true, retainHandling: 2 },
          { topicFilter: 'é', qos: 0, noLocal: true, retainAsPublished: false, retainHandling: 1 },
        ],
        properties: { subscriptionIdentifier: 268_435_455, userProperties },
      },
    ],
    [[3, 4, 5], { type: 'suback', packetId: 2, reasonCodes: [0, 1, 2, 0x80] }],
    [[5], { type: 'suback', packetId: 2, reasonCodes: packetReasons.suback, properties: reason }],
    [[3, 4, 5], { type: 'unsubscribe', packetId: 3, topicFilters: ['a', '#'] }],
    [[5], { type: 'unsubscribe', packetId: 3, topicFilters: ['a'], properties: { userProperties } }],
    [[3, 4], { type: 'unsuback', packetId: 4, reasonCodes: [] }],
    [[5], { type: 'unsuback', packetId: 4, reasonCodes: packetReasons.unsuback, properties: reason }],
    [[3, 4, 5], { type: 'pingreq' }],
    [[3, 4, 5], { type: 'pingresp' }],
    [[3, 4, 5], { type: 'disconnect', reasonCode: 0 }],
    [
      [5],
      {
        type: 'disconnect',
        reasonCode: 0,
        properties: { ...reason, sessionExpiryInterval: 0, serverReference: 'elsewhere' },
      },
    ],
    [[5], { type: 'auth', reasonCode: 0 }],
    [
      [5],
      {
        type: 'auth',
        reasonCode: 0x18,
        properties: { ...reason, authenticationMethod: 'm', authenticationData: new Uint8Array(65_535) },
      },
    ],
    ...packetReasons.connack.map((reasonCode): [ProtocolVersion[], Packet] => [
      [5],
      { type: 'connack', sessionPresent: false, reasonCode },
    ]),
    ...packetReasons.disconnect.map((reasonCode): [ProtocolVersion[], Packet] => [
      [5],
      { type: 'disconnect', reasonCode },
    ]),
    ...(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).flatMap((type): [ProtocolVersion[], Packet][] => [
      [[3, 4, 5], { type, packetId: 258, reasonCode: 0 }],
      ...packetReasons[type].map((reasonCode): [ProtocolVersion[], Packet] => [[5], { type, packetId: 1, reasonCode }]),
      [[5], { type, packetId: 65_535, reasonCode: packetReasons[type].at(-1)!, properties: reason }],
      [[5], { type, packetId: 1, reasonCode: 0, properties: { reasonString: 'x'.repeat(200) } }],
    ]),
  ]
  for (const [versions, packet] of packets) {
    for (const version of versions) {
      const name = `${packet.type} ${version}: ${JSON.stringify(packet).slice(0, 60)}`
      test(name, () => deepEqual(decode(encode(packet, version), version), packet))
    }
  }

  test('what was decoded shares nothing with what was read', () => {
    const bytes = encode({ ...connect, will, password: Uint8Array.of(7), properties: connectProperties }, 5)
    const packet = decode(bytes, 5)
    bytes.fill(0)
    if (packet.type !== 'connect') throw new Error('no CONNECT')
    deepEqual(packet.will?.payload, will.payload)
    deepEqual(packet.password, Uint8Array.of(7))
    deepEqual(packet.properties?.authenticationData, Uint8Array.of(0, 255))
  })

  test('before 5.0 a SUBACK knows one failure, and properties are left out', () => {
    const packet = { type: 'suback', packetId: 1, reasonCodes: [2, 0x8f], properties: reason } as const
    deepEqual(decode(encode(packet, 4), 4), { type: 'suback', packetId: 1, reasonCodes: [2, 0x80] })
  })

  test.each([
    [{ type: 'disconnect', reasonCode: 0 }, 'e000'],
    [{ type: 'disconnect', reasonCode: 0x8e }, 'e0018e'],
    [{ type: 'auth', reasonCode: 0 }, 'f000'],
    [{ type: 'puback', packetId: 258, reasonCode: 0 }, '40020102'],
    [{ type: 'puback', packetId: 258, reasonCode: 0x10, properties: {} }, '4003010210'],
    [{ type: 'connack', sessionPresent: true, reasonCode: 0 }, '2003010000'],
  ] satisfies [Packet, string][])('%# a packet is as short as it can be', (packet, expected) => {
    equal(Buffer.from(encode(packet, 5)).toString('hex'), expected)
  })
})

describe('whatever comes', () => {
  test('a packet with a byte changed, cut or added is decoded or a fault, and nothing is thrown', () => {
    const packets = [
      encode(
        {
          ...connect,
          properties: connectProperties,
          will: { ...will, properties: willProperties },
          userName: 'u',
        },
        5,
      ),
      encode({ ...connect, protocolVersion: 4, will, userName: 'u', password: new Uint8Array(3) }, 4),
      encode({ type: 'connack', sessionPresent: false, reasonCode: 0, properties: connackProperties }, 5),
      encode({ type: 'subscribe', packetId: 1, subscriptions: [subscription], properties: { userProperties } }, 5),
      encode({ type: 'unsuback', packetId: 1, reasonCodes: [0, 0x11], properties: reason }, 5),
      encode({ type: 'disconnect', reasonCode: 0x8b, properties: reason }, 5),
      encode({ type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } }, 5),
      encode({ type: 'pubrec', packetId: 1, reasonCode: 0x10, properties: reason }, 5),
      encode(
        {
          type: 'publish',
          topicName: 'a',
          payload: will.payload,
          qos: 1,
          retain: false,
          dup: false,
          packetId: 1,
          properties: publishProperties,
        },
        5,
      ),
    ]
    let faults = 0
    const body = fc
      .constantFrom(...packets)
      .map((bytes) => ({ first: bytes[0]!, body: Array.from(bytes.subarray(bodyOf(bytes))) }))
    fc.assert(
      fc.property(
        body,
        fc.nat(),
        fc.nat(255),
        fc.constantFrom('set', 'cut', 'insert'),
        fc.constantFrom<ProtocolVersion[]>(3, 4, 5),
        (packet, where, byte, how, version) => {
          const body = [...packet.body]
          const at = where % body.length
          if (how === 'set') body[at] = byte
          else if (how === 'cut') body.splice(at)
          else body.splice(at, 0, byte)
          const bytes = frame(packet.first, body)
          const result = decodePacket(bytes, 0, bodyOf(bytes), bytes.length, version)
          if (result.type === 'fault') faults++
          // What passes can be written and reads the same again.
          else if (result.type !== 'connect' || (result.will?.topicName !== '' && result.clientId !== '')) {
            const own = result.type === 'connect' ? result.protocolVersion : version
            deepEqual(decode(encode(result, own), own), result)
          }
        },
      ),
      { numRuns: 3000, seed },
    )
    equal(faults > 500, true)
  })
})

function encode(packet: Packet, version: ProtocolVersion): Uint8Array {
  const writer = createBufferWriter()
  equal(encodePacket(writer, packet, version), writer.at)
  return new Uint8Array(writtenBytes(writer))
}

/** Through the frame reader, so that both agree on where the body begins. */
function decode(bytes: Uint8Array, version: ProtocolVersion): Packet {
  const results: (Packet | Fault)[] = []
  const fault = new FrameReader(268_435_460).push(bytes, {
    frame(chunk, header, body, end) {
      results.push(decodePacket(chunk, header, body, end, version))
      return true
    },
  })
  equal(fault, undefined)
  equal(results.length, 1)
  const [result] = results
  if (result === undefined || result.type === 'fault') throw new Error(JSON.stringify(result))
  return result
}

function frame(first: number, body: readonly number[]): Uint8Array {
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7]
  return Uint8Array.from([first, ...length, ...body])
}

function bodyOf(bytes: Uint8Array): number {
  let body = 1
  while ((bytes[body]! & 0x80) !== 0) body++
  return body + 1
}

import { equal, throws } from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { ConnectPacket, Packet } from '../packet/packet.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { createBufferWriter } from '../wire/writer.ts'
import { encodePacket } from './encoder.ts'

const connect: ConnectPacket = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'me' }
const will = { topicName: 'w', payload: new Uint8Array(1), qos: 2, retain: true } as const
const subscription = {
  topicFilter: 'a/+',
  qos: 1,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
} as const
const reason = { reasonString: 'why', userProperties: [] }

describe('what an encoder refuses', () => {
  const publish = {
    type: 'publish',
    topicName: 'a',
    payload: new Uint8Array(0),
    qos: 1,
    retain: false,
    dup: false,
  } as const
  test.each([
    [RangeError, 5, { ...publish, packetId: 0 }],
    [RangeError, 5, { ...publish, packetId: 65_536 }],
    [RangeError, 5, publish],
    [TypeError, 5, { ...publish, qos: 0, packetId: 1 }],
    [TypeError, 5, { ...publish, qos: 0, dup: true }],
    [TypeError, 5, { ...publish, packetId: 1, topicName: '' }],
    [RangeError, 5, { type: 'puback', packetId: 0, reasonCode: 0 }],
    [TypeError, 5, { ...connect, clientId: '\ud800' }],
    [TypeError, 5, { ...connect, userName: 'a\0' }],
    [RangeError, 5, { ...connect, clientId: 'é'.repeat(32_768) }],
    [RangeError, 5, { ...connect, password: new Uint8Array(65_536) }],
    [RangeError, 5, { ...connect, keepAlive: 65_536 }],
    [RangeError, 5, { ...connect, properties: { receiveMaximum: 0 } }],
    [RangeError, 5, { ...connect, properties: { topicAliasMaximum: 65_536 } }],
    [TypeError, 5, { ...connect, properties: { authenticationData: new Uint8Array(1) } }],
    [TypeError, 4, { ...connect, protocolVersion: 4, password: new Uint8Array(1) }],
    [TypeError, 3, { ...connect, protocolVersion: 3, clientId: '' }],
    [TypeError, 5, { ...connect, will: { ...will, topicName: '' } }],
    [TypeError, 5, { ...connect, will: { ...will, properties: { responseTopic: 'a/+' } } }],
    [TypeError, 5, { ...publish, packetId: 1, properties: { responseTopic: '#' } }],
    [RangeError, 5, { type: 'connack', sessionPresent: false, reasonCode: 0x8d }],
    [RangeError, 4, { type: 'connack', sessionPresent: false, reasonCode: 0x80 }],
    [TypeError, 5, { type: 'connack', sessionPresent: true, reasonCode: 0x80 }],
    [TypeError, 5, { type: 'subscribe', packetId: 1, subscriptions: [] }],
    [
      TypeError,
      5,
      {
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ ...subscription, topicFilter: '$share/a/b', noLocal: true }],
      },
    ],
    [TypeError, 5, { type: 'unsubscribe', packetId: 1, topicFilters: [] }],
    [TypeError, 5, { type: 'suback', packetId: 1, reasonCodes: [] }],
    [RangeError, 5, { type: 'suback', packetId: 1, reasonCodes: [3] }],
    [TypeError, 4, { type: 'auth', reasonCode: 0 }],
    [TypeError, 5, { type: 'auth', reasonCode: 0x18 }],
    [RangeError, 5, { type: 'disconnect', reasonCode: 0x01 }],
    // What a caller without types may try.
    [TypeError, 5, { type: 'unsubscribe', packetId: 1, topicFilters: ['a'], properties: reason }],
  ] satisfies [typeof TypeError | typeof RangeError, ProtocolVersion, Packet][])('%# %o', (error, version, packet) => {
    const writer = createBufferWriter()
    throws(() => encodePacket(writer, packet, version), error)
    equal(writer.at, 0)
  })
})

describe('names that are there and must not be empty', () => {
  // A decoder lets them through, because a server refuses them by Reason Code: who writes one again hears what is wrong.
  test.each([3, 4, 5] as const)('[MQTT-4.7.3-1] a Will Topic, version %i', (protocolVersion) => {
    const packet: ConnectPacket = { ...connect, protocolVersion, will: { ...will, topicName: '' } }
    throws(() => encodePacket(createBufferWriter(), packet, protocolVersion), /the Will Topic is empty/)
  })

  test('a Client Identifier before 3.1.1', () => {
    const packet: ConnectPacket = { ...connect, protocolVersion: 3, clientId: '' }
    throws(() => encodePacket(createBufferWriter(), packet, 3), /3\.1 wants a Client Identifier/)
    equal(encodePacket(createBufferWriter(), { ...packet, protocolVersion: 4 }, 4), 14)
  })
})

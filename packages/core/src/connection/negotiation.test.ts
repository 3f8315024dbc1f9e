import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { connectPacket } from '../../test/server-fixture.ts'
import { sessionExpiryNever } from '../spec/limits.ts'
import { announce, defaultServerLimits, essentials, negotiate, type ServerLimits } from './negotiation.ts'

const limits: ServerLimits = { ...defaultServerLimits, sessionExpiryMaximum: 1000, keepAliveMaximum: 60 }

describe('what holds', () => {
  test('[MQTT-4.9.0-1] the send quota is the Receive Maximum of the client, 65,535 where it names none', () => {
    equal(negotiate(connectPacket(5, { receiveMaximum: 7 }), limits).sendQuota, 7)
    equal(negotiate(connectPacket(5), limits).sendQuota, 65_535)
    equal(negotiate(connectPacket(4), limits).sendQuota, 65_535)
  })

  test('[MQTT-3.1.2-24] the Maximum Packet Size is the client’s, and there is none where it names none', () => {
    equal(negotiate(connectPacket(5, { maximumPacketSize: 100 }), limits).clientMaximumPacketSize, 100)
    equal(negotiate(connectPacket(5), limits).clientMaximumPacketSize, Number.POSITIVE_INFINITY)
  })

  test('[MQTT-3.1.2-26] [MQTT-3.1.2-27] aliases towards the client: as many as both allow', () => {
    equal(negotiate(connectPacket(5, { topicAliasMaximum: 3 }), limits).clientTopicAliasMaximum, 3)
    equal(negotiate(connectPacket(5, { topicAliasMaximum: 300 }), limits).clientTopicAliasMaximum, 16)
    equal(negotiate(connectPacket(5), limits).clientTopicAliasMaximum, 0)
  })

  test('the Session Expiry Interval is the client’s, up to our maximum', () => {
    equal(negotiate(connectPacket(5), limits).sessionExpiryInterval, 0)
    equal(negotiate(connectPacket(5, { sessionExpiryInterval: 30 }), limits).sessionExpiryInterval, 30)
    const never = { sessionExpiryInterval: sessionExpiryNever }
    equal(negotiate(connectPacket(5, never), limits).sessionExpiryInterval, 1000)
    const unlimited = { ...limits, sessionExpiryMaximum: sessionExpiryNever }
    equal(negotiate(connectPacket(5, never), unlimited).sessionExpiryInterval, sessionExpiryNever)
  })

  test('[MQTT311-3.1.2-6] before 5.0 Clean Session 1 ends with the connection, Clean Session 0 at our maximum', () => {
    equal(negotiate(connectPacket(4, undefined, { cleanStart: true }), limits).sessionExpiryInterval, 0)
    equal(negotiate(connectPacket(4, undefined, { cleanStart: false }), limits).sessionExpiryInterval, 1000)
  })

  test('Keep Alive is cut only where the client can be told', () => {
    const keepAlive = (version: 4 | 5, seconds: number) =>
      negotiate(connectPacket(version, undefined, { keepAlive: seconds }), limits).keepAlive
    deepEqual([keepAlive(5, 30), keepAlive(5, 90), keepAlive(5, 0)], [30, 60, 60])
    deepEqual([keepAlive(4, 30), keepAlive(4, 90), keepAlive(4, 0)], [30, 90, 0])
    const uncapped = { ...limits, keepAliveMaximum: 0 }
    equal(negotiate(connectPacket(5, undefined, { keepAlive: 90 }), uncapped).keepAlive, 90)
  })
})

describe('what CONNACK announces', () => {
  const announced = (connect: ReturnType<typeof connectPacket>, own = limits) =>
    announce(connect, own, negotiate(connect, own))

  test('our limits, and nothing that is as it was asked for', () => {
    deepEqual(announced(connectPacket(5, { sessionExpiryInterval: 30 }, { keepAlive: 30 })), {
      maximumPacketSize: 1024 * 1024,
      topicAliasMaximum: 16,
    })
  })

  test('[MQTT-3.1.2-21] the Server Keep Alive, where it differs', () => {
    equal(announced(connectPacket(5, undefined, { keepAlive: 90 })).serverKeepAlive, 60)
  })

  test('the Session Expiry Interval, where it differs (section 3.2.2.3.2)', () => {
    equal(announced(connectPacket(5, { sessionExpiryInterval: 5000 })).sessionExpiryInterval, 1000)
  })

  test('no limit that is the default of the protocol', () => {
    const open = { ...limits, receiveMaximum: 65_535, maximumPacketSize: 268_435_460, topicAliasMaximum: 0 }
    deepEqual(announced(connectPacket(5, undefined, { keepAlive: 10 }), open), {})
  })
})

test('class 2: what CONNECT may hold a megabyte of is not kept for the life of the connection', () => {
  const bulk = new Uint8Array(10)
  const kept = { sessionExpiryInterval: 30, authenticationMethod: 'm' }
  const will = { topicName: 'w', payload: bulk, qos: 0, retain: false } as const
  const properties = { ...kept, authenticationData: bulk, userProperties: [['a', 'b']] } as const
  deepEqual(essentials(connectPacket(5, properties, { will, password: bulk })), connectPacket(5, kept))
  deepEqual(essentials(connectPacket(4, undefined, { will, password: bulk })), connectPacket(4))
})

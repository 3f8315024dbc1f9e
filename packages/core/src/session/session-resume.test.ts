import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import {
  connectedSession as connected,
  deliver,
  message,
  RecordingLink,
  recordSession,
} from '../../test/session-recorder.ts'
import type { QoS } from '../spec/version.ts'
import { deliveryBytes } from './delivery.ts'

describe('a connection that resumes', () => {
  test('[MQTT-4.4.0-1] [MQTT-3.3.1-1] sends again what is unacknowledged, with DUP, in order, then what waited', () => {
    const { session, link } = connected(10)
    for (const name of ['a', 'b', 'c']) deliver(session, name, name === 'b' ? 2 : 1)
    session.acknowledged('puback', 1, 0)
    link.take()
    session.detach()
    deliver(session, 'd')
    const next = new RecordingLink()
    session.attach(next, 10)
    deepEqual(next.take(), [], 'nothing goes before CONNACK')
    session.pump()
    deepEqual(next.take(), ['publish b 2 dup', 'publish c 3 dup', 'publish d 4'])
    deepEqual(link.take(), [])
  })

  test('[MQTT-4.9.0-1] [MQTT-4.6.0-1] keeps the order under a smaller Receive Maximum', () => {
    const { session } = connected(10)
    for (const name of ['a', 'b', 'c', 'd']) deliver(session, name)
    session.detach()
    const next = new RecordingLink()
    session.attach(next, 2)
    session.pump()
    deepEqual(next.take(), ['publish a 1 dup', 'publish b 2 dup'])
    deliver(session, 'e')
    session.acknowledged('puback', 2, 0)
    deepEqual(next.take(), ['publish c 3 dup'])
    session.acknowledged('puback', 1, 0)
    session.acknowledged('puback', 3, 0)
    deepEqual(next.take(), ['publish d 4 dup', 'publish e 5'])
  })

  test('[MQTT-4.3.3-6] sends PUBREL, not PUBLISH, where PUBREC had come, and does not wait for quota [MQTT-4.9.0-3]', () => {
    const { session } = connected(10)
    for (const name of ['a', 'b', 'c']) deliver(session, name, 2)
    session.acknowledged('pubrec', 2, 0)
    session.acknowledged('pubrec', 3, 0)
    session.detach()
    const next = new RecordingLink()
    session.attach(next, 1)
    session.pump()
    deepEqual(next.take(), ['pubrel 2', 'pubrel 3'])
    session.acknowledged('pubcomp', 2, 0)
    deepEqual(next.take(), [])
    session.acknowledged('pubcomp', 3, 0)
    deepEqual(next.take(), ['publish a 1 dup'])
  })

  test('[MQTT-3.3.4-9] the PUBCOMP of a PUBREL that was sent again lets no PUBLISH too many go', () => {
    const { session } = connected(10)
    for (const name of ['a', 'b']) deliver(session, name, 2)
    session.acknowledged('pubrec', 1, 0)
    session.detach()
    const next = new RecordingLink()
    session.attach(next, 2)
    session.pump()
    deliver(session, 'c', 2)
    deepEqual(next.take(), ['pubrel 1', 'publish b 2 dup'])
    session.acknowledged('pubcomp', 1, 0)
    deepEqual(next.take(), ['publish c 3'])
    deliver(session, 'd', 2)
    deepEqual(next.take(), [])
    session.acknowledged('pubrec', 2, 0)
    session.acknowledged('pubcomp', 2, 0)
    deepEqual(next.take(), ['pubrel 2', 'publish d 4'])
    equal(session.sendQuota, 0)
  })

  test('[MQTT-3.1.2-25] discards what is too large now, as if it had been sent, and reports it once', () => {
    const { session, events } = connected(10)
    for (const name of ['a', 'b', 'c']) deliver(session, name)
    session.detach()
    deliver(session, 'd')
    const next = new RecordingLink()
    next.tooLarge.add('b').add('d')
    session.attach(next, 2)
    session.pump()
    deepEqual(next.take(), ['publish a 1 dup', 'publish c 3 dup'])
    session.acknowledged('puback', 1, 0)
    session.acknowledged('puback', 3, 0)
    deepEqual(
      events.filter((event) => event.startsWith('dropped')),
      ['dropped b too-large', 'dropped d too-large'],
    )
    equal(session.outbound.inFlight, 0)
    equal(session.sendQuota, 2)
  })

  test('[MQTT-4.9.0-1] starts with the whole quota, which acknowledgements never exceed, and nothing to answer', () => {
    const { session, link } = connected(10)
    for (const name of ['a', 'b']) deliver(session, name)
    session.inbound.begin()
    link.writable = false
    session.attach(link, 1)
    equal(session.inbound.unanswered, 0)
    // Before it was sent again, as a late answer would.
    session.acknowledged('puback', 1, 0)
    equal(session.sendQuota, 1)
  })

  test('what is discarded makes room in flight', () => {
    const bytesMax = deliveryBytes(message('a'))
    const { session } = connected(10, { messagesMax: 10, bytesMax, policy: 'drop-newest' })
    for (const name of ['a', 'b']) deliver(session, name)
    const next = new RecordingLink()
    next.tooLarge.add('a')
    session.attach(next, 10)
    session.pump()
    deepEqual(next.take(), ['publish b 2'])
  })

  test('stops where the receiver is slow, and goes on there', () => {
    const { session } = connected(10)
    for (const name of ['a', 'b', 'c']) deliver(session, name)
    session.detach()
    const next = new RecordingLink()
    next.sent = () => {
      next.writable = false
    }
    session.attach(next, 10)
    session.pump()
    deepEqual(next.take(), ['publish a 1 dup'])
    deliver(session, 'd')
    for (const expected of ['publish b 2 dup', 'publish c 3 dup', 'publish d 4']) {
      next.writable = true
      session.pump()
      deepEqual(next.take(), [expected])
    }
  })

  test('what was not kept is not sent again, and gives its quota back', () => {
    const { session } = connected(10)
    session.keeps = false
    deliver(session, 'a')
    deliver(session, 'b')
    session.detach()
    const next = new RecordingLink()
    session.attach(next, 1)
    session.pump()
    deepEqual(next.take(), [])
    equal(session.sendQuota, 1)
    deliver(session, 'c')
    deepEqual(next.take(), ['publish c 3'])
  })

  test('a request may be made while much is still to be sent again', () => {
    const { session } = connected(10)
    for (const name of ['a', 'b']) deliver(session, name)
    session.detach()
    const next = new RecordingLink()
    session.attach(next, 1)
    session.pump()
    equal(session.beginRequest(), 3)
    session.acknowledged('puback', 1, 0)
    deepEqual(next.take(), ['publish a 1 dup', 'publish b 2 dup'])
    ok(session.outbound.answered(3))
  })
})

describe('restore', () => {
  test('[MQTT-4.4.0-1] takes up where an earlier process stopped', () => {
    const { session } = recordSession()
    const kept = (name: string, qos: QoS) => ({
      publication: message(name, qos),
      qos,
      retain: false,
      subscriptionIdentifiers: undefined,
      token: undefined,
    })
    session.restore(
      [
        { packetId: 65_535, received: false, delivery: kept('a', 1) },
        { packetId: 2, received: true, delivery: kept('b', 2) },
        { packetId: 3, received: false, delivery: kept('c', 2) },
      ],
      [kept('d', 1)],
      [77],
    )
    const link = new RecordingLink()
    session.attach(link, 10)
    session.pump()
    deepEqual(link.take(), ['pubrel 2', 'publish a 65535 dup', 'publish c 3 dup', 'publish d 4'])
    ok(session.inbound.isHeld(77))
    equal(session.acknowledged('puback', 65_535, 0), 'done')
  })
})

import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { InboundQos } from './inbound-qos.ts'

test('[MQTT-4.3.3-10] a held identifier is new once, until it is released', () => {
  const inbound = new InboundQos()
  equal(inbound.hold(7), true)
  equal(inbound.hold(7), false)
  equal(inbound.isHeld(7), true)
  equal(inbound.isHeld(8), false)
})

test('[MQTT-4.3.3-12] a released identifier is new again', () => {
  const inbound = new InboundQos()
  inbound.hold(7)
  equal(inbound.forget(7), true)
  equal(inbound.forget(7), false)
  equal(inbound.hold(7), true)
})

test('the first and the last identifier are two bits', () => {
  const inbound = new InboundQos()
  for (const packetId of [1, 7, 8, 65_528, 65_535]) inbound.hold(packetId)
  deepEqual([...inbound.held()], [1, 7, 8, 65_528, 65_535])
  equal(inbound.heldCount, 5)
})

test('[MQTT-4.4.0-1] held identifiers outlive a connection, unanswered ones do not', () => {
  const inbound = new InboundQos()
  inbound.hold(3)
  inbound.begin()
  inbound.begin()
  equal(inbound.unanswered, 2)
  inbound.resume()
  equal(inbound.unanswered, 0)
  equal(inbound.isHeld(3), true)
  // Its PUBREL comes on the new connection, which has not counted it.
  inbound.finish()
  equal(inbound.unanswered, 0)
})

test('it agrees with a Set', () => {
  const step = fc.record({ hold: fc.boolean(), packetId: fc.integer({ min: 1, max: 40 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const inbound = new InboundQos()
      const model = new Set<number>()
      for (const { hold, packetId } of steps) {
        equal(inbound.isHeld(packetId), model.has(packetId))
        if (hold) equal(inbound.hold(packetId), !model.has(packetId))
        else equal(inbound.forget(packetId), model.has(packetId))
        if (hold) model.add(packetId)
        else model.delete(packetId)
        equal(inbound.heldCount, model.size)
      }
      deepEqual(
        [...inbound.held()],
        [...model].sort((a, b) => a - b),
      )
    }),
    { seed: 1, numRuns: 200 },
  )
})

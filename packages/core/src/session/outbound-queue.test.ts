import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { message, nameOf } from '../../test/session-recorder.ts'
import { type Delivery, deliveryBytes } from './delivery.ts'
import { OutboundQueue, type QueueLimits, type QueuePolicy } from './outbound-queue.ts'

const limits = (messagesMax: number, bytesMax: number, policy: QueuePolicy): QueueLimits => ({
  messagesMax,
  bytesMax,
  policy,
})

function delivery(name: string, payloadBytes = 0): Delivery {
  const publication = message(name, 1, payloadBytes)
  return { publication, qos: 1, retain: false, subscriptionIdentifiers: undefined, token: undefined }
}

const names = (deliveries: readonly (Delivery | undefined)[]) =>
  deliveries.map((each) => (each === undefined ? '' : nameOf(each.publication)))

describe('a full queue', () => {
  test('drop-newest refuses what comes', () => {
    const queue = new OutboundQueue(limits(2, 1e6, 'drop-newest'))
    const lost = ['a', 'b', 'c'].map((name) => names(queue.push(delivery(name))))
    deepEqual(lost, [[], [], ['c']])
    deepEqual(names([queue.shift(), queue.shift(), queue.shift()]), ['a', 'b', ''])
  })

  test('drop-oldest makes room at the front', () => {
    const queue = new OutboundQueue(limits(2, 1e6, 'drop-oldest'))
    const lost = ['a', 'b', 'c'].map((name) => names(queue.push(delivery(name))))
    deepEqual(lost, [[], [], ['a']])
    deepEqual(names([queue.shift(), queue.shift()]), ['b', 'c'])
  })

  test('drop-oldest drops as many as the bytes of the new one need, and no more', () => {
    const small = deliveryBytes(delivery('a').publication)
    const queue = new OutboundQueue(limits(100, small * 4, 'drop-oldest'))
    for (const name of ['a', 'b', 'c', 'd']) queue.push(delivery(name))
    deepEqual(names(queue.push(delivery('e', small))), ['a', 'b'])
    equal(queue.bytes, small * 4)
  })

  test('a message larger than the whole queue costs nobody else their place', () => {
    for (const policy of ['drop-oldest', 'drop-newest'] as const) {
      const queue = new OutboundQueue(limits(10, 1000, policy))
      queue.push(delivery('a'))
      deepEqual(names(queue.push(delivery('huge', 2000))), ['huge'])
      equal(queue.length, 1)
    }
  })

  test('a queue that may hold nothing holds nothing', () => {
    const queue = new OutboundQueue(limits(0, 1e6, 'drop-oldest'))
    deepEqual(names(queue.push(delivery('a'))), ['a'])
    equal(queue.length, 0)
  })
})

test('remove takes out what is named and keeps the order of the rest', () => {
  const queue = new OutboundQueue(limits(1000, 1e6, 'drop-newest'))
  const all = Array.from({ length: 100 }, (_, at) => `${at}`)
  for (const name of all) queue.push(delivery(name))
  const removed = queue.remove(({ publication }) => Number(nameOf(publication)) % 3 === 0)
  deepEqual(
    names(removed),
    all.filter((name) => Number(name) % 3 === 0),
  )
  const rest: string[] = []
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) rest.push(nameOf(next.publication))
  deepEqual(
    rest,
    all.filter((name) => Number(name) % 3 !== 0),
  )
  equal(queue.bytes, 0)
})

test('it agrees with an array, within its bounds at every step', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('push' as const), size: fc.integer({ min: 0, max: 900 }) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('shift' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), of: fc.integer({ min: 2, max: 5 }) }) },
  )
  const policy = fc.constantFrom<QueuePolicy>('drop-newest', 'drop-oldest')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), policy, (steps, policy) => {
      const queue = new OutboundQueue(limits(70, 20_000, policy))
      let model: Delivery[] = []
      const size = ({ publication }: Delivery) => deliveryBytes(publication)
      const total = () => model.reduce((sum, each) => sum + size(each), 0)
      for (const [at, each] of steps.entries()) {
        if (each.type === 'shift') equal(queue.shift(), model.shift())
        else if (each.type === 'remove') {
          const test = ({ publication }: Delivery) => Number(nameOf(publication)) % each.of === 0
          deepEqual(queue.remove(test), model.filter(test))
          model = model.filter((one) => !test(one))
        } else {
          const coming = delivery(`${at}`, each.size)
          const expected: Delivery[] = []
          const fits = () => model.length < 70 && total() + size(coming) <= 20_000
          while (policy === 'drop-oldest' && !fits()) expected.push(...model.splice(0, 1))
          if (fits()) model.push(coming)
          else expected.push(coming)
          deepEqual(queue.push(coming), expected)
        }
        equal(queue.length, model.length)
        equal(queue.bytes, total())
        equal(queue.peek(), model[0])
      }
    }),
    { seed: 1, numRuns: 200 },
  )
})

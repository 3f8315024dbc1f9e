import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'vitest'
import { SeededRandom } from '../testing/index.ts'
import { AckOrder, type AnswerSink } from './ack-order.ts'

function record(): { order: AckOrder; sent: string[]; sink: AnswerSink } {
  const sent: string[] = []
  const sink: AnswerSink = {
    send(answer, packetId, reasonCode, reasonString) {
      sent.push(`${answer} ${packetId} ${reasonCode}${reasonString === undefined ? '' : ` ${reasonString}`}`)
    },
  }
  return { order: new AckOrder(), sent, sink }
}

test('[MQTT-4.6.0-2] [MQTT-4.6.0-3] answers leave in the order of their PUBLISH, whichever is ready first', () => {
  const { order, sent, sink } = record()
  order.expect('puback', 7)
  order.expect('pubrec', 9)
  order.expect('puback', 10)
  equal(order.ready(10, 0, undefined, sink), true)
  equal(order.ready(9, 0x97, 'full', sink), true)
  deepEqual(sent, [])
  equal(order.length, 3)
  order.ready(7, 16, undefined, sink)
  deepEqual(sent, ['puback 7 16', 'pubrec 9 151 full', 'puback 10 0'])
  equal(order.length, 0)
})

test('an answer that nobody awaits is not sent, nor one given twice', () => {
  const { order, sent, sink } = record()
  equal(order.ready(1, 0, undefined, sink), false)
  order.expect('puback', 1)
  order.expect('puback', 2)
  equal(order.ready(2, 0, undefined, sink), true)
  equal(order.ready(2, 0, undefined, sink), false)
  deepEqual(sent, [])
})

test('an answer is awaited until it has left, not only until it is ready', () => {
  const { order, sink } = record()
  order.expect('puback', 1)
  order.expect('pubrec', 2)
  order.ready(2, 0, undefined, sink)
  equal(order.awaits(2), true)
  order.expect('puback', 3)
  order.ready(1, 0, undefined, sink)
  deepEqual([order.awaits(1), order.awaits(2), order.awaits(3)], [false, false, true])
})

test('the same identifier awaited twice is answered in turn', () => {
  const { order, sent, sink } = record()
  order.expect('puback', 5)
  order.expect('puback', 5)
  order.ready(5, 0, undefined, sink)
  order.ready(5, 16, undefined, sink)
  deepEqual(sent, ['puback 5 0', 'puback 5 16'])
})

test('clear forgets all of them', () => {
  const { order, sent, sink } = record()
  order.expect('puback', 5)
  order.clear()
  equal(order.length, 0)
  equal(order.ready(5, 0, undefined, sink), false)
  deepEqual(sent, [])
})

test('ten thousand that wait together leave in order, made ready in any order', () => {
  const { order, sent, sink } = record()
  const random = new SeededRandom(1)
  const ids = Array.from({ length: 10_000 }, (_, at) => at + 1)
  for (const packetId of ids) order.expect('puback', packetId)
  // Nearly in order, as answers come.
  for (let at = 0; at < ids.length; at += 8) {
    const batch = ids.slice(at, at + 8).sort(() => random.next() - 0.5)
    for (const packetId of batch) order.ready(packetId, 0, undefined, sink)
  }
  deepEqual(
    sent,
    ids.map((packetId) => `puback ${packetId} 0`),
  )
})

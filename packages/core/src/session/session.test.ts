import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import {
  connectedSession as connected,
  deliver,
  message,
  RecordingLink,
  recordSession,
} from '../../test/session-recorder.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { SeededRandom } from '../testing/index.ts'
import { deliveryBytes } from './delivery.ts'
import { OutboundState } from './outbound-state.ts'

describe('sending', () => {
  test('[MQTT-4.6.0-5] goes at once while it can, then queues, and keeps the order', () => {
    const { session, link, events } = connected(2)
    for (const name of ['a', 'b', 'c', 'd']) ok(deliver(session, name))
    deepEqual(link.take(), ['publish a 1', 'publish b 2'])
    equal(session.queue.length, 2)
    session.acknowledged('puback', 2, 0)
    deepEqual(link.take(), ['publish c 3'])
    session.acknowledged('puback', 1, 0)
    deepEqual(link.take(), ['publish d 4'])
    deepEqual(events, [
      ...['kept a', 'started a 1', 'kept b', 'started b 2', 'kept c', 'kept d'],
      ...['settled b 2 0', 'started c 3', 'settled a 1 0', 'started d 4'],
    ])
  })

  test('[MQTT-4.9.0-2] [MQTT-3.3.4-9] at most Receive Maximum are unanswered, whatever comes back in whatever order', () => {
    const random = new SeededRandom(5)
    const { session, link } = connected(7)
    const unanswered = new Set<number>()
    let most = 0
    link.sent = () => {
      unanswered.add(Number(link.lines.at(-1)?.split(' ')[2]))
      most = Math.max(most, unanswered.size)
    }
    for (let i = 0; i < 500; i++) {
      deliver(session, 't')
      const packetId = [...unanswered].find(() => random.chance(0.3))
      if (packetId === undefined) continue
      unanswered.delete(packetId)
      session.acknowledged('puback', packetId, 0)
    }
    equal(most, 7)
    ok(link.lines.length > 300)
  })

  test('[MQTT-4.3.3-4] PUBREC is answered with PUBREL, [MQTT-4.3.3-6] and the quota comes back with PUBCOMP', () => {
    const { session, link, events } = connected(1)
    deliver(session, 'a', 2)
    deliver(session, 'b', 2)
    equal(session.acknowledged('pubrec', 1, 0), 'pubrel')
    deepEqual(link.take(), ['publish a 1', 'pubrel 1'])
    equal(session.sendQuota, 0)
    session.acknowledged('pubcomp', 1, 0)
    deepEqual(link.take(), ['publish b 2'])
    deepEqual(events.slice(-4), ['kept b', 'received a 1', 'settled a 1 0', 'started b 2'])
  })

  test('[MQTT-4.4.0-2] a PUBREC of 0x80 or above ends the exchange: no PUBREL, the quota is back, it is reported once', () => {
    const { session, link, events } = connected(1)
    deliver(session, 'a', 2)
    equal(session.acknowledged('pubrec', 1, ReasonCode.quotaExceeded), 'done')
    deepEqual(link.take(), ['publish a 1'])
    equal(session.sendQuota, 1)
    deepEqual(events, ['kept a', 'started a 1', 'dropped a refused', 'settled a 1 151'])
  })

  test('PUBREC for an unknown identifier is answered with PUBREL 0x92, and counts for nothing', () => {
    const { session, link } = connected(3)
    equal(session.acknowledged('pubrec', 9, 0), 'unknown')
    deepEqual(link.take(), ['pubrel 9 146'])
    equal(session.sendQuota, 3)
  })

  test('a PUBCOMP of 0x92 is no refusal: the receiver has the message and has forgotten the identifier', () => {
    const { session, events } = connected()
    deliver(session, 'a', 2)
    session.acknowledged('pubrec', 1, 0)
    session.acknowledged('pubcomp', 1, ReasonCode.packetIdentifierNotFound)
    deepEqual(events.slice(2), ['received a 1', 'settled a 1 0'])
  })

  test('an acknowledgement that does not fit is a fault, and one nobody awaits is none', () => {
    const { session } = connected()
    deliver(session, 'a', 2)
    equal(session.acknowledged('puback', 1, 0), 'fault')
    equal(session.acknowledged('puback', 5, 0), 'ignore')
    equal(session.acknowledged('pubcomp', 5, 0), 'ignore')
  })

  test('a session that ends with its connection keeps no copy', () => {
    const { session, events } = connected()
    session.keeps = false
    deliver(session, 'a')
    deepEqual(events, [])
    equal(session.acknowledged('puback', 1, 0), 'done')
    deepEqual(events, [])
  })
})

describe('QoS 0', () => {
  test('is sent past queued QoS 1 and takes no quota', () => {
    const { session, link } = connected(1)
    for (const name of ['a', 'b']) deliver(session, name)
    deliver(session, 'c', 0)
    deepEqual(link.take(), ['publish a 1', 'publish c 0'])
    equal(session.sendQuota, 0)
  })

  test('to a slow receiver is dropped and counted', () => {
    const { session, link, events } = connected()
    link.writable = false
    equal(deliver(session, 'a', 0), false)
    deepEqual(events, ['dropped a slow-receiver'])
  })

  test('to nobody is dropped and counted', () => {
    const { session, events } = recordSession()
    equal(deliver(session, 'a', 0), false)
    deepEqual(events, ['dropped a offline'])
  })

  test('[MQTT-3.1.2-25] too large for the receiver is dropped and counted, and handed over as if it had been sent', () => {
    const { session, link, events } = connected()
    link.tooLarge.add('a')
    equal(deliver(session, 'a', 0), true)
    deepEqual(events, ['dropped a too-large'])
  })

  test('[MQTT-4.6.0-5] where it is queued it waits behind what is queued already', () => {
    const { session, events } = recordSession()
    session.queuesQos0 = true
    for (const name of ['a', 'b']) ok(deliver(session, name, 0))
    const link = new RecordingLink()
    link.writable = false
    session.attach(link, 10)
    session.pump()
    ok(deliver(session, 'c', 0))
    link.writable = true
    ok(deliver(session, 'd', 0))
    deepEqual(link.take(), [])
    session.pump()
    deepEqual(link.take(), ['publish a 0', 'publish b 0', 'publish c 0', 'publish d 0'])
    ok(deliver(session, 'e', 0))
    deepEqual(link.take(), ['publish e 0'])
    deepEqual(events.filter((event) => event.startsWith('settled')).length, 4)
  })
})

describe('what waits', () => {
  test('[MQTT-3.3.2-5] is discarded once it has expired, and reported once', () => {
    const recorded = recordSession()
    const { session, events } = recorded
    const publication = message('a')
    publication.expiresAtMs = 1000
    session.deliver(publication, 1, false, undefined, undefined)
    deliver(session, 'b')
    recorded.nowMs = 1000
    const link = new RecordingLink()
    session.attach(link, 10)
    session.pump()
    deepEqual(link.take(), ['publish b 1'])
    deepEqual(events, ['kept a', 'kept b', 'dropped a expired', 'started b 1'])
  })

  test('[MQTT-4.3.3-7] does not expire any more once it was sent', () => {
    const { session, recorded } = connected()
    const publication = message('a', 2)
    publication.expiresAtMs = 1000
    session.deliver(publication, 2, false, undefined, undefined)
    session.detach()
    recorded.nowMs = 5000
    const next = new RecordingLink()
    session.attach(next, 10)
    session.pump()
    deepEqual(next.take(), ['publish a 1 dup'])
  })

  test('is bounded; what is in flight is never dropped', () => {
    const { session, link, events } = connected(1, { messagesMax: 2, bytesMax: 1e6, policy: 'drop-oldest' })
    const took = ['a', 'b', 'c', 'd'].map((name) => deliver(session, name))
    deepEqual(took, [true, true, true, true])
    deepEqual(
      events.filter((event) => event.startsWith('dropped')),
      ['dropped b queue-full'],
    )
    for (const packetId of [1, 2, 3]) session.acknowledged('puback', packetId, 0)
    deepEqual(link.take(), ['publish a 1', 'publish c 2', 'publish d 3'])
  })

  test('a publisher can be told before: hasRoom says what deliver will do', () => {
    const { session } = connected(1, { messagesMax: 1, bytesMax: 1e6, policy: 'drop-newest' })
    for (const name of ['a', 'b', 'c']) equal(deliver(session, name), session.hasRoom(message(name)) || name !== 'c')
    equal(session.hasRoom(message('d')), false)
    equal(deliver(session, 'd'), false)
  })

  test('a receiver that reads and never acknowledges holds no more in flight than the queue may hold', () => {
    const bytesMax = deliveryBytes(message('a')) * 3
    const { session, link } = connected(1000, { messagesMax: 1000, bytesMax, policy: 'drop-newest' })
    const took = Array.from({ length: 10 }, (_, at) => deliver(session, `${at}`))
    equal(link.take().length, 3)
    equal(took.filter(Boolean).length, 6)
    session.acknowledged('puback', 1, 0)
    deepEqual(link.take(), ['publish 3 4'])
  })
})

describe('the end', () => {
  test('reports all that is left exactly once, in the order in which it would have gone', () => {
    const { session, events } = connected(3)
    for (const name of ['a', 'b', 'c', 'd', 'e']) deliver(session, name, 2)
    session.acknowledged('pubrec', 2, 0)
    events.length = 0
    session.end()
    deepEqual(events, [
      ...['dropped a interrupted', 'settled b 2 0', 'dropped c interrupted'],
      ...['dropped d session-ended', 'dropped e session-ended'],
    ])
    session.end()
    equal(events.length, 5)
    equal(session.queue.length + session.outbound.inFlight, 0)
  })
})

function inputOf(state: OutboundState): 'puback' | 'pubrec' | 'pubcomp' {
  if (state === OutboundState.awaitingPuback) return 'puback'
  return state === OutboundState.awaitingPubrec ? 'pubrec' : 'pubcomp'
}

test('each message is settled or dropped exactly once, whatever happens', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new SeededRandom(seed)
    const { session, events } = recordSession({
      messagesMax: 10,
      bytesMax: 1e5,
      policy: random.pick(['drop-oldest', 'drop-newest']),
    })
    let link = new RecordingLink()
    for (let at = 0; at < 300; at++) {
      const action = random.next()
      if (action < 0.5) deliver(session, `${at}`, random.pick([1, 2]), 'token')
      else if (action < 0.55) session.detach()
      else if (action < 0.6) {
        link = new RecordingLink()
        session.attach(link, random.integer(1, 5))
        session.pump()
      } else if (action < 0.65) {
        link.writable = !link.writable
        if (link.writable) session.pump()
      } else if (session.link !== undefined) {
        const entry = [...session.outbound.entries()].find(() => random.chance(0.5))
        if (entry !== undefined) {
          const input = inputOf(entry.state)
          session.acknowledged(input, entry.packetId, input !== 'pubcomp' && random.chance(0.1) ? 0x83 : 0)
        }
      }
    }
    const delivered = new Set(events.map((event) => event.split(' ')[1]))
    session.end()
    const ends = events.filter((event) => /^(settled|dropped)/.test(event) && !/settled \S+ \S+ 131/.test(event))
    const names = ends.map((event) => event.split(' ')[1])
    equal(new Set(names).size, names.length, `seed ${seed}: reported twice`)
    deepEqual(
      [...delivered].filter((name) => !names.includes(name)),
      [],
      `seed ${seed}: never reported`,
    )
  }
})

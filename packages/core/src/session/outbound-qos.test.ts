import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { message } from '../../test/session-recorder.ts'
import { packetIdMax } from '../spec/limits.ts'
import type { Delivery } from './delivery.ts'
import { OutboundQos } from './outbound-qos.ts'
import { type OutboundInput, OutboundState, type OutboundVerdict } from './outbound-state.ts'

const { free, awaitingPuback, awaitingPubrec, awaitingPubcomp, awaitingAnswer } = OutboundState

function delivery(qos: 1 | 2 = 1): Delivery {
  return { publication: message('t'), qos, retain: false, subscriptionIdentifiers: undefined, token: undefined }
}

function inState(state: OutboundState): OutboundQos {
  const outbound = new OutboundQos()
  if (state === free) outbound.abandon(outbound.begin(awaitingPuback, undefined))
  else if (state === awaitingPubcomp) outbound.receive('pubrec', outbound.begin(awaitingPubrec, delivery(2)))
  else outbound.begin(state, state === awaitingAnswer ? undefined : delivery())
  return outbound
}

function stateOf(outbound: OutboundQos, packetId: number): OutboundState {
  for (const entry of outbound.entries()) if (entry.packetId === packetId) return entry.state
  return free
}

describe('every state and every input', () => {
  type Cell = readonly [verdict: OutboundVerdict, next: OutboundState]
  const table: readonly (readonly [OutboundState, Record<OutboundInput, Cell>])[] = [
    [
      free,
      {
        puback: ['ignore', free],
        pubrec: ['unknown', free],
        pubrecRefused: ['ignore', free],
        pubcomp: ['ignore', free],
      },
    ],
    [
      awaitingPuback,
      {
        puback: ['done', free],
        pubrec: ['fault', awaitingPuback],
        pubrecRefused: ['fault', awaitingPuback],
        pubcomp: ['fault', awaitingPuback],
      },
    ],
    [
      awaitingPubrec,
      {
        puback: ['fault', awaitingPubrec],
        pubrec: ['pubrel', awaitingPubcomp],
        pubrecRefused: ['done', free],
        pubcomp: ['fault', awaitingPubrec],
      },
    ],
    [
      awaitingPubcomp,
      {
        puback: ['fault', awaitingPubcomp],
        pubrec: ['pubrel', awaitingPubcomp],
        pubrecRefused: ['done', free],
        pubcomp: ['done', free],
      },
    ],
    [
      awaitingAnswer,
      {
        puback: ['fault', awaitingAnswer],
        pubrec: ['fault', awaitingAnswer],
        pubrecRefused: ['fault', awaitingAnswer],
        pubcomp: ['fault', awaitingAnswer],
      },
    ],
  ]
  const names = Object.entries(OutboundState)
  for (const [state, row] of table) {
    const name = names.find(([, value]) => value === state)?.[0]
    for (const [input, [verdict, next]] of Object.entries(row)) {
      test(`${name}, ${input}: ${verdict}`, () => {
        const outbound = inState(state)
        equal(outbound.receive(input as OutboundInput, 1), verdict)
        equal(stateOf(outbound, 1), next)
        equal(outbound.inFlight, next === free ? 0 : 1)
      })
    }
    test(`${name}, SUBACK: ${state === awaitingAnswer ? 'answered' : 'nobody asked'}`, () => {
      const outbound = inState(state)
      equal(outbound.answered(1), state === awaitingAnswer)
      equal(stateOf(outbound, 1), state === awaitingAnswer ? free : state)
    })
  }

  test('an identifier that was never handed out is free', () => {
    const outbound = new OutboundQos()
    equal(outbound.receive('puback', 1), 'ignore')
    outbound.begin(awaitingPuback, undefined)
    equal(outbound.receive('pubrec', 2), 'unknown')
    equal(outbound.receive('puback', 65_535), 'ignore')
    equal(outbound.answered(2), false)
    equal(outbound.peek(2), undefined)
  })
})

describe('identifiers', () => {
  test('[MQTT-2.2.1-3] [MQTT-2.2.1-4] go from 1 to 65,535 and begin again at 1', () => {
    const outbound = new OutboundQos()
    for (let expected = 1; expected <= packetIdMax; expected++) {
      equal(outbound.begin(awaitingPuback, undefined), expected)
      equal(outbound.receive('puback', expected), 'done')
    }
    equal(outbound.begin(awaitingPuback, undefined), 1)
    equal(outbound.inFlight, 1)
  })

  test('[MQTT-2.2.1-3] all 65,535 can be in use at once, and then none is handed out', () => {
    const outbound = new OutboundQos()
    while (outbound.ready) outbound.begin(awaitingPuback, undefined)
    equal(outbound.inFlight, packetIdMax)
    equal(outbound.hasIdentifier, false)
    equal(outbound.receive('puback', 1), 'done')
    equal(outbound.begin(awaitingPuback, undefined), 1)
    equal(outbound.ready, false)
  })

  test('[MQTT-2.2.1-4] ones that are not acknowledged are passed over when they come round', () => {
    const outbound = new OutboundQos()
    for (let n = 0; n < 3; n++) outbound.begin(awaitingPuback, delivery())
    outbound.receive('puback', 2)
    const handedOut = Array.from({ length: 2 * packetIdMax }, () => {
      ok(outbound.ready)
      const packetId = outbound.begin(awaitingPuback, undefined)
      equal(outbound.receive('puback', packetId), 'done')
      return packetId
    })
    deepEqual(handedOut.slice(packetIdMax - 5, packetIdMax - 1), [65_534, 65_535, 2, 4])
    equal(outbound.inFlight, 2)
    equal(outbound.peek(3)?.qos, 1)
    equal(outbound.receive('puback', 3), 'done')
    equal(outbound.receive('puback', 3), 'ignore')
    equal(outbound.inFlight, 1)
  })
})

test('where all have come round, more than a thousand in flight make it wait for the oldest', () => {
  for (const count of [1000, 1001]) {
    const outbound = new OutboundQos()
    for (let n = 0; n < count; n++) outbound.begin(awaitingPuback, undefined)
    for (let n = count; n < packetIdMax; n++) outbound.receive('puback', outbound.begin(awaitingPuback, undefined))
    equal(outbound.hasIdentifier, count === 1000)
    outbound.receive('puback', 1)
    equal(outbound.hasIdentifier, true)
    ok(outbound.begin(awaitingPuback, undefined) >= 1)
  }
})

describe('after a resume', () => {
  const drain = (outbound: OutboundQos, mayPublish = true): number[] => {
    const ids: number[] = []
    for (let next = outbound.nextUnsent(mayPublish); next !== undefined; next = outbound.nextUnsent(mayPublish)) {
      ids.push(next.packetId)
    }
    return ids
  }

  test('[MQTT-4.6.0-1] PUBLISH is sent again in the order of sending, QoS 1 and 2 mixed', () => {
    const outbound = new OutboundQos()
    for (let i = 0; i < 6; i++) outbound.begin(i % 2 === 0 ? awaitingPuback : awaitingPubrec, delivery())
    outbound.receive('puback', 3)
    outbound.resume()
    equal(outbound.ready, false)
    deepEqual(drain(outbound), [1, 2, 4, 5, 6])
    ok(outbound.ready)
  })

  test('[MQTT-4.9.0-3] PUBREL does not wait for a PUBLISH that has no quota', () => {
    const outbound = new OutboundQos()
    for (let i = 0; i < 4; i++) outbound.begin(awaitingPubrec, delivery(2))
    outbound.receive('pubrec', 4)
    outbound.receive('pubrec', 2)
    outbound.resume()
    // [MQTT-4.6.0-4] in the order of sending.
    deepEqual(drain(outbound, false), [2, 4])
    equal(outbound.hasUnsent, true)
    deepEqual(drain(outbound), [1, 3])
    equal(outbound.hasUnsent, false)
  })

  test('requests are forgotten, and their identifiers free (section 4.1)', () => {
    const outbound = new OutboundQos()
    outbound.begin(awaitingAnswer, undefined)
    outbound.begin(awaitingPuback, delivery())
    outbound.begin(awaitingAnswer, undefined)
    outbound.resume()
    equal(outbound.inFlight, 1)
    equal(outbound.answered(1), false)
    deepEqual(drain(outbound), [2])
  })

  test('a request may begin before all is sent again; it takes nobody’s turn and is not sent again', () => {
    const outbound = new OutboundQos()
    outbound.begin(awaitingPuback, delivery())
    outbound.begin(awaitingPuback, delivery())
    outbound.resume()
    equal(outbound.nextUnsent(true)?.packetId, 1)
    equal(outbound.begin(awaitingAnswer, undefined), 3)
    equal(outbound.hasUnsent, true)
    deepEqual(drain(outbound), [2])
    equal(outbound.ready, true)
    equal(outbound.answered(3), true)
    equal(outbound.begin(awaitingPuback, delivery()), 4)
    equal(outbound.hasUnsent, false)
  })

  test('what is acknowledged meanwhile is not sent again', () => {
    const outbound = new OutboundQos()
    for (let i = 0; i < 3; i++) outbound.begin(awaitingPuback, delivery())
    outbound.resume()
    outbound.nextUnsent(true)
    outbound.receive('puback', 2)
    deepEqual(drain(outbound), [3])
    outbound.resume()
    for (const packetId of [1, 3]) outbound.receive('puback', packetId)
    equal(outbound.ready, true)
  })
})

describe('restore', () => {
  test('[MQTT-4.4.0-1] brings back identifiers, states and order, across the wrap and with gaps', () => {
    const outbound = new OutboundQos()
    const states = [awaitingPuback, awaitingPubcomp, awaitingPubrec] as const
    const ids = [65_530, 65_535, 4]
    for (const [at, packetId] of ids.entries()) outbound.restore(packetId, states[at] ?? awaitingPuback, delivery())
    deepEqual(
      [...outbound.entries()].map(({ packetId, state }) => [packetId, state]),
      ids.map((packetId, at) => [packetId, states[at]]),
    )
    equal(outbound.hasUnsent, true)
    equal(outbound.receive('pubcomp', 65_535), 'done')
    equal(outbound.receive('puback', 1), 'ignore')
    equal(outbound.nextUnsent(true)?.packetId, 65_530)
    equal(outbound.nextUnsent(true)?.packetId, 4)
    equal(outbound.begin(awaitingPuback, undefined), 5)
  })
})

test('clear forgets all and says what it was', () => {
  const outbound = new OutboundQos()
  for (let i = 0; i < 3; i++) outbound.begin(awaitingPuback, delivery())
  outbound.receive('puback', 2)
  deepEqual(
    outbound.clear().map(({ packetId }) => packetId),
    [1, 3],
  )
  equal(outbound.inFlight, 0)
  equal(outbound.peek(1), undefined)
  equal(outbound.begin(awaitingPuback, undefined), 4)
  deepEqual([...outbound.entries()].length, 1)
})

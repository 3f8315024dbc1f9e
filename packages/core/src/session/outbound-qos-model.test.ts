import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { message } from '../../test/session-recorder.ts'
import { packetIdMax } from '../spec/limits.ts'
import type { Delivery } from './delivery.ts'
import { OutboundQos } from './outbound-qos.ts'
import { OutboundState } from './outbound-state.ts'

const { free, awaitingPuback, awaitingPubrec, awaitingPubcomp, awaitingAnswer } = OutboundState

test('it agrees with a Map in the order of insertion, whatever comes in whatever order', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('qos1' as const, 'qos2' as const, 'request' as const) },
    { weight: 6, arbitrary: fc.record({ answer: fc.nat(40), input: fc.constantFrom(...inputs) }) },
    { weight: 1, arbitrary: fc.constant('resume' as const) },
    { weight: 3, arbitrary: fc.record({ mayPublish: fc.boolean(), isGivenUp: fc.boolean() }) },
  )
  // With all identifiers there are, and with so few that they come round and some are passed over.
  const begin = fc.constantFrom(
    [0, packetIdMax],
    [1, packetIdMax],
    [65_520, packetIdMax],
    [65_534, packetIdMax],
    [0, 7],
    [3, 12],
  )
  fc.assert(
    fc.property(begin, fc.array(step, { maxLength: 150 }), ([start = 0, count = 0], steps) => {
      const outbound = new OutboundQos(count)
      for (let i = 0; i < start; i++) outbound.receive('puback', outbound.begin(awaitingPuback, undefined))
      const model = new Model(start, count)
      for (const each of steps) {
        if (each === 'resume') {
          outbound.resume()
          model.resume()
        } else if (typeof each === 'string') {
          equal(outbound.hasIdentifier, model.states.size < count)
          if (!outbound.hasIdentifier) continue
          equal(outbound.ready, model.unsent.length === 0)
          if (each !== 'request' && !outbound.ready) continue
          const state = each === 'qos1' ? awaitingPuback : each === 'qos2' ? awaitingPubrec : awaitingAnswer
          const kept = state === awaitingAnswer ? undefined : delivery()
          const packetId = outbound.begin(state, kept)
          equal(packetId, model.begin(state))
          equal(outbound.peek(packetId), kept)
        } else if ('mayPublish' in each) {
          const next = outbound.nextUnsent(each.mayPublish)
          equal(next?.packetId, model.nextUnsent(each.mayPublish))
          // As a session does with one that has become too large for its receiver.
          if (next !== undefined && each.isGivenUp && next.state !== awaitingPubcomp) {
            outbound.abandon(next.packetId)
            model.follow(next.packetId, free)
          }
        } else {
          const packetId = ((start + each.answer) % count) + 1
          const before = model.states.get(packetId)
          if (each.input === 'suback') equal(outbound.answered(packetId), before === awaitingAnswer)
          else outbound.receive(each.input, packetId)
          model.follow(packetId, stateOf(outbound, packetId))
        }
        equal(outbound.inFlight, model.states.size)
        deepEqual(
          [...outbound.entries()].map(({ packetId, state }) => [packetId, state]),
          [...model.states],
        )
      }
      // And an earlier process's is put back as it was.
      const inFlight = [...outbound.entries()].filter(({ state }) => state !== awaitingAnswer)
      const restored = new OutboundQos(count)
      for (const { packetId, state } of inFlight) {
        if (state !== free) restored.restore(packetId, state, delivery())
      }
      deepEqual(
        [...restored.entries()].map(({ packetId, state }) => [packetId, state]),
        inFlight.map(({ packetId, state }) => [packetId, state]),
      )
    }),
    { seed: 1, numRuns: 400 },
  )
})

const inputs = ['puback', 'pubrec', 'pubrecRefused', 'pubcomp', 'suback'] as const

/** Which verdict leads where is the table's; the model knows identifiers, their order, and what is to be sent again. */
class Model {
  readonly states = new Map<number, OutboundState>()
  /** Identifiers that are still to be sent again, PUBREL first. */
  unsent: number[] = []
  #next: number
  readonly #count: number

  constructor(start: number, count: number) {
    this.#next = start
    this.#count = count
  }

  begin(state: OutboundState): number {
    let packetId = 0
    do packetId = (this.#next++ % this.#count) + 1
    while (this.states.has(packetId))
    this.states.set(packetId, state)
    return packetId
  }

  follow(packetId: number, state: OutboundState): void {
    if (state !== free) {
      // Its PUBREL has just been sent: no PUBLISH is owed any more.
      if (state === awaitingPubcomp && this.states.get(packetId) === awaitingPubrec) this.#drop(packetId)
      this.states.set(packetId, state)
      return
    }
    this.states.delete(packetId)
    this.#drop(packetId)
  }

  resume(): void {
    for (const [packetId, state] of this.states) if (state === awaitingAnswer) this.states.delete(packetId)
    const ids = [...this.states.keys()]
    const isReleased = (packetId: number) => this.states.get(packetId) === awaitingPubcomp
    this.unsent = [...ids.filter(isReleased), ...ids.filter((packetId) => !isReleased(packetId))]
  }

  nextUnsent(mayPublish: boolean): number | undefined {
    const first = this.unsent[0]
    if (first === undefined) return undefined
    if (this.states.get(first) !== awaitingPubcomp && !mayPublish) return undefined
    return this.unsent.shift()
  }

  #drop(packetId: number): void {
    this.unsent = this.unsent.filter((each) => each !== packetId)
  }
}

function delivery(qos: 1 | 2 = 1): Delivery {
  return { publication: message('t'), qos, retain: false, subscriptionIdentifiers: undefined, token: undefined }
}

function stateOf(outbound: OutboundQos, packetId: number): OutboundState {
  for (const entry of outbound.entries()) if (entry.packetId === packetId) return entry.state
  return free
}

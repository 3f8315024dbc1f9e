import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { message } from '../../test/session-recorder.ts'
import { packetIdMax } from '../spec/limits.ts'
import type { Delivery } from './delivery.ts'
import { OutboundQos, OutboundState } from './outbound-qos.ts'

const { free, awaitingPuback, awaitingPubrec, awaitingPubcomp, awaitingAnswer } = OutboundState

test('it agrees with a Map in the order of insertion, whatever comes in whatever order', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('qos1' as const, 'qos2' as const, 'request' as const) },
    { weight: 6, arbitrary: fc.record({ answer: fc.nat(40), input: fc.constantFrom(...inputs) }) },
    { weight: 1, arbitrary: fc.constant('resume' as const) },
    { weight: 3, arbitrary: fc.record({ mayPublish: fc.boolean() }) },
  )
  const start = fc.constantFrom(0, 1, 65_520, 65_534)
  fc.assert(
    fc.property(start, fc.array(step, { maxLength: 150 }), (start, steps) => {
      const outbound = new OutboundQos()
      for (let i = 0; i < start; i++) outbound.receive('puback', outbound.begin(awaitingPuback, undefined))
      const model = new Model(start)
      for (const each of steps) {
        if (each === 'resume') {
          outbound.resume()
          model.resume()
        } else if (typeof each === 'string') {
          equal(outbound.ready, model.unsent.length === 0)
          if (each !== 'request' && !outbound.ready) continue
          const state = each === 'qos1' ? awaitingPuback : each === 'qos2' ? awaitingPubrec : awaitingAnswer
          const kept = state === awaitingAnswer ? undefined : delivery()
          const packetId = outbound.begin(state, kept)
          equal(packetId, model.begin(state))
          equal(outbound.peek(packetId), kept)
        } else if ('mayPublish' in each) {
          equal(outbound.nextUnsent(each.mayPublish)?.packetId, model.nextUnsent(each.mayPublish))
        } else {
          const packetId = ((start + each.answer) % packetIdMax) + 1
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
    }),
    { seed: 1, numRuns: 150 },
  )
})

const inputs = ['puback', 'pubrec', 'pubrecRefused', 'pubcomp', 'suback'] as const

/** Which verdict leads where is the table's; the model knows identifiers, their order, and what is to be sent again. */
class Model {
  readonly states = new Map<number, OutboundState>()
  /** Identifiers that are still to be sent again, PUBREL first. */
  unsent: number[] = []
  #next: number

  constructor(start: number) {
    this.#next = start
  }

  begin(state: OutboundState): number {
    const packetId = (this.#next++ % packetIdMax) + 1
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

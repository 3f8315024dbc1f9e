/** A connection that subscribes, and checks what it gets: each message once, in order, and how old it was. */

import type { Publication, SubackPacket } from '@mq/core'
import { reasonText } from '../connection/reason.ts'
import { createHeader, nowUs, readHeader } from './payload.ts'
import { SequenceTracker } from './sequence-tracker.ts'
import type { Tally } from './tally.ts'
import { type Problem, type Role, WireConnection } from './wire-connection.ts'
import type { Workbench } from './workbench.ts'

export interface SubscriberOwner {
  readonly tally: Tally
  settled(): void
  /** A message of this run came from this publisher. */
  delivered(publisher: number): void
}

/** Publishers that one subscriber tells apart; those of a fan-in of this many. */
const trackersMax = 100_000

export class Subscriber implements Role {
  readonly connection: WireConnection
  readonly #bench: Workbench
  readonly #owner: SubscriberOwner
  readonly #filter: string
  /** By run and publisher; of e2e there is one run. */
  readonly #trackers = new Map<number, SequenceTracker>()
  /** Filled anew for every message. */
  readonly #header = createHeader()
  #subscribedUs = 0
  #phase: 'connecting' | 'subscribing' | 'ready' = 'connecting'

  constructor(bench: Workbench, owner: SubscriberOwner, clientId: string, filter: string) {
    this.#bench = bench
    this.#owner = owner
    this.#filter = filter
    this.connection = new WireConnection(bench, clientId, this)
  }

  connected(): void {
    const { tally } = this.#owner
    this.#subscribedUs = nowUs()
    tally.histograms.connect.record(this.#subscribedUs - this.connection.startedUs)
    tally.counters.connected++
    this.#phase = 'subscribing'
    this.connection.subscribe(1, this.#filter)
  }

  suback({ reasonCodes }: SubackPacket): void {
    const { tally } = this.#owner
    tally.histograms.suback.record(nowUs() - this.#subscribedUs)
    const refusal = reasonCodes.find((reasonCode) => reasonCode >= 0x80)
    if (refusal !== undefined) tally.error('SUBACK', reasonText(refusal), refusal)
    this.#phase = 'ready'
    this.#owner.settled()
  }

  publication({ bytes, payloadStart, payloadEnd }: Publication): void {
    const { tally } = this.#owner
    const { plan } = this.#bench
    const header = this.#header
    const now = nowUs()
    tally.counters.received++
    if (tally.isMeasured(now)) tally.counters.receivedMeasured++
    if (!readHeader(header, bytes, payloadStart, payloadEnd) || (plan.mode === 'e2e' && header.run !== plan.run)) {
      tally.counters.foreign++
      return
    }
    // A run has 32 bits, publishers in practice 21: exact in a double.
    const key = plan.mode === 'e2e' ? header.publisher : header.run * 2 ** 21 + header.publisher
    let tracker = this.#trackers.get(key)
    if (tracker === undefined) {
      if (this.#trackers.size >= trackersMax) return
      // Of somebody else's run, what came before we did is no loss.
      tracker = new SequenceTracker(plan.mode === 'e2e' ? 0 : header.sequence, plan.isShared)
      this.#trackers.set(key, tracker)
    }
    tracker.arrived(header.sequence)
    if (tally.isMeasured(header.dueUs)) tally.histograms.delivery.record(now - header.dueUs)
    if (plan.copies > 0) this.#owner.delivered(header.publisher)
  }

  /** Adds what the trackers know to the counters. */
  conclude(): void {
    const { counters } = this.#owner.tally
    for (const { unique, duplicates, outOfOrder, missing } of this.#trackers.values()) {
      counters.unique += unique
      counters.duplicates += duplicates
      counters.outOfOrder += outOfOrder
      counters.missing += missing
    }
  }

  acknowledged(): void {
    // It publishes nothing.
  }

  drained(): void {
    // Acknowledgements wait in the connection.
  }

  ended({ where, text, reasonCode }: Problem): void {
    const { tally } = this.#owner
    tally.error(where, text, reasonCode)
    if (this.#phase === 'connecting') tally.counters.connectsFailed++
    else tally.counters.lostConnections++
    if (this.#phase !== 'ready') this.#owner.settled()
  }
}

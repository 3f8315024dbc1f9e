/**
 * QoS 1 and 2, sender side (section 4.3), and the packet identifiers of everything that we ask the peer to answer.
 *
 *                   PUBACK       PUBREC            PUBREC >= 0x80   PUBCOMP
 *   free            –            PUBREL 0x92       –                –
 *   awaitingPuback  done         fault             fault            fault
 *   awaitingPubrec  fault        PUBREL            done             fault
 *   awaitingPubcomp fault        PUBREL again      done             done
 *   awaitingAnswer  fault        fault             fault            fault     (SUBSCRIBE, UNSUBSCRIBE)
 *
 * Identifiers are handed out in sequence and come back nearly in sequence, so the table is a ring indexed by a running
 * sequence number; there is no hashing, and no allocation while the ring does not grow:
 *
 *     sequence   tail ............ unsent ............ next          packetId = sequence % 65,535 + 1
 *                 oldest that is    first that this     next to be
 *                 not done          connection has not  handed out
 *                                   sent (after a resume)
 *
 * Always holds: tail <= unsent <= next, next - tail <= 65,535 (so no identifier is in use twice [MQTT-2.2.1-3],
 * [MQTT-2.2.1-4]); every slot outside tail…next is free; walking tail…next is walking in the order of sending, which is
 * the order in which a resumed session must send again [MQTT-4.6.0-1], [MQTT-4.6.0-4]. It walks twice: PUBREL needs no send
 * quota and must not wait for any [MQTT-4.9.0-3], so each goes out before the first PUBLISH.
 *
 * Rejected: a Map from identifier to state (1.5 times the cost of a delivery, and garbage), reusing the lowest free
 * identifier (loses the order). The price: one message that is never acknowledged stalls the session after 65,534 others.
 */
import { packetIdMax } from '../spec/limits.ts'
import { emptyBytes } from '../wire/writer.ts'
import type { Delivery } from './delivery.ts'

export const OutboundState = {
  free: 0,
  awaitingPuback: 1,
  awaitingPubrec: 2,
  awaitingPubcomp: 3,
  awaitingAnswer: 4,
} as const
export type OutboundState = (typeof OutboundState)[keyof typeof OutboundState]

export type OutboundInput = 'puback' | 'pubrec' | 'pubrecRefused' | 'pubcomp'

/** What the sender does next. */
export type OutboundVerdict =
  /** The identifier is free again, and the send quota one larger. */
  | 'done'
  /** Send PUBREL. */
  | 'pubrel'
  /** Send PUBREL 0x92: we do not know the identifier, and the receiver must be able to forget it. */
  | 'unknown'
  | 'ignore'
  /** The peer broke the protocol: 0x82. */
  | 'fault'

const verdicts: { readonly [I in OutboundInput]: readonly OutboundVerdict[] } = {
  //              free       awaitingPuback awaitingPubrec awaitingPubcomp awaitingAnswer
  puback: ['ignore', 'done', 'fault', 'fault', 'fault'],
  pubrec: ['unknown', 'fault', 'pubrel', 'pubrel', 'fault'],
  // [MQTT-4.3.3-4] a PUBREC of 0x80 or above ends the exchange: no PUBREL.
  pubrecRefused: ['ignore', 'fault', 'done', 'done', 'fault'],
  pubcomp: ['ignore', 'fault', 'fault', 'done', 'fault'],
}

export class OutboundQos {
  #states: Uint8Array = emptyBytes
  #deliveries: (Delivery | undefined)[] = []
  #tail = 0
  #unsent = 0
  /** Like #unsent, for the PUBREL packets, which go first. Means nothing when #unsent is #next. */
  #unreleased = 0
  #next = 0
  #inFlight = 0

  /** How many identifiers are in use. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** An identifier could be handed out now, for a request at least. */
  get hasIdentifier(): boolean {
    return this.#next - this.#tail < packetIdMax
  }

  /** A new PUBLISH may go: there is an identifier, and everything from before a resume has been sent again. */
  get ready(): boolean {
    return this.#unsent === this.#next && this.hasIdentifier
  }

  /** Is something from before a resume still to be sent again? */
  get hasUnsent(): boolean {
    return this.#unsent < this.#next
  }

  /**
   * Hand out the next identifier. `delivery` is kept until it is done; undefined where nothing will ever be sent again.
   * Only where `ready`; a request (awaitingAnswer) where `hasIdentifier`.
   */
  begin(state: Exclude<OutboundState, 0 | 3>, delivery: Delivery | undefined): number {
    const sequence = this.#place(state, delivery)
    // What waits to be sent again still does, in front of this one.
    if (this.#unsent === sequence) {
      this.#unsent = this.#next
      this.#unreleased = this.#next
    }
    this.#inFlight++
    return (sequence % packetIdMax) + 1
  }

  /**
   * Put back what an earlier process had in flight, oldest first, under the identifier it had. Identifiers in between are
   * free: the sequence goes on behind the last one.
   */
  restore(packetId: number, state: Exclude<OutboundState, 0>, delivery: Delivery): void {
    if (this.#inFlight === 0) {
      this.#tail = packetId - 1
      this.#next = this.#tail
    }
    const skipped = (packetId - 1 - (this.#next % packetIdMax) + packetIdMax) % packetIdMax
    for (let i = 0; i < skipped; i++) this.#place(OutboundState.free, undefined)
    this.#place(state, delivery)
    this.#inFlight++
    this.#sendAgain()
  }

  /** What `input` for `packetId` means. The delivery, if one is wanted, is read with `peek` before. */
  receive(input: OutboundInput, packetId: number): OutboundVerdict {
    const sequence = this.#find(packetId)
    const slot = sequence & (this.#states.length - 1)
    const state = sequence < 0 ? OutboundState.free : (this.#states[slot] as OutboundState)
    const verdict = verdicts[input][state] ?? 'fault'
    if (verdict === 'done') this.#release(sequence, slot)
    else if (verdict === 'pubrel') {
      // [MQTT-4.3.3-5] From the PUBREC on the message itself is the receiver's; only the identifier is still ours.
      this.#states[slot] = OutboundState.awaitingPubcomp
    }
    return verdict
  }

  /** The SUBACK or UNSUBACK came. False: nobody awaits it. */
  answered(packetId: number): boolean {
    const sequence = this.#find(packetId)
    const slot = sequence & (this.#states.length - 1)
    if (sequence < 0 || this.#states[slot] !== OutboundState.awaitingAnswer) return false
    this.#release(sequence, slot)
    return true
  }

  peek(packetId: number): Delivery | undefined {
    const sequence = this.#find(packetId)
    return sequence < 0 ? undefined : this.#deliveries[sequence & (this.#states.length - 1)]
  }

  /** Has the receiver the message, and not yet the PUBREL, as far as we know? */
  awaitsPubcomp(packetId: number): boolean {
    const sequence = this.#find(packetId)
    return sequence >= 0 && this.#states[sequence & (this.#states.length - 1)] === OutboundState.awaitingPubcomp
  }

  /** Give up an identifier that was handed out and not sent after all. */
  abandon(packetId: number): void {
    const sequence = this.#find(packetId)
    if (sequence >= 0) this.#release(sequence, sequence & (this.#states.length - 1))
  }

  /**
   * A new connection carries on: everything in flight is to be sent again, in order [MQTT-4.4.0-1]. Requests other than
   * PUBLISH are not part of a session (section 4.1) and their identifiers become free.
   */
  resume(): void {
    for (let sequence = this.#tail; sequence < this.#next; sequence++) {
      const slot = sequence & (this.#states.length - 1)
      if (this.#states[slot] === OutboundState.awaitingAnswer) this.#release(sequence, slot)
    }
    this.#sendAgain()
  }

  /** Nothing is in flight any more. Returns what was, in the order of sending. */
  clear(): { packetId: number; state: OutboundState; delivery: Delivery | undefined }[] {
    const entries = [...this.entries()]
    this.#states.fill(OutboundState.free)
    this.#deliveries.fill(undefined)
    this.#tail = this.#next
    this.#unsent = this.#next
    this.#inFlight = 0
    return entries
  }

  /**
   * The next one to send again, or undefined when all have been, or when the next is a PUBLISH and `mayPublish` is false
   * (there is no send quota).
   */
  nextUnsent(
    mayPublish: boolean,
  ): { packetId: number; state: OutboundState; delivery: Delivery | undefined } | undefined {
    const mask = this.#states.length - 1
    while (this.#unreleased < this.#next) {
      const sequence = this.#unreleased++
      if (this.#states[sequence & mask] === OutboundState.awaitingPubcomp) return this.#entry(sequence)
    }
    for (; this.#unsent < this.#next; this.#unsent++) {
      const state = this.#states[this.#unsent & mask]
      if (state !== OutboundState.awaitingPuback && state !== OutboundState.awaitingPubrec) continue
      return mayPublish ? this.#entry(this.#unsent++) : undefined
    }
    return undefined
  }

  /** Everything in flight, in the order of sending. */
  *entries(): IterableIterator<{ packetId: number; state: OutboundState; delivery: Delivery | undefined }> {
    for (let sequence = this.#tail; sequence < this.#next; sequence++) {
      const entry = this.#entry(sequence)
      if (entry.state !== OutboundState.free) yield entry
    }
  }

  #sendAgain(): void {
    this.#unsent = this.#tail
    this.#unreleased = this.#tail
  }

  #entry(sequence: number): { packetId: number; state: OutboundState; delivery: Delivery | undefined } {
    const slot = sequence & (this.#states.length - 1)
    const state = this.#states[slot] as OutboundState
    return { packetId: (sequence % packetIdMax) + 1, state, delivery: this.#deliveries[slot] }
  }

  #place(state: OutboundState, delivery: Delivery | undefined): number {
    const sequence = this.#next
    if (sequence - this.#tail >= this.#states.length) this.#grow()
    const slot = sequence & (this.#states.length - 1)
    this.#states[slot] = state
    this.#deliveries[slot] = delivery
    this.#next = sequence + 1
    return sequence
  }

  #find(packetId: number): number {
    const offset = (packetId - 1 - (this.#tail % packetIdMax) + packetIdMax) % packetIdMax
    const sequence = this.#tail + offset
    return sequence < this.#next ? sequence : -1
  }

  #release(sequence: number, slot: number): void {
    this.#states[slot] = OutboundState.free
    this.#deliveries[slot] = undefined
    this.#inFlight--
    if (sequence !== this.#tail) return
    const mask = this.#states.length - 1
    let tail = sequence + 1
    while (tail < this.#next && this.#states[tail & mask] === OutboundState.free) tail++
    this.#tail = tail
    if (this.#unsent < tail) this.#unsent = tail
    if (this.#unreleased < tail) this.#unreleased = tail
  }

  #grow(): void {
    const size = Math.max(8, this.#states.length * 2)
    const states = new Uint8Array(size)
    const deliveries: (Delivery | undefined)[] = new Array(size).fill(undefined)
    for (let sequence = this.#tail; sequence < this.#next; sequence++) {
      const from = sequence & (this.#states.length - 1)
      states[sequence & (size - 1)] = this.#states[from] ?? OutboundState.free
      deliveries[sequence & (size - 1)] = this.#deliveries[from]
    }
    this.#states = states
    this.#deliveries = deliveries
  }
}

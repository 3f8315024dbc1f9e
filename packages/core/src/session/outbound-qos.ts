/**
 * QoS 1 and 2, sender side (section 4.3, outbound-state.ts), and the packet identifiers of all that we ask the peer to answer.
 *
 * Identifiers are handed out in sequence and come back nearly in sequence, so the table is a ring indexed by a running sequence
 * number; no hashing, and no allocation while it does not grow:
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
 * What is not done when all identifiers behind it have come round leaves the ring (stragglers.ts), and its identifier is passed
 * over from then on.
 *
 * Rejected: a Map from identifier to state (1.5 times the cost of a delivery, and garbage), reusing the lowest free
 * identifier (loses the order).
 */
import { packetIdMax } from '../spec/limits.ts'
import { emptyBytes } from '../wire/writer.ts'
import type { Delivery } from './delivery.ts'
import { type Exchange, type OutboundInput, OutboundState, type OutboundVerdict, verdicts } from './outbound-state.ts'
import { Stragglers } from './stragglers.ts'

/** Where all identifiers have come round: with more in flight the session waits for its oldest. Each costs a step in each round. */
const passedOverMax = 1000

export class OutboundQos {
  #states: Uint8Array = emptyBytes
  #deliveries: (Delivery | undefined)[] = []
  #tail = 0
  #unsent = 0
  /** Like #unsent, for the PUBREL packets, which go first. Means nothing when #unsent is #next. */
  #unreleased = 0
  #next = 0
  /** How many there are that are not done. */
  #inRing = 0
  readonly #stragglers = new Stragglers()
  readonly #identifiers: number

  /** `identifiers`: how many there are, from 1 on. */
  constructor(identifiers: number = packetIdMax) {
    this.#identifiers = identifiers
  }

  /** How many identifiers are in use. */
  get inFlight(): number {
    return this.#inRing + this.#stragglers.size
  }

  /** An identifier could be handed out now, for a request at least. */
  get hasIdentifier(): boolean {
    const room = this.#identifiers - this.#next + this.#tail
    return room > this.#stragglers.size || this.inFlight <= Math.min(passedOverMax, this.#identifiers - 1)
  }

  /** A new PUBLISH may go: there is an identifier, and everything from before a resume has been sent again. */
  get ready(): boolean {
    return !this.hasUnsent && this.hasIdentifier
  }

  /** Is something from before a resume still to be sent again? */
  get hasUnsent(): boolean {
    return this.#unsent < this.#next || this.#stragglers.hasUnsent
  }

  /**
   * Hand out the next identifier. `delivery` is kept until it is done; undefined where nothing will ever be sent again.
   * Only where `ready`; a request (awaitingAnswer) where `hasIdentifier`.
   */
  begin(state: Exclude<OutboundState, 0 | 3>, delivery: Delivery | undefined): number {
    if (this.#stragglers.size > 0 || this.#next - this.#tail >= this.#identifiers) this.#passOver()
    const sequence = this.#place(state, delivery)
    // What waits to be sent again still does, in front of this one.
    if (this.#unsent === sequence) {
      this.#unsent = this.#next
      this.#unreleased = this.#next
    }
    this.#inRing++
    return (sequence % this.#identifiers) + 1
  }

  /**
   * Put back what an earlier process had in flight, oldest first, under the identifier it had. Identifiers in between are
   * free: the sequence goes on behind the last one.
   */
  restore(packetId: number, state: Exclude<OutboundState, 0>, delivery: Delivery): void {
    if (this.inFlight === 0) {
      this.#tail = packetId - 1
      this.#next = this.#tail
      this.#sendAgain()
    }
    const count = this.#identifiers
    const skipped = (packetId - 1 - (this.#next % count) + count) % count
    for (let i = 0; i < skipped; i++) this.#skip()
    this.#place(state, delivery)
    this.#inRing++
  }

  /** What `input` for `packetId` means. The delivery, if one is wanted, is read with `peek` before. */
  receive(input: OutboundInput, packetId: number): OutboundVerdict {
    const sequence = this.#find(packetId)
    const slot = sequence & (this.#states.length - 1)
    const state = sequence < 0 ? OutboundState.free : (this.#states[slot] as OutboundState)
    const late = state === OutboundState.free ? this.#stragglers.receive(input, packetId) : undefined
    if (late !== undefined) return late
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
    if (sequence >= 0 && this.#states[slot] === OutboundState.awaitingAnswer) {
      this.#release(sequence, slot)
      return true
    }
    return this.#stragglers.answered(packetId)
  }

  peek(packetId: number): Delivery | undefined {
    const sequence = this.#find(packetId)
    const delivery = sequence < 0 ? undefined : this.#deliveries[sequence & (this.#states.length - 1)]
    return delivery ?? this.#stragglers.get(packetId)?.delivery
  }

  /** Has the receiver the message, and not yet the PUBREL, as far as we know? */
  awaitsPubcomp(packetId: number): boolean {
    const sequence = this.#find(packetId)
    if (this.#stragglers.get(packetId)?.state === OutboundState.awaitingPubcomp) return true
    return sequence >= 0 && this.#states[sequence & (this.#states.length - 1)] === OutboundState.awaitingPubcomp
  }

  /** Give up an identifier that was handed out and not sent after all. */
  abandon(packetId: number): void {
    if (this.#stragglers.abandon(packetId)) return
    const sequence = this.#find(packetId)
    const slot = sequence & (this.#states.length - 1)
    if (sequence >= 0 && this.#states[slot] !== OutboundState.free) this.#release(sequence, slot)
  }

  /**
   * A new connection carries on: everything in flight is to be sent again, in order [MQTT-4.4.0-1]. Requests other than
   * PUBLISH are not part of a session (section 4.1) and their identifiers become free.
   */
  resume(): void {
    this.#stragglers.forgetRequests()
    for (let sequence = this.#tail; sequence < this.#next; sequence++) {
      const slot = sequence & (this.#states.length - 1)
      if (this.#states[slot] === OutboundState.awaitingAnswer) this.#release(sequence, slot)
    }
    this.#sendAgain()
  }

  /** Nothing is in flight any more. Returns what was, in the order of sending. */
  clear(): Exchange[] {
    const entries = [...this.entries()]
    this.#states.fill(OutboundState.free)
    this.#deliveries.fill(undefined)
    this.#stragglers.clear()
    this.#tail = this.#next
    this.#unsent = this.#next
    this.#inRing = 0
    return entries
  }

  /**
   * The next one to send again, or undefined when all have been, or when the next is a PUBLISH and `mayPublish` is false
   * (there is no send quota).
   */
  nextUnsent(mayPublish: boolean): Exchange | undefined {
    const late = this.#stragglers.hasUnsent ? this.#stragglers.nextRelease() : undefined
    if (late !== undefined) return late
    const mask = this.#states.length - 1
    while (this.#unreleased < this.#next) {
      const sequence = this.#unreleased++
      if (this.#states[sequence & mask] === OutboundState.awaitingPubcomp) return this.#entry(sequence)
    }
    if (this.#stragglers.hasPublish) return mayPublish ? this.#stragglers.nextPublish() : undefined
    for (; this.#unsent < this.#next; this.#unsent++) {
      const state = this.#states[this.#unsent & mask]
      if (state !== OutboundState.awaitingPuback && state !== OutboundState.awaitingPubrec) continue
      return mayPublish ? this.#entry(this.#unsent++) : undefined
    }
    return undefined
  }

  /** Everything in flight, in the order of sending. */
  *entries(): IterableIterator<Exchange> {
    yield* this.#stragglers.values()
    for (let sequence = this.#tail; sequence < this.#next; sequence++) {
      const entry = this.#entry(sequence)
      if (entry.state !== OutboundState.free) yield entry
    }
  }

  #sendAgain(): void {
    this.#unsent = this.#tail
    this.#unreleased = this.#tail
    this.#stragglers.sendAgain()
  }

  #entry(sequence: number): Exchange {
    const slot = sequence & (this.#states.length - 1)
    const state = this.#states[slot] as OutboundState
    return { packetId: (sequence % this.#identifiers) + 1, state, delivery: this.#deliveries[slot] }
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
    const count = this.#identifiers
    const offset = (packetId - 1 - (this.#tail % count) + count) % count
    const sequence = this.#tail + offset
    return sequence < this.#next ? sequence : -1
  }

  #release(sequence: number, slot: number): void {
    this.#states[slot] = OutboundState.free
    this.#deliveries[slot] = undefined
    this.#inRing--
    if (sequence === this.#tail) this.#moveTail()
  }

  /** Behind what is done. */
  #moveTail(): void {
    const mask = this.#states.length - 1
    let tail = this.#tail + 1
    while (tail < this.#next && this.#states[tail & mask] === OutboundState.free) tail++
    this.#tail = tail
    if (this.#unsent < tail) this.#unsent = tail
    if (this.#unreleased < tail) this.#unreleased = tail
  }

  /** Until the next identifier is one that is free. */
  #passOver(): void {
    this.#makeRoom()
    while (this.#stragglers.get((this.#next % this.#identifiers) + 1) !== undefined) this.#skip()
  }

  /** In the ring, for one more. */
  #makeRoom(): void {
    if (this.#next - this.#tail >= this.#identifiers) this.#retire()
  }

  /** The next identifier is left out. */
  #skip(): void {
    // What waits to be sent again is in front of it.
    const isAllSent = this.#unsent === this.#next
    if (this.#tail < this.#next) this.#place(OutboundState.free, undefined)
    else this.#tail = ++this.#next
    if (isAllSent) this.#unsent = this.#next
    if (isAllSent) this.#unreleased = this.#next
    this.#makeRoom()
  }

  /** The oldest leaves the ring: everything behind it has come round. */
  #retire(): void {
    const sequence = this.#tail
    const entry = this.#entry(sequence)
    const isRelease = entry.state === OutboundState.awaitingPubcomp
    this.#stragglers.add(entry, sequence >= (isRelease ? this.#unreleased : this.#unsent))
    const slot = sequence & (this.#states.length - 1)
    this.#states[slot] = OutboundState.free
    this.#deliveries[slot] = undefined
    this.#inRing--
    this.#moveTail()
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

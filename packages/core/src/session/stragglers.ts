import { type Exchange, type OutboundInput, OutboundState, type OutboundVerdict, verdicts } from './outbound-state.ts'

/**
 * What is in flight for so long that all other identifiers have come round meanwhile: it has left the ring of OutboundQos,
 * which goes on without it. Oldest first, and each older than all that is in the ring.
 */
export class Stragglers {
  readonly #all = new Map<number, Exchange>()
  /** Still to be sent again: PUBREL and PUBLISH, the oldest last. */
  #releases: Exchange[] = []
  #publishes: Exchange[] = []

  get size(): number {
    return this.#all.size
  }

  get hasUnsent(): boolean {
    return this.#releases.length > 0 || this.#publishes.length > 0
  }

  get(packetId: number): Exchange | undefined {
    return this.#all.get(packetId)
  }

  /** `isUnsent`: it waits to be sent again, if it is a PUBLISH or PUBREL. */
  add(straggler: Exchange, isUnsent: boolean): void {
    this.#all.set(straggler.packetId, straggler)
    if (isUnsent && straggler.state !== OutboundState.awaitingAnswer) this.#unsentOf(straggler).unshift(straggler)
  }

  /** Undefined: there is none with this identifier. */
  receive(input: OutboundInput, packetId: number): OutboundVerdict | undefined {
    const straggler = this.#all.get(packetId)
    if (straggler === undefined) return undefined
    const verdict = verdicts[input][straggler.state] ?? 'fault'
    if (verdict === 'done') this.#all.delete(packetId)
    else if (verdict === 'pubrel') straggler.state = OutboundState.awaitingPubcomp
    this.#dropDone()
    return verdict
  }

  /** The SUBACK or UNSUBACK came. False: nobody awaits it. */
  answered(packetId: number): boolean {
    return this.#all.get(packetId)?.state === OutboundState.awaitingAnswer && this.#all.delete(packetId)
  }

  /** Whether there was one. */
  abandon(packetId: number): boolean {
    const isThere = this.#all.delete(packetId)
    this.#dropDone()
    return isThere
  }

  forgetRequests(): void {
    for (const [packetId, { state }] of this.#all) {
      if (state === OutboundState.awaitingAnswer) this.#all.delete(packetId)
    }
  }

  values(): IterableIterator<Exchange> {
    return this.#all.values()
  }

  sendAgain(): void {
    this.#releases = []
    this.#publishes = []
    for (const each of this.#all.values()) this.#unsentOf(each).push(each)
    this.#releases.reverse()
    this.#publishes.reverse()
  }

  nextRelease(): Exchange | undefined {
    const next = this.#releases.pop()
    this.#dropDone()
    return next
  }

  get hasPublish(): boolean {
    return this.#publishes.length > 0
  }

  nextPublish(): Exchange | undefined {
    const next = this.#publishes.pop()
    this.#dropDone()
    return next
  }

  clear(): void {
    this.#all.clear()
    this.#releases = []
    this.#publishes = []
  }

  #unsentOf({ state }: Exchange): Exchange[] {
    return state === OutboundState.awaitingPubcomp ? this.#releases : this.#publishes
  }

  /** From the ends: what was answered before it was its turn. */
  #dropDone(): void {
    const isDone = (each: Exchange | undefined, isRelease: boolean): boolean =>
      each !== undefined &&
      (this.#all.get(each.packetId) !== each || (each.state === OutboundState.awaitingPubcomp) !== isRelease)
    while (isDone(this.#releases.at(-1), true)) this.#releases.pop()
    while (isDone(this.#publishes.at(-1), false)) this.#publishes.pop()
  }
}

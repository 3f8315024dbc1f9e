/** Time as the broker sees it, so that a test can bring its own. */
export interface Clock {
  /** Milliseconds; never goes back. From 1970 where a store outlives the process: it keeps when messages expire. */
  now(): number
  /** Call `fire` once after `ms`; the answer cancels. Must not keep a process alive by itself. */
  setTimer(fire: () => void, ms: number): () => void
}

/** Longest delay that Node's timers take; a later deadline is asked for again on the way. */
const timerMax = 0x7fff_ffff

/** Read once: it is a getter that costs more than the time itself. */
const { timeOrigin } = performance

export const systemClock: Clock = {
  // From 1970 as well, but unlike Date.now it does not jump with the machine's clock.
  now: () => timeOrigin + performance.now(),
  setTimer(fire, ms) {
    // A millisecond more: Node's timers may fire a fraction early, and the deadline would be found not yet due.
    const timer = setTimeout(fire, Math.min(Math.ceil(ms) + 1, timerMax))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/**
 * A clock that stands still while a chunk is handled. A message that expires needs the time as it comes and again for each
 * receiver; what came in one chunk came at one time, and asking once spares more than the properties of such a message cost.
 */
export class ChunkClock implements Clock {
  readonly #clock: Clock
  #heldMs = Number.NaN

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly now = (): number => (Number.isNaN(this.#heldMs) ? this.#clock.now() : this.#heldMs)

  setTimer(fire: () => void, ms: number): () => void {
    return this.#clock.setTimer(fire, ms)
  }

  /** From here on it is `nowMs`. */
  hold(nowMs: number): void {
    this.#heldMs = nowMs
  }

  free(): void {
    this.#heldMs = Number.NaN
  }
}

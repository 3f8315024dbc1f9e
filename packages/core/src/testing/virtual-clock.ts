/**
 * Time that passes when a test says so. Timers fire in the order of their times, those of the same time in the order in
 * which they were set, and `now()` is exactly the timer's time while it fires.
 *
 * Always holds: time never goes back; a timer fires once or not at all; the pending timers are in order.
 *
 * @example
 * const clock = new VirtualClock()
 * const cancel = clock.setTimer(() => console.log('never'), 2000)
 * clock.setTimer(() => console.log('at', clock.now()), 1500) // at 1500
 * clock.advance(1600)
 * cancel()
 */
export class VirtualClock {
  #nowMs: number
  readonly #timers: Timer[] = []

  /** @param startMs where time begins; 0 unless a test needs otherwise */
  constructor(startMs = 0) {
    this.#nowMs = startMs
  }

  /** Milliseconds. Bound, so that it can be handed on as it is. */
  readonly now = (): number => this.#nowMs

  /** How many timers have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.length
  }

  /** Calls `fire` once, when `ms` (0 or more) have passed. Returns a function that keeps it from firing. */
  readonly setTimer = (fire: () => void, ms: number): (() => void) => {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, ms), fire }
    this.#timers.splice(this.#placeOf(timer.dueMs), 0, timer)
    return () => {
      const at = this.#timers.indexOf(timer)
      if (at >= 0) this.#timers.splice(at, 1)
    }
  }

  /** Lets `ms` pass. Timers that are set meanwhile fire, too, if they are due. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (let first = this.#timers[0]; first !== undefined && first.dueMs <= untilMs; first = this.#timers[0]) {
      this.runNext()
    }
    this.#nowMs = untilMs
  }

  /** Lets time pass until the next timer, and fires it. False: there was none. */
  runNext(): boolean {
    const timer = this.#timers.shift()
    if (timer === undefined) return false
    this.#nowMs = timer.dueMs
    timer.fire()
    return true
  }

  /** The place behind all that are due at `dueMs` or before. */
  #placeOf(dueMs: number): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >> 1
      const timer = this.#timers[middle]
      if (timer !== undefined && timer.dueMs <= dueMs) low = middle + 1
      else high = middle
    }
    return low
  }
}

interface Timer {
  readonly dueMs: number
  readonly fire: () => void
}

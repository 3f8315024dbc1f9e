/** Time for a broker in this process: it stands still until somebody moves it. */
import type { Clock } from '@mq/broker'

export class VirtualClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<{ readonly atMs: number; readonly fire: () => void }>()
  readonly now = (): number => this.#nowMs

  setTimer(fire: () => void, ms: number): () => void {
    const timer = { atMs: this.#nowMs + ms, fire }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Lets time pass, one timer after the other, and what hangs on each in between. */
  async advance(ms: number): Promise<void> {
    await settled()
    const untilMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#nowMs = Math.max(this.#nowMs, due.atMs)
      due.fire()
      await settled()
    }
    this.#nowMs = untilMs
    await settled()
  }
}

/** What was written has arrived everywhere. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve))
}

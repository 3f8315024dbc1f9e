import type { Clock } from '../src/config/clock.ts'

/** Time that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Move on; every timer that is due on the way fires at its own time. */
  advance(ms: number): void
  /** Time passes and nothing runs, as in a process that is busy; then what has become due fires, late. */
  stall(ms: number): void
  /** Time passes within one turn of the event loop: no timer fires, whatever is due. */
  pass(ms: number): void
  /** Timers that are set. */
  readonly timers: number
}

export function createVirtualClock(startMs = 1_000): VirtualClock {
  let nowMs = startMs
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>()
  const earliest = () => [...timers].sort((one, other) => one.atMs - other.atMs)[0]
  return {
    now: () => nowMs,
    setTimer(fire, ms) {
      const timer = { atMs: nowMs + ms, fire }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance(ms) {
      const until = nowMs + ms
      for (let next = earliest(); next !== undefined && next.atMs <= until; next = earliest()) {
        timers.delete(next)
        nowMs = Math.max(nowMs, next.atMs)
        next.fire()
      }
      nowMs = until
    },
    stall(ms) {
      nowMs += ms
      const late = [...timers].filter((timer) => timer.atMs <= nowMs).sort((one, other) => one.atMs - other.atMs)
      for (const timer of late) if (timers.delete(timer)) timer.fire()
    },
    pass(ms) {
      nowMs += ms
    },
    get timers() {
      return timers.size
    },
  }
}

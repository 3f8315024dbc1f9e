/** Time, as the client sees it: monotonic, so that a change of the wall clock neither ends nor keeps a connection. */
export interface Clock {
  /** Milliseconds since some moment. Never goes back. */
  now(): number
  /** Calls `run` once, after `delay` milliseconds; the function that it returns takes that back. */
  schedule(delay: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(delay, run) {
    // Beyond 2^31-1 ms a timer fires at once.
    const timer = setTimeout(run, Math.min(delay, 0x7fff_ffff))
    return () => clearTimeout(timer)
  },
}

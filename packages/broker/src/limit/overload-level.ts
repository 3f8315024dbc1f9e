/**
 * Overload: what the broker still does, decided by how late its event loop is. A value: a state and a sample go in, the next
 * state comes out. Nothing here measures, waits or sheds; overload.ts does the first two, the handlers the last.
 *
 * A loop that is late is late for everybody: every delivery, every PINGRESP, every CONNACK waits. Load that comes from
 * outside does not go away because it is served slowly, so some of it is refused, in an order that costs clients as little
 * as possible: who is not in yet, then what nobody was promised, then the speed of those who bring more.
 *
 *     step  level     a new connection   QoS 0       a publisher, after each piece that is read of it
 *     0     normal    is let in          delivered   is read on
 *     1     refusing  gets 0x89          delivered   is read on
 *     2     dropping  gets 0x89          dropped     is read on
 *     3     slowing   gets 0x89          dropped     is not read for 100 ms
 *     4     slowing   gets 0x89          dropped     is not read for 400 ms
 *     5     slowing   gets 0x89          dropped     is not read for 1,600 ms
 *
 *     up    the delay is above the limit: at once from 0, and then only when the last step has had `upSamples` to help
 *     down  the delay was below half of the limit for `downSamples` in a row, for each step again
 *     stay  in between
 *
 * The delay is smoothed, and no sample counts for more than twice the limit: so one long pause (a garbage collection, a
 * large retained subscribe, a laptop that slept) never reaches the limit, and three in a row do. Time is counted in samples:
 * a loop that is late is sampled less often, and a step counted in milliseconds would be taken before the one before it had
 * been seen to help.
 *
 * Always holds: one step at a time, so recovery passes the same levels in reverse; a delay that stays below half of the
 * limit leads back to 'normal' from everywhere.
 *
 * Rejected: event loop utilization. It is 1 for a broker that is just busy, and one that works at its full speed is not
 * overloaded. And a limit for each level: how late the loop is does not say which of the measures will help.
 */

export type OverloadLevel = 'normal' | 'refusing' | 'dropping' | 'slowing'

/** What is done at one step. */
export interface OverloadStep {
  readonly level: OverloadLevel
  readonly refuses: boolean
  readonly dropsQos0: boolean
  /** How long a publisher is not read, in milliseconds; 0 not at all. */
  readonly pauseMs: number
}

export const overloadSteps: readonly [OverloadStep, ...OverloadStep[]] = [
  { level: 'normal', refuses: false, dropsQos0: false, pauseMs: 0 },
  { level: 'refusing', refuses: true, dropsQos0: false, pauseMs: 0 },
  { level: 'dropping', refuses: true, dropsQos0: true, pauseMs: 0 },
  { level: 'slowing', refuses: true, dropsQos0: true, pauseMs: 100 },
  { level: 'slowing', refuses: true, dropsQos0: true, pauseMs: 400 },
  { level: 'slowing', refuses: true, dropsQos0: true, pauseMs: 1600 },
]

export interface OverloadState {
  /** In `overloadSteps`. */
  readonly step: number
  /** Milliseconds, smoothed. */
  readonly delayMs: number
  /** Samples above the limit since the step was taken, or below half of it: one of the two is 0. */
  readonly above: number
  readonly below: number
}

export const noOverload: OverloadState = { step: 0, delayMs: 0, above: 0, below: 0 }

/** Long enough for the smoothed delay to fall below the limit when a step has helped. */
export const upSamples = 4
export const downSamples = 8
/** The share of one sample in the smoothed delay. */
const weight = 0.25

/** `delayMs`: how late the loop was found. `limitMs`: above 0. */
export function nextOverload(state: OverloadState, delayMs: number, limitMs: number): OverloadState {
  const counted = Math.min(Math.max(delayMs, 0), 2 * limitMs)
  const smoothedMs = state.delayMs + (counted - state.delayMs) * weight
  const above = smoothedMs > limitMs ? state.above + 1 : 0
  const below = smoothedMs < limitMs / 2 ? state.below + 1 : 0
  const { step } = state
  if (above >= (step === 0 ? 1 : upSamples) && step < overloadSteps.length - 1) return taken(step + 1, smoothedMs)
  if (below >= downSamples && step > 0) return taken(step - 1, smoothedMs)
  return { step, delayMs: smoothedMs, above, below }
}

function taken(step: number, delayMs: number): OverloadState {
  return { step, delayMs, above: 0, below: 0 }
}

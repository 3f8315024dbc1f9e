/**
 * Watches how late the event loop is, and says what follows from it (overload-level.ts).
 *
 * The delay is that of the broker's one timer: a deadline is filed a quarter of a second ahead, and how long after it it is
 * called is how long everything else had to wait, too. One turn of a loop can take half a minute (libuv reads each socket
 * many times before it goes on, and a chunk may hold messages for hundreds of receivers), and no timer is called meanwhile:
 * so whoever reads looks as well, and where the deadline has passed by the limit, and by each limit more, that is a sample.
 *
 * The watch runs only while something arrives and until all is well again. A broker that nobody talks to is not woken; a
 * message now and then costs one timer.
 *
 * Rejected: `monitorEventLoopDelay`. It wakes the process at its resolution for as long as it is on, whether anything
 * happens or not, and it runs on no clock but its own, so that nothing that follows from it could be tested without sleeping.
 *
 * Always holds: filed, or at 'normal' with nothing remembered.
 */
import { ReasonCode } from '@mq/core'
import type { Clock } from '../config/clock.ts'
import type { Connection } from '../connection/connection.ts'
import type { Deadline, Deadlines } from '../connection/deadlines.ts'
import type { Counters } from '../metric/counters.ts'
import type { Log } from '../metric/log.ts'
import { nextOverload, noOverload, type OverloadLevel, type OverloadStep, overloadSteps } from './overload-level.ts'

export const sampleMs = 250
/** One line about refused clients in this time. */
const logIntervalMs = 10_000

const sentences: {
  readonly [L in Exclude<OverloadLevel, 'normal'>]: { readonly entered: string; readonly left: string }
} = {
  refusing: {
    entered: 'overload: new connections are refused',
    left: 'overload is over: new connections are let in again',
  },
  dropping: {
    entered: 'overload: QoS 0 messages are dropped, too',
    left: 'overload: QoS 0 messages are delivered again',
  },
  slowing: {
    entered: 'overload: publishers are read more slowly, too',
    left: 'overload: publishers are read at full speed again',
  },
}

export class Overload implements Deadline {
  deadlineMs = 0
  heapIndex = -1
  filedMs = 0
  /** QoS 0 is dropped, and publishers may be slowed: asked for every PUBLISH. */
  sheds = false
  #state = noOverload
  #step: OverloadStep = overloadSteps[0]
  /** Something has arrived since the last sample. */
  #isBusy = false
  /** When whoever reads is to look: at once where nothing is filed, never where the watch is off. */
  #lookMs: number
  #lookedMs = Number.NEGATIVE_INFINITY
  #turnedAway = 0
  #loggedMs = Number.NEGATIVE_INFINITY
  readonly #limitMs: number
  readonly #deadlines: Deadlines
  readonly #clock: Clock
  readonly #counters: Counters
  readonly #logger: Log

  /** `limitMs`: 0 never sheds. */
  constructor(limitMs: number, deadlines: Deadlines, clock: Clock, counters: Counters, logger: Log) {
    this.#limitMs = limitMs
    this.#lookMs = limitMs > 0 ? 0 : Number.POSITIVE_INFINITY
    this.#deadlines = deadlines
    this.#clock = clock
    this.#counters = counters
    this.#logger = logger
  }

  get level(): OverloadLevel {
    return this.#step.level
  }

  /** Milliseconds, smoothed. */
  get delayMs(): number {
    return this.#state.delayMs
  }

  get refuses(): boolean {
    return this.#step.refuses
  }

  /** How long a publisher is not read, in milliseconds; 0 not at all. */
  get pauseMs(): number {
    return this.#step.pauseMs
  }

  /** Bytes have arrived. */
  noticed(nowMs: number): void {
    this.#isBusy = true
    if (nowMs >= this.#lookMs) this.#look(nowMs)
  }

  due(nowMs: number): void {
    // What was seen a moment ago by who read is not seen twice.
    if (nowMs - this.#lookedMs >= sampleMs) this.#take(nowMs)
    if (this.#isBusy || this.#state.step > 0) this.#file(nowMs)
    else {
      this.#state = noOverload
      this.#lookMs = 0
    }
  }

  /** Refuse a client because of overload. What is logged of it is bounded: it would be a load of its own. */
  turnAway(connection: Connection): void {
    this.#counters.connectionsRefused++
    this.#counters.connectionsShed++
    this.#turnedAway++
    connection.isShed = true
    connection.machine.refuse(ReasonCode.serverBusy, 'the server is overloaded')
    const nowMs = this.#clock.now()
    if (nowMs - this.#loggedMs < logIntervalMs) return
    this.#loggedMs = nowMs
    this.#logger.warn(
      { peer: connection.transport.peer, reasonCode: ReasonCode.serverBusy, refused: this.#turnedAway },
      'clients are refused because of overload',
    )
    this.#turnedAway = 0
  }

  #look(nowMs: number): void {
    if (this.heapIndex < 0) this.#file(nowMs)
    else {
      this.#lookedMs = nowMs
      this.#lookMs = nowMs + this.#limitMs
      this.#take(nowMs)
    }
  }

  #take(nowMs: number): void {
    this.#state = nextOverload(this.#state, nowMs - this.deadlineMs, this.#limitMs)
    const was = this.#step
    this.#step = overloadSteps[this.#state.step] ?? was
    this.sheds = this.#step.dropsQos0 || this.#step.pauseMs > 0
    if (this.#step.level !== was.level) this.#changed(was)
  }

  #file(nowMs: number): void {
    this.#isBusy = false
    this.deadlineMs = nowMs + sampleMs
    this.#lookMs = this.deadlineMs + this.#limitMs
    this.#deadlines.file(this)
  }

  #changed(was: OverloadStep): void {
    const { level } = this.#step
    const isWorse = overloadSteps.indexOf(this.#step) > overloadSteps.indexOf(was)
    const about = isWorse ? level : was.level
    if (about === 'normal') return
    if (was.level === 'normal') this.#counters.overloads++
    this.#logger.warn(
      { level, was: was.level, eventLoopDelayMs: Math.round(this.#state.delayMs), limitMs: this.#limitMs },
      sentences[about][isWorse ? 'entered' : 'left'],
    )
  }
}

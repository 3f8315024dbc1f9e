/**
 * A publisher that is faster than its receivers is slowed by not reading its connection, so that a burst is spread instead
 * of dropped. Nobody else may suffer from it:
 *
 *     every connected receiver of the message is behind ─► read no more from this publisher
 *     one of them has caught up                         ─► read on
 *     none takes more than a few in a quarter second    ─► they are frozen or as good as: read on, and do not wait for them
 *                                                          for ten seconds, and then only if they have moved; their queues
 *                                                          drop by policy, counted
 *
 * So one slow receiver among others slows nobody (the others are not behind), and a frozen one costs a publisher that has no
 * other receiver a quarter of a second, once. Receivers that are away do not count: their queue is what they have.
 *
 * A receiver that publishes, too, may be paused because the broker is overloaded (slow-publisher.ts). It is not held for
 * anybody, its acknowledgements are among what is not read: its pause is cut short, and it is waited for like others.
 *
 * Looked at every few milliseconds, by the broker's one timer: what a publisher can send while its receivers catch up is
 * far less than the room that is left when it is stopped.
 */

import type { Connection } from '../connection/connection.ts'
import type { Deadline } from '../connection/deadlines.ts'
import type { ClientSession } from '../session/client-session.ts'
import { hasCaughtUp } from './congestion.ts'

const lookMs = 5
/** Messages that they must take in `windowMs`, all together, to be worth waiting for. */
const progressMin = 16
const windowMs = 250
const restMs = 10_000

/**
 * Stop reading from `publisher` until one of `receivers`, all behind, has caught up or all have stopped taking messages.
 * False: there is no reason to.
 */
export function slow(publisher: Connection, receivers: readonly ClientSession[]): boolean {
  if (receivers.length === 0) return false
  const nowMs = publisher.broker.clock.now()
  if (!receivers.every((each) => mayBeAwaited(each, nowMs))) return false
  publisher.machine.holdBack()
  for (const each of receivers) each.connection?.pause?.cutShort(nowMs)
  publisher.broker.deadlines.file(new Wait(publisher, receivers, nowMs))
  return true
}

/** Not one that was frozen and has not moved since, nor one that is itself made to wait: two could wait for each other. */
function mayBeAwaited(receiver: ClientSession, nowMs: number): boolean {
  return receiver.stalledAt !== receiver.session.progress && receiver.notAwaitedUntilMs <= nowMs && isRead(receiver)
}

/** It is there, and read or about to be. */
function isRead({ connection }: ClientSession): boolean {
  return connection !== undefined && (!connection.machine.held || connection.pause !== undefined)
}

class Wait implements Deadline {
  heapIndex = -1
  filedMs = 0
  deadlineMs: number
  readonly #publisher: Connection
  readonly #receivers: readonly ClientSession[]
  /** What they had taken when the window began, and when that was. */
  #progress: number
  #windowMs: number

  constructor(publisher: Connection, receivers: readonly ClientSession[], nowMs: number) {
    this.#publisher = publisher
    this.#receivers = receivers
    this.#progress = this.#sum()
    this.#windowMs = nowMs
    this.deadlineMs = nowMs + lookMs
  }

  due(nowMs: number): void {
    if (this.#publisher.machine.isClosed) return
    if (this.#receivers.some((each) => hasCaughtUp(each.session) || !isRead(each))) {
      this.#publisher.release()
      return
    }
    if (nowMs - this.#windowMs >= windowMs) {
      const progress = this.#sum()
      if (progress - this.#progress < progressMin) {
        this.#giveUp(nowMs)
        return
      }
      this.#progress = progress
      this.#windowMs = nowMs
    }
    this.deadlineMs = nowMs + lookMs
    this.#publisher.broker.deadlines.file(this)
  }

  #giveUp(nowMs: number): void {
    for (const each of this.#receivers) {
      each.stalledAt = each.session.progress
      each.notAwaitedUntilMs = nowMs + restMs
    }
    this.#publisher.release()
  }

  #sum(): number {
    let sum = 0
    for (const each of this.#receivers) sum += each.session.progress
    return sum
  }
}

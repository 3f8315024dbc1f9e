/**
 * A publisher that is faster than its receivers is slowed by not reading its connection, so that a burst is spread instead
 * of dropped. Nobody else may suffer from it:
 *
 *     every connected receiver of the message is behind ─► read no more from this publisher
 *     one of them has caught up                         ─► read on
 *     none has taken anything for a quarter of a second ─► they are frozen, not slow: read on, and do not wait for them
 *                                                          again until they move; their queues drop by policy, counted
 *
 * So one slow receiver among others slows nobody (the others are not behind), and a frozen one costs a publisher that has no
 * other receiver a quarter of a second, once. Receivers that are away do not count: their queue is what they have.
 *
 * Looked at every few milliseconds, by the broker's one timer: what a publisher can send while its receivers catch up is
 * far less than the room that is left when it is stopped.
 */

import type { Connection } from '../connection/connection.ts'
import type { Deadline } from '../connection/deadlines.ts'
import type { ClientSession } from '../session/client-session.ts'

const lookMs = 5
const frozenMs = 250

/**
 * Stop reading from `publisher` until one of `receivers`, all behind, has caught up or all have stopped taking messages.
 * False: there is no reason to.
 */
export function slow(publisher: Connection, receivers: readonly ClientSession[]): boolean {
  if (receivers.length === 0 || !receivers.every(mayBeAwaited)) return false
  publisher.machine.holdBack()
  publisher.broker.deadlines.file(new Wait(publisher, receivers, publisher.broker.clock.now()))
  return true
}

/** Not one that was frozen and has not moved since, nor one that is itself made to wait: two could wait for each other. */
function mayBeAwaited(receiver: ClientSession): boolean {
  return receiver.stalledAt !== receiver.session.progress && receiver.connection?.machine.held === false
}

class Wait implements Deadline {
  heapIndex = -1
  filedMs = 0
  deadlineMs: number
  readonly #publisher: Connection
  readonly #receivers: readonly ClientSession[]
  #progress: number
  #progressMs: number

  constructor(publisher: Connection, receivers: readonly ClientSession[], nowMs: number) {
    this.#publisher = publisher
    this.#receivers = receivers
    this.#progress = this.#sum()
    this.#progressMs = nowMs
    this.deadlineMs = nowMs + lookMs
  }

  due(nowMs: number): void {
    if (this.#publisher.machine.isClosed) return
    if (this.#receivers.some((each) => !each.session.congested || each.connection?.machine.held !== false)) {
      this.#publisher.release()
      return
    }
    const progress = this.#sum()
    if (progress !== this.#progress) {
      this.#progress = progress
      this.#progressMs = nowMs
    } else if (nowMs - this.#progressMs >= frozenMs) {
      for (const each of this.#receivers) each.stalledAt = each.session.progress
      this.#publisher.release()
      return
    }
    this.deadlineMs = nowMs + lookMs
    this.#publisher.broker.deadlines.file(this)
  }

  #sum(): number {
    let sum = 0
    for (const each of this.#receivers) sum += each.session.progress
    return sum
  }
}

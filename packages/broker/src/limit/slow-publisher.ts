/**
 * The last step against overload: who publishes is not read for a while after each piece that was read.
 *
 *     a chunk comes ─► all of it is served ─► if a PUBLISH was in it: not read for `pauseMs` ─► the next chunk …
 *                           └ 1,000 deliveries made before its end: not read from there
 *
 * Whole chunks, because a client that publishes receives as well, and its acknowledgements stand between its messages: were
 * it held at its first PUBLISH they would wait, and with them whoever sends to it. But a chunk of messages for thousands of
 * receivers each would keep the loop for seconds, and so there is an end to it.
 *
 * Always holds: every pause has a deadline of its own, so nobody waits for anybody and there is nothing to lock up; a
 * connection that is held for another reason is not paused on top of it (one `release` would end both), and while it is
 * paused nothing is handled that could hold it. Its Keep Alive does not run meanwhile: it is we who do not listen.
 */
import type { Connection } from '../connection/connection.ts'
import type { Deadline } from '../connection/deadlines.ts'

/** Deliveries, to whomever, from the messages of one chunk. */
const deliveriesMax = 1000
/** The longest pause of one for which messages wait. */
const owedMs = 100

/** It has published. True: it is not read from here on, and will be released. */
export function slowPublisher(connection: Connection): boolean {
  const { counters, overload } = connection.broker
  if (overload.pauseMs === 0) return false
  if (connection.publishedFrom < 0) connection.publishedFrom = counters.messagesDelivered
  if (counters.messagesDelivered - connection.publishedFrom < deliveriesMax) return false
  pause(connection)
  return true
}

/** All that came has been read, with a PUBLISH in it. */
export function pauseAfterPublish(connection: Connection): void {
  const { machine } = connection
  connection.publishedFrom = -1
  if (!machine.isClosed && !machine.held && connection.broker.overload.pauseMs > 0) pause(connection)
}

function pause(connection: Connection): void {
  const { clock, counters, deadlines, overload } = connection.broker
  connection.publishedFrom = -1
  connection.machine.holdBack()
  counters.publishersPaused++
  // What it has sent may be the acknowledgements that its own messages wait for.
  const isOwed = (connection.session?.session.queue.length ?? 0) > 0
  connection.pause = new Pause(
    connection,
    clock.now() + (isOwed ? Math.min(overload.pauseMs, owedMs) : overload.pauseMs),
  )
  deadlines.file(connection.pause)
}

export class Pause implements Deadline {
  heapIndex = -1
  filedMs = 0
  deadlineMs: number
  readonly #connection: Connection

  constructor(connection: Connection, deadlineMs: number) {
    this.#connection = connection
    this.deadlineMs = deadlineMs
  }

  due(): void {
    const connection = this.#connection
    connection.pause = undefined
    if (!connection.machine.isClosed) connection.release()
  }

  /** Somebody waits for it. At the next turn of the timer, not now: this is called while another connection is served. */
  cutShort(nowMs: number): void {
    this.deadlineMs = Math.min(this.deadlineMs, nowMs)
    this.#connection.broker.deadlines.file(this)
  }
}

/**
 * Lines that a client can cause as often as it likes: a refused CONNECT, a broken packet, a message that it may not publish,
 * one that is dropped. One of each kind in ten seconds per client or peer address, so that nobody fills a disk; how many were
 * left out stands in the line that ends the ten seconds, which is the last of them.
 *
 *     line, line, line, line ─────── 10 s ─► line { leftOut: 2 } ─────── 10 s ─► (nothing was left out: forgotten)
 *     written                                the fourth
 *
 * Another Reason Code is another kind: behind one address there may be many clients, and what one of them does wrong, again
 * and again, must not hide what is wrong with another.
 *
 * Always holds: at most `sourcesMax` sources are remembered, and one more of each kind for all others together. What was left
 * out is said, at the latest when the log is closed.
 */
import type { Clock } from '../config/clock.ts'
import type { Deadline, Deadlines } from '../connection/deadlines.ts'
import type { DropTally } from './drop-tally.ts'
import type { Log } from './log.ts'

type Level = 'warn' | 'error'

const intervalMs = 10_000
/** Whoever has that many addresses or Client Identifiers gets one line for the rest. */
const sourcesMax = 100

export class BoundedLog {
  readonly #log: Log
  readonly #clock: Clock
  readonly #deadlines: Deadlines
  readonly #sources = new Map<string, Source>()
  readonly #forget = (key: string): void => void this.#sources.delete(key)

  constructor(log: Log, clock: Clock, deadlines: Deadlines) {
    this.#log = log
    this.#clock = clock
    this.#deadlines = deadlines
  }

  /** `source`: whose line it is, a Client Identifier or an address. */
  warn(source: string, fields: Fields, message: string): void {
    this.#write('warn', source, fields, message)
  }

  error(source: string, fields: Fields, message: string): void {
    this.#write('error', source, fields, message)
  }

  /** Ask `tally` how many were dropped: now, or when the ten seconds are over. Until it has been asked, once is enough. */
  drops(tally: DropTally): void {
    const { known, key } = this.#find(tally.message, tally.clientId, tally.reason)
    if (known !== undefined) known.ask(tally)
    else this.#begin('warn', key, tally.message).tell([tally])
  }

  /** What was left out so far is said now. */
  close(): void {
    for (const source of this.#sources.values()) source.flush()
    this.#sources.clear()
  }

  #write(level: Level, name: string, fields: Fields, message: string): void {
    const { known, key } = this.#find(message, name, fields.reasonCode)
    if (known !== undefined) known.leaveOut(fields)
    else this.#begin(level, key, message).write(fields)
  }

  #find(message: string, name: string, kind: number | string = ''): { known: Source | undefined; key: string } {
    const key = `${message} ${kind} ${name}`
    const known = this.#sources.get(key)
    if (known !== undefined || this.#sources.size < sourcesMax) return { known, key }
    return { known: this.#sources.get(message), key: message }
  }

  #begin(level: Level, key: string, message: string): Source {
    const source = new Source(this.#clock.now(), this.#deadlines, key, this.#forget, (fields) =>
      this.#log[level](fields, message),
    )
    this.#sources.set(key, source)
    this.#deadlines.file(source)
    return source
  }
}

interface Fields {
  readonly reasonCode?: number
  readonly [name: string]: unknown
}

class Source implements Deadline {
  deadlineMs: number
  heapIndex = -1
  filedMs = 0
  readonly write: (fields: object) => void
  readonly #deadlines: Deadlines
  readonly #key: string
  readonly #forget: (key: string) => void
  #leftOut = 0
  #last: object | undefined = undefined
  /** More than one only where sources share a line. */
  #tallies: DropTally[] = []

  constructor(
    nowMs: number,
    deadlines: Deadlines,
    key: string,
    forget: (key: string) => void,
    write: (fields: object) => void,
  ) {
    this.deadlineMs = nowMs + intervalMs
    this.#deadlines = deadlines
    this.#key = key
    this.#forget = forget
    this.write = write
  }

  leaveOut(fields: object): void {
    if (this.#last !== undefined) this.#leftOut++
    this.#last = fields
  }

  ask(tally: DropTally): void {
    this.#tallies.push(tally)
  }

  /** One line with what all of them have counted; its other fields are the last one's. */
  tell(tallies: readonly DropTally[], leftOut?: number): void {
    let dropped = 0
    for (const tally of tallies) dropped += tally.take()
    const fields = tallies.at(-1)?.fields()
    this.write({ ...fields, dropped, ...(leftOut === undefined ? {} : { leftOut }) })
  }

  due(nowMs: number): void {
    if (!this.flush()) {
      this.#forget(this.#key)
      return
    }
    this.deadlineMs = nowMs + intervalMs
    this.#deadlines.file(this)
  }

  /** False: there was nothing to say. */
  flush(): boolean {
    const tallies = this.#tallies
    if (tallies.length > 0) {
      this.#tallies = []
      this.tell(tallies, tallies.length - 1)
      return true
    }
    if (this.#last === undefined) return false
    this.write({ ...this.#last, leftOut: this.#leftOut })
    this.#last = undefined
    this.#leftOut = 0
    return true
  }
}

/** The address of a peer without its port: a new connection is not a new peer. */
export function addressOf(peer: string): string {
  return peer.replace(/:\d+$/, '')
}

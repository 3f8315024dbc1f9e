/**
 * Lines that a client can cause as often as it likes: a refused CONNECT, a broken packet, a message that it may not publish.
 * One of each kind in ten seconds per client or peer address, so that nobody fills a disk; how many were left out stands in
 * the line that ends the ten seconds, which is the last of them.
 *
 *     line, line, line, line ─────── 10 s ─► line { leftOut: 2 } ─────── 10 s ─► (nothing was left out: forgotten)
 *     written                                the fourth
 *
 * Always holds: at most `sourcesMax` sources are remembered, and one more of each kind for all others together.
 */
import type { Clock } from '../config/clock.ts'
import type { Deadline, Deadlines } from '../connection/deadlines.ts'
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
  warn(source: string, fields: object, message: string): void {
    this.#write('warn', source, fields, message)
  }

  error(source: string, fields: object, message: string): void {
    this.#write('error', source, fields, message)
  }

  /** What was left out so far is said now. */
  close(): void {
    for (const source of this.#sources.values()) source.flush()
    this.#sources.clear()
  }

  #write(level: Level, name: string, fields: object, message: string): void {
    let key = `${message} ${name}`
    let known = this.#sources.get(key)
    if (known === undefined && this.#sources.size >= sourcesMax) {
      key = message
      known = this.#sources.get(key)
    }
    if (known !== undefined) {
      known.leaveOut(fields)
      return
    }
    this.#log[level](fields, message)
    const source = new Source(this.#clock.now(), this.#deadlines, key, this.#forget, (last) =>
      this.#log[level](last, message),
    )
    this.#sources.set(key, source)
    this.#deadlines.file(source)
  }
}

class Source implements Deadline {
  deadlineMs: number
  heapIndex = -1
  filedMs = 0
  readonly #deadlines: Deadlines
  readonly #key: string
  readonly #forget: (key: string) => void
  readonly #write: (fields: object) => void
  #leftOut = 0
  #last: object | undefined = undefined

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
    this.#write = write
  }

  leaveOut(fields: object): void {
    if (this.#last !== undefined) this.#leftOut++
    this.#last = fields
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
    if (this.#last === undefined) return false
    this.#write({ ...this.#last, leftOut: this.#leftOut })
    this.#last = undefined
    this.#leftOut = 0
    return true
  }
}

/** The address of a peer without its port: a new connection is not a new peer. */
export function addressOf(peer: string): string {
  return peer.replace(/:\d+$/, '')
}

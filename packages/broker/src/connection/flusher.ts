/**
 * What has something to send, flushed together once per turn of the event loop.
 *
 *     became dirty in this turn ──► flushed now, unless there are very many
 *                                        │ the rest
 *     a message to very many ────────────┴──► backlog ──► some in each turn, first come, first served
 *
 * A flush is a system call, 4 to 20 us. A message to ten thousand receivers makes as many dirty at once, and were they all
 * flushed in one turn nobody would be read for a tenth of a second. So a turn flushes a bounded number, and those first that
 * have nothing to do with the ten thousand: they do not wait behind them. What is written meanwhile for somebody in the
 * backlog leaves with the same write.
 *
 * Always holds: what is dirty is on exactly one of the lists; while anything is, a flush is scheduled.
 */

export interface Flushable {
  /** On one of the flusher's lists. The flusher's own. */
  dirty: boolean
  flush(): void
  /** After a flush that threw. */
  destroy(): void
}

export const flushesPerTurn = 256
/** While there is a backlog, that much of a turn is its. */
const backlogShare = flushesPerTurn / 2

export class Flusher {
  /** One message is going to very many: they are flushed as there is time. */
  isBulk = false
  #dirty: Flushable[] = []
  #spare: Flushable[] = []
  #backlog: Flushable[] = []
  /** Of the backlog, what has been flushed. */
  #head = 0
  #scheduled = false
  readonly #failed: (error: unknown) => void
  readonly #flush = (): void => this.flush()

  /** `failed` hears of a flush that threw; the others are flushed all the same. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  add(one: Flushable): void {
    one.dirty = true
    if (this.isBulk) this.#backlog.push(one)
    else this.#dirty.push(one)
    this.#schedule()
  }

  /** One turn's worth. */
  flush(): void {
    this.#scheduled = false
    const dirty = this.#dirty
    // Two lists in turns: what becomes dirty during the flush belongs to the next turn.
    this.#dirty = this.#spare
    const waiting = this.#backlog.length - this.#head
    const now = Math.min(dirty.length, flushesPerTurn - Math.min(waiting, backlogShare))
    for (let i = 0; i < now; i++) this.#flushOne(dirty[i]!)
    for (let i = now; i < dirty.length; i++) this.#backlog.push(dirty[i]!)
    dirty.length = 0
    this.#spare = dirty
    if (this.#head < this.#backlog.length) this.#flushBacklog(flushesPerTurn - now)
  }

  #flushBacklog(count: number): void {
    const end = Math.min(this.#head + count, this.#backlog.length)
    while (this.#head < end) this.#flushOne(this.#backlog[this.#head++]!)
    if (this.#head === this.#backlog.length) {
      this.#backlog = []
      this.#head = 0
      return
    }
    // Half of it is done: let go of that half.
    if (this.#head * 2 > this.#backlog.length) {
      this.#backlog = this.#backlog.slice(this.#head)
      this.#head = 0
    }
    this.#schedule()
  }

  #flushOne(one: Flushable): void {
    one.dirty = false
    try {
      one.flush()
    } catch (error) {
      this.#failed(error)
      one.destroy()
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#flush)
  }
}

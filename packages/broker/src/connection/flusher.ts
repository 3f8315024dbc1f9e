/** What has something to send, flushed together once per turn of the event loop. */

export interface Flushable {
  /** On the flusher's list. The flusher's own. */
  dirty: boolean
  flush(): void
  /** After a flush that threw. */
  destroy(): void
}

export class Flusher {
  #dirty: Flushable[] = []
  #spare: Flushable[] = []
  #scheduled = false
  readonly #failed: (error: unknown) => void
  readonly #flush = (): void => this.flush()

  /** `failed` hears of a flush that threw; the others are flushed all the same. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  add(one: Flushable): void {
    one.dirty = true
    this.#dirty.push(one)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#flush)
  }

  flush(): void {
    this.#scheduled = false
    const dirty = this.#dirty
    // Two lists in turns: what becomes dirty during the flush belongs to the next turn.
    this.#dirty = this.#spare
    for (let i = 0; i < dirty.length; i++) {
      const one = dirty[i]!
      one.dirty = false
      try {
        one.flush()
      } catch (error) {
        this.#failed(error)
        one.destroy()
      }
    }
    dirty.length = 0
    this.#spare = dirty
  }
}

/** The outboxes that have something to send, flushed together once per turn of the event loop. */
import type { Outbox } from './outbox.ts'

export class Flusher {
  #dirty: Outbox[] = []
  #spare: Outbox[] = []
  #scheduled = false
  readonly #flush = (): void => this.flush()

  add(outbox: Outbox): void {
    outbox.dirty = true
    this.#dirty.push(outbox)
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
      const outbox = dirty[i]!
      outbox.dirty = false
      outbox.flush()
    }
    dirty.length = 0
    this.#spare = dirty
  }
}

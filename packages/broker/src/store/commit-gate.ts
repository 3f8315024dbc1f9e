/**
 * Holds promises back until they are true: what is to happen once everything recorded so far is durable.
 *
 *     recorded ─► after(act)   store durable at once (memory): act now
 *                              otherwise: one group is being committed while the next one gathers; act when its group is
 *
 * Self-clocking group commit: there is no timer, and a thousand publishers of one turn share one commit.
 *
 * Always holds: acts run in the order in which they were given; none runs before its group is durable; after a failed
 * commit none runs any more.
 */
import type { Store } from './store.ts'

export class CommitGate {
  readonly #store: Store
  readonly #failed: (error: unknown) => void
  #gathering: (() => void)[] = []
  #committing = false
  #broken = false

  /** `failed`: the store could not keep its promise; called once. */
  constructor(store: Store, failed: (error: unknown) => void) {
    this.#store = store
    this.#failed = failed
  }

  /** Everything recorded is durable: what would be given to `after` may as well be done at once. */
  get open(): boolean {
    return !this.#committing && !this.#broken && !this.#store.dirty
  }

  after(act: () => void): void {
    if (this.#broken) return
    if (!this.#committing) {
      const ticket = this.#store.commit()
      if (ticket === undefined) {
        act()
        return
      }
      this.#gathering.push(act)
      this.#await(ticket)
      return
    }
    this.#gathering.push(act)
  }

  #await(ticket: Promise<void>): void {
    const acts = this.#gathering
    this.#gathering = []
    this.#committing = true
    ticket.then(
      () => {
        this.#committing = false
        for (const act of acts) act()
        this.#next()
      },
      (error: unknown) => {
        this.#broken = true
        this.#gathering = []
        this.#failed(error)
      },
    )
  }

  #next(): void {
    if (this.#gathering.length === 0 || this.#committing) return
    const ticket = this.#store.commit()
    if (ticket !== undefined) {
      this.#await(ticket)
      return
    }
    const acts = this.#gathering
    this.#gathering = []
    for (const act of acts) act()
  }
}

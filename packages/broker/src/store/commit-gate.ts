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
  /** From a commit until the last act of its group has run. */
  #committing = false
  #broken = false
  #idle: (() => void) | undefined = undefined

  /** `failed`: the store could not keep its promise; called once. */
  constructor(store: Store, failed: (error: unknown) => void) {
    this.#store = store
    this.#failed = failed
  }

  /** Everything recorded is durable: what would be given to `after` may as well be done at once. */
  get open(): boolean {
    return !this.#committing && !this.#broken && !this.#store.dirty
  }

  /** `act` must not throw unless its caller is prepared for it: it may run at once. */
  after(act: () => void): void {
    if (this.#broken) return
    if (this.#committing) {
      this.#gathering.push(act)
      return
    }
    const ticket = this.#commit()
    if (this.#broken) return
    if (ticket === undefined) act()
    else this.#await(ticket, [act])
  }

  /** Resolves when everything recorded is durable and every act has run, or none will run any more. */
  async idle(): Promise<void> {
    while (!this.#broken && (this.#committing || this.#store.dirty)) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
        this.after(resolve)
      })
    }
  }

  #commit(): Promise<void> | undefined {
    try {
      return this.#store.commit()
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  #await(ticket: Promise<void>, acts: readonly (() => void)[]): void {
    this.#committing = true
    ticket.then(
      () => this.#run(acts),
      (error: unknown) => this.#fail(error),
    )
  }

  /** What an act asks for goes behind all that gathered before, so the gate stays shut until the last has run. */
  #run(acts: readonly (() => void)[]): void {
    for (let group = acts; group.length > 0; ) {
      for (const act of group) act()
      group = this.#gathering
      this.#gathering = []
      if (group.length === 0) break
      const ticket = this.#commit()
      if (this.#broken) return
      if (ticket !== undefined) {
        this.#await(ticket, group)
        return
      }
    }
    this.#committing = false
  }

  #fail(error: unknown): void {
    if (this.#broken) return
    this.#broken = true
    this.#gathering = []
    this.#idle?.()
    this.#failed(error)
  }
}

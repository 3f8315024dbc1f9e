/**
 * What one turn of the event loop may do of the work that takes much longer than a message: messages to very many receivers,
 * and subscriptions. A thousand clients that come back together bring a hundred thousand of these, most of a second in which
 * nobody else would be served.
 *
 *     SUBSCRIBE, PUBLISH to many ──► done at once, while the turn has room
 *                                └─► else its client is not read on, and it is done in a later turn
 *
 * Always holds: what waits goes first come, first served; it waits only while the turn is spent, and something is done in
 * every turn.
 */

/**
 * A delivery is one unit, its write not counted. A subscription takes as long as sixteen, some 4 us by `npm run bench -- --scale`,
 * and its end as four or more; both count double: with 512 subscriptions in a turn a thousand clients that bring a million made
 * the loop late by 20 to 27 ms, with 256 by 16 to 20, for the same CPU time. Fewer deliveries in a turn would make more writes of
 * them: nine messages to a thousand receivers leave together.
 */
const unitsPerTurn = 8192
export const subscriptionUnits = 32
export const unsubscriptionUnits = 8
/**
 * Of a SUBSCRIBE or UNSUBSCRIBE itself, some 30 us with the write of its answer, counted double as well. A thousand clients with
 * one Topic Filter in each of 200 packets made the loop late by 34 to 44 ms without, and by 21 to 22 with it, and others waited
 * 4 to 9 and 2 ms for a message, in the median.
 */
export const packetUnits = 256

/** A message to no more is not costly. */
export const fewReceivers = 256

export class Turn {
  /** Costly work is to wait for another turn. */
  isSpent = false
  #spent = 0
  #waiting: (() => void)[] = []
  #scheduled = false
  readonly #failed: (error: unknown) => void
  readonly #next = (): void => {
    this.#scheduled = false
    this.#spent = 0
    this.isSpent = false
    const waiting = this.#waiting
    let done = 0
    while (done < waiting.length && !this.isSpent) this.#do(waiting[done++]!)
    this.#waiting = waiting.slice(done)
    if (this.#waiting.length > 0) this.#schedule()
  }

  /** `failed` hears of what threw; the rest is done all the same. */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** This much was done. */
  spend(units: number): void {
    this.#spent += units
    this.isSpent = this.#spent >= unitsPerTurn
    this.#schedule()
  }

  /** Whether costly work may be done now. False: `again` is called in a turn in which it may. */
  hasRoom(again: () => void): boolean {
    if (!this.isSpent) return true
    this.later(again)
    return false
  }

  /** In a turn that has room for it. */
  later(act: () => void): void {
    this.#waiting.push(act)
    this.#schedule()
  }

  #do(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#failed(error)
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#next)
  }
}

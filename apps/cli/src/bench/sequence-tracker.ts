/**
 * What one receiver got of one publisher's messages 0, 1, 2, …: each once, twice, late or not at all.
 *
 *     next        the one that should come
 *     missing     ranges below `next` that have not come, oldest first; none while nothing is lost
 *
 *     sequence == next     in order
 *     sequence >  next     in order, and what lies between is missing
 *     sequence <  next     missing: it comes late, out of order. Not missing: a duplicate
 *
 * Always holds: memory is bounded, `rangesMax` at most. Past that the oldest range is given up: what is lost stays counted
 * as lost, only a very late arrival would be taken for a duplicate.
 *
 * A receiver of a shared subscription gets some of the messages and cannot know which, so there nothing is missing to it
 * (`isShared`), an older one counts as out of order, and loss is found by comparing sums.
 */
interface Range {
  from: number
  /** One past the last. */
  to: number
}

const rangesMax = 1000

export class SequenceTracker {
  /** Messages that came for the first time. */
  unique = 0
  duplicates = 0
  outOfOrder = 0
  #next: number
  #missing: Range[] | undefined = undefined
  #missingCount = 0
  readonly #isShared: boolean

  /** @param first the first sequence that is expected; what was before it is nobody's loss */
  constructor(first = 0, isShared = false) {
    this.#next = first
    this.#isShared = isShared
  }

  /** How many have not come, as far as later ones tell. */
  get missing(): number {
    return this.#missingCount
  }

  arrived(sequence: number): void {
    if (sequence === this.#next) {
      this.#next = sequence + 1
      this.unique++
    } else if (sequence > this.#next) this.#skipTo(sequence)
    else this.#comesLate(sequence)
  }

  #skipTo(sequence: number): void {
    if (!this.#isShared) {
      this.#missing ??= []
      this.#missing.push({ from: this.#next, to: sequence })
      this.#missingCount += sequence - this.#next
      if (this.#missing.length > rangesMax) this.#missing.shift()
    }
    this.#next = sequence + 1
    this.unique++
  }

  #comesLate(sequence: number): void {
    if (this.#isShared && sequence !== this.#next - 1) {
      this.outOfOrder++
      this.unique++
      return
    }
    const ranges = this.#missing ?? []
    const at = ranges.findIndex(({ from, to }) => from <= sequence && sequence < to)
    const range = ranges[at]
    if (range === undefined) {
      this.duplicates++
      return
    }
    this.outOfOrder++
    this.unique++
    this.#missingCount--
    if (range.from === sequence) range.from++
    else if (range.to === sequence + 1) range.to--
    else {
      ranges.splice(at + 1, 0, { from: sequence + 1, to: range.to })
      range.to = sequence
    }
    if (range.from === range.to) ranges.splice(at, 1)
  }
}

/**
 * When each message is due. The times are fixed before the first one is sent and do not depend on how the broker behaves:
 * a message that could not be sent in time is late by as much as it was held up, and so are those behind it. A generator
 * that waited for answers before it went on would send less exactly while the broker is slow, and so not measure that
 * (coordinated omission).
 *
 *     publisher   0   1   2   0   1   2   0  …        `publishers` in turns, `rate` messages per second together
 *                 |---|---|---|---|---|---|
 *               start   1/rate
 *
 * A worker has a part of the publishers, next to each other, and so a part of the times.
 */
export class Schedule {
  readonly #startUs: number
  readonly #gapUs: number
  readonly #publishers: number
  readonly #first: number
  readonly #count: number
  /** How many messages of this worker have been handed out. */
  #taken = 0

  /** @param rate messages per second of all publishers of all workers */
  constructor(
    startUs: number,
    rate: number,
    publishers: number,
    part: { readonly first: number; readonly count: number },
  ) {
    this.#startUs = startUs
    this.#gapUs = 1_000_000 / rate
    this.#publishers = publishers
    this.#first = part.first
    this.#count = part.count
  }

  /** When message `sequence` of the worker's `index`-th publisher is due. */
  dueUs(index: number, sequence: number): number {
    return this.#startUs + (sequence * this.#publishers + this.#first + index) * this.#gapUs
  }

  /** When the next message of this worker is due; Infinity without publishers. */
  get nextUs(): number {
    if (this.#count === 0) return Number.POSITIVE_INFINITY
    return this.dueUs(this.#taken % this.#count, Math.floor(this.#taken / this.#count))
  }

  /** The worker's publisher whose turn it is, if a message is due by `nowUs`; else -1. */
  take(nowUs: number): number {
    if (this.nextUs > nowUs) return -1
    return this.#taken++ % this.#count
  }
}

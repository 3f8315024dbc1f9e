import type { Rows } from './rows.ts'

/**
 * Finds Rows by a hash. It grows and shrinks by a bucket at a time (linear hashing), so no insertion ever waits until all
 * others have been moved:
 *
 *     buckets   0 1 2 3 │ 4 5              level 4: six buckets so far, 0 and 1 are divided into 0, 4 and 1, 5 already
 *                   ▲ the next to be divided, into 2 and 6
 *
 * A bucket is a list of rows, by way of their words 0 (the hash) and 1 (the next row).
 *
 * Always holds: a row is in the bucket that `#bucketOf` says for its hash, and there are about as many buckets as rows.
 *
 * Whether a row that is found is the one that is looked for is for the owner to see: other keys may have the same hash. The
 * hash is to be one that a peer cannot foresee, as lists are as long as it makes them.
 */
export class RowIndex {
  readonly #rows: Rows
  readonly #pages: Int32Array[] = [new Int32Array(bucketsMin)]
  /** The buckets that there were when all had been divided equally often: a power of 2. */
  #level = bucketsMin
  #buckets = bucketsMin
  #size = 0

  constructor(rows: Rows) {
    this.#rows = rows
  }

  /** How many buckets there are. */
  get buckets(): number {
    return this.#buckets
  }

  /** The first row of those among which one with this hash is, 0: none. */
  first(hash: number): number {
    return this.#head(this.#bucketOf(hash))
  }

  /** The next of them, 0: none. */
  next(row: number): number {
    return this.#rows.get(row, nextWord)
  }

  hashOf(row: number): number {
    return this.#rows.get(row, hashWord)
  }

  add(row: number, hash: number): void {
    this.#rows.set(row, hashWord, hash)
    this.#push(this.#bucketOf(hash), row)
    if (++this.#size > this.#buckets) this.#divide()
  }

  delete(row: number): void {
    const bucket = this.#bucketOf(this.hashOf(row))
    let at = this.#head(bucket)
    if (at === row) {
      this.#setHead(bucket, this.next(row))
    } else {
      while (this.next(at) !== row) at = this.next(at)
      this.#rows.set(at, nextWord, this.next(row))
    }
    this.#rows.set(row, nextWord, 0)
    this.#size--
    // Four for each row that goes, as there may be four for each that is left.
    const least = Math.max(bucketsMin, 4 * this.#size)
    for (let united = 0; united < 4 && this.#buckets > least; united++) this.#unite()
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (2 * this.#level - 1)
    return bucket < this.#buckets ? bucket : bucket & (this.#level - 1)
  }

  #head(bucket: number): number {
    return this.#pages[bucket >>> pageBits]![bucket & pageMask]!
  }

  #setHead(bucket: number, row: number): void {
    this.#pages[bucket >>> pageBits]![bucket & pageMask] = row
  }

  #push(bucket: number, row: number): void {
    this.#rows.set(row, nextWord, this.#head(bucket))
    this.#setHead(bucket, row)
  }

  #divide(): void {
    const low = this.#buckets - this.#level
    this.#makeRoom()
    this.#buckets++
    let row = this.#head(low)
    this.#setHead(low, 0)
    while (row !== 0) {
      const next = this.next(row)
      this.#push(this.#bucketOf(this.hashOf(row)), row)
      row = next
    }
    if (this.#buckets === 2 * this.#level) this.#level = this.#buckets
  }

  #unite(): void {
    if (this.#buckets === this.#level) this.#level >>>= 1
    const high = this.#buckets - 1
    let row = this.#head(high)
    this.#setHead(high, 0)
    this.#buckets--
    if ((high & pageMask) === 0) this.#pages.length = high >>> pageBits
    while (row !== 0) {
      const next = this.next(row)
      this.#push(this.#bucketOf(this.hashOf(row)), row)
      row = next
    }
  }

  /** For one bucket more. */
  #makeRoom(): void {
    const last = this.#pages.at(-1)!
    if (this.#buckets < (this.#pages.length - 1) * pageBuckets + last.length) return
    if (last.length === pageBuckets) {
      this.#pages.push(new Int32Array(pageBuckets))
      return
    }
    const larger = new Int32Array(last.length * 2)
    larger.set(last)
    this.#pages[this.#pages.length - 1] = larger
  }
}

const hashWord = 0
const nextWord = 1
const bucketsMin = 16
const pageBits = 14
const pageBuckets = 1 << pageBits
const pageMask = pageBuckets - 1

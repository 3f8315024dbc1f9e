/**
 * Latencies, in whole microseconds, counted in buckets whose width grows with the value, so that every value from 1 µs to
 * days keeps three significant digits in a few thousand counters (the idea of Gil Tene's HdrHistogram).
 *
 *     value     0 … 2047   2048 … 4095   4096 … 8191   …
 *     width         1            2             4       …      at most 1/1024 of the value
 *     index     0 … 2047   2048 … 3071   3072 … 4095   …      1024 more per doubling
 *
 * Always holds: memory is bounded by the largest value, not by how many were recorded; a percentile is at most 1/1024
 * above the exact one and never below it; merging two histograms loses nothing.
 */

const halfCount = 1024
const linearCount = 2 * halfCount

/** A histogram as JSON: index and count of each bucket that is not empty. */
export interface HistogramData {
  readonly buckets: readonly (readonly [index: number, count: number])[]
  readonly sum: number
  readonly min: number
  readonly max: number
}

export class Histogram {
  #counts = new Float64Array(linearCount)
  #total = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  get count(): number {
    return this.#total
  }

  /** The exact ones; NaN when nothing was recorded. */
  get max(): number {
    return this.#total === 0 ? Number.NaN : this.#max
  }

  get min(): number {
    return this.#total === 0 ? Number.NaN : this.#min
  }

  get mean(): number {
    return this.#sum / this.#total
  }

  /** Negative values, which only a clock that was set back makes, count as 0. */
  record(microseconds: number): void {
    const value = microseconds > 0 ? Math.round(microseconds) : 0
    this.#add(indexOf(value), 1)
    this.#sum += value
    if (value > this.#max) this.#max = value
    if (value < this.#min) this.#min = value
  }

  /** The least recorded value, to three digits, that `percent` of all values do not exceed; NaN when there is none. */
  percentile(percent: number): number {
    if (this.#total === 0) return Number.NaN
    let left = Math.max(1, Math.ceil((percent / 100) * this.#total - roundingError))
    for (let index = 0; index < this.#counts.length; index++) {
      left -= this.#counts[index] ?? 0
      if (left <= 0) return Math.min(highestOf(index), this.#max)
    }
    return this.#max
  }

  /** What lies between the two, counted in `columns` of equal width on a logarithmic scale: for pictures. */
  columns(from: number, to: number, columns: number): number[] {
    const counts: number[] = new Array(columns).fill(0)
    const scale = columns / Math.log((to + 1) / (from + 1))
    this.#counts.forEach((count, index) => {
      if (count === 0) return
      const middle = (lowestOf(index) + highestOf(index)) / 2
      const column = Math.floor(Math.log((middle + 1) / (from + 1)) * scale)
      const clamped = Math.min(columns - 1, Math.max(0, column))
      counts[clamped] = (counts[clamped] ?? 0) + count
    })
    return counts
  }

  merge(data: HistogramData): void {
    for (const [index, count] of data.buckets) this.#add(index, count)
    this.#sum += data.sum
    if (data.buckets.length === 0) return
    this.#max = Math.max(this.#max, data.max)
    this.#min = Math.min(this.#min, data.min)
  }

  data(): HistogramData {
    const buckets: [number, number][] = []
    this.#counts.forEach((count, index) => {
      if (count > 0) buckets.push([index, count])
    })
    // JSON has no Infinity.
    return { buckets, sum: this.#sum, min: this.#total === 0 ? 0 : this.#min, max: this.#max }
  }

  #add(index: number, count: number): void {
    if (index >= this.#counts.length) {
      const grown = new Float64Array(Math.ceil((index + 1) / halfCount) * halfCount)
      grown.set(this.#counts)
      this.#counts = grown
    }
    this.#counts[index] = (this.#counts[index] ?? 0) + count
    this.#total += count
  }
}

/** 99.9 % of 1000 is 999, whatever binary fractions say. */
const roundingError = 1e-9

function indexOf(value: number): number {
  if (value < linearCount) return value
  const doublings = Math.floor(Math.log2(value)) - 10
  // log2 may round up right below a power of two.
  const exponent = value < halfCount * 2 ** doublings ? doublings - 1 : doublings
  return halfCount * exponent + Math.floor(value / 2 ** exponent)
}

function lowestOf(index: number): number {
  if (index < linearCount) return index
  const exponent = Math.floor(index / halfCount) - 1
  return (index - halfCount * exponent) * 2 ** exponent
}

function highestOf(index: number): number {
  return lowestOf(index + 1) - 1
}

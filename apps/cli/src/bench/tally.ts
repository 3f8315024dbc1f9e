/** What one worker counts while it runs. One object, shared by its connections, which take turns. */
import { Histogram } from './histogram.ts'
import { type Counters, createCounters, type ErrorCount, type Row } from './results.ts'

/** More kinds of errors than this are counted together. */
const errorKindsMax = 100

export class Tally {
  readonly counters: Counters = createCounters()
  readonly histograms: Readonly<Record<Row, Histogram>> = {
    connect: new Histogram(),
    suback: new Histogram(),
    ack: new Histogram(),
    delivery: new Histogram(),
    schedule: new Histogram(),
  }
  /** What was due from here on is measured … */
  measureUs: number = Number.POSITIVE_INFINITY
  /** … until here. */
  endUs: number = Number.POSITIVE_INFINITY
  readonly #errors = new Map<string, ErrorCount>()

  isMeasured(us: number): boolean {
    return us >= this.measureUs && us < this.endUs
  }

  error(where: string, text: string, reasonCode?: number): void {
    const full = this.#errors.size >= errorKindsMax
    const key = full && !this.#errors.has(`${where} ${text}`) ? 'others' : `${where} ${text}`
    const known = this.#errors.get(key)
    if (known !== undefined) known.count++
    else if (key === 'others') this.#errors.set(key, { where: 'others', text: 'of other kinds', count: 1 })
    else this.#errors.set(key, { where, text, count: 1, ...(reasonCode === undefined ? {} : { reasonCode }) })
  }

  errors(): ErrorCount[] {
    return [...this.#errors.values()]
  }
}

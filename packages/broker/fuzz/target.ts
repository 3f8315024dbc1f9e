import type fc from 'fast-check'

/** What has been done so far, for progress and summary. */
export interface Tally {
  /** Runs of a property. */
  cases: number
  /** Packets, whole or bent, that were fed to something. */
  packets: number
  /** Steps of operation sequences. */
  operations: number
}

export function createTally(): Tally {
  return { cases: 0, packets: 0, operations: 0 }
}

/** One thing that is fuzzed: a property over generated input that must hold for every input. */
export interface Target {
  readonly name: string
  /** Cases that take about a second. */
  readonly batch: number
  property(tally: Tally): fc.IAsyncProperty<[unknown]>
}

/** What `npm run bench` writes, and what the charts and tables are drawn from. */

export interface BenchResult {
  readonly date: string
  /** As it was typed. */
  readonly command: string
  readonly machine: Machine
  readonly revision: string
  readonly micro: readonly MicroResult[]
  readonly endToEnd: readonly EndToEndResult[]
  readonly protocols: readonly ProtocolResult[]
  readonly idle: readonly IdleResult[]
  readonly scale: readonly ScaleResult[]
  /** How much was measured: of each broker in each scenario. */
  readonly rounds: number
  readonly seconds: number
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  readonly node: string
  /** Of the last minute, at the beginning and at the end: above 0.5 the machine had other things to do at the beginning. */
  readonly loadBefore: number
  readonly loadAfter: number
}

export interface MicroResult {
  readonly name: string
  /** CPU nanoseconds of one operation: the median of the rounds, and the quarters around it. */
  readonly nsEach: number
  readonly nsLow: number
  readonly nsHigh: number
}

export interface EndToEndResult {
  readonly scenario: string
  readonly broker: string
  readonly version: string
  /** CPU microseconds of the broker for each delivered message: the median of the rounds, and the extremes. */
  readonly cpuUsEach: number
  readonly cpuUsLow: number
  readonly cpuUsHigh: number
  readonly deliveredPerSecond: number
  /** Null: as fast as the window lets. */
  readonly targetPerSecond: number | null
  readonly brokerCpu: number
  readonly generatorCpu: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly lost: number
  readonly errors: number
}

/** Ours, in one protocol and over one transport. */
export interface ProtocolResult {
  readonly scenario: string
  readonly variant: string
  readonly cpuUsEach: number
  /** How many times the first variant: the median of the ratios within a round. */
  readonly ratio: number
  /** What was aimed at. */
  readonly atMost: number
  readonly deliveredPerSecond: number
  readonly targetPerSecond: number | null
  readonly lost: number
  readonly errors: number
}

export interface IdleResult {
  readonly broker: string
  readonly version: string
  readonly connections: number
  readonly bytesPerConnection: number
  readonly cpuUsPerConnect: number
}

export interface ScaleResult {
  readonly subject: string
  readonly what: string
  readonly unit: 'µs' | 'ms' | 'bytes'
  readonly value: number
  /** What was aimed at; null where nothing was. */
  readonly atMost: number | null
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Linear between the two nearest. NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

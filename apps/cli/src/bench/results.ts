/** What a run has found out. Everything that is shown, judged or written comes from here. */
import type { Histogram } from './histogram.ts'

export const rows = ['connect', 'suback', 'ack', 'delivery', 'schedule'] as const
/**
 * What latencies are kept of. `ack` is until PUBACK or PUBCOMP, `delivery` until a subscriber has the message; `schedule`
 * is how late the generator itself was.
 */
export type Row = (typeof rows)[number]

export interface Counters {
  /** CONNACK came. */
  connected: number
  /** No CONNACK, or one that refuses. */
  connectsFailed: number
  /** Lost after CONNACK. */
  lostConnections: number
  sent: number
  /** Within the time that is measured, as the next three. */
  sentMeasured: number
  acknowledgedMeasured: number
  receivedMeasured: number
  /** Sent late because the broker did not take more: full socket, no quota. */
  heldBack: number
  /** Due and never sent. */
  unsent: number
  acknowledged: number
  /** PUBACK, PUBREC or PUBCOMP with 0x80 or above. */
  refused: number
  received: number
  /** Received for the first time. */
  unique: number
  duplicates: number
  outOfOrder: number
  /** Gaps that subscribers saw. */
  missing: number
  /** Messages without our header. */
  foreign: number
}

export function createCounters(): Counters {
  return {
    connected: 0,
    connectsFailed: 0,
    lostConnections: 0,
    sent: 0,
    sentMeasured: 0,
    acknowledgedMeasured: 0,
    receivedMeasured: 0,
    heldBack: 0,
    unsent: 0,
    acknowledged: 0,
    refused: 0,
    received: 0,
    unique: 0,
    duplicates: 0,
    outOfOrder: 0,
    missing: 0,
    foreign: 0,
  }
}

/** What went wrong, and how often. */
export interface ErrorCount {
  /** The packet that said so, or what the network did: `CONNACK`, `connect`, `connection`. */
  readonly where: string
  /** Absent where nobody gave one. */
  readonly reasonCode?: number
  readonly text: string
  count: number
}

export interface BrokerUsage {
  readonly pid: number
  /** Cores: 1 is one core all of the time that was measured. */
  readonly cpu: number
  /** Microseconds per delivered message, else per published one, else per connection; NaN where there was none. */
  readonly cpuUsEach: number
  readonly rssBeforeBytes: number
  readonly rssAfterBytes: number
}

export type Mode = 'conn' | 'pub' | 'sub' | 'e2e'
export type Topology = 'pair' | 'fanin' | 'fanout' | 'shared'

export interface Results {
  readonly mode: Mode
  readonly topology: Topology | undefined
  readonly url: string
  readonly protocolVersion: 3 | 4 | 5
  readonly qos: 0 | 1 | 2
  readonly size: number
  readonly publishers: number
  readonly subscribers: number
  readonly connections: number
  readonly workers: number
  /** Per second; 0 is as fast as the window lets. */
  readonly targetRate: number
  /** What was measured, less than what was asked for after Ctrl-C. */
  readonly seconds: number
  /** Before that; its messages are in the counts of lost and duplicate, and in nothing else. */
  readonly warmupMs: number
  readonly histograms: Readonly<Record<Row, Histogram>>
  readonly counters: Readonly<Counters>
  readonly errors: readonly ErrorCount[]
  /** Messages that subscribers should have got and did not. */
  readonly lost: number
  /** Of how many. */
  readonly expected: number
  /** Per second, measured. */
  readonly publishedRate: number
  readonly deliveredRate: number
  readonly connectRate: number
  /** Share of a core each worker used. */
  readonly workerCpu: readonly number[]
  /** Why the figures may be the generator's; empty when they are the broker's. */
  readonly bottlenecks: readonly string[]
  readonly broker: BrokerUsage | undefined
}

/** The latency that a mode is about. */
export const mainRow: { readonly [M in Mode]: Row } = { conn: 'connect', pub: 'ack', sub: 'delivery', e2e: 'delivery' }

export function errorsTotal(results: Results): number {
  return results.errors.reduce((sum, { count }) => sum + count, 0)
}

/** The rate that --rate asked for. */
export function mainRate(results: Results): number {
  if (results.mode === 'conn') return results.connectRate
  return results.mode === 'sub' ? results.deliveredRate : results.publishedRate
}

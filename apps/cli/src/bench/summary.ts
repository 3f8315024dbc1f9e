/** The reports of all workers, made one, and judged: what was lost, how fast it was, whose figures these are. */
import { copiesOf } from './assignment.ts'
import type { BenchPlan } from './bench-plan.ts'
import { Histogram } from './histogram.ts'
import type { ProcessUsage } from './process-usage.ts'
import {
  type BrokerUsage,
  type Counters,
  createCounters,
  type ErrorCount,
  type Mode,
  type Results,
  type Row,
  rows,
} from './results.ts'
import type { WorkerReport } from './worker-messages.ts'

/** What the workers cannot know. */
export interface Figures {
  /** That were measured. */
  readonly seconds: number
  /** Between the two readings of the broker. */
  readonly usageSeconds: number
  /** The broker's, at the borders of what is measured. */
  readonly from: ProcessUsage | undefined
  readonly until: ProcessUsage | undefined
  /** Before the first connection, and at the end. */
  readonly before: ProcessUsage | undefined
  readonly last: ProcessUsage | undefined
}

export function resultsOf(plan: BenchPlan, reports: readonly WorkerReport[], figures: Figures): Results {
  const { mode, topology, cast } = plan
  const counters = createCounters()
  for (const report of reports) {
    for (const key of Object.keys(counters)) add(counters, key, report.counters)
  }
  const histograms = histogramsOf(reports)
  const copies = mode === 'e2e' ? copiesOf(topology, cast.subscribers) : 0
  const expected = mode === 'sub' ? counters.unique + counters.missing : counters.sent * copies
  // More than were sent: the members of a shared group cannot see each other's duplicates.
  const surplus = mode === 'e2e' ? Math.max(0, counters.unique - expected) : 0
  counters.duplicates += surplus
  const { seconds } = figures
  const connecting =
    Math.max(...reports.map((report) => report.connectingUntilUs).filter((us) => !Number.isNaN(us))) -
    Math.min(...reports.map((report) => report.connectingFromUs).filter((us) => !Number.isNaN(us)))
  const workerCpu = reports.map(({ cpu }) => cpu)
  const rateOver = (count: number): number => (seconds > 0 ? count / seconds : 0)
  return {
    mode,
    topology: mode === 'e2e' ? topology : undefined,
    url: plan.wishes.url,
    protocolVersion: plan.protocolVersion,
    qos: plan.qos,
    size: plan.size,
    publishers: cast.publishers,
    subscribers: cast.subscribers,
    connections: cast.publishers + cast.subscribers + cast.idle,
    workers: plan.workers,
    targetRate: plan.rate,
    seconds,
    warmupMs: plan.warmupMs,
    histograms,
    counters,
    errors: errorsOf(reports),
    lost: mode === 'sub' ? counters.missing : Math.max(0, expected - counters.unique),
    expected,
    publishedRate: rateOver(counters.sentMeasured),
    deliveredRate: rateOver(counters.receivedMeasured),
    connectRate: connecting > 0 ? (counters.connected / connecting) * 1e6 : 0,
    workerCpu,
    bottlenecks: bottlenecksOf(mode, workerCpu, histograms.schedule, counters),
    broker: brokerOf(plan, counters, figures),
  }
}

function add(into: Counters, key: string, from: Counters): void {
  if (isCounter(key, into)) into[key] += from[key]
}

function isCounter(key: string, counters: Counters): key is keyof Counters {
  return Object.hasOwn(counters, key)
}

function histogramsOf(reports: readonly WorkerReport[]): { [R in Row]: Histogram } {
  const merged = {
    connect: new Histogram(),
    suback: new Histogram(),
    ack: new Histogram(),
    delivery: new Histogram(),
    schedule: new Histogram(),
  }
  for (const report of reports) for (const row of rows) merged[row].merge(report.histograms[row])
  return merged
}

function errorsOf(reports: readonly WorkerReport[]): ErrorCount[] {
  const merged = new Map<string, ErrorCount>()
  for (const error of reports.flatMap(({ errors }) => errors)) {
    const key = `${error.where} ${error.text}`
    const known = merged.get(key)
    if (known === undefined) merged.set(key, { ...error })
    else known.count += error.count
  }
  return [...merged.values()].sort((a, b) => b.count - a.count)
}

/** A core that is used this much has nothing to spare for measuring. */
const busyCpu = 0.9
/** Behind the schedule by more than this, in µs, it is not the timer any more. */
const lateUs = 20_000

/** Whether it was the generator that was slow: its own figures, not the broker's, would be shown then. */
export function bottlenecksOf(
  mode: Mode,
  workerCpu: readonly number[],
  schedule: Histogram,
  counters: Counters,
): string[] {
  const found: string[] = []
  const busiest = Math.max(0, ...workerCpu.filter((cpu) => !Number.isNaN(cpu)))
  if (busiest >= busyCpu) {
    found.push(`a worker used ${Math.round(busiest * 100)} % of a core`)
  }
  const late = schedule.percentile(99)
  if (late > lateUs) {
    const what = mode === 'conn' ? 'connections were begun' : 'messages left'
    found.push(`it was behind its own schedule: 1 % of the ${what} ${(late / 1000).toFixed(1)} ms late or more`)
  }
  if (counters.unsent > 0 && counters.heldBack === 0 && counters.lostConnections + counters.connectsFailed === 0) {
    found.push(`${counters.unsent} messages were due and never sent, and the broker had held none up`)
  }
  return found
}

function brokerOf(plan: BenchPlan, counters: Counters, figures: Figures): BrokerUsage | undefined {
  const { from, until, before, last, usageSeconds } = figures
  if (plan.pid === undefined || from === undefined || until === undefined) return undefined
  const cpuSeconds = until.cpuSeconds - from.cpuSeconds
  const done =
    plan.mode === 'conn' ? counters.connected : counters.receivedMeasured || counters.sentMeasured || Number.NaN
  return {
    pid: plan.pid,
    cpu: plan.mode === 'conn' || usageSeconds === 0 ? Number.NaN : cpuSeconds / usageSeconds,
    cpuUsEach: (cpuSeconds * 1e6) / done,
    rssBeforeBytes: (before ?? from).rssBytes,
    rssAfterBytes: (last ?? until).rssBytes,
  }
}

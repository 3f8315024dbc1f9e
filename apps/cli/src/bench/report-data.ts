/** A run for programs: one JSON object, or a header and a row of CSV. Latencies in milliseconds, units last in the names. */
import type { Histogram } from './histogram.ts'
import { errorsTotal, type Results, rows } from './results.ts'

/** What was not measured is null. */
export function jsonOf(results: Results, failed: readonly string[]): object {
  const { counters, broker } = results
  const { connected, connectsFailed, lostConnections } = counters
  return {
    mode: results.mode,
    ...(results.topology === undefined ? {} : { topology: results.topology }),
    url: results.url,
    protocolVersion: results.protocolVersion,
    qos: results.qos,
    payloadBytes: results.size,
    publishers: results.publishers,
    subscribers: results.subscribers,
    workers: results.workers,
    seconds: known(results.seconds, 3),
    connections: { wanted: results.connections, connected, failed: connectsFailed, lost: lostConnections },
    rate: {
      targetPerSecond: results.targetRate === 0 ? null : results.targetRate,
      connectedPerSecond: known(results.connectRate, 1),
      publishedPerSecond: known(results.publishedRate, 1),
      deliveredPerSecond: known(results.deliveredRate, 1),
    },
    messages: {
      sent: counters.sent,
      acknowledged: counters.acknowledged,
      refused: counters.refused,
      heldBack: counters.heldBack,
      unsent: counters.unsent,
      received: counters.received,
      expected: results.expected,
      lost: results.lost,
      duplicates: counters.duplicates,
      outOfOrder: counters.outOfOrder,
      foreign: counters.foreign,
    },
    latency: Object.fromEntries(rows.map((row) => [row, latencyOf(results.histograms[row])])),
    errors: results.errors,
    generator: { cpu: results.workerCpu.map((cpu) => known(cpu, 3)), bottlenecks: results.bottlenecks },
    broker:
      broker === undefined
        ? null
        : {
            pid: broker.pid,
            cpu: known(broker.cpu, 3),
            cpuUsEach: known(broker.cpuUsEach, 3),
            rssBeforeBytes: broker.rssBeforeBytes,
            rssAfterBytes: broker.rssAfterBytes,
          },
    failed,
  }
}

function latencyOf(histogram: Histogram): object | null {
  if (histogram.count === 0) return null
  const ms = (percent: number): number | null => known(histogram.percentile(percent) / 1000, 3)
  return {
    count: histogram.count,
    p50Ms: ms(50),
    p90Ms: ms(90),
    p99Ms: ms(99),
    p999Ms: ms(99.9),
    maxMs: known(histogram.max / 1000, 3),
    meanMs: known(histogram.mean / 1000, 3),
  }
}

type Cell = readonly [name: string, value: string | number | null]

export function csvOf(results: Results): string {
  const { counters, broker } = results
  const cells: Cell[] = [
    ['mode', results.mode],
    ['topology', results.topology ?? ''],
    ['protocol_version', results.protocolVersion],
    ['qos', results.qos],
    ['payload_bytes', results.size],
    ['publishers', results.publishers],
    ['subscribers', results.subscribers],
    ['connected', counters.connected],
    ['seconds', known(results.seconds, 3)],
    ['target_per_s', results.targetRate === 0 ? null : results.targetRate],
    ['published_per_s', known(results.publishedRate, 1)],
    ['delivered_per_s', known(results.deliveredRate, 1)],
    ['connected_per_s', known(results.connectRate, 1)],
    ['sent', counters.sent],
    ['received', counters.received],
    ['lost', results.lost],
    ['duplicates', counters.duplicates],
    ['out_of_order', counters.outOfOrder],
    ['unsent', counters.unsent],
    ['errors', errorsTotal(results)],
    ...rows.flatMap((row): Cell[] => {
      const histogram = results.histograms[row]
      const ms = (value: number): number | null => known(value / 1000, 3)
      return [
        [`${row}_p50_ms`, ms(histogram.percentile(50))],
        [`${row}_p90_ms`, ms(histogram.percentile(90))],
        [`${row}_p99_ms`, ms(histogram.percentile(99))],
        [`${row}_p999_ms`, ms(histogram.percentile(99.9))],
        [`${row}_max_ms`, ms(histogram.max)],
      ]
    }),
    ['generator_cpu', known(Math.max(...results.workerCpu), 3)],
    ['broker_cpu', known(broker?.cpu ?? Number.NaN, 3)],
    ['broker_cpu_us_each', known(broker?.cpuUsEach ?? Number.NaN, 3)],
    ['broker_rss_bytes', broker?.rssAfterBytes ?? null],
  ]
  // Names, numbers and words of ours: nothing that would need quotes.
  return `${cells.map(([name]) => name).join(',')}\n${cells.map(([, value]) => value ?? '').join(',')}\n`
}

function known(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : null
}

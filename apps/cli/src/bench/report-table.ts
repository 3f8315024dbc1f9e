/** A run for people: a table, and a picture of how the latencies are spread. */
import { visible } from '../output/pretty.ts'
import type { Histogram } from './histogram.ts'
import { errorsTotal, mainRate, mainRow, type Results, type Row, rows } from './results.ts'

const percents = [50, 90, 99, 99.9] as const
const bars = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const pictureColumns = 48

export function tableOf(results: Results): string {
  return [
    titleOf(results),
    '',
    ...latencies(results),
    ...picture(results),
    '',
    ...counts(results),
    ...results.errors.map(({ where, text, count }) =>
      line('error', `${where} ${visible(text)}: ${whole(count)} times`),
    ),
    ...broker(results),
    '',
  ].join('\n')
}

function titleOf({
  mode,
  topology,
  url,
  protocolVersion,
  qos,
  size,
  publishers,
  subscribers,
  ...rest
}: Results): string {
  const cast = [
    ...(publishers > 0 ? [plural(publishers, 'publisher')] : []),
    ...(subscribers > 0 ? [plural(subscribers, 'subscriber')] : []),
    ...(publishers + subscribers === 0 ? [plural(rest.connections, 'connection')] : []),
  ]
  const message = mode === 'conn' ? [] : mode === 'sub' ? [`QoS ${qos}`] : [`QoS ${qos}`, `${whole(size)} bytes`]
  const version = `MQTT ${protocolVersion === 5 ? '5.0' : protocolVersion === 4 ? '3.1.1' : '3.1'}`
  const parts = [...cast, ...message, version, plural(rest.workers, 'worker'), `${rest.seconds.toFixed(1)} s`]
  return `mq bench ${mode}${topology === undefined ? '' : ` ${topology}`} at ${url}: ${parts.join(', ')}`
}

function latencies(results: Results): string[] {
  const header = row('', ['count', ...percents.map((percent) => `p${percent}`), 'max'])
  const lines = shownRows(results).map(([name, histogram]) => {
    const values = percents.map((percent) => time(histogram.percentile(percent)))
    return row(name, [whole(histogram.count), ...values, time(histogram.max)])
  })
  return lines.length === 0 ? ['  Nothing was measured.'] : [header, ...lines]
}

/** Rows with anything in them, by the name of what ended the wait. */
function shownRows(results: Results): [string, Histogram][] {
  const names: { readonly [R in Row]: string } = {
    connect: 'connect',
    suback: 'suback',
    ack: results.qos === 2 ? 'pubcomp' : 'puback',
    delivery: 'delivery',
    schedule: 'own lateness',
  }
  return rows.flatMap((each): [string, Histogram][] => {
    const histogram = results.histograms[each]
    return histogram.count === 0 ? [] : [[names[each], histogram]]
  })
}

function picture(results: Results): string[] {
  const histogram = results.histograms[mainRow[results.mode]]
  if (histogram.count < 2) return []
  const columns = histogram.columns(histogram.min, histogram.max, pictureColumns)
  const most = Math.max(...columns)
  // At least a dot where there is anything: one message in a million is what a tail is about.
  const drawn = columns.map((count) => (count === 0 ? bars[0] : bars[Math.max(1, Math.round((count / most) * 8))]))
  return ['', `  ${time(histogram.min)} ${drawn.join('')} ${time(histogram.max)}  (logarithmic)`]
}

function counts(results: Results): string[] {
  const { mode, counters, targetRate, expected, lost } = results
  const wanted = targetRate > 0 && mode !== 'sub' ? ` of ${rate(targetRate)} wanted` : ''
  const lines: string[] = []
  if (mode === 'conn') {
    lines.push(line('connected', `${whole(counters.connected)}, ${rate(mainRate(results))}${wanted}`))
  }
  if (results.publishers > 0) lines.push(line('published', `${rate(results.publishedRate)}${wanted}`))
  if (results.subscribers > 0) lines.push(line('delivered', rate(results.deliveredRate)))
  if (results.subscribers > 0) {
    const remarks = [
      ...(lost > 0 ? [`${((lost / expected) * 100).toPrecision(3)} %`] : []),
      ...(results.warmupMs > 0 ? ['warm-up included'] : []),
    ]
    const share = remarks.length === 0 ? '' : ` (${remarks.join(', ')})`
    const { duplicates, outOfOrder } = counters
    lines.push(
      line(
        'lost',
        `${whole(lost)} of ${whole(expected)}${share}, ${plural(duplicates, 'duplicate')}, ${whole(outOfOrder)} out of order`,
      ),
    )
  }
  if (counters.heldBack > 0) {
    lines.push(line('held back', `${plural(counters.heldBack, 'message')}: the broker took no more at that time`))
  }
  if (counters.unsent > 0) lines.push(line('not sent', `${plural(counters.unsent, 'message')} that were due`))
  const { connectsFailed, lostConnections } = counters
  if (connectsFailed + lostConnections > 0 || errorsTotal(results) > 0) {
    lines.push(line('connections', `${whole(connectsFailed)} failed, ${whole(lostConnections)} lost`))
  }
  return lines
}

function broker({ broker: usage, mode, subscribers, connections }: Results): string[] {
  if (usage === undefined) return []
  const { cpu, cpuUsEach, rssBeforeBytes, rssAfterBytes } = usage
  const each = mode === 'conn' ? 'connection' : subscribers > 0 ? 'delivered message' : 'message'
  const parts = [
    ...(Number.isNaN(cpu) ? [] : [`${Math.round(cpu * 100)} % of a core`]),
    ...(Number.isNaN(cpuUsEach) ? [] : [`${cpuUsEach.toPrecision(3)} µs per ${each}`]),
    `memory ${megabytes(rssBeforeBytes)} → ${megabytes(rssAfterBytes)} MB`,
    ...(mode === 'conn'
      ? [`${((rssAfterBytes - rssBeforeBytes) / 1024 / connections).toFixed(1)} KB per connection`]
      : []),
  ]
  return [line('broker', parts.join(', '))]
}

/** Microseconds as people read them. */
export function time(microseconds: number): string {
  if (Number.isNaN(microseconds)) return '–'
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`
  const ms = microseconds / 1000
  if (ms < 1000) return `${ms >= 99.95 ? ms.toFixed(0) : ms.toPrecision(3)} ms`
  return `${(microseconds / 1_000_000).toFixed(2)} s`
}

function row(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(12)}${cells.map((cell) => cell.padStart(11)).join('')}`
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(12)} ${text}`
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}

function rate(perSecond: number): string {
  return `${perSecond < 10 ? perSecond.toFixed(1) : whole(perSecond)}/s`
}

function plural(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1)
}

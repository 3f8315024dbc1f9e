/**
 * `--fail-if 'p99>50ms,loss>0'`: a list of conditions, any of which fails the run.
 *
 *     condition   metric operator value
 *     metric      p50 … p99.9, max, mean      of the latency the mode is about, in ms, us or s
 *                 connect.p99, suback.max, …  of another one
 *                 loss, duplicates, out-of-order, unsent, errors     a number, or a percentage (loss, unsent)
 *                 rate, deliveries            messages per second; rate also as a percentage of --rate
 *     operator    > >= < <=
 *
 * Strict: a limit of 50 without a unit is 50 what? And a percentile of nothing fails, for a test that measured nothing
 * has not passed.
 */
import { nearest } from '../argv/nearest.ts'
import { UsageError } from '../failure.ts'
import { errorsTotal, mainRate, mainRow, type Results, type Row, rows } from './results.ts'

type Unit = 'us' | 'count' | 'percent'

interface Metric {
  readonly units: readonly Unit[]
  /** In the unit; NaN when it is not known. */
  value(results: Results, unit: Unit): number
}

export interface Condition {
  /** As it was given. */
  readonly text: string
  readonly metric: Metric
  readonly operator: '>' | '>=' | '<' | '<='
  readonly limit: number
  readonly unit: Unit
}

const counts: ReadonlyMap<string, Metric> = new Map<string, Metric>([
  // Of nothing that was expected, nothing can be lost: a run that sent nothing has not shown that nothing is lost.
  [
    'loss',
    share(
      (results) => (results.expected === 0 ? Number.NaN : results.lost),
      (results) => results.expected,
    ),
  ],
  ['duplicates', count((results) => results.counters.duplicates)],
  ['out-of-order', count((results) => results.counters.outOfOrder)],
  [
    'unsent',
    share(
      (results) => results.counters.unsent,
      (results) => results.counters.unsent + results.counters.sent,
    ),
  ],
  ['errors', count(errorsTotal)],
  ['rate', share(mainRate, (results) => results.targetRate)],
  ['deliveries', count((results) => results.deliveredRate)],
])

const operators: ReadonlyMap<string, Condition['operator']> = new Map(
  (['>', '>=', '<', '<='] as const).map((operator) => [operator, operator]),
)

/** @throws UsageError with the condition that cannot be understood */
export function conditionsOf(text: string): readonly Condition[] {
  return text.split(',').map((part) => conditionOf(part.trim()))
}

/** Why the run has failed, a sentence per condition that holds. */
export function failuresOf(conditions: readonly Condition[], results: Results): string[] {
  return conditions.flatMap(({ text, metric, operator, limit, unit }) => {
    const value = metric.value(results, unit)
    if (Number.isNaN(value)) return [`${text} cannot be told: nothing was measured`]
    return compare(value, operator, limit) ? [`${text}: it was ${shown(value, unit)}`] : []
  })
}

function conditionOf(text: string): Condition {
  const parts = /^([a-z0-9.-]+)\s*(>=|<=|>|<)\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s|%|)$/i.exec(text)
  const [, name = '', written = '', digits = '', suffix = ''] = parts ?? []
  const operator = operators.get(written)
  if (operator === undefined) {
    return refuse(text, 'a metric, one of > >= < <=, and a limit, such as p99>50ms or loss>0')
  }
  const metric = metricOf(name.toLowerCase(), text)
  const unit = suffix === '%' ? 'percent' : suffix === '' ? 'count' : 'us'
  if (!metric.units.includes(unit)) {
    const allowed = metric.units.map((known) => unitNames[known]).join(' or ')
    refuse(text, `${name} with ${allowed}, such as ${name}${operator}${metric.units.includes('us') ? '50ms' : '0'}`)
  }
  const limit = Number(digits) * (factors.get(suffix.toLowerCase()) ?? 1)
  return { text, metric, operator, limit, unit }
}

function metricOf(name: string, text: string): Metric {
  const found = counts.get(name)
  if (found !== undefined) return found
  const [, rowName, statistic = ''] = /^(?:([a-z]+)\.)?(p\d+(?:\.\d+)?|max|mean)$/.exec(name) ?? []
  const row = rows.find((candidate) => candidate === rowName)
  const percent = statistic.startsWith('p') ? Number(statistic.slice(1)) : undefined
  if (statistic === '' || (rowName !== undefined && row === undefined) || (percent !== undefined && percent > 100)) {
    const names = ['p50', 'p90', 'p99', 'p99.9', 'max', 'mean', ...counts.keys()]
    const rowed = rows.flatMap((each) => ['p50', 'p99', 'max', 'mean'].map((one) => `${each}.${one}`))
    const close = nearest(name, [...names, ...rowed])
    const known = `one of ${names.join(', ')}; with connect., suback., ack. or delivery. before a latency, of that one`
    return refuse(text, close === undefined ? known : `${known}. Did you mean ${close}?`)
  }
  return latency(row, statistic, percent)
}

function latency(row: Row | undefined, statistic: string, percent: number | undefined): Metric {
  return {
    units: ['us'],
    value(results) {
      const histogram = results.histograms[row ?? mainRow[results.mode]]
      if (percent !== undefined) return histogram.percentile(percent)
      return statistic === 'max' ? histogram.max : histogram.mean
    },
  }
}

function count(value: (results: Results) => number): Metric {
  return { units: ['count'], value }
}

/** A number, or its share of another. */
function share(part: (results: Results) => number, whole: (results: Results) => number): Metric {
  return {
    units: ['count', 'percent'],
    value: (results, unit) => {
      if (unit === 'count') return part(results)
      const all = whole(results)
      return all === 0 ? Number.NaN : (part(results) / all) * 100
    },
  }
}

const factors: ReadonlyMap<string, number> = new Map([
  ['us', 1],
  ['µs', 1],
  ['ms', 1000],
  ['s', 1_000_000],
])

const unitNames: { readonly [U in Unit]: string } = {
  us: 'a time (us, ms, s)',
  count: 'a plain number',
  percent: 'a %',
}

function compare(value: number, operator: Condition['operator'], limit: number): boolean {
  switch (operator) {
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '<':
      return value < limit
    case '<=':
      return value <= limit
  }
}

function shown(value: number, unit: Unit): string {
  if (unit === 'us') return `${(value / 1000).toFixed(3)} ms`
  const digits = Number.isInteger(value) ? value.toString() : value.toFixed(3)
  return unit === 'percent' ? `${digits} %` : digits
}

function refuse(text: string, allowed: string): never {
  throw new UsageError(
    `--fail-if was given ${JSON.stringify(text)}; allowed is ${allowed}${allowed.endsWith('?') ? '' : '.'}`,
  )
}

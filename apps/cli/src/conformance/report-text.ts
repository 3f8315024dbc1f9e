/** A run for people: each statement, what happened where a case failed, and a picture of it all. */
import { type CaseResult, statements5, statements311 } from '@mq/conformance'
import { visible } from '../output/pretty.ts'
import {
  type Counts,
  countsOf,
  failureOf,
  type Outcome,
  type Section,
  type StatementOutcome,
  sectionsOf,
  versionNames,
} from './outcome.ts'

export interface TextOptions {
  readonly colour: boolean
}

type Paint = (colour: keyof typeof colours, text: string) => string

const colours = { red: 31, green: 32, dim: 2, bold: 1 } as const
const marks = { passed: ['green', '✓'], failed: ['red', '✗'], skipped: ['dim', '-'] } as const

export function textOf(outcome: Outcome, { colour }: TextOptions): string {
  const paint: Paint = (name, text) => (colour && text !== '' ? `\x1b[${colours[name]}m${text}\x1b[0m` : text)
  const sections = sectionsOf(outcome.plays)
  const results = outcome.plays.map(({ result }) => result)
  const failed = results.filter((result) => result.outcome === 'failed')
  return [
    titleOf(outcome),
    ...sections.flatMap((section) => [
      '',
      paint('bold', section.name),
      ...section.statements.map((each) => statementLine(each, paint)),
    ]),
    ...(failed.length === 0 ? [] : ['', paint('bold', 'Failures')]),
    ...failed.flatMap((result) => ['', ...failureLines(result, paint)]),
    '',
    paint('bold', 'Summary'),
    ...summary(sections, paint),
    ...skips(results),
    '',
    countsLine(countsOf(results)),
    '',
  ].join('\n')
}

export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

function titleOf({ url, versions, plays, seconds }: Outcome): string {
  const names = versions.map((version) => versionNames[version])
  const listed = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('')
  return `mq conformance ${url}: MQTT ${listed}, ${plays.length} cases in ${seconds.toFixed(1)} s`
}

const idColumns = 18

function statementLine({ id, outcome, results, ...counts }: StatementOutcome, paint: Paint): string {
  const [colour, mark] = marks[outcome]
  const tail =
    outcome === 'failed'
      ? paint('red', `  ${counts.failed} of ${counts.failed + counts.passed} failed`)
      : outcome === 'skipped'
        ? paint('dim', `  skipped: ${results[0]?.problem ?? ''}`)
        : ''
  return `  ${paint(colour, mark)} ${id.padEnd(idColumns)} ${claimOf(id, results)}${tail}`
}

/** What the statement says; where the specification gives no id, what its cases say. */
function claimOf(id: string, results: readonly CaseResult[]): string {
  const [title = '', ...more] = new Set(results.map((result) => result.case.title))
  return summaries.get(id) ?? `${title}${more.length === 0 ? '' : ` (and ${more.length} more)`}`
}

const summaries: ReadonlyMap<string, string> = new Map(
  [...statements5, ...statements311].map((statement) => [statement.id, statement.summary]),
)

function failureLines(result: CaseResult, paint: Paint): readonly string[] {
  const { said, expected, problem } = failureOf(result)
  // What was received comes from a stranger.
  const labelled = (label: string, text: string): string => `    ${label.padEnd(10)}${visible(text)}`
  return [
    `${paint('red', '✗')} ${result.name}`,
    ...said.map(({ kind, text }) => (kind === 'note' ? labelled('', text) : labelled(kind, text))),
    ...(expected === undefined ? [] : [paint('bold', labelled('expected', expected))]),
    paint('red', labelled(expected === undefined ? 'problem' : 'but', problem)),
  ]
}

const barColumns = 20

/**
 *     3.2 CONNACK              ██████████████████░░  18 passed,  2 failed
 *
 * Without colours, what passed, failed and was skipped can be told apart all the same.
 */
function summary(sections: readonly Section[], paint: Paint): readonly string[] {
  const played = sections.filter(({ plays }) => plays.length > 0)
  const width = Math.max(0, ...played.map(({ name }) => name.length))
  return played.map((section) => {
    const { name, passed, failed, skipped } = section
    const [first, second, third] = shares([passed, failed, skipped])
    const bar = paint('green', '█'.repeat(first)) + paint('red', '░'.repeat(second)) + paint('dim', '·'.repeat(third))
    const parts = [
      `${String(passed).padStart(4)} passed`,
      ...(failed > 0 ? [paint('red', `${failed} failed`)] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ]
    return `  ${name.padEnd(width)}  ${bar}${parts.join(', ')}`
  })
}

/** Columns of the bar; one at least for whatever there is any of, taken from the longest. */
function shares(counts: readonly [number, number, number]): readonly [number, number, number] {
  const total = Math.max(1, counts[0] + counts[1] + counts[2])
  const columns = counts.map((count) => (count === 0 ? 0 : Math.max(1, Math.round((count / total) * barColumns))))
  const longest = columns.indexOf(Math.max(...columns))
  const excess = columns.reduce((sum, each) => sum + each, 0) - barColumns
  const at = (index: number): number => (columns[index] ?? 0) - (index === longest ? excess : 0)
  return [at(0), at(1), at(2)]
}

function skips(results: readonly CaseResult[]): readonly string[] {
  const reasons = new Map<string, number>()
  for (const { outcome, problem = '' } of results) {
    if (outcome === 'skipped') reasons.set(problem, (reasons.get(problem) ?? 0) + 1)
  }
  if (reasons.size === 0) return []
  return ['', ...[...reasons].map(([reason, count]) => `  ${count} skipped: ${reason}`)]
}

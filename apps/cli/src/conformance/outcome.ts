/** What came of a run, for all three reports: by section, by statement, and what exactly happened where a case failed. */
import type { CaseResult } from '@mq/conformance'
import { byNumber, sectionOf } from './section.ts'
import { idsAtStake, type Version } from './selection.ts'

export interface Play {
  readonly result: CaseResult
  readonly seconds: number
}

export interface Outcome {
  readonly url: string
  readonly versions: readonly Version[]
  readonly startedAt: Date
  readonly seconds: number
  readonly plays: readonly Play[]
}

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface Section extends Counts {
  /** `3.3 PUBLISH`. */
  readonly name: string
  /** Those that count here. */
  readonly plays: readonly Play[]
  readonly statements: readonly StatementOutcome[]
}

/** Passed: some case that shows it was played, and none of them failed. */
export interface StatementOutcome extends Counts {
  /** An id, or a section number where the specification gives none. */
  readonly id: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly results: readonly CaseResult[]
}

export function countsOf(results: readonly CaseResult[]): Counts {
  const count = (wanted: CaseResult['outcome']): number => results.filter(({ outcome }) => outcome === wanted).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

/**
 * In the order of the specification. A case counts in the section of the statement that it names first; a statement stands in
 * its own section, whichever cases show it.
 */
export function sectionsOf(plays: readonly Play[]): readonly Section[] {
  const playsBySection = grouped(plays, ({ result }) => [sectionOf(result.case.ids)])
  const statements = statementsOf(plays.map(({ result }) => result))
  const statementsBySection = grouped(statements, ({ id }) => [sectionOf([id])])
  return [...new Set([...playsBySection.keys(), ...statementsBySection.keys()])].sort(byNumber).map((name) => {
    const own = playsBySection.get(name) ?? []
    const counts = countsOf(own.map(({ result }) => result))
    return { name, plays: own, statements: statementsBySection.get(name) ?? [], ...counts }
  })
}

function statementsOf(results: readonly CaseResult[]): readonly StatementOutcome[] {
  return [...grouped(results, (result) => idsAtStake(result.case, result.version))]
    .map(([id, own]) => {
      const counts = countsOf(own)
      const outcome = counts.failed > 0 ? 'failed' : counts.passed > 0 ? 'passed' : 'skipped'
      return { id, outcome, results: own, ...counts } as const
    })
    .sort((a, b) => byNumber(withoutSpecification(a.id), withoutSpecification(b.id)) || a.id.localeCompare(b.id))
}

/** The 311 is no number of a section. */
function withoutSpecification(id: string): string {
  return id.replace(/^MQTT(?:311)?-/, '')
}

function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [item])
      else group.push(item)
    }
  }
  return groups
}

/** Why a case failed: everything that was said until then, the step that did not go as written, and how it went instead. */
export interface FailureDetail {
  readonly said: readonly Said[]
  /** The step, in the language of the suite; undefined where something else went wrong. */
  readonly expected: string | undefined
  readonly problem: string
}

export interface Said {
  readonly kind: 'sent' | 'received' | 'note'
  readonly text: string
}

export function failureOf({ problem = '', transcript }: CaseResult): FailureDetail {
  const [step = '', ...rest] = problem.split('\n')
  return {
    said: transcript.map(saidOf),
    expected: rest.length === 0 ? undefined : step,
    problem: (rest.length === 0 ? step : rest.join('\n')).trim(),
  }
}

function saidOf(line: string): Said {
  const [, connection, arrow, text] = /^(\S+) ([<>]) (.*)$/s.exec(line) ?? []
  if (connection === undefined) return { kind: 'note', text: line }
  return { kind: arrow === '>' ? 'sent' : 'received', text: `${connection}  ${text}` }
}

export const versionNames: Readonly<Record<Version, string>> = { 3: '3.1', 4: '3.1.1', 5: '5.0' }

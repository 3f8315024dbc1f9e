/** A run for programs: one object. Times in seconds. */
import { countsOf, failureOf, type Outcome, type Play, sectionsOf, versionNames } from './outcome.ts'
import { sectionOf } from './section.ts'
import { idsAtStake } from './selection.ts'

export function jsonOf({ url, versions, startedAt, seconds, plays }: Outcome): object {
  const sections = sectionsOf(plays)
  return {
    url,
    protocolVersions: versions.map((version) => versionNames[version]),
    startedAt: startedAt.toISOString(),
    seconds: rounded(seconds),
    ...countsOf(plays.map(({ result }) => result)),
    sections: sections
      .filter(({ plays: own }) => own.length > 0)
      .map(({ name, passed, failed, skipped }) => ({ name, passed, failed, skipped })),
    statements: sections.flatMap(({ name, statements }) =>
      statements.map(({ id, outcome, passed, failed, skipped }) => ({
        id,
        section: name,
        outcome,
        passed,
        failed,
        skipped,
      })),
    ),
    cases: plays.map(caseOf),
  }
}

function caseOf({ result, seconds }: Play): object {
  const { title, ids } = result.case
  return {
    title,
    statements: idsAtStake(result.case, result.version),
    section: sectionOf(ids),
    protocolVersion: versionNames[result.version],
    outcome: result.outcome,
    seconds: rounded(seconds),
    ...(result.outcome === 'skipped' ? { reason: result.problem ?? '' } : {}),
    ...(result.outcome === 'failed' ? { failure: failure(result) } : {}),
  }
}

/** `conversation` has everything in order; `sent` and `received` are the same by direction. */
function failure(result: Play['result']): object {
  const { said, expected, problem } = failureOf(result)
  const only = (kind: 'sent' | 'received'): string[] =>
    said.filter((each) => each.kind === kind).map(({ text }) => text)
  return { expected: expected ?? null, problem, sent: only('sent'), received: only('received'), conversation: said }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

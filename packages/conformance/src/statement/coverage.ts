/** Which statements are tested, for a server and for a client. */
import type { Case } from '../language/case.ts'
import type { Side, Statement } from './statement.ts'

/** A test somewhere in the workspace whose name has the ids of statements in brackets. */
export interface NamedTest {
  readonly file: string
  readonly ids: readonly string[]
  readonly sides: readonly Side[]
}

export type Status = 'tested' | 'untested' | 'not testable' | 'not applicable'

export interface Coverage {
  readonly statement: Statement
  readonly status: Readonly<Record<Side, Status>>
}

export function coverageOf(
  statements: readonly Statement[],
  cases: readonly Case[],
  tests: readonly NamedTest[],
): Coverage[] {
  const tested = { server: new Set<string>(), client: new Set<string>() }
  for (const { ids, role } of cases) for (const id of ids) tested[role].add(id)
  for (const { ids, sides } of tests) for (const side of sides) for (const id of ids) tested[side].add(id)
  const statusOf = ({ binds, id, untestable }: Statement, side: Side): Status => {
    if (tested[side].has(id)) return 'tested'
    if (binds !== side && binds !== 'both') return 'not applicable'
    return untestable[side] === undefined ? 'untested' : 'not testable'
  }
  return statements.map((statement) => ({
    statement,
    status: { server: statusOf(statement, 'server'), client: statusOf(statement, 'client') },
  }))
}

const idPattern = /\[(MQTT(?:311)?-\d+\.\d+(?:\.\d+)?-\d+)\]/g

/** The ids in the names of a test file's tests. `code`: without its comments. */
export function idsIn(code: string): string[] {
  return [...new Set([...code.matchAll(idPattern)].map(([, id = '']) => id))]
}

/** What is shown by a test that lies there: core serves both sides unless its name says which. */
export function sidesOf(file: string): readonly Side[] {
  if (/^packages\/client|^apps\/cli|^packages\/conformance\/test\/client/.test(file)) return ['client']
  if (/^packages\/(?:broker|conformance|store|cluster)/.test(file)) return ['server']
  if (/server/.test(file)) return ['server']
  return /client/.test(file) ? ['client'] : ['server', 'client']
}

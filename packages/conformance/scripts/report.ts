// docs/conformance.md, and what `npm run spec` prints: each statement of the two specifications, and whether it is tested.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sourceFiles, withoutComments } from '../../../test/source.ts'
import { allCases } from '../src/cases/all-cases.ts'
import { type Coverage, coverageOf, idsIn, type NamedTest, type Status, sidesOf } from '../src/statement/coverage.ts'
import type { Side } from '../src/statement/statement.ts'
import { statements5 } from '../src/statement/statements-5.ts'
import { statements311 } from '../src/statement/statements-311.ts'

export const reportFile: string = fileURLToPath(new URL('../../../docs/conformance.md', import.meta.url))

export interface Report {
  readonly version: string
  readonly coverage: readonly Coverage[]
}

export function testsByName(): NamedTest[] {
  return sourceFiles('packages', 'apps', 'test')
    .filter(({ path }) => path.endsWith('.test.ts'))
    .map(({ path, text }) => ({ file: path, ids: idsIn(withoutComments(text)), sides: sidesOf(path) }))
    .filter(({ ids }) => ids.length > 0)
}

/** Ids in the names of cases and tests that no specification has. */
export function unknownIds(): string[] {
  const known = new Set([...statements5, ...statements311].map(({ id }) => id))
  const named = [
    ...allCases().flatMap(({ ids, title }) =>
      ids.filter((id) => /-\d+$/.test(id)).map((id) => ({ id, where: `the case "${title}"` })),
    ),
    ...testsByName().flatMap(({ file, ids }) => ids.map((id) => ({ id, where: file }))),
  ]
  return named.filter(({ id }) => !known.has(id)).map(({ id, where }) => `${id} in ${where}`)
}

export function reports(): Report[] {
  const cases = allCases()
  const tests = testsByName()
  return [
    { version: '5.0', coverage: coverageOf(statements5, cases, tests) },
    { version: '3.1.1', coverage: coverageOf(statements311, cases, tests) },
  ]
}

export function markdown(all: readonly Report[]): string {
  return `# Conformance

Each normative statement of MQTT 5.0 and 3.1.1, by its id, in our words, and whether a test shows that it holds: a case of
[@mq/conformance](../packages/conformance/README.md) or a test that has the id in its name. Where a statement binds the other
side only, a test of how its violation is answered counts. \`npm run spec\` writes this page.

${all.map(summaryOf).join('\n')}
${all.map(tableOf).join('')}`
}

export function count(report: Report, side: Side, status: Status): number {
  return report.coverage.filter((each) => each.status[side] === status).length
}

export function currentMarkdown(): string {
  try {
    return readFileSync(reportFile, 'utf8')
  } catch {
    return ''
  }
}

const statuses: readonly Status[] = ['tested', 'untested', 'not testable', 'not applicable']

function summaryOf(report: Report): string {
  const line = (side: Side) =>
    `- ${report.version}, ${side}: ${statuses.map((status) => `${count(report, side, status)} ${status}`).join(', ')}`
  return [line('server'), line('client')].join('\n')
}

function tableOf({ version, coverage }: Report): string {
  const rows = coverage.map(({ statement, status }) => {
    const cell = (side: Side) =>
      status[side] === 'not testable' ? `not testable: ${statement.untestable[side]}` : status[side]
    return [statement.id, statement.summary, cell('server'), cell('client')]
  })
  return `\n## MQTT ${version}\n\n${table([['Statement', '', 'Server', 'Client'], ...rows])}`
}

/** As the formatter of the workspace would have it: each column as wide as its widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
  return `${lines.join('\n')}\n`
}

import { expect, test } from 'vitest'
import { currentMarkdown, markdown, reports, unknownIds } from '../scripts/report.ts'
import { allCases } from '../src/cases/all-cases.ts'
import { statements5 } from '../src/statement/statements-5.ts'
import { statements311 } from '../src/statement/statements-311.ts'

test('no test names a statement that does not exist', () => expect(unknownIds()).toEqual([]))

test('each statement stands in the register once', () => {
  for (const [statements, number] of [
    [statements5, 251],
    [statements311, 141],
  ] as const) {
    expect(new Set(statements.map(({ id }) => id)).size).toBe(number)
    expect(statements).toHaveLength(number)
  }
})

test('for a server every statement is tested, or it is said why not', () => {
  const untested = reports().flatMap(({ coverage }) => coverage.filter(({ status }) => status.server === 'untested'))
  expect(untested.map(({ statement }) => statement.id)).toEqual([])
})

test('each case has a name of its own', () => {
  const names = allCases().map(({ ids, title }) => `${ids.join(' ')} ${title}`)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test('docs/conformance.md is what npm run spec writes', () => expect(currentMarkdown()).toBe(markdown(reports())))

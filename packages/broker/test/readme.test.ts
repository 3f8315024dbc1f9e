// What the README says about options, limits, counters and errors is what the code says.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { defaultLimits } from '../src/config/limits.ts'
import { overloadSteps } from '../src/limit/overload-level.ts'
import { createCounters } from '../src/metric/counters.ts'

const source = fileURLToPath(new URL('../src', import.meta.url))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
/** The first two cells of the rows of the table under a heading. */
const rows = (heading: string): Map<string, string> => {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return new Map(
    [...section.matchAll(/^\| `([^`]+)`(?: \*)? *\| ([^|]*) \|/gm)].map(([, name = '', cell = '']) => [
      name,
      cell.trim(),
    ]),
  )
}

test('every limit is there with its default', () => {
  const wanted = Object.entries(defaultLimits).map(([name, value]): [string, string] => [name, String(value)])
  expect([...rows('Limits')].sort()).toEqual(wanted.sort())
})

test('every level of overload is there, with its pauses', () => {
  const levels = new Set(overloadSteps.map(({ level }) => level))
  expect([...rows('Overload').keys()].filter((name) => !name.startsWith('broker.'))).toEqual([...levels])
  const said = readme.split('\n## Overload\n')[1]?.split('\n## ')[0] ?? ''
  const pauses = overloadSteps.map(({ pauseMs }) => pauseMs.toLocaleString('en')).filter((pause) => pause !== '0')
  const [first = '', ...others] = pauses
  expect(said).toContain(`${first} ms after each piece, then for ${others.join(', then ')}`)
})

test('every counter is there', () => {
  const { dropped, ...counters } = createCounters()
  const wanted = [...Object.keys(counters), ...Object.keys(dropped).map((reason) => `dropped.${reason}`)]
  expect([...rows('Counters').keys()].sort()).toEqual(wanted.sort())
})

test('every option is there', () => {
  const text = readFileSync(`${source}/broker.ts`, 'utf8')
  const body = text.split('export interface BrokerOptions {')[1]?.split('\n}')[0] ?? ''
  const wanted = [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = '']) => name)
  expect(wanted.length).toBeGreaterThan(5)
  expect([...rows('Options').keys()].sort()).toEqual(wanted.sort())
})

test('every error code is there', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  )
  const codes = files.flatMap((file) => readFileSync(`${source}/${file}`, 'utf8').match(/'MQ_[A-Z_]+'/g) ?? [])
  expect(codes.length).toBeGreaterThan(5)
  for (const code of new Set(codes)) expect(readme).toContain(code.replaceAll("'", '`'))
})

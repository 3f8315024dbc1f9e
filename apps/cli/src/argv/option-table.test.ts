import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../command/commands.ts'
import { ExitCode } from '../exit-code.ts'
import { familiarNames, optionSynonyms, optionTable } from './option-table.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

test.each(optionTable)('--$name is in a table of the README', ({ name, short, env }) => {
  const row = readme.split('\n').find((line) => new RegExp(`^\\| (\`-\\w\`, )?\`--${name}[ \`]`).test(line))
  expect(row).toBeDefined()
  if (short !== undefined) expect(row).toContain(`\`-${short}\``)
  if (env !== undefined) expect(readme).toContain(`\`${env}\``)
})

test.each(Object.entries(ExitCode))('exit code %s is in the README', (_, code) => {
  expect(readme).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
})

test('the README names no option that is not there', () => {
  const named = [...readme.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(([, name = '']) => name)
  const known = new Set([...optionTable.map(({ name }) => name), ...optionSynonyms.keys(), 'help', 'version'])
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

test('what is meant by a name from elsewhere is there, and no name is both', () => {
  const names = optionTable.map(({ name }) => name)
  for (const [name, meant] of [...familiarNames, ...optionSynonyms]) {
    expect(names).toContain(meant)
    expect(names).not.toContain(name)
  }
})

test('what a command needs is loaded when it runs: no module on the way there imports it statically', () => {
  const seen = new Set<string>()
  const outside = new Set<string>()
  const visit = (file: URL): void => {
    if (seen.has(file.href)) return
    seen.add(file.href)
    // Types are erased, and `await import` is what the list of commands does.
    const text = readFileSync(file, 'utf8').replaceAll(/^import type [\s\S]*?from '.*'$/gm, '')
    for (const [, specifier = ''] of text.matchAll(/^(?:import|export) [\s\S]*?from '(.*)'$/gm)) {
      if (specifier.startsWith('.')) visit(new URL(specifier, file))
      else outside.add(specifier)
    }
  }
  visit(new URL('../index.ts', import.meta.url))
  expect(seen.size).toBeGreaterThan(5)
  expect([...outside].filter((name) => !name.startsWith('node:'))).toEqual([])
  expect(commands.map(({ name }) => name)).toEqual(['bench', 'broker', 'conformance', 'pub', 'sub'])
})

import { expect, test } from 'vitest'
import { importsOf, root, sourceFiles } from '../../../test/source.ts'
import * as browser from '../src/browser.ts'
import * as node from '../src/index.ts'

test('both entries offer the same names', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort())
})

test('nothing of Node.js is reached from the browser entry', () => {
  const files = new Map(sourceFiles('packages').map((file) => [file.path, file]))
  const reached = new Set(['packages/client/src/browser.ts'])
  const outside = new Set<string>()
  for (const path of reached) {
    const file = files.get(path)
    if (file === undefined) throw new Error(`${path} is missing below ${root}`)
    for (const { target, specifier } of importsOf(file)) {
      if (target === undefined) outside.add(specifier)
      else reached.add(target)
    }
  }
  expect(reached.size).toBeGreaterThan(20)
  expect([...outside]).toEqual(['@mq/core'])
})

// The shape of the code, checked: ARCHITECTURE.md says why. The tables of what may import what are in rules.ts.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  coreDirections,
  cycles,
  exportsOfWrongKind,
  linesMax,
  longFiles,
  moduleState,
  nodeImports,
  packageDirections,
  strayImports,
  undeclaredImports,
  utilsFolders,
} from './rules.ts'
import { importsOf, isShipped, root, type SourceFile, sourceFiles } from './source.ts'

const ours = sourceFiles('packages', 'apps', 'scripts', 'test')
const shipped = ours.filter(isShipped)
const core = shipped.filter(({ path }) => path.startsWith('packages/core/'))

describe('the code', () => {
  test('was found', () => {
    expect(core.length).toBeGreaterThan(5)
    expect(core.flatMap(importsOf).length).toBeGreaterThan(5)
  })
  test("core's folders import in one direction", () => expect(coreDirections(core)).toEqual([]))
  test('packages import in one direction', () => expect(packageDirections(shipped)).toEqual([]))
  test('outside packages with one owner are imported by it alone', () => expect(strayImports(shipped)).toEqual([]))
  test('imports only what its package depends on', () => expect(undeclaredImports(shipped, dependenciesOf)).toEqual([]))
  test('core imports nothing of Node.js', () => expect(nodeImports(core)).toEqual([]))
  test('has no import cycle', () => expect(cycles(shipped)).toEqual([]))
  test('keeps no state at module level', () => expect(moduleState(shipped)).toEqual([]))
  test('exports by name only', () => expect(exportsOfWrongKind(shipped)).toEqual([]))
  test('has no utils folder', () => expect(utilsFolders(ours)).toEqual([]))
  test(`has no file over ${linesMax} lines without a reason`, () => expect(longFiles(ours)).toEqual([]))
})

function dependenciesOf(folder: string): string[] {
  const manifest: { dependencies?: Record<string, string> } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  )
  return Object.keys(manifest.dependencies ?? {})
}

describe('the rules find', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text })
  const inCore = (path: string, text: string) => file(`packages/core/src/${path}`, text)

  test('an import against the direction, however it is written', () => {
    const ways = [
      "import { a } from '../codec/a.ts'",
      "import type { A } from '../codec/a.ts'",
      "import {\n  a,\n  b,\n} from '../codec/a.ts'",
      "export { a } from '../codec/a.ts'",
      "import '../codec/a.ts'",
      "const a = await import('../codec/a.ts')",
    ]
    for (const way of ways) {
      expect(coreDirections([inCore('wire/w.ts', way)]), way).toEqual([
        'packages/core/src/wire/w.ts: wire must not import codec',
      ])
    }
    expect(coreDirections([inCore('codec/c.ts', "import { w } from '../wire/w.ts'")])).toEqual([])
    expect(coreDirections([inCore('wire/w.ts', "// import { a } from '../codec/a.ts'")])).toEqual([])
    expect(coreDirections([inCore('newcomer/n.ts', "import { w } from '../wire/w.ts'")])).toHaveLength(1)
  })

  test('a package that imports what it must not', () => {
    const broker = (text: string) => packageDirections([file('packages/broker/src/b.ts', text)])
    expect(broker("import { connect } from '@mq/client'")).toHaveLength(1)
    expect(broker("import { link } from '@mq/core/testing'")).toEqual([])
    expect(broker("import { sqlite } from '@mq/store-sqlite'")).toHaveLength(1)
    expect(broker("import { x } from '../../core/src/wire/w.ts'")).toHaveLength(1)
  })

  test('an outside package in a file that does not own it', () => {
    expect(strayImports([inCore('codec/frames.ts', "import { parser } from 'mqtt-packet'")])).toHaveLength(1)
    expect(strayImports([inCore('codec/control.ts', "import { parser } from 'mqtt-packet'")])).toEqual([])
  })

  test('an import that is no dependency', () => {
    const broker = (text: string) => undeclaredImports([file('packages/broker/src/b.ts', text)], () => ['@a/b', 'c'])
    expect(
      broker("import { x } from '@a/b/sub'\nimport { y } from 'c/sub'\nimport 'node:net'\nimport './d.ts'"),
    ).toEqual([])
    expect(broker("import { test } from 'vitest'\nimport { z } from '@a/c'")).toHaveLength(2)
  })

  test('Node.js in core', () => {
    expect(nodeImports([inCore('wire/w.ts', "import { Buffer } from 'node:buffer'")])).toHaveLength(1)
  })

  test('a cycle', () => {
    const a = inCore('wire/a.ts', "import { b } from './b.ts'")
    const b = inCore('wire/b.ts', "import { c } from './c.ts'")
    expect(cycles([a, b, inCore('wire/c.ts', "import { a } from './a.ts'")])).toHaveLength(1)
    expect(cycles([a, b, inCore('wire/c.ts', 'export const c = 1')])).toEqual([])
    expect(cycles([a, b, inCore('wire/c.ts', "import type { A } from './a.ts'")])).toEqual([])
  })

  test('state at module level', () => {
    for (const state of [
      'let count = 0',
      'export var count = 0',
      'const seen = new Map<string, number>()\nfunction f() {\n  seen.set("a", 1)\n}',
      'const all: string[] = []\nexport const add = (s: string) => void all.push(s)',
    ]) {
      expect(moduleState([inCore('wire/w.ts', state)]), state).toHaveLength(1)
    }
    for (const fine of ['function f() {\n  let count = 0\n}', 'const names = new Set(["a"])\nnames.has("a")']) {
      expect(moduleState([inCore('wire/w.ts', fine)]), fine).toEqual([])
    }
  })

  test('default exports and export *', () => {
    for (const bad of ['export default 1', 'export { a as default }', "export * from './a.ts'"]) {
      expect(exportsOfWrongKind([inCore('index.ts', bad)]), bad).toHaveLength(1)
    }
    expect(exportsOfWrongKind([inCore('index.ts', "export { a } from './a.ts'")])).toEqual([])
  })

  test('a utils folder', () => expect(utilsFolders([inCore('utils/a.ts', '')])).toHaveLength(1))

  test('a long file, unless it says why first', () => {
    const body = 'x\n'.repeat(linesMax + 1)
    expect(longFiles([inCore('a.ts', body)])).toHaveLength(1)
    expect(
      longFiles([inCore('a.ts', `// One table.\n// It is over 300 lines because the specification is.\n\n${body}`)]),
    ).toEqual([])
    expect(longFiles([inCore('a.ts', `const a = 1\n// over 300 lines because\n${body}`)])).toHaveLength(1)
  })
})

describe('dependencies', () => {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(parent, name)),
  )

  test.each(folders)('each one that %s brings along is explained in its README', (folder) => {
    const readme = readFileSync(join(root, folder, 'README.md'), 'utf8')
    const named = (name: string) => new RegExp(`(?<![\\w/@-])${name}(?![\\w/-])`).test(readme)
    expect(dependenciesOf(folder).filter((name) => !named(name))).toEqual([])
  })
})

// What would be published: each package is packed as `pnpm publish` would pack it, and the tarball is examined; then all of
// them are laid out as an installation would, outside the workspace, and imported, run and type-checked from there.
// Needs a build (`npm test` makes one first).

import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData, type Package, type Problem } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './source.ts'

/** A file, or one for each condition. */
type Target = string | { readonly [condition: string]: Target }

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly type: string
  readonly engines: { readonly node: string }
  readonly exports: Readonly<Record<string, Target>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}

const run = promisify(execFile)
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const filesOf = (target: Target): string[] =>
  typeof target === 'string' ? [target] : Object.values(target).flatMap(filesOf)
const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const folders = ['packages', 'apps']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)))
  .filter((folder) => existsSync(join(root, folder, 'package.json')))

let scratch = ''
const tarballs = new Map<string, Buffer>()
const packed = new Map<string, Package>()

beforeAll(async () => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'mq-packages-')))
  for (const folder of folders) {
    if (!existsSync(join(root, folder, 'dist'))) throw new Error(`${folder} is not built: npm run build`)
    const destination = join(scratch, 'tarballs', folder)
    mkdirSync(destination, { recursive: true })
    await run(bin('pnpm'), ['pack', '--pack-destination', destination], { cwd: join(root, folder) })
    const [name = ''] = readdirSync(destination)
    const tarball = readFileSync(join(destination, name))
    tarballs.set(folder, tarball)
    packed.set(folder, createPackageFromTarballData(tarball))
  }
}, 120_000)

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe.each(folders)('%s', (folder) => {
  const contents = () => packed.get(folder)!
  const prefix = () => `/node_modules/${contents().packageName}/`
  const files = () =>
    contents()
      .listFiles()
      .map((file) => file.slice(prefix().length))
  const manifest = (): Manifest => JSON.parse(contents().readFile(`${prefix()}package.json`))

  test('says what it is: ESM, MIT, for which Node.js, with fixed dependencies', () => {
    const { name, license, type, engines, dependencies = {} } = manifest()
    expect(name).toMatch(/^@mq\/[a-z-]+$/)
    expect({ license, type, node: engines.node }).toEqual({ license: 'MIT', type: 'module', node: '>=20.19' })
    // `workspace:*` has become a version, and outside packages are named exactly.
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  test('brings README, LICENSE and sources, and no test', () => {
    expect(files()).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'src/index.ts']))
    expect(contents().readFile(`${prefix()}LICENSE`)).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
    expect(files().filter((file) => /\.test\.|^test\/|tsbuildinfo/.test(file))).toEqual([])
  })

  test('holds every file that it exports, and what its source maps lead to', () => {
    const { exports, bin: executables = {} } = manifest()
    const targets = Object.values(exports).flatMap(filesOf)
    const named = [...targets, ...Object.values(executables)].map((target) => target.replace(/^\.\//, ''))
    const maps = files().filter((file) => file.endsWith('.map'))
    const sources = maps.flatMap((map) => {
      const { sources }: { sources: string[] } = JSON.parse(contents().readFile(prefix() + map))
      return sources.map((source) => join(dirname(map), source))
    })
    expect(maps.length).toBeGreaterThan(0)
    expect([...named, ...sources].filter((file) => !files().includes(file))).toEqual([])
  })

  test('pleases publint', async () => {
    const tarball = new Uint8Array(tarballs.get(folder)!).buffer
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  test('has types that are right for those who import it', async () => {
    const result = await checkPackage(contents())
    if (result.types === false) throw new Error('it has no types')
    expect(result.problems.filter(concernsImporters)).toEqual([])
  })
})

describe('installed elsewhere', () => {
  let project = ''

  beforeAll(async () => {
    project = join(scratch, 'project')
    for (const folder of folders) await layOut(folder, join(project, 'node_modules'))
    mkdirSync(join(project, 'node_modules', '@types'), { recursive: true })
    const nodeTypes = join('node_modules', '@types', 'node')
    symlinkSync(realpathSync(join(root, nodeTypes)), join(project, nodeTypes), 'junction')
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  }, 120_000)

  const entries = folders.flatMap((folder) => {
    const { name, exports } = readManifest(join(root, folder))
    return Object.keys(exports)
      .filter((path) => !path.endsWith('.json'))
      .map((path) => name + path.slice(1))
  })

  // The entry of the command line is the command line.
  const libraries = entries.filter((entry) => entry !== '@mq/cli')

  test.each(libraries)('%s can be imported', async (entry) => {
    const program = `const all = await import('${entry}'); console.log(Object.keys(all).length)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project })
    expect(Number(stdout)).toBeGreaterThan(0)
  })

  test('mq says its version', async () => {
    const executable = join(project, 'node_modules', '@mq', 'cli', 'bin', 'mq.js')
    const { stdout } = await run(process.execPath, [executable, '--version'], { cwd: project })
    expect(stdout).toContain(readManifest(join(root, 'apps', 'cli')).version)
  })

  test('all types hold up under strict settings', async () => {
    const imports = libraries.map((entry, i) => `import * as entry${i} from '${entry}'\nvoid entry${i}\n`)
    writeFileSync(join(project, 'index.ts'), imports.join(''))
    const options = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] }
    const lib = ['es2023', 'esnext.disposable', 'dom']
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, lib, exactOptionalPropertyTypes: true }, include: ['index.ts'] }),
    )
    const { stdout } = await run(bin('tsc'), ['-p', project]).catch((error) => error)
    // Others' types may break under settings that are not theirs; ours may not.
    expect(stdout.split('\n').filter((line: string) => /@mq\/|^index\.ts/.test(line))).toEqual([])
  })
})

// A package of ES modules cannot be required, nor found by the resolution of Node.js 10: neither is promised.
function concernsImporters(problem: Problem): boolean {
  if (problem.kind === 'CJSResolvesToESM') return false
  return !(
    'resolutionKind' in problem &&
    (problem.resolutionKind === 'node10' || problem.resolutionKind === 'node16-cjs')
  )
}

// The tarball's files below node_modules, and beside them the outside packages that the workspace has installed for it.
async function layOut(folder: string, nodeModules: string): Promise<void> {
  const contents = packed.get(folder)!
  for (const file of contents.listFiles()) {
    const target = join(nodeModules, file.slice('/node_modules/'.length))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, contents.readFile(file))
  }
  for (const name of Object.keys(readManifest(join(root, folder)).dependencies ?? {})) {
    const link = join(nodeModules, name)
    if (name.startsWith('@mq/') || existsSync(link)) continue
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(realpathSync(join(root, folder, 'node_modules', name)), link, 'junction')
  }
}

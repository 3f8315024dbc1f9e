// The rules of the house that a text can break, each a function from files to sentences that name what is broken.
// architecture.test.ts applies them, and shows that each one finds a planted violation.

import { type Import, importsOf, openingComment, type SourceFile, withoutComments } from './source.ts'

/** What a folder of core may import, besides itself. index.ts may import everything. */
export const coreFolders: Readonly<Record<string, readonly string[]>> = {
  spec: [],
  wire: ['spec'],
  packet: ['spec', 'wire'],
  codec: ['spec', 'wire', 'packet'],
  topic: ['spec', 'wire', 'packet'],
  session: ['spec', 'wire', 'packet', 'topic'],
  connection: ['spec', 'wire', 'packet', 'codec', 'topic', 'session'],
  testing: ['spec', 'wire', 'packet', 'codec', 'topic', 'session', 'connection'],
}

/** Which of our packages the shipped code of a package may import. An adapter is in no list: whoever wants it chooses it. */
export const packageImports: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [],
  'packages/broker': ['@mq/core'],
  'packages/client': ['@mq/core'],
  'packages/conformance': ['@mq/core'],
  'apps/cli': ['@mq/core', '@mq/broker', '@mq/client', '@mq/conformance'],
}

/** Which file alone may import an outside package. */
export const soleImporter: Readonly<Record<string, string>> = {
  'mqtt-packet': 'packages/core/src/codec/control.ts',
}

export function coreDirections(files: readonly SourceFile[]): string[] {
  return files.flatMap(importsOf).flatMap(({ from, target }) => {
    const own = coreFolder(from)
    const other = target === undefined ? undefined : coreFolder(target)
    if (own === undefined || other === undefined || own === other) return []
    const allowed = coreFolders[own]
    if (allowed === undefined) return [`${from}: core has no folder ${own}/ in test/rules.ts`]
    return allowed.includes(other) ? [] : [`${from}: ${own} must not import ${other}`]
  })
}

export function packageDirections(files: readonly SourceFile[]): string[] {
  return files.flatMap(importsOf).flatMap(({ from, specifier, target }) => {
    const own = packageOf(from)
    if (target !== undefined)
      return packageOf(target) === own ? [] : [`${from}: reaches into another package, ${target}`]
    const name = /^@mq\/[^/]+/.exec(specifier)?.[0]
    if (name === undefined) return []
    const allowed = packageImports[own]
    if (allowed === undefined) return [`${from}: ${own} is not in the table of test/rules.ts`]
    return allowed.includes(name) ? [] : [`${from}: ${own} must not import ${name}`]
  })
}

export function strayImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(importsOf).flatMap(({ from, specifier }) => {
    const sole = soleImporter[specifier]
    return sole === undefined || sole === from ? [] : [`${from}: only ${sole} may import ${specifier}`]
  })
}

/** What shipped code imports, its package names as a dependency: the workspace's own would be missing elsewhere. */
export function undeclaredImports(
  files: readonly SourceFile[],
  dependenciesOf: (packageFolder: string) => readonly string[],
): string[] {
  return files.flatMap(importsOf).flatMap(({ from, specifier }) => {
    const name = /^(?!node:|\.)(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0]
    if (name === undefined || dependenciesOf(packageOf(from)).includes(name)) return []
    return [`${from}: ${name} is no dependency of ${packageOf(from)}`]
  })
}

export function nodeImports(files: readonly SourceFile[]): string[] {
  return files
    .flatMap(importsOf)
    .filter(({ specifier }) => specifier.startsWith('node:'))
    .map(({ from, specifier }) => `${from}: imports ${specifier}`)
}

/**
 * Each cycle once, as the files it leads through. Imports of types do not count: they are gone once compiled, nothing is
 * loaded in a circle, and two things that know each other (a session and its connection) may say so.
 */
export function cycles(files: readonly SourceFile[]): string[] {
  const graph = new Map<string, string[]>()
  for (const file of files)
    graph.set(
      file.path,
      importsOf(file)
        .filter((each) => !each.erased)
        .flatMap(targets),
    )
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) found.push([...trail.slice(at), path].join(' -> '))
    if (at >= 0 || done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

/** Two brokers in one process share nothing: no variable at module level, no collection there that somebody changes. */
export function moduleState(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const code = withoutComments(text)
    const variables = [...code.matchAll(/^(?:export )?(?:let|var) (\w+)/gm)].map(
      ([, name]) => `${path}: variable ${name}`,
    )
    const collections = [
      ...code.matchAll(/^(?:export )?const (\w+)[^=\n]*= (?:new (?:Weak)?(?:Map|Set)\b|new Array\b|\[)/gm),
    ]
      .map(([, name = '']) => name)
      .filter((name) => changes(name).test(code))
      .map((name) => `${path}: ${name} is changed after it was made`)
    return [...variables, ...collections]
  })
}

export function exportsOfWrongKind(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const code = withoutComments(text)
    return [
      ...(/^\s*export default\b/m.test(code) || /\bas default\b/.test(code) ? [`${path}: default export`] : []),
      ...(/^\s*export (?:type )?\*/m.test(code) ? [`${path}: export *`] : []),
    ]
  })
}

export function utilsFolders(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => /\/utils?\//.test(path))
    .map(({ path }) => `${path}: say what it is for instead of utils`)
}

export const linesMax = 300

/** A longer file says why in its opening comment, in a line with "over 300 lines because". */
export function longFiles(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length
    if (lines <= linesMax || openingComment(text).includes('over 300 lines because')) return []
    return [`${path}: ${lines} lines`]
  })
}

function targets({ target }: Import): string[] {
  return target === undefined ? [] : [target]
}

function changes(name: string): RegExp {
  return new RegExp(`\\b${name}(?:\\.(?:set|add|delete|clear|push|pop|shift|unshift|splice|fill)\\(|\\[[^\\]]*\\] = )`)
}

function coreFolder(path: string): string | undefined {
  return /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1]
}

function packageOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

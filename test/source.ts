// The workspace's own source files as text, and what they import. The guards of architecture.test.ts read these.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('..', import.meta.url))

export interface SourceFile {
  /** From the root of the workspace, with `/`. */
  readonly path: string
  readonly text: string
}

export interface Import {
  readonly from: string
  /** As written: './reader.ts', '@mq/core', 'node:net'. */
  readonly specifier: string
  /** The file a relative specifier means, from the root of the workspace. */
  readonly target: string | undefined
  /** `import type`: gone once compiled. */
  readonly erased: boolean
}

const skippedFolders = new Set(['node_modules', 'dist', '.turbo', '.git', 'coverage'])

/** Every source file under the folders, tests included. */
export function sourceFiles(...folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => walk(join(root, folder)))
    .map((file) => ({
      path: relative(root, file).split(sep).join('/'),
      text: readFileSync(file, 'utf8'),
    }))
}

/** Whether a file is shipped: not a test, nor part of a test folder. */
export function isShipped(file: SourceFile): boolean {
  return /\/src\//.test(file.path) && !/\.test\.ts$/.test(file.path)
}

/** The static and dynamic imports and the re-exports of a file, those of types included. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const code = withoutComments(text)
  const statement = /^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*['"]([^'"]+)['"]/gm
  const call = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
  return [...code.matchAll(statement), ...code.matchAll(call)].map(([written, specifier = '']) => ({
    from: path,
    specifier,
    target: specifier.startsWith('.')
      ? normalize(join(dirname(path), specifier))
          .split(sep)
          .join('/')
      : undefined,
    erased: /^\s*(?:import|export)\s+type\b/.test(written),
  }))
}

/** Blanks comments, keeping lines, so that an import in an example is none. Strings that hold comment marks stay whole. */
export function withoutComments(text: string): string {
  const token = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
  return text.replace(token, (match) => (match.startsWith('/') ? match.replace(/[^\n]/g, ' ') : match))
}

/** The comment a file opens with, below a `#!` line. */
export function openingComment(text: string): string {
  return /^(?:#![^\n]*\n)?\s*((?:\/\/[^\n]*\n\s*)+|\/\*[\s\S]*?\*\/)/.exec(text)?.[1] ?? ''
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : walk(path)
    return /\.(ts|tsx|js|mjs)$/.test(entry.name) ? [path] : []
  })
}

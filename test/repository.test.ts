// What no committed file may hold: it must mean the same on every machine, behind every mirror of the registry.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './source.ts'

// Spelt in two parts, so that this file does not break its own rule.
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'a registry host',
    new RegExp(`https?://(?:registry|npm)\\.|npm${'js'}\\.org|yarn${'pkg'}\\.com|/-/[\\w.-]+${'\\.tgz'}`),
  ],
  ['a download address', /^\s*(?:tarball|resolved): /m],
  ['a path of one machine', new RegExp(`(?<![\\w./~$}-])/(?:root|home/[\\w.-]+|${'Users'}/[\\w.-]+|work)/`)],
]

function violations(path: string, text: string): string[] {
  return forbidden.flatMap(([what, pattern]) => {
    const found = pattern.exec(text)
    return found === null ? [] : [`${path}: ${what}, ${JSON.stringify(found[0])}`]
  })
}

test('no committed file names a registry or a path of one machine', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  expect(files.length).toBeGreaterThan(20)
  const texts = files.flatMap((path) => readTracked(path))
  expect(texts.flatMap(({ path, text }) => violations(path, text))).toEqual([])
})

test('the rule finds what it looks for', () => {
  const slash = '/'
  for (const bad of [
    `"https:${slash}/registry.example.org/a"`,
    `from npm${'js'}.org`,
    `  tarball: a.tgz`,
    `resolution: {tarball: x${slash}-/a-1.0.0.tgz}`,
    `see ${slash}root/notes`,
    `"${slash}home/me/x"`,
    `(${slash}work/x/y)`,
  ]) {
    expect(violations('f', bad), bad).toHaveLength(1)
  }
  for (const fine of [`house${slash}work/lamp`, `~${slash}work/x`, `https:${slash}/example.org/home/me/`]) {
    expect(violations('f', fine), fine).toEqual([])
  }
})

// A tracked file that is deleted but not committed yet has no text.
function readTracked(path: string): { path: string; text: string }[] {
  try {
    return [{ path, text: readFileSync(join(root, path), 'utf8') }]
  } catch {
    return []
  }
}

// `npm run spec`: prints every statement with its status and writes docs/conformance.md.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { markdown, reportFile, reports, unknownIds } from './report.ts'

export function run(): void {
  const text = markdown(reports())
  mkdirSync(dirname(reportFile), { recursive: true })
  writeFileSync(reportFile, text)
  process.stdout.write(text)
  for (const unknown of unknownIds()) {
    process.stderr.write(`no such statement: ${unknown}\n`)
    process.exitCode = 1
  }
}

// `npm test`: everything a change must pass, in one command. The last line is the count of tests:
//
//     N passed, N failed[, N skipped]
//
// A stage that fails (install, build, lint, type-check) counts as one failed test, and the stages after it still run, so
// that one run shows all there is to mend. Only without an install there is nothing to go on with.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, install, requireNode, root, step, toolEnvironment } from './workspace.mjs'

requireNode()
const count = { passed: 0, failed: 0, skipped: 0 }

if (await install()) {
  await stage(build())
  await stage(step('Linting', 'biome', ['check', '--error-on-warnings', '.']))
  await stage(
    step('Type-checking', 'turbo', [
      'run',
      'typecheck',
      'typecheck:root',
      '--continue',
      '--ui=stream',
      '--output-logs=errors-only',
    ]),
  )
  await tests()
} else {
  console.log('The dependencies could not be installed (see above): is the npm registry reachable?')
  count.failed++
}

const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`)
process.exitCode = count.failed === 0 ? 0 : 1

async function stage(running) {
  if (!(await running)) count.failed++
}

async function tests() {
  const folder = mkdtempSync(join(tmpdir(), 'mq-test-'))
  const file = join(folder, 'report.json')
  try {
    console.log('▸ Testing …')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const exitCode = await runVitest(['run', ...reporters, ...process.argv.slice(2)])
    const report = readReport(file)
    count.passed += report.numPassedTests
    count.skipped += report.numPendingTests + report.numTodoTests
    // A file that cannot be loaded, or whose beforeAll failed, has no failed test.
    const failedFiles = report.testResults.filter(
      (f) => f.status === 'failed' && f.assertionResults.every(({ status }) => status !== 'failed'),
    )
    const failed = report.numFailedTests + failedFiles.length
    // An error outside every test still fails the run.
    count.failed += failed === 0 && exitCode !== 0 ? 1 : failed
    for (const [reason, tests] of skipReasons(report))
      console.log(`skipped: ${reason} (${tests} ${tests === 1 ? 'test' : 'tests'})`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runVitest(args) {
  const child = spawn('vitest', args, {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.log(error.message)
      resolve(1)
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }
  }
}

/** test/peers.ts writes why a test is skipped into the title it is skipped under. */
function skipReasons(report) {
  const reasons = new Map()
  for (const { assertionResults } of report.testResults) {
    for (const { fullName } of assertionResults) {
      const reason = /\[skipped: ([^\]]+)\]/.exec(fullName)?.[1]
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
  }
  return reasons
}

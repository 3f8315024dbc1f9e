// Measures, and writes what came of it. Started by run.mjs, which has checked the options.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { revision, root } from './brokers.ts'
import { allCases } from './cases.ts'
import { measureEndToEnd } from './end-to-end.ts'
import { measureCases } from './micro.ts'
import { optionsOf } from './options.ts'
import { writeDocs } from './page.ts'
import type { BenchResult } from './result.ts'
import { measureScale } from './scale.ts'

const given = optionsOf(process.argv.slice(2))

if (given.from !== undefined) finish(JSON.parse(readFileSync(given.from, 'utf8')))
else {
  const isPart = given.micro || given.e2e || given.scale || given.scenario !== undefined
  const result = await measure(
    !isPart || given.micro,
    !isPart || given.e2e || given.scenario !== undefined,
    !isPart || given.scale,
  )
  const folder = join(root, 'bench', 'results')
  mkdirSync(folder, { recursive: true })
  // The one that the page is drawn from is kept with the page, the others are yours.
  const file = join(folder, given.docs ? 'docs.json' : `${result.date.slice(0, 19).replaceAll(':', '')}.json`)
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`)
  console.log(`written to ${file}`)
  finish(result)
}

async function measure(micro: boolean, endToEnd: boolean, scale: boolean): Promise<BenchResult> {
  const loadBefore = loadavg()[0] ?? Number.NaN
  const rounds = given.rounds ?? 3
  const seconds = given.seconds
  if (micro) console.log('the parts: half a minute')
  const microResults = micro ? measureCases(allCases(), given.rounds ?? 15) : []
  for (const { name, nsEach } of microResults) console.log(`  ${name.padEnd(44)} ${nsEach.toFixed(1).padStart(8)} ns`)
  const found = endToEnd
    ? await measureEndToEnd({
        brokers: given.brokers,
        scenario: given.scenario,
        rounds,
        seconds,
        idleConnections: given.idle,
        manyConnections: given.many,
      })
    : { endToEnd: [], protocols: [], idle: [] }
  // Last: it pins this process to one core.
  if (scale) console.log('much of everything: a few minutes')
  const scaleResults = scale ? await measureScale(seconds) : []
  for (const each of scaleResults) console.log(`  ${each.subject}: ${each.what}: ${each.value} ${each.unit}`)
  return {
    date: new Date().toISOString(),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${type()} ${release().split('-')[0]}`,
      node: process.version,
      loadBefore,
      loadAfter: loadavg()[0] ?? Number.NaN,
    },
    revision: revision(),
    rounds,
    seconds,
    micro: microResults,
    scale: scaleResults,
    ...found,
  }
}

function finish(result: BenchResult): void {
  if (!given.docs) return
  const files = writeDocs(result, root)
  for (const file of files) console.log(`written to ${file}`)
  const biome = join(root, 'node_modules', '.bin', 'biome')
  execFileSync(biome, ['check', '--write', join(root, 'bench', 'results'), ...files], { cwd: root, stdio: 'ignore' })
}

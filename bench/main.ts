// Reads the options, measures, and writes what came of it. Started by run.mjs.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { brokerNames, revision, root } from './brokers.ts'
import { allCases } from './cases.ts'
import { measureEndToEnd } from './end-to-end.ts'
import { measureCases } from './micro.ts'
import { writeDocs } from './page.ts'
import type { BenchResult } from './result.ts'
import { measureScale } from './scale.ts'

const help = `pnpm bench [options]

  --micro              only the micro benchmarks
  --e2e                only brokers side by side
  --scale              only much of everything: receivers, subscriptions, retained messages
  --scenario <text>    only scenarios with this in their name: pair, fanout, fanin, sparse, protocol, idle
  --brokers <names>    ${brokerNames.join(',')}, where installed [all]
  --rounds <n>         how often each is measured [3; micro 15]
  --seconds <n>        how long each time, brokers side by side [1.5]
  --idle <n>           idle connections of each broker, 0 for none [5000]
  --many <n>           idle connections of ours alone, 0 for none [50000, or as many as ulimit -n lets]
  --docs               write docs/performance.md's tables and charts, too; measures everything
  --from <file>        measure nothing: read this result (with --docs)
  --no-build           measure what was built last
`

const given = optionsOf(
  () =>
    parseArgs({
      options: {
        micro: { type: 'boolean', default: false },
        e2e: { type: 'boolean', default: false },
        scale: { type: 'boolean', default: false },
        scenario: { type: 'string' },
        brokers: { type: 'string', default: brokerNames.join(',') },
        rounds: { type: 'string' },
        seconds: { type: 'string', default: '1.5' },
        idle: { type: 'string', default: '5000' },
        many: { type: 'string', default: '50000' },
        docs: { type: 'boolean', default: false },
        from: { type: 'string' },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values,
)

if (given.help) console.log(help)
else if (given.from !== undefined) finish(JSON.parse(readFileSync(given.from, 'utf8')))
else {
  const isPart = given.micro || given.e2e || given.scale || given.scenario !== undefined
  if (given.docs && isPart) {
    console.error('--docs needs all of it: leave out --micro, --e2e, --scale and --scenario')
    process.exit(2)
  }
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
  const rounds = Number(given.rounds ?? 3)
  const seconds = Number(given.seconds)
  if (micro) console.log('the parts: half a minute')
  const microResults = micro ? measureCases(allCases(), Number(given.rounds ?? 15)) : []
  for (const { name, nsEach } of microResults) console.log(`  ${name.padEnd(44)} ${nsEach.toFixed(1).padStart(8)} ns`)
  const found = endToEnd
    ? await measureEndToEnd({
        brokers: given.brokers.split(','),
        scenario: given.scenario,
        rounds,
        seconds,
        idleConnections: Number(given.idle),
        manyConnections: Number(given.many),
      })
    : { endToEnd: [], protocols: [], idle: [] }
  // Last: it pins this process to one core.
  if (scale) console.log('much of everything: a few minutes')
  const scaleResults = scale ? await measureScale(seconds) : []
  for (const each of scaleResults) console.log(`  ${each.subject}: ${each.what}: ${each.value} ${each.unit}`)
  return {
    date: new Date().toISOString(),
    command: ['pnpm bench', ...process.argv.slice(2)].join(' '),
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

/** What was given, or a sentence about what is wrong with it. */
function optionsOf<Options>(read: () => Options): Options {
  try {
    return read()
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    process.exit(2)
  }
}

/**
 * `pnpm fuzz --minutes 30`: all targets in turns, with progress on stderr. Options: `--only name`, `--seed n` for the first
 * batch, `--path p` (with a seed) for one counterexample. Exit code 1 when something was found.
 */
import { parseArgs } from 'node:util'
import { type Finding, randomSeed, runBatch } from './runner.ts'
import { createTally } from './target.ts'
import { createTargets } from './targets.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    only: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
  },
})

const targets = createTargets()
const chosen = targets.filter((each) => values.only === undefined || each.name === values.only)
if (chosen.length === 0) {
  console.error(`--only ${values.only}: the targets are ${targets.map((each) => each.name).join(', ')}`)
  process.exit(2)
}

const findingsMax = 10
const startedMs = performance.now()
const elapsedS = (): number => (performance.now() - startedMs) / 1000
const tally = createTally()
const findings: Finding[] = []
let seed = values.seed === undefined ? randomSeed() : Number(values.seed)

function summary(): string {
  const seconds = elapsedS()
  const rate = (count: number): string => `${count} (${Math.round(count / seconds)}/s)`
  return `${seconds.toFixed(0)} s: ${tally.cases} cases, packets ${rate(tally.packets)}, operations ${rate(tally.operations)}, findings ${findings.length}`
}

const untilS = values.path === undefined ? Number(values.minutes) * 60 : 0
let nextLineS = 10
do {
  for (const target of chosen) {
    const finding = await runBatch(target, tally, seed, target.batch, values.path)
    if (finding !== undefined) {
      findings.push(finding)
      console.log(`\n${finding.message}\n`)
    }
    seed = (seed + 1) & 0x7fff_ffff
    if (elapsedS() > nextLineS) {
      console.error(summary())
      nextLineS = elapsedS() + 10
    }
  }
} while (elapsedS() < untilS && findings.length < findingsMax)

console.log(summary())
for (const { reproduce } of findings) console.log(reproduce)
process.exitCode = findings.length > 0 ? 1 : 0

/**
 * A short run of what `pnpm fuzz` does for as long as it is told, and the same cases every time: a test that fails says that
 * the change is at fault, not chance. New cases are `pnpm fuzz`'s, which begins with a fresh seed.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runBatch } from '../fuzz/runner.ts'
import { createTally, type Target } from '../fuzz/target.ts'
import { createTargets } from '../fuzz/targets.ts'

/** Cases that take about a second each. */
const cases: Readonly<Record<string, number>> = {
  codec: 1200,
  server: 800,
  client: 800,
  broker: 400,
  operations: 250,
  soak: 250,
}

describe.each([20_240_601, 20_261_122])('seed %i', (seed) => {
  test.each(createTargets().map((target) => ({ name: target.name, target })))(
    '$name',
    { timeout: 120_000 },
    async ({ name, target }) => {
      const tally = createTally()
      const finding = await runBatch(target, tally, seed, cases[name])
      if (finding !== undefined) throw new Error(finding.message)
      expect(tally.cases).toBeGreaterThanOrEqual(cases[name] ?? 1)
    },
  )
})

test('what fails is shrunk, and shown with the line that runs it again', async () => {
  const failing: Target = {
    name: 'failing',
    batch: 100,
    property: () => fc.asyncProperty(fc.nat(), async (value) => value < 1000),
  }
  const finding = await runBatch(failing, createTally(), 1)
  expect(finding?.message).toContain('shrinks):\n1000\n')
  const [, seed, path] = /^npx pnpm fuzz --only failing --seed (\d+) --path (\S+)$/.exec(finding?.reproduce ?? '') ?? []
  const again = await runBatch(failing, createTally(), Number(seed), failing.batch, path)
  expect(again?.message).toContain('1000')
})

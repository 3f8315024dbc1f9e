/**
 * Runs targets: one batch after the other until the time is up, each with its own seed. What a batch finds is shrunk by
 * fast-check and printed with one line that runs it again.
 */
import fc from 'fast-check'
import type { Tally, Target } from './target.ts'

export interface Finding {
  readonly target: string
  readonly message: string
  /** The command that shows it again. */
  readonly reproduce: string
}

/** One batch; undefined when it found nothing. */
export async function runBatch(
  target: Target,
  tally: Tally,
  seed: number,
  numRuns: number = target.batch,
  path?: string,
): Promise<Finding | undefined> {
  const details = await fc.check(target.property(tally), {
    seed,
    numRuns,
    ...(path !== undefined && { path }),
    // Shrinking may take long; a counterexample that is still large is better than none.
    interruptAfterTimeLimit: 120_000,
  })
  if (!details.failed || details.counterexample === null) return undefined
  const reproduce = `npx pnpm fuzz --only ${target.name} --seed ${details.seed} --path ${details.counterexamplePath ?? ''}`
  const error = details.errorInstance
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const message = `${target.name}: ${why}\n\ncounterexample (after ${details.numShrinks} shrinks):\n${fc.stringify(details.counterexample[0])}\n\n${reproduce}`
  return { target: target.name, message, reproduce }
}

export function randomSeed(): number {
  return Math.floor(Math.random() * 0x7fff_ffff)
}

import type { CaseResult } from '@mq/conformance'
import { expect, test } from 'vitest'

/** A test for each case that was played; the transcript of one that failed is its message. */
export function report(results: readonly CaseResult[]): void {
  for (const { name, outcome, problem, transcript } of results) {
    if (outcome === 'skipped') continue
    test(name, () => {
      if (outcome === 'failed') expect.fail([problem, ...transcript].join('\n'))
    })
  }
}

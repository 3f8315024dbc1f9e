import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  downSamples,
  nextOverload,
  noOverload,
  type OverloadState,
  overloadSteps,
  upSamples,
} from './overload-level.ts'

const limitMs = 1000
const last = overloadSteps.length - 1

/** The states after each sample. */
function run(samples: readonly number[], from: OverloadState = noOverload): OverloadState[] {
  let state = from
  return samples.map((delayMs) => {
    state = nextOverload(state, delayMs, limitMs)
    return state
  })
}
const steps = (samples: readonly number[], from?: OverloadState): number[] => run(samples, from).map(({ step }) => step)
const end = (samples: readonly number[], from?: OverloadState): OverloadState =>
  run(samples, from).at(-1) ?? from ?? noOverload
const times = (count: number, delayMs: number): number[] => new Array<number>(count).fill(delayMs)
const delays = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 200 })

describe('the steps', () => {
  test('each does what the one before it does, and more', () => {
    for (const [at, step] of overloadSteps.entries()) {
      const before = overloadSteps[at - 1]
      if (before === undefined) continue
      expect(step.refuses).toBe(true)
      expect(step.dropsQos0 || !before.dropsQos0).toBe(true)
      expect(step.pauseMs).toBeGreaterThanOrEqual(before.pauseMs)
      expect(step).not.toEqual(before)
    }
    expect(overloadSteps.map(({ level }) => level)).toEqual([
      'normal',
      'refusing',
      'dropping',
      'slowing',
      'slowing',
      'slowing',
    ])
  })
})

describe('a sequence of delays leads through these steps', () => {
  const up = (step: number): number[] => times(upSamples, step)
  const down = (step: number): number[] => times(downSamples, step)

  test.each<readonly [string, readonly number[], readonly number[]]>([
    ['none', times(20, 0), times(20, 0)],
    ['busy', times(20, 400), times(20, 0)],
    ['at the limit', times(50, 1000), times(50, 0)],
    ['one pause of a minute', [0, 60_000, 0, 0, 0], times(5, 0)],
    ['two pauses', [0, 60_000, 60_000, 0, 0], times(5, 0)],
    ['three in a row', times(3, 60_000), [0, 0, 1]],
    ['a little too late', times(10, 1200), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]],
    ['far too late, for long', times(26, 5000), [0, 0, ...up(1), ...up(2), ...up(3), ...up(4), ...times(8, 5)]],
  ])('%s', (_name, samples, wanted) => {
    expect(steps(samples)).toEqual(wanted)
  })

  test('and back, one for every so many samples below half of the limit', () => {
    const worst: OverloadState = { step: last, delayMs: 0, above: 0, below: 0 }
    expect(steps(times(41, 0), worst)).toEqual([
      ...times(downSamples - 1, 5),
      ...down(4),
      ...down(3),
      ...down(2),
      ...down(1),
      0,
      0,
    ])
  })

  test('in between it stays, and the count begins again', () => {
    const dropping: OverloadState = { step: 2, delayMs: 700, above: 0, below: 0 }
    expect(new Set(steps(times(100, 700), dropping))).toEqual(new Set([2]))
    const nearly = end(times(downSamples - 1, 0), { ...dropping, delayMs: 0 })
    expect(nearly).toMatchObject({ step: 2, below: downSamples - 1 })
    expect(end([60_000, 60_000], nearly)).toMatchObject({ step: 2, below: 0, above: 0 })
  })
})

describe('whatever the delays', () => {
  test('one step at a time, within the table, and the smoothed delay within twice the limit', () => {
    fc.assert(
      fc.property(delays, (samples) => {
        let before = noOverload
        for (const state of run(samples)) {
          expect(Math.abs(state.step - before.step)).toBeLessThanOrEqual(1)
          expect(overloadSteps[state.step]).toBeDefined()
          expect(state.delayMs).toBeGreaterThanOrEqual(0)
          expect(state.delayMs).toBeLessThanOrEqual(2 * limitMs)
          expect(Math.min(state.above, state.below)).toBe(0)
          before = state
        }
      }),
    )
  })

  test('up only above the limit, down only below half of it', () => {
    fc.assert(
      fc.property(delays, (samples) => {
        let before = noOverload
        for (const state of run(samples)) {
          if (state.step > before.step) expect(state.delayMs).toBeGreaterThan(limitMs)
          if (state.step < before.step) expect(state.delayMs).toBeLessThan(limitMs / 2)
          before = state
        }
      }),
    )
  })

  test('delays up to the limit never shed, and a single one of any length among small ones does not', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: limitMs })), (samples) => {
        expect(end(samples).step).toBe(0)
      }),
    )
    const small = fc.array(fc.integer({ min: 0, max: limitMs / 2 }))
    fc.assert(
      fc.property(small, fc.integer({ min: 0, max: 10_000_000 }), small, (before, pause, after) => {
        expect(Math.max(0, ...steps([...before, pause, ...after]))).toBe(0)
      }),
    )
  })

  test('a delay that stays above the limit ends at the last step, one that stays well below half at none', () => {
    fc.assert(
      fc.property(delays, fc.integer({ min: 1200, max: 60_000 }), (samples, delayMs) => {
        expect(end(times(60, delayMs), end(samples)).step).toBe(last)
      }),
    )
    fc.assert(
      fc.property(delays, fc.integer({ min: 0, max: 400 }), (samples, delayMs) => {
        expect(end(times(60, delayMs), end(samples)).step).toBe(0)
      }),
    )
  })
})

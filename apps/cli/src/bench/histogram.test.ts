import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

const percents = [0, 1, 50, 90, 99, 99.9, 100]

/** By definition: the value at rank ceil(p * n). */
function exactPercentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length - 1e-9))
  return sorted[rank - 1] ?? Number.NaN
}

const values = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 3000 }),
    fc.integer({ min: 0, max: 10_000_000 }),
    fc.integer({ min: 0, max: 2 ** 45 }),
  ),
  { minLength: 1, maxLength: 400 },
)

function expectClose(histogram: Histogram, recorded: readonly number[]): void {
  const sorted = recorded.toSorted((a, b) => a - b)
  for (const percent of percents) {
    const exact = exactPercentile(sorted, percent)
    const given = histogram.percentile(percent)
    expect(given, `p${percent} of ${sorted.length}`).toBeGreaterThanOrEqual(exact)
    expect(given, `p${percent} of ${sorted.length}`).toBeLessThanOrEqual(exact + exact / 1024)
  }
  expect(histogram.count).toBe(sorted.length)
  expect(histogram.max).toBe(sorted.at(-1))
  expect(histogram.min).toBe(sorted[0])
  expect(histogram.mean).toBeCloseTo(sorted.reduce((sum, value) => sum + value, 0) / sorted.length, 3)
}

test('percentiles are those of a sorted array, to three digits', () => {
  fc.assert(
    fc.property(values, (recorded) => {
      const histogram = new Histogram()
      for (const value of recorded) histogram.record(value)
      expectClose(histogram, recorded)
    }),
  )
})

test('merged ones are those of both arrays, through JSON', () => {
  fc.assert(
    fc.property(values, values, (first, second) => {
      const parts = [first, second].map((recorded) => {
        const histogram = new Histogram()
        for (const value of recorded) histogram.record(value)
        return histogram
      })
      const merged = new Histogram()
      for (const part of [...parts, new Histogram()]) merged.merge(JSON.parse(JSON.stringify(part.data())))
      expectClose(merged, [...first, ...second])
    }),
  )
})

describe('at the edges', () => {
  test('powers of two and their neighbours', () => {
    for (let exponent = 0; exponent < 50; exponent++) {
      for (const value of [2 ** exponent - 1, 2 ** exponent, 2 ** exponent + 1]) {
        const histogram = new Histogram()
        histogram.record(value)
        // One above, so that the maximum does not hide what bucket it is in.
        histogram.record(2 ** 52)
        expect(histogram.percentile(50)).toBeGreaterThanOrEqual(value)
        expect(histogram.percentile(50)).toBeLessThanOrEqual(value + value / 1024)
      }
    }
  })

  test('99.9 % of a thousand is the 999th', () => {
    const histogram = new Histogram()
    for (let value = 1; value <= 1000; value++) histogram.record(value)
    expect(histogram.percentile(99.9)).toBe(999)
    expect(histogram.percentile(50)).toBe(500)
  })

  test('nothing recorded', () => {
    const histogram = new Histogram()
    expect(histogram.count).toBe(0)
    expect(histogram.percentile(50)).toBeNaN()
    expect(histogram.max).toBeNaN()
    expect(histogram.mean).toBeNaN()
  })

  test('a time before it began, and fractions', () => {
    const histogram = new Histogram()
    histogram.record(-5)
    histogram.record(1.6)
    expect(histogram.min).toBe(0)
    expect(histogram.max).toBe(2)
  })
})

test('columns hold every value once', () => {
  const histogram = new Histogram()
  for (const value of [1, 10, 100, 1000, 10_000, 100_000]) histogram.record(value)
  const columns = histogram.columns(1, 100_000, 10)
  expect(columns.reduce((sum, count) => sum + count, 0)).toBe(6)
  expect(columns[0]).toBe(1)
  expect(columns[9]).toBe(1)
})

import { describe, expect, test } from 'vitest'
import { Schedule } from './schedule.ts'

/** All that is due until a time, looked at in these moments. */
function run(schedule: Schedule, looks: readonly number[]) {
  const sent = new Map<number, number>()
  const taken: { index: number; dueUs: number; atUs: number }[] = []
  for (const atUs of looks) {
    for (let index = schedule.take(atUs); index >= 0; index = schedule.take(atUs)) {
      const sequence = sent.get(index) ?? 0
      sent.set(index, sequence + 1)
      taken.push({ index, dueUs: schedule.dueUs(index, sequence), atUs })
    }
  }
  return taken
}

const every = (us: number, untilUs: number): number[] => Array.from({ length: untilUs / us }, (_, i) => (i + 1) * us)

describe('one worker', () => {
  test('one publisher, 1000 per second: one per millisecond from the start on', () => {
    const taken = run(new Schedule(0, 1000, 1, { first: 0, count: 1 }), every(1000, 10_000))
    expect(taken.map(({ dueUs }) => dueUs)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000])
  })

  test('the number of messages is the rate times the time, whatever the rate', () => {
    for (const rate of [0.5, 3, 7, 999, 12_345, 1_000_000]) {
      const taken = run(new Schedule(0, rate, 7, { first: 0, count: 7 }), every(1000, 2_000_000))
      expect(Math.abs(taken.length - rate * 2)).toBeLessThanOrEqual(1)
    }
  })

  test('after a pause everything that was due is due still, at its own time', () => {
    const looked = run(new Schedule(0, 1000, 2, { first: 0, count: 2 }), every(1000, 100_000))
    const paused = run(new Schedule(0, 1000, 2, { first: 0, count: 2 }), [1000, 100_000])
    expect(paused.map(({ index, dueUs }) => ({ index, dueUs }))).toEqual(
      looked.map(({ index, dueUs }) => ({ index, dueUs })),
    )
    expect(Math.max(...paused.map(({ dueUs, atUs }) => atUs - dueUs))).toBe(98_000)
  })

  test('publishers take turns', () => {
    const taken = run(new Schedule(0, 1000, 3, { first: 0, count: 3 }), [5000])
    expect(taken.map(({ index }) => index)).toEqual([0, 1, 2, 0, 1, 2])
  })
})

test('the workers together make the schedule of one', () => {
  const looks = every(700, 70_000)
  const whole = run(new Schedule(5, 3000, 5, { first: 0, count: 5 }), looks)
  const parts = [
    { first: 0, count: 2 },
    { first: 2, count: 3 },
    { first: 5, count: 0 },
  ].flatMap((part) =>
    run(new Schedule(5, 3000, 5, part), looks).map((each) => ({ ...each, index: each.index + part.first })),
  )
  parts.sort((a, b) => a.dueUs - b.dueUs)
  expect(parts).toEqual(whole)
})

test('a worker without publishers waits for nothing', () => {
  const schedule = new Schedule(0, 1000, 5, { first: 5, count: 0 })
  expect(schedule.nextUs).toBe(Number.POSITIVE_INFINITY)
  expect(schedule.take(1e9)).toBe(-1)
})

import { expect, test } from 'vitest'
import { ChunkClock } from './clock.ts'

test('time stands still while a chunk is handled, and is that of the other clock before and after', () => {
  let nowMs = 1
  let asked = 0
  const clock = new ChunkClock({
    now: () => {
      asked++
      return nowMs
    },
    setTimer: () => () => {},
  })
  // As a function of its own, which is how core is given it.
  const { now } = clock
  expect(now()).toBe(1)
  nowMs = 2
  clock.hold(now())
  nowMs = 3
  expect([now(), now()]).toEqual([2, 2])
  expect(asked).toBe(2)
  clock.free()
  expect(now()).toBe(3)
})

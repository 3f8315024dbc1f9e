import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'vitest'
import { SeededRandom, VirtualClock, withSeeds } from './index.ts'

test('timers fire in the order of their times, then of their setting, and see their own time', () => {
  const clock = new VirtualClock()
  const fired: string[] = []
  const note = (name: string) => () => fired.push(`${name}@${clock.now()}`)
  clock.setTimer(note('c'), 30)
  clock.setTimer(note('a'), 10)
  clock.setTimer(note('b'), 10)
  const cancel = clock.setTimer(note('never'), 20)
  clock.setTimer(() => clock.setTimer(note('nested'), 5), 10)
  cancel()
  clock.advance(29)
  deepEqual(fired, ['a@10', 'b@10', 'nested@15'])
  equal(clock.now(), 29)
  equal(clock.pending, 1)
  clock.advance(1)
  deepEqual(fired.at(-1), 'c@30')
  equal(clock.runNext(), false)
})

test('a random model of timers fires the same ones at the same times', () => {
  withSeeds([1, 2, 3], (random) => {
    const clock = new VirtualClock(1000)
    const expected: [dueMs: number, name: number][] = []
    const fired: [number, number][] = []
    for (let name = 0; name < 500; name++) {
      const dueMs = clock.now() + random.integer(0, 50)
      const cancel = clock.setTimer(() => fired.push([clock.now(), name]), dueMs - clock.now())
      if (random.chance(0.2)) cancel()
      else expected.push([dueMs, name])
      if (random.chance(0.1)) clock.advance(random.integer(0, 20))
    }
    clock.advance(50)
    deepEqual(
      fired,
      expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]),
    )
  })
})

test('a seed gives the same sequence again, and another one another', () => {
  const draw = (seed: number) => Array.from({ length: 20 }, () => new SeededRandom(seed).next())
  deepEqual(draw(5), draw(5))
  const first = new SeededRandom(0).bytes(64)
  deepEqual(first, new SeededRandom(0).bytes(64))
  equal(Buffer.from(first).equals(new SeededRandom(1).bytes(64)), false)
  const random = new SeededRandom(9)
  const seen = new Set(Array.from({ length: 1000 }, () => random.integer(3, 7)))
  deepEqual([...seen].sort(), [3, 4, 5, 6, 7])
})

test('a failure names its seed', () => {
  const broken = () =>
    withSeeds([11, 12], (random) => {
      if (random.seed === 12) throw new Error('not so')
    })
  let message = ''
  try {
    broken()
  } catch (error) {
    message = error instanceof Error ? error.message : ''
  }
  equal(message, 'seed 12: not so')
})

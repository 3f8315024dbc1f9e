import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../test/virtual-clock.ts'
import { type Deadline, Deadlines } from './deadlines.ts'

function task(deadlineMs: number, due: (nowMs: number) => void): Deadline & { deadlineMs: number } {
  return { deadlineMs, due, heapIndex: -1, filedMs: 0 }
}

const neverFails = (error: unknown): never => {
  throw error
}

test('fires each task at its time, as a naive list would, whatever is filed, moved and removed', () => {
  const operation = fc.record({
    kind: fc.constantFrom('file', 'later', 'earlier', 'remove', 'advance'),
    which: fc.nat(9),
    ms: fc.nat(50),
  })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 100 }), (operations) => {
      const clock = createVirtualClock(0)
      const deadlines = new Deadlines(clock, neverFails)
      const fired: string[] = []
      const naive = new Map<number, number>()
      const expected: string[] = []
      const tasks = Array.from({ length: 10 }, (_, i) => task(0, (nowMs) => void fired.push(`${i} at ${nowMs}`)))
      for (const { kind, which, ms } of operations) {
        const one = tasks[which]!
        if (kind === 'file' && one.heapIndex < 0) {
          one.deadlineMs = clock.now() + 1 + ms
          deadlines.file(one)
          naive.set(which, one.deadlineMs)
        } else if (kind === 'later' && one.heapIndex >= 0) {
          // A deadline that moves later need not be filed anew, and may be: it is asked when its old time comes.
          one.deadlineMs += ms
          if (ms % 2 === 0) deadlines.file(one)
          naive.set(which, one.deadlineMs)
        } else if (kind === 'earlier' && one.heapIndex >= 0) {
          one.deadlineMs = clock.now() + 1
          deadlines.file(one)
          naive.set(which, one.deadlineMs)
        } else if (kind === 'remove') {
          deadlines.remove(one)
          naive.delete(which)
        } else if (kind === 'advance') {
          const until = clock.now() + ms
          for (const [i, atMs] of naive) {
            if (atMs > until) continue
            expected.push(`${i} at ${atMs}`)
            naive.delete(i)
          }
          clock.advance(ms)
        }
        expect(deadlines.size).toBe(naive.size)
      }
      expect(fired.toSorted()).toEqual(expected.toSorted())
      deadlines.close()
      expect(clock.timers).toBe(0)
    }),
  )
})

describe('deadlines', () => {
  test('have one timer, and none when nothing is watched', () => {
    const clock = createVirtualClock(0)
    const deadlines = new Deadlines(clock, neverFails)
    const tasks = [30, 10, 20].map((ms) => task(ms, () => undefined))
    for (const each of tasks) deadlines.file(each)
    expect(clock.timers).toBe(1)
    clock.advance(30)
    expect(clock.timers).toBe(0)
  })

  test('at Infinity are not watched', () => {
    const clock = createVirtualClock(0)
    const deadlines = new Deadlines(clock, neverFails)
    deadlines.file(task(Number.POSITIVE_INFINITY, () => undefined))
    expect([deadlines.size, clock.timers]).toEqual([0, 0])
  })

  test('that throw are reported, and the others fire', () => {
    const clock = createVirtualClock(0)
    const failures: unknown[] = []
    const deadlines = new Deadlines(clock, (error) => void failures.push(error))
    const fired: number[] = []
    const broken = new Error('broken')
    deadlines.file(task(10, () => fired.push(1)))
    deadlines.file(
      task(10, () => {
        throw broken
      }),
    )
    deadlines.file(task(20, () => fired.push(2)))
    clock.advance(20)
    expect(failures).toEqual([broken])
    expect(fired).toEqual([1, 2])
  })

  test('may be filed and removed while others fire', () => {
    const clock = createVirtualClock(0)
    const deadlines = new Deadlines(clock, neverFails)
    const fired: string[] = []
    const removed = task(10, () => fired.push('removed'))
    const again = task(10, (nowMs) => {
      fired.push(`again at ${nowMs}`)
      deadlines.remove(removed)
      if (nowMs < 30) {
        again.deadlineMs = nowMs + 10
        deadlines.file(again)
      }
    })
    deadlines.file(again)
    deadlines.file(removed)
    clock.advance(100)
    expect(fired).toEqual(['again at 10', 'again at 20', 'again at 30'])
  })
})

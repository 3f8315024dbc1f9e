import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Flushable, Flusher, flushesPerTurn } from './flusher.ts'

const neverFails = (error: unknown): never => {
  throw error
}

function flushables(count: number, flushed: (n: number) => void): Flushable[] {
  return Array.from({ length: count }, (_, n) => ({ dirty: false, flush: () => flushed(n), destroy: () => undefined }))
}

test('a few are flushed in the turn in which they became dirty', () => {
  const flushed: number[] = []
  const flusher = new Flusher(neverFails)
  const all = flushables(flushesPerTurn, (n) => flushed.push(n))
  for (const each of all) flusher.add(each)
  flusher.flush()
  expect(flushed).toEqual(all.map((_, n) => n))
})

test('one that becomes dirty behind ten thousand does not wait for them', () => {
  const flushed: number[] = []
  const flusher = new Flusher(neverFails)
  const [bystander, ...many] = flushables(10_001, (n) => flushed.push(n))
  for (const each of many) flusher.add(each)
  flusher.flush()
  expect(flushed).toHaveLength(flushesPerTurn)
  for (let turn = 0; turn < 10; turn++) {
    flushed.length = 0
    flusher.add(bystander!)
    flusher.flush()
    expect(flushed[0]).toBe(0)
    expect(flushed).toHaveLength(flushesPerTurn)
  }
})

test('one does not wait for those that a message to ten thousand made dirty before, turn after turn', () => {
  const flushed: number[] = []
  const flusher = new Flusher(neverFails)
  const [bystander, ...many] = flushables(10_001, (n) => flushed.push(n))
  // Messages to all of them, one in each turn, and the bystander's always behind.
  for (let turn = 0; turn < 10; turn++) {
    flusher.isBulk = true
    for (const each of many) if (!each.dirty) flusher.add(each)
    flusher.isBulk = false
    flusher.add(bystander!)
    flushed.length = 0
    flusher.flush()
    expect(flushed[0]).toBe(0)
    expect(flushed).toHaveLength(flushesPerTurn)
  }
})

test('whatever becomes dirty when: a turn has a bound, nobody is flushed twice, nobody waits for ever', () => {
  const count = 2000
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.array(fc.nat(count - 1), { maxLength: 1500 })), { maxLength: 12 }),
      (turns) => {
        const flushed: number[] = []
        const flusher = new Flusher(neverFails)
        const all = flushables(count, (n) => flushed.push(n))
        const owed = new Set<number>()
        const turn = (): void => {
          flushed.length = 0
          flusher.flush()
          expect(flushed.length).toBe(Math.min(owed.size, flushesPerTurn))
          for (const n of flushed) expect(owed.delete(n)).toBe(true)
        }
        for (const [isBulk, becoming] of turns) {
          flusher.isBulk = isBulk
          for (const n of becoming) {
            if (!all[n]!.dirty) flusher.add(all[n]!)
            owed.add(n)
          }
          turn()
        }
        for (let left = Math.ceil(owed.size / flushesPerTurn); left > 0; left--) turn()
        expect(owed.size).toBe(0)
      },
    ),
    { numRuns: 50 },
  )
})

test('those that waited are flushed first come, first served, while others keep coming', () => {
  const flushed: number[] = []
  const flusher = new Flusher(neverFails)
  const all = flushables(5000, (n) => flushed.push(n))
  for (const each of all.slice(0, 1000)) flusher.add(each)
  // More than a turn takes, in every turn.
  for (let turn = 0, next = 1000; flushed.filter((n) => n < 1000).length < 1000; turn++) {
    expect(turn).toBeLessThan(8)
    for (const each of all.slice(next, next + 300)) flusher.add(each)
    next += 300
    flusher.flush()
  }
  const first = flushed.filter((n) => n < 1000)
  expect(first).toEqual(first.toSorted((a, b) => a - b))
})

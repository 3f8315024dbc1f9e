import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Rows } from './rows.ts'

test('any sequence of take and give: a row is handed out once, empty, and keeps what is written to it', () => {
  const step = fc.tuple(fc.constantFrom('take', 'take', 'give'), fc.nat())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 2, max: 16 }), (steps, width) => {
      const rows = new Rows(width)
      const oracle = new Map<number, number>()
      for (const [kind, choice] of steps) {
        const held = [...oracle.keys()]
        if (kind === 'take') {
          const row = rows.take()
          expect(row).toBeGreaterThan(0)
          expect(oracle.has(row)).toBe(false)
          for (let word = 0; word < width; word++) expect(rows.get(row, word)).toBe(0)
          for (let word = 0; word < width; word++) rows.set(row, word, choice + word)
          oracle.set(row, choice)
        } else if (held.length > 0) {
          const row = held[choice % held.length]!
          rows.give(row)
          oracle.delete(row)
        }
        expect(rows.count).toBe(oracle.size)
      }
      for (const [row, value] of oracle) {
        for (let word = 0; word < width; word++) expect(rows.get(row, word)).toBe((value + word) | 0)
      }
    }),
    { seed: 31 },
  )
})

test('what a few rows take is little, and a page whose rows are all free is let go', () => {
  const rows = new Rows(4)
  const taken = Array.from({ length: 3 * 4096 }, () => rows.take())
  expect(new Set(taken).size).toBe(3 * 4096)
  expect(rows.pagesHeld).toBe(4)
  for (const row of taken.slice(10)) rows.give(row)
  expect(rows.pagesHeld).toBe(2)
  // And taken again.
  const again = Array.from({ length: 3 * 4096 - 10 }, () => rows.take())
  expect(new Set([...again, ...taken.slice(0, 10)]).size).toBe(3 * 4096)
  for (const row of again) for (let word = 0; word < 4; word++) expect(rows.get(row, word)).toBe(0)
  expect(rows.pagesHeld).toBe(4)
})

test('who takes and gives one row at the end of a page keeps its memory', () => {
  const rows = new Rows(4, 4)
  // Row 0 is in the first page.
  for (let n = 0; n < 15; n++) rows.take()
  rows.give(rows.take())
  const page = rows.page(16)
  for (let n = 0; n < 3; n++) {
    const row = rows.take()
    expect(rows.page(row)).toBe(page)
    rows.set(row, 2, 7)
    rows.give(row)
  }
  expect(rows.get(rows.take(), 2)).toBe(0)
})

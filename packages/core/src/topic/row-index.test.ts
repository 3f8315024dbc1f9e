import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowIndex } from './row-index.ts'
import { Rows } from './rows.ts'

const keyWord = 2

/** As an owner does it: by the hash, and then by the key itself. */
function search(rows: Rows, index: RowIndex, key: number, hash: number): number {
  let row = index.first(hash)
  while (row !== 0 && rows.get(row, keyWord) !== key) row = index.next(row)
  return row
}

function add(rows: Rows, index: RowIndex, key: number, hash: number): number {
  const row = rows.take()
  rows.set(row, keyWord, key)
  index.add(row, hash)
  return row
}

test('any sequence of add and delete: what is there is found by its hash, and nothing else', () => {
  const step = fc.tuple(fc.constantFrom('add', 'add', 'delete'), fc.nat({ max: 300 }))
  // Few hashes: many rows share one.
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.constantFrom(1, 7, 0x0101_0101), (steps, factor) => {
      const rows = new Rows(3)
      const index = new RowIndex(rows)
      const oracle = new Map<number, number>()
      const hashOf = (key: number): number => Math.imul(key >> 2, factor)
      for (const [kind, key] of steps) {
        const present = oracle.get(key)
        expect(search(rows, index, key, hashOf(key))).toBe(present ?? 0)
        if (kind === 'add' && present === undefined) {
          oracle.set(key, add(rows, index, key, hashOf(key)))
        } else if (kind === 'delete' && present !== undefined) {
          index.delete(present)
          rows.give(present)
          oracle.delete(key)
        }
      }
      for (const [key, row] of oracle) expect(search(rows, index, key, hashOf(key))).toBe(row)
    }),
    { seed: 32 },
  )
})

test('it grows with what is in it and shrinks again, and its lists stay short', () => {
  const rows = new Rows(3)
  const index = new RowIndex(rows)
  const hashOf = (key: number): number => Math.imul(key, 0x9e37_79b1) >> 3
  const longest = (): number => {
    let most = 0
    for (let key = 0; key < 100_000; key += 97) {
      let length = 0
      for (let row = index.first(hashOf(key)); row !== 0; row = index.next(row)) length++
      most = Math.max(most, length)
    }
    return most
  }
  const added = Array.from({ length: 100_000 }, (_, key) => add(rows, index, key, hashOf(key)))
  expect(index.buckets).toBe(100_000)
  expect(longest()).toBeLessThan(12)
  for (const [key, row] of added.entries()) expect(search(rows, index, key, hashOf(key))).toBe(row)
  for (const row of added.slice(100)) {
    index.delete(row)
    rows.give(row)
  }
  expect(index.buckets).toBeLessThan(500)
  for (let key = 0; key < 200; key++) expect(search(rows, index, key, hashOf(key))).toBe(key < 100 ? added[key] : 0)
})

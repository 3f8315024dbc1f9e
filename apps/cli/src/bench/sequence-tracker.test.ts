import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SequenceTracker } from './sequence-tracker.ts'

/** By remembering everything. */
function naive(sequences: readonly number[]) {
  const seen = new Set<number>()
  const counts = { unique: 0, duplicates: 0, outOfOrder: 0 }
  let highest = -1
  for (const sequence of sequences) {
    if (seen.has(sequence)) counts.duplicates++
    else {
      counts.unique++
      if (sequence < highest) counts.outOfOrder++
    }
    seen.add(sequence)
    highest = Math.max(highest, sequence)
  }
  return { ...counts, missing: highest + 1 - seen.size }
}

function track(sequences: readonly number[], first = 0, isShared = false) {
  const tracker = new SequenceTracker(first, isShared)
  for (const sequence of sequences) tracker.arrived(sequence)
  const { unique, duplicates, outOfOrder, missing } = tracker
  return { unique, duplicates, outOfOrder, missing }
}

test('counts what one that remembers everything counts', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 200 }), (sequences) => {
      expect(track(sequences)).toEqual(naive(sequences))
    }),
  )
})

test.each([
  ['in order', [0, 1, 2, 3], { unique: 4, duplicates: 0, outOfOrder: 0, missing: 0 }],
  ['one lost', [0, 1, 3], { unique: 3, duplicates: 0, outOfOrder: 0, missing: 1 }],
  ['the first lost', [2], { unique: 1, duplicates: 0, outOfOrder: 0, missing: 2 }],
  ['one twice', [0, 1, 1, 2], { unique: 3, duplicates: 1, outOfOrder: 0, missing: 0 }],
  ['two exchanged', [0, 2, 1, 3], { unique: 4, duplicates: 0, outOfOrder: 1, missing: 0 }],
  ['late, and again', [0, 3, 1, 1, 2], { unique: 4, duplicates: 1, outOfOrder: 2, missing: 0 }],
])('%s', (_, sequences, counts) => expect(track(sequences)).toEqual(counts))

test('who comes in the middle has lost nothing', () => {
  expect(track([70, 71, 73], 70)).toEqual({ unique: 3, duplicates: 0, outOfOrder: 0, missing: 1 })
})

test('a share of the messages is no loss, and its order is still seen', () => {
  expect(track([0, 3, 4, 9], 0, true)).toEqual({ unique: 4, duplicates: 0, outOfOrder: 0, missing: 0 })
  expect(track([3, 0], 0, true)).toEqual({ unique: 2, duplicates: 0, outOfOrder: 1, missing: 0 })
  expect(track([3, 3], 0, true)).toEqual({ unique: 1, duplicates: 1, outOfOrder: 0, missing: 0 })
})

test('every second message of a million lost: the count is right and the memory is bounded', () => {
  const tracker = new SequenceTracker()
  for (let sequence = 0; sequence < 1_000_000; sequence += 2) tracker.arrived(sequence)
  expect(tracker.missing).toBe(499_999)
  // One of the ranges still known, and one that was given up.
  tracker.arrived(999_997)
  expect(tracker).toMatchObject({ outOfOrder: 1, duplicates: 0, missing: 499_998 })
  tracker.arrived(1)
  expect(tracker).toMatchObject({ outOfOrder: 1, duplicates: 1, missing: 499_998 })
})

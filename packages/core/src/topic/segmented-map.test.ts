import { expect, test } from 'vitest'
import { SegmentedMap } from './segmented-map.ts'

test('a hundred thousand keys are set, replaced, listed and deleted as in a Map', () => {
  const map = new SegmentedMap<number>()
  const oracle = new Map<string, number>()
  const set = (key: string, value: number): void => {
    map.set(key, value)
    oracle.set(key, value)
  }
  for (let n = 0; n < 100_000; n++) set(`device/${n}`, n)
  for (let n = 0; n < 120_000; n += 5) {
    const key = `device/${n}`
    if (map.add(key, n + 1) !== oracle.get(key)) expect.fail(`add ${n}`)
    if (!oracle.has(key)) oracle.set(key, n + 1)
  }
  for (let n = 0; n < 100_000; n += 3) set(`device/${n}`, -n)
  for (let n = 0; n < 100_000; n += 7) {
    if (map.delete(`device/${n}`) !== oracle.delete(`device/${n}`)) expect.fail(`delete ${n}`)
  }
  expect(map.delete('device/0')).toBe(false)
  expect(map.size).toBe(oracle.size)
  expect(new Map(map.entries())).toEqual(oracle)
  expect(new Set(map.values())).toEqual(new Set(oracle.values()))
  expect([...oracle.keys()].filter((key) => map.get(key) !== oracle.get(key))).toEqual([])
  expect([...oracle.keys()].filter((key) => !map.delete(key))).toEqual([])
  expect(map.size).toBe(0)
  map.set('again', 1)
  expect([...map.entries()]).toEqual([['again', 1]])
})

test('its segments do not split all at the same time', () => {
  const map = new SegmentedMap<number>()
  // An entry that moves is deleted where it was.
  const { delete: original } = Map.prototype
  let moved = 0
  Map.prototype.delete = function (key) {
    moved++
    return original.call(this, key)
  }
  let movedMax = 0
  try {
    for (let n = 0; n < 400_000; n++) {
      if (n % 2000 === 0) moved = 0
      map.set(`site${n % 97}/device${n}`, n)
      movedMax = Math.max(movedMax, moved)
    }
  } finally {
    Map.prototype.delete = original
  }
  // Did all split at 8,192, then 32 segments would do so together, and half of 262,144 would move. Three splits are 12,000.
  expect(movedMax).toBeGreaterThan(2000)
  expect(movedMax).toBeLessThan(16_000)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFilter, anyName } from '../../test/topic-arbitrary.ts'
import { FilterTable } from './filter-table.ts'
import { topicMatches } from './match.ts'

function matchesOf(table: FilterTable, name: string): string[] {
  const found: string[] = []
  table.match(name, (value, number) => {
    expect(value).toBe(table.valueOf(number))
    found.push(table.textOf(number))
  })
  return found.sort()
}

function tableOf(filters: readonly string[]): FilterTable {
  const table = new FilterTable()
  for (const [n, filter] of filters.entries()) table.add(filter, n + 1)
  return table
}

/** Levels as long as a row holds, and longer by a little and by a lot; of characters that fill a byte, and two. */
const longLevels = [11, 12, 13, 14, 37, 38, 39, 40, 63, 64, 65, 66, 300].flatMap((length) => [
  'x'.repeat(length),
  `${'y'.repeat(length - 1)}\uffff`,
  `\u{1f4a1}${'z'.repeat(length - 2)}`,
])
const filterOfAnyLength = fc.oneof(
  { weight: 3, arbitrary: anyFilter },
  fc.tuple(fc.constantFrom(...longLevels), fc.constantFrom('', '/+', '/#', '/on')).map((parts) => parts.join('')),
)

test('any sequence of add, setValue and remove leaves what a plain map would hold, and matches what topicMatches says', () => {
  const step = fc.tuple(fc.constantFrom('add', 'set', 'remove'), filterOfAnyLength, fc.integer({ min: 1 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.array(anyName, { maxLength: 20 }), (steps, names) => {
      const table = new FilterTable()
      const empty = table.rowCount
      const oracle = new Map<string, number>()
      for (const [kind, filter, value] of steps) {
        const number = table.find(filter)
        expect(number !== 0).toBe(oracle.has(filter))
        if (kind === 'add') {
          const added = table.add(filter, value)
          if (number !== 0) expect(added).toBe(number)
          else oracle.set(filter, value)
          expect(table.textOf(added)).toBe(filter)
        } else if (kind === 'set' && number !== 0) {
          table.setValue(number, value)
          oracle.set(filter, value)
        } else if (kind === 'remove' && number !== 0) {
          table.remove(number)
          oracle.delete(filter)
        }
        expect(table.size).toBe(oracle.size)
        expect(table.valueOf(table.find(filter))).toBe(oracle.get(filter) ?? 0)
      }
      for (const name of [...names, ...longLevels]) {
        const expected = [...oracle.keys()].filter((filter) => topicMatches(filter, name))
        expect(matchesOf(table, name)).toEqual(expected.sort())
      }
      for (const filter of oracle.keys()) table.remove(table.find(filter))
      expect(table.size).toBe(0)
      expect(table.rowCount).toBe(empty)
    }),
    { seed: 47, numRuns: 500 },
  )
})

test('a node with many children answers as one with few', () => {
  const filters = Array.from({ length: 20_000 }, (_, n) => `home/${n}/+`)
  const table = tableOf([...filters, 'home/+/light'])
  expect(matchesOf(table, 'home/777/light')).toEqual(['home/+/light', 'home/777/+'])
  expect(table.size).toBe(20_001)
  for (const filter of filters) table.remove(table.find(filter))
  expect(matchesOf(table, 'home/777/light')).toEqual(['home/+/light'])
  expect(table.size).toBe(1)
})

test('levels that begin alike and go on in further rows are told apart', () => {
  const start = 'a'.repeat(100)
  const table = tableOf([start, `${start}b`, `${start}c`, `${start}\u0100`, `${start}/x`])
  expect(matchesOf(table, `${start}b`)).toEqual([`${start}b`])
  expect(matchesOf(table, start)).toEqual([start])
  expect(table.find('a'.repeat(99))).toBe(0)
  expect(table.find(`${start}\u0200`)).toBe(0)
})

test('[MQTT-4.7.3-3] 65,535 levels overflow no stack', () => {
  const filter = `${'+/'.repeat(32_767)}#`
  const deepest = `${'/'.repeat(65_534)}+`
  const table = tableOf([filter, deepest])
  const name = '/'.repeat(65_535)
  expect(matchesOf(table, name)).toEqual([filter])
  expect(matchesOf(table, '/'.repeat(65_534))).toEqual([filter, deepest].sort())
  table.remove(table.find(filter))
  expect(matchesOf(table, name)).toEqual([])
})

test('filters of "+" only cost no more than the nodes that exist', () => {
  // Every start of "+/+/…" and of "a/+/+/…": 2^60 readings of the name, 240 nodes.
  const filters = Array.from({ length: 120 }, (_, n) => Array.from({ length: n + 1 }, () => '+').join('/'))
  const table = tableOf([...filters, ...filters.map((filter) => `a${filter.slice(1)}`)])
  expect(matchesOf(table, Array.from({ length: 120 }, () => 'a').join('/')).length).toBe(2)
})

test('a visitor may match again', () => {
  const table = tableOf(['a/+', '+/b', 'a/#', 'a/b'])
  const found = new Set<string>()
  table.match('a/b', (_, outer) => table.match('a/b', (_, inner) => found.add(`${outer} ${inner}`)))
  expect(found.size).toBe(16)
})

test('[MQTT-4.7.2-1] a wildcard at the first level does not match a name that begins with "$"', () => {
  const table = tableOf(['#', '+/broker', '$SYS/#', '$SYS/+'])
  expect(matchesOf(table, '$SYS/broker')).toEqual(['$SYS/#', '$SYS/+'])
})

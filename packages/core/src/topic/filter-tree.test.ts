import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFilter, anyName } from '../../test/topic-arbitrary.ts'
import { FilterTree } from './filter-tree.ts'
import { topicMatches } from './match.ts'

function matchesOf(tree: FilterTree<string>, name: string): string[] {
  const found: string[] = []
  tree.match(name, (filter) => found.push(filter))
  return found.sort()
}

test('any sequence of set, add and delete leaves what a plain map would hold, and matches what topicMatches says', () => {
  const step = fc.tuple(fc.constantFrom('set', 'add', 'delete'), anyFilter)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.array(anyName, { maxLength: 20 }), (steps, names) => {
      const tree = new FilterTree<string>()
      const oracle = new Map<string, string>()
      for (const [kind, filter] of steps) {
        if (kind === 'set') {
          tree.set(filter, filter)
          oracle.set(filter, filter)
        } else if (kind === 'add') {
          expect(tree.add(filter, filter)).toBe(oracle.get(filter))
          oracle.set(filter, filter)
        } else {
          expect(tree.delete(filter)).toBe(oracle.delete(filter))
        }
        expect(tree.size).toBe(oracle.size)
        expect(tree.get(filter)).toBe(oracle.get(filter))
      }
      expect([...tree.entries()].sort()).toEqual([...oracle].sort())
      for (const name of names) {
        const expected = [...oracle.keys()].filter((filter) => topicMatches(filter, name))
        expect(matchesOf(tree, name)).toEqual(expected.sort())
      }
      // What is left after deleting everything must not come back.
      for (const filter of oracle.keys()) expect(tree.delete(filter)).toBe(true)
      expect(tree.size).toBe(0)
      expect([...tree.entries()]).toEqual([])
    }),
    { seed: 47, numRuns: 500 },
  )
})

test('a node with many children answers as one with few', () => {
  const tree = new FilterTree<string>()
  const filters = Array.from({ length: 20_000 }, (_, n) => `home/${n}/+`)
  for (const filter of filters) tree.set(filter, filter)
  tree.set('home/+/light', 'home/+/light')
  expect(matchesOf(tree, 'home/777/light')).toEqual(['home/+/light', 'home/777/+'])
  expect([...tree.entries()].length).toBe(20_001)
  expect(filters.filter((filter) => !tree.delete(filter))).toEqual([])
  expect([...tree.entries()]).toEqual([['home/+/light', 'home/+/light']])
})

test('a set replaces the value', () => {
  for (const filter of ['a/b', 'a/+', 'a/#', '#', '+']) {
    const tree = new FilterTree<number>()
    tree.set(filter, 1)
    tree.set(filter, 2)
    expect(tree.get(filter)).toBe(2)
    expect(tree.size).toBe(1)
  }
})

test('[MQTT-4.7.3-3] 65,535 levels overflow no stack', () => {
  const tree = new FilterTree<string>()
  const filter = `${'+/'.repeat(32_767)}#`
  const name = '/'.repeat(65_535)
  tree.set(filter, filter)
  tree.set(`${'/'.repeat(65_534)}+`, 'deepest')
  expect(matchesOf(tree, name)).toEqual([filter])
  expect(matchesOf(tree, '/'.repeat(65_534))).toEqual([filter, 'deepest'].sort())
  expect([...tree.entries()].map(([text]) => text.length).sort()).toEqual([65_535, 65_535])
  expect(tree.delete(filter)).toBe(true)
  expect(matchesOf(tree, name)).toEqual([])
})

test('filters of "+" only cost no more than the nodes that exist', () => {
  const tree = new FilterTree<string>()
  // Every start of "+/+/…" and of "a/+/+/…": 2^60 readings of the name, 240 nodes.
  for (let depth = 1; depth <= 120; depth++) {
    const filter = Array.from({ length: depth }, () => '+').join('/')
    tree.set(filter, filter)
    tree.set(`a${filter.slice(1)}`, `a${filter.slice(1)}`)
  }
  const name = Array.from({ length: 120 }, () => 'a').join('/')
  expect(matchesOf(tree, name).length).toBe(2)
})

test('a visitor may match again', () => {
  const tree = new FilterTree<string>()
  for (const filter of ['a/+', '+/b', 'a/#', 'a/b']) tree.set(filter, filter)
  const found: string[] = []
  tree.match('a/b', (outer) => tree.match('a/b', (inner) => found.push(outer + inner)))
  expect(new Set(found).size).toBe(16)
})

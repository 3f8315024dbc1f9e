import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFilter, anyName } from '../../test/topic-arbitrary.ts'
import { topicMatches } from './match.ts'
import { NameTree } from './name-tree.ts'

function matchesOf(tree: NameTree<string>, filter: string): string[] {
  const found: string[] = []
  tree.match(filter, (value, name) => {
    if (name !== value) expect.fail(`${name} has the value of ${value}`)
    found.push(name)
  })
  return found.sort()
}

function treeOf(names: Iterable<string>): NameTree<string> {
  const tree = new NameTree<string>()
  for (const name of names) tree.set(name, name)
  return tree
}

test('any sequence of set and delete leaves what a plain map would hold, and matches what topicMatches says', () => {
  const step = fc.tuple(fc.constantFrom('set', 'set', 'delete'), anyName)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.array(anyFilter, { maxLength: 20 }), (steps, filters) => {
      const tree = new NameTree<string>()
      const oracle = new Map<string, string>()
      for (const [kind, name] of steps) {
        if (kind === 'set') {
          tree.set(name, name)
          oracle.set(name, name)
        } else {
          expect(tree.delete(name)).toBe(oracle.delete(name))
        }
        expect(tree.size).toBe(oracle.size)
        expect(tree.get(name)).toBe(oracle.get(name))
      }
      for (const filter of filters) {
        const expected = [...oracle.keys()].filter((name) => topicMatches(filter, name)).sort()
        expect(matchesOf(tree, filter)).toEqual(expected)
        expect([...tree.walk(filter)].sort()).toEqual(expected)
      }
      for (const name of oracle.keys()) expect(tree.delete(name)).toBe(true)
      expect(tree.size).toBe(0)
      for (const filter of [...filters, '#', '$a/#']) expect(matchesOf(tree, filter)).toEqual([])
    }),
    { seed: 47, numRuns: 500 },
  )
})

test('a walk in slices meets every name that stays exactly once, and others once at most', () => {
  const change = fc.tuple(fc.boolean(), anyName)
  fc.assert(
    fc.property(
      fc.array(anyName, { minLength: 1, maxLength: 40 }),
      anyFilter,
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.array(change, { maxLength: 4 })), { maxLength: 30 }),
      (names, filter, turns) => {
        const tree = treeOf(names)
        const staying = new Set(names)
        const ever = new Set(names)
        const met: string[] = []
        const visit = (name: string): void => {
          met.push(name)
        }
        const walk = tree.walk(filter)
        for (const [steps, changes] of turns) {
          walk.take(steps, visit)
          for (const [isSet, name] of changes) {
            if (isSet && tree.get(name) === undefined) {
              tree.set(name, name)
              ever.add(name)
            } else if (!isSet) {
              tree.delete(name)
              staying.delete(name)
            }
          }
        }
        while (walk.take(3, visit));
        const left = [...staying].filter((name) => topicMatches(filter, name))
        for (const name of left) expect(met.filter((other) => other === name)).toEqual([name])
        expect(new Set(met).size).toBe(met.length)
        for (const name of met) expect(ever.has(name) && topicMatches(filter, name)).toBe(true)
      },
    ),
    { seed: 47, numRuns: 2000 },
  )
})

test('many names: each kind of filter finds its own', () => {
  const names = Array.from(
    { length: 30_000 },
    (_, n) => `fleet/${n % 10}/device-${n}/${n % 1000 === 0 ? 'alarm' : 'state'}`,
  )
  const tree = treeOf(names)
  for (const filter of [
    'fleet/+/+/alarm',
    'fleet/3/+/alarm',
    '+/+/device-77/#',
    'fleet/5/#',
    '+/+/+/none',
    'fleet/+/device-9/state/#',
  ]) {
    expect(matchesOf(tree, filter)).toEqual(names.filter((name) => topicMatches(filter, name)).sort())
  }
  expect(names.filter((name) => !tree.delete(name))).toEqual([])
  expect(matchesOf(tree, '#')).toEqual([])
})

test('[MQTT-4.7.2-1] names that begin with "$" are not met from a wildcard', () => {
  const tree = treeOf(['$SYS', '$SYS/broker/uptime', 'a/$x/uptime', 'b/c/uptime', 'd'])
  expect(matchesOf(tree, '#')).toEqual(['a/$x/uptime', 'b/c/uptime', 'd'])
  expect(matchesOf(tree, '+/+/uptime')).toEqual(['a/$x/uptime', 'b/c/uptime'])
  expect(matchesOf(tree, '+/broker/uptime')).toEqual([])
  expect(matchesOf(tree, '$SYS/#')).toEqual(['$SYS', '$SYS/broker/uptime'])
})

test('[MQTT-4.7.3-3] 65,535 levels overflow no stack', () => {
  const deep = '/'.repeat(65_535)
  const tree = treeOf([deep, '/'])
  expect(matchesOf(tree, '#').length).toBe(2)
  expect(matchesOf(tree, `${'+/'.repeat(65_535)}+`)).toEqual([deep])
  expect(tree.delete(deep)).toBe(true)
  expect(matchesOf(tree, '#')).toEqual(['/'])
})

test('a slice ends after its steps even where nothing matches', () => {
  const tree = treeOf(Array.from({ length: 1000 }, (_, n) => `a/${n}/b`))
  const walk = tree.walk('+/+')
  let slices = 1
  while (walk.take(100, () => expect.unreachable())) slices++
  expect(slices).toBeGreaterThan(9)
})

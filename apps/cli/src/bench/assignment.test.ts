import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { castOf, clientIdOf, copiesOf, filterOf, partsOf, topicOf } from './assignment.ts'

test('parts are next to each other, have everything once and differ by one', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.integer({ min: 1, max: 40 }), (count, parts) => {
      const all = partsOf(count, parts)
      expect(all.flatMap(({ first, count: size }) => Array.from({ length: size }, (_, i) => first + i))).toEqual(
        Array.from({ length: count }, (_, i) => i),
      )
      const sizes = all.map(({ count: size }) => size)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})

test.each([
  ['pair', 7, 7, 1],
  ['fanin', 7, 1, 1],
  ['fanout', 1, 7, 7],
  ['shared', 7, 7, 1],
] as const)('%s of 7', (topology, publishers, subscribers, copies) => {
  expect(castOf('e2e', topology, 7)).toEqual({ publishers, subscribers, idle: 0 })
  expect(copiesOf(topology, subscribers)).toBe(copies)
})

test('numbers of its own for each kind', () => {
  expect(castOf('e2e', 'fanin', 7, { subscribers: 3 })).toEqual({ publishers: 7, subscribers: 3, idle: 0 })
  expect(copiesOf('fanin', 3)).toBe(3)
})

describe('topics', () => {
  test('variables', () => {
    expect(topicOf('b/%i/%c/%u/%i/%x', 12, 'me', 'joe')).toBe('b/12/me/joe/12/%x')
    // What a variable stands for is not looked at again.
    expect(topicOf('%c', 1, '%i', '')).toBe('%i')
  })

  test.each([
    ['b/%i', 'pair', 'b/%i'],
    ['b/%i', 'fanin', 'b/+'],
    ['b/%i/%c/x', 'fanout', 'b/+/+/x'],
    ['b', 'fanout', 'b'],
    ['b/%i', 'shared', '$share/mq-bench/b/+'],
    ['b/x%i', 'fanin', undefined],
    ['b/x%i', 'pair', 'b/x%i'],
  ] as const)('%s for %s', (template, topology, filter) => expect(filterOf(template, topology)).toBe(filter))
})

test('client ids are at most 23 letters and digits', () => {
  expect(clientIdOf(0xffff_ffff, 'p', 9_999_999)).toMatch(/^[0-9a-zA-Z]{1,23}$/)
})

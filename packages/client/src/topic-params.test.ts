import { expect, expectTypeOf, test } from 'vitest'
import { paramsOf, parseNamedFilter, type TopicParams } from './topic-params.ts'

test('names are taken out of a filter, and found again in a topic', () => {
  const named = parseNamedFilter('house/+room/+/#rest')
  expect(named.filter).toBe('house/+/+/#')
  expect(paramsOf(named, 'house/kitchen/x/a/b')).toEqual({ room: 'kitchen', rest: 'a/b' })
  // '#' includes the parent level (section 4.7.1.2).
  expect(paramsOf(named, 'house/kitchen/x')).toEqual({ room: 'kitchen', rest: '' })
})

test('a filter without names is left as it is, right or wrong', () => {
  for (const filter of ['a/b', '+/+', '#', 'a/{id}/:id', 'a+/b', 'a/++', 'a/+b#', '']) {
    expect(parseNamedFilter(filter)).toEqual({ filter, names: [] })
  }
})

test('a name stands once', () => {
  expect(() => parseNamedFilter('+a/+a')).toThrow('two levels called "a"')
})

test('a level called __proto__ is only a name', () => {
  expect(Object.entries(paramsOf(parseNamedFilter('+__proto__'), 'x'))).toEqual([['__proto__', 'x']])
})

test('the compiler knows the names', () => {
  expectTypeOf<TopicParams<'house/+room/#rest'>>().toExtend<{ readonly room: string; readonly rest: string }>()
  expectTypeOf<TopicParams<string>>().toEqualTypeOf<Record<string, string>>()
  expectTypeOf<keyof TopicParams<'a/+/b/#'>>().toEqualTypeOf<never>()
})

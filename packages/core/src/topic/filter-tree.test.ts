import { expect, test } from 'vitest'
import { FilterTree } from './filter-tree.ts'

test('a value is found by its filter, matched by a name, replaced and deleted', () => {
  for (const filter of ['a/b', 'a/+', 'a/#', '#', '+/b']) {
    const tree = new FilterTree<string>()
    tree.set(filter, 'one')
    tree.set(filter, 'two')
    expect([tree.get(filter), tree.size]).toEqual(['two', 1])
    const found: string[] = []
    tree.match('a/b', (value) => found.push(value))
    expect(found).toEqual(['two'])
    expect(tree.delete(filter)).toBe(true)
    expect(tree.delete(filter)).toBe(false)
    expect([tree.get(filter), tree.size]).toEqual([undefined, 0])
    tree.match('a/b', (value) => found.push(value))
    expect(found).toEqual(['two'])
  }
})

test('the value of a filter that is gone is not let live on', async () => {
  const tree = new FilterTree<object>()
  tree.set('a', { of: 'a' })
  tree.delete('a')
  tree.set('b', { of: 'b' })
  expect(tree.get('b')).toEqual({ of: 'b' })
  expect(tree.get('a')).toBe(undefined)
})

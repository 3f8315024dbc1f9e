import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConnectionList, type Linked } from './connection-list.ts'

interface One extends Linked<One> {
  readonly name: number
}

const one = (name: number): One => ({ name, next: undefined, previous: undefined })

test('it agrees with a Set, and what has left refers to nobody', () => {
  const step = fc.record({ of: fc.nat(9), adds: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const ones = Array.from({ length: 10 }, (_, name) => one(name))
      const list = new ConnectionList<One>()
      const model = new Set<One>()
      for (const { of, adds } of steps) {
        const it = ones[of]!
        if (adds) {
          list.add(it)
          model.add(it)
        } else {
          list.delete(it)
          model.delete(it)
          expect([it.next, it.previous]).toEqual([undefined, undefined])
        }
        expect(list.size).toBe(model.size)
        expect(list.all().map(({ name }) => name)).toEqual([...model].reverse().map(({ name }) => name))
      }
    }),
    { seed: 1 },
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFilter, anyName } from '../../test/topic-arbitrary.ts'
import { topicMatches } from './match.ts'
import { NameTable } from './name-table.ts'

/** A NameTable whose values are texts. */
class Names {
  readonly #table = new NameTable()
  readonly #texts = ['']

  set(name: string, text: string): void {
    this.#table.setValue(this.#table.add(name, this.#texts.length), this.#texts.push(text) - 1)
  }

  get(name: string): string | undefined {
    const number = this.#table.find(name)
    return number === 0 ? undefined : this.#texts[this.#table.valueOf(number)]
  }

  delete(name: string): boolean {
    const number = this.#table.find(name)
    if (number !== 0) this.#table.remove(number)
    return number !== 0
  }

  get size(): number {
    return this.#table.size
  }

  walk(filter: string): (steps: number, visit: (text: string) => void) => boolean {
    const walk = this.#table.walk(filter)
    return (steps, visit) => walk.take(steps, (value) => visit(this.#texts[value]!))
  }

  matches(filter: string): string[] {
    const found: string[] = []
    const walk = this.#table.walk(filter)
    while (
      walk.take(7, (value, number) => {
        const name = this.#table.textOf(number)
        if (name !== this.#texts[value]) expect.fail(`${name} has the value of ${this.#texts[value]}`)
        found.push(name)
      })
    );
    return found.sort()
  }
}

function namesOf(names: Iterable<string>): Names {
  const table = new Names()
  for (const name of names) table.set(name, name)
  return table
}

test('any sequence of set and delete leaves what a plain map would hold, and matches what topicMatches says', () => {
  const step = fc.tuple(fc.constantFrom('set', 'set', 'delete'), anyName)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.array(anyFilter, { maxLength: 20 }), (steps, filters) => {
      const table = new Names()
      const oracle = new Map<string, string>()
      for (const [kind, name] of steps) {
        if (kind === 'set') {
          table.set(name, name)
          oracle.set(name, name)
        } else {
          expect(table.delete(name)).toBe(oracle.delete(name))
        }
        expect(table.size).toBe(oracle.size)
        expect(table.get(name)).toBe(oracle.get(name))
      }
      for (const filter of filters) {
        const expected = [...oracle.keys()].filter((name) => topicMatches(filter, name)).sort()
        expect(table.matches(filter)).toEqual(expected)
      }
      for (const name of oracle.keys()) expect(table.delete(name)).toBe(true)
      expect(table.size).toBe(0)
      for (const filter of [...filters, '#', '$a/#']) expect(table.matches(filter)).toEqual([])
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
        const table = namesOf(names)
        const staying = new Set(names)
        const ever = new Set(names)
        const met: string[] = []
        const visit = (name: string): void => {
          met.push(name)
        }
        const walk = table.walk(filter)
        for (const [steps, changes] of turns) {
          walk(steps, visit)
          for (const [isSet, name] of changes) {
            if (isSet && table.get(name) === undefined) {
              table.set(name, name)
              ever.add(name)
            } else if (!isSet) {
              table.delete(name)
              staying.delete(name)
            }
          }
        }
        while (walk(3, visit));
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
  const table = namesOf(names)
  for (const filter of [
    'fleet/+/+/alarm',
    'fleet/3/+/alarm',
    '+/+/device-77/#',
    'fleet/5/#',
    '+/+/+/none',
    'fleet/+/device-9/state/#',
  ]) {
    expect(table.matches(filter)).toEqual(names.filter((name) => topicMatches(filter, name)).sort())
  }
  expect(names.filter((name) => !table.delete(name))).toEqual([])
  expect(table.matches('#')).toEqual([])
})

test('[MQTT-4.7.2-1] names that begin with "$" are not met from a wildcard', () => {
  const table = namesOf(['$SYS', '$SYS/broker/uptime', 'a/$x/uptime', 'b/c/uptime', 'd'])
  expect(table.matches('#')).toEqual(['a/$x/uptime', 'b/c/uptime', 'd'])
  expect(table.matches('+/+/uptime')).toEqual(['a/$x/uptime', 'b/c/uptime'])
  expect(table.matches('+/broker/uptime')).toEqual([])
  expect(table.matches('$SYS/#')).toEqual(['$SYS', '$SYS/broker/uptime'])
})

test('[MQTT-4.7.3-3] 65,535 levels overflow no stack', () => {
  const deep = '/'.repeat(65_535)
  const table = namesOf([deep, '/'])
  expect(table.matches('#').length).toBe(2)
  expect(table.matches(`${'+/'.repeat(65_535)}+`)).toEqual([deep])
  expect(table.delete(deep)).toBe(true)
  expect(table.matches('#')).toEqual(['/'])
})

test('a slice ends after its steps even where nothing matches', () => {
  const table = namesOf(Array.from({ length: 1000 }, (_, n) => `a/${n}/b`))
  const walk = table.walk('+/+')
  let slices = 1
  while (walk(100, () => expect.unreachable())) slices++
  expect(slices).toBeGreaterThan(9)
})

test('who removes each name as it is met, and adds another, looks at each once', () => {
  const table = new NameTable()
  for (let n = 1; n <= 1000; n++) table.add(`a/${n}`, n)
  const walk = table.walk('a/+')
  const met: number[] = []
  let steps = 0
  while (
    walk.take(1, (value, number) => {
      met.push(value)
      table.remove(number)
      table.add(`a/new${value}`, 1000 + value)
    })
  ) {
    steps++
  }
  expect(met.length).toBe(1000)
  expect(Math.max(...met)).toBe(1000)
  expect(steps).toBeLessThan(1003)
})

test('a walk whose next name is removed goes on behind it', () => {
  const table = new NameTable()
  for (let n = 1; n <= 10; n++) table.add(`a/${n}`, n)
  const walk = table.walk('a/+')
  const met: number[] = []
  const visit = (value: number): void => {
    met.push(value)
  }
  while (met.length < 3) walk.take(1, visit)
  // The newest come first: 7 would be next. What takes its row has nothing to do with the walk.
  table.remove(table.find('a/7'))
  table.add('b', 11)
  table.add('a/12', 12)
  while (walk.take(1, visit));
  expect(met).toEqual([10, 9, 8, 6, 5, 4, 3, 2, 1])
})

test('a walk below a name that is removed and made again does not meet what is new there', () => {
  const table = new NameTable()
  for (const name of ['a/b/1', 'a/b/2', 'a/c']) table.add(name, 1)
  const walk = table.walk('a/b/#')
  walk.take(1, () => undefined)
  for (const name of ['a/b/1', 'a/b/2']) table.remove(table.find(name))
  table.add('a/b/3', 3)
  const met: number[] = []
  while (walk.take(1, (value) => met.push(value)));
  expect(met).toEqual([])
})

test('what a name takes is known before it is there', () => {
  for (const length of [0, 1, 12, 13, 30, 31, 48, 49, 1000, 65_535]) {
    const table = new NameTable()
    const empty = table.bytes
    const name = `${'x'.repeat(length)}/y`
    table.add(name, 1)
    expect(table.bytes - empty, `${length}`).toBe(NameTable.bytesFor(name))
    table.remove(table.find(name))
    expect(table.bytes).toBe(empty)
  }
})

test('a walk that has not begun meets nothing where its name was removed', () => {
  const table = new NameTable()
  table.add('a', 1)
  const walk = table.walk('a')
  table.remove(table.find('a'))
  // In the row that it had.
  table.add('b', 2)
  expect(walk.take(10, () => expect.unreachable())).toBe(false)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyName } from '../../test/topic-arbitrary.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { hashTopic, TopicEntry, TopicTable } from './topic-table.ts'

function lookup<Route>(table: TopicTable<Route>, text: string): TopicEntry<Route> {
  const bytes = new TextEncoder().encode(`<<${text}>>`)
  const entry = table.lookup(bytes, 2, bytes.length - 2)
  if (entry.type === 'fault') throw new Error(entry.sentence)
  return entry
}

function refusal(bytes: number[] | string, options = {}): { reasonCode: number; clause: string } | undefined {
  const array = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes)
  const entry = new TopicTable(options).lookup(array, 0, array.length)
  return entry.type === 'fault' ? { reasonCode: entry.reasonCode, clause: entry.clause } : undefined
}

test('the same bytes give the same entry, whatever chunk they lie in', () => {
  const table = new TopicTable<string>({ seed: 1 })
  const entry = lookup(table, 'sport/tennis')
  entry.route = 'here'
  expect(entry).toBeInstanceOf(TopicEntry)
  expect(entry.name).toBe('sport/tennis')
  expect(new TextDecoder().decode(entry.bytes)).toBe('sport/tennis')
  expect(lookup(table, 'sport/tennis')).toBe(entry)
  expect(table.find('sport/tennis')).toBe(entry)
  expect(table.find('sport/tenni')).toBeUndefined()
  expect(table.find('\ud800')).toBeUndefined()
  expect(table.size).toBe(1)
})

test('an entry keeps nothing of the chunk it was read from', () => {
  const table = new TopicTable({ seed: 1 })
  const chunk = Buffer.from('sport/tennis')
  const entry = table.lookup(chunk, 0, 5)
  chunk.fill(0x78)
  expect(entry).toMatchObject({ name: 'sport', bytes: new TextEncoder().encode('sport') })
})

test('names that differ in one byte, wherever it is, are told apart', () => {
  const table = new TopicTable({ seed: 1 })
  const names = new Set<string>()
  for (let length = 1; length <= 13; length++) {
    for (let at = 0; at <= length; at++)
      names.add(`${'x'.repeat(at)}${at < length ? 'y' : ''}${'x'.repeat(Math.max(0, length - at - 1))}`)
  }
  const entries = [...names].map((name) => lookup(table, name))
  expect(new Set(entries).size).toBe(names.size)
  for (const entry of entries) expect(lookup(table, entry.name)).toBe(entry)
})

test('many names are all told apart', () => {
  fc.assert(
    fc.property(fc.array(anyName), (names) => {
      const table = new TopicTable<string>({ seed: 7 })
      for (const name of names) lookup(table, name).route = name
      for (const name of names) expect(table.find(name)?.route).toBe(name)
      expect(table.size).toBe(new Set(names).size)
    }),
    { seed: 47, numRuns: 300 },
  )
})

test('[MQTT-3.3.2-2] wildcard characters are refused with 0x90', () => {
  for (const name of ['a/+', '#', 'a+b', 'a/#/b']) {
    expect(refusal(name)).toEqual({ reasonCode: ReasonCode.topicNameInvalid, clause: 'MQTT-3.3.2-2' })
  }
})

test('[MQTT-4.7.3-2] U+0000 is malformed', () => {
  expect(refusal('a\0b')).toEqual({ reasonCode: ReasonCode.malformedPacket, clause: 'MQTT-4.7.3-2' })
})

test('[MQTT-3.3.2-1] bytes that are no UTF-8 are malformed', () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]]) {
    expect(refusal(bytes)).toEqual({ reasonCode: ReasonCode.malformedPacket, clause: 'MQTT-1.5.4-1' })
  }
})

test('[MQTT-4.7.3-1] an empty name is refused', () => {
  expect(refusal('')).toEqual({ reasonCode: ReasonCode.topicNameInvalid, clause: 'MQTT-4.7.3-1' })
})

test('[MQTT-1.5.4-3] U+FEFF stays', () => {
  expect(lookup(new TopicTable(), '\ufeffa').name).toBe('\ufeffa')
})

test('names beyond the limits are refused with 0x90', () => {
  const limits = { levelsMax: 3, bytesMax: 10 }
  expect(refusal('a/b/c', limits)).toBeUndefined()
  expect(refusal('a/b/c/d', limits)?.reasonCode).toBe(ReasonCode.topicNameInvalid)
  expect(refusal('ééééé', limits)).toBeUndefined()
  expect(refusal('éééééa', limits)?.reasonCode).toBe(ReasonCode.topicNameInvalid)
})

test('a full table lets go of names that are not used, and clears their routes', () => {
  const table = new TopicTable<string>({ entriesMax: 100, seed: 3 })
  const used = lookup(table, 'used')
  used.route = 'kept'
  const unused = lookup(table, 'unused')
  unused.route = 'dropped'
  for (let n = 0; n < 1000; n++) {
    lookup(table, `random/${n}`)
    if (n % 20 === 0) lookup(table, 'used')
  }
  expect(table.size).toBe(100)
  expect(lookup(table, 'used')).toBe(used)
  expect(used).toMatchObject({ interned: true, route: 'kept' })
  expect(unused).toMatchObject({ interned: false, route: undefined })
  const reached: string[] = []
  table.forEach((entry) => {
    reached.push(entry.name)
  })
  expect(new Set(reached).size).toBe(100)
  for (const name of reached) expect(table.find(name)?.interned).toBe(true)
})

test('a long name gets an entry that is not held', () => {
  const table = new TopicTable({ seed: 3 })
  const entry = lookup(table, 'x'.repeat(1025))
  expect(entry.name.length).toBe(1025)
  expect(entry.interned).toBe(false)
  expect(table.size).toBe(0)
  expect(lookup(table, 'x'.repeat(1024)).interned).toBe(true)
})

test('names of one chain push out each other before it grows long', () => {
  const table = new TopicTable({ seed: 5 })
  // A table of up to 64 names has 64 chains, so these all lie in the first.
  const names: string[] = []
  for (let n = 0; names.length < 60; n++) {
    const bytes = new TextEncoder().encode(`flood/${n}`)
    if ((hashTopic(new DataView(bytes.buffer), 0, bytes.length, 5) & 63) === 0) names.push(`flood/${n}`)
  }
  const entries = names.map((name) => lookup(table, name))
  expect(table.size).toBe(16)
  expect(entries.map((entry) => entry.interned).lastIndexOf(false)).toBe(43)
  for (const name of names.slice(44)) expect(table.find(name)?.name).toBe(name)
})

test('clear lets go of everything', () => {
  const table = new TopicTable<string>({ seed: 3 })
  const entry = lookup(table, 'a')
  entry.route = 'old'
  table.clear()
  expect(entry).toMatchObject({ interned: false, route: undefined })
  expect(table.size).toBe(0)
  expect(table.find('a')).toBeUndefined()
  expect(lookup(table, 'a')).not.toBe(entry)
})

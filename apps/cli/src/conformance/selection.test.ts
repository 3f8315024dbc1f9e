import { allCases, type Case, parseCases } from '@mq/conformance'
import { describe, expect, test } from 'vitest'
import { byNumber, sectionOf } from './section.ts'
import { idsAtStake, type Selection, select, statementIdOf } from './selection.ts'

// Not in one piece: what stands in brackets in a test's text counts as tested.
const of5 = (number: string): string => `MQTT-${number}`
const of311 = (number: string): string => `MQTT311-${number}`

const cases = parseCases(
  [
    `[${of5('3.3.1-6')}] [${of311('3.3.1-10')}] both`,
    'a connects',
    `[${of5('4.8.2-1')}] shared`,
    'a connects',
    `[${of311('4.8.0-1')}] errors`,
    'in 3 4 5',
    'a connects',
    '[3.2.2.3] no id',
    'a connects',
    `[${of5('3.3.1-6')}] of a client`,
    'role client',
    'c welcomes',
  ].join('\n'),
)

function played(selection: Partial<Selection>): string[] {
  const all: Selection = { versions: [3, 4, 5], sections: [], statements: [] }
  return select(cases, { ...all, ...selection }).map(({ title, versions }) => `${title} ${versions.join(' ')}`)
}

test('in a version, the statements of its own specification are at stake', () => {
  const [both, , errors, noId] = cases as [Case, Case, Case, Case]
  expect(idsAtStake(both, 5)).toEqual([of5('3.3.1-6')])
  expect(idsAtStake(both, 4)).toEqual([of311('3.3.1-10')])
  expect(idsAtStake(errors, 5)).toEqual([of311('4.8.0-1')])
  expect(idsAtStake(noId, 5)).toEqual(['3.2.2.3'])
})

describe('select', () => {
  test('takes what is about servers', () => {
    expect(played({})).toEqual(['both 4 5', 'shared 5', 'errors 3 4 5', 'no id 5'])
  })

  test('by version', () => {
    expect(played({ versions: [4] })).toEqual(['both 4', 'errors 4'])
  })

  test('by section, of whole numbers: 4.8 is not 4.80, and 3.3 not 3.3.10', () => {
    expect(played({ sections: ['3'] })).toEqual(['both 4 5', 'no id 5'])
    expect(played({ sections: ['3.3'] })).toEqual(['both 4 5'])
    expect(played({ sections: ['3.2.2.', '4.8.2'] })).toEqual(['shared 5', 'no id 5'])
    expect(() => played({ sections: ['3.3.10'] })).toThrow('--section was given "3.3.10", and no case is about it')
  })

  test('by statement, in the versions of its specification', () => {
    expect(played({ statements: [of5('3.3.1-6')] })).toEqual(['both 5'])
    expect(played({ statements: [of311('3.3.1-10')] })).toEqual(['both 4'])
    expect(played({ statements: [of311('4.8.0-1')] })).toEqual(['errors 3 4 5'])
  })

  test('refuses what leaves nothing', () => {
    expect(() => played({ statements: ['MQTT-9'] })).toThrow('--statement was given "MQTT-9"')
    expect(() => played({ statements: [of5('3.3.1-6')], versions: [4] })).toThrow('all together')
  })
})

test('an id may be written small, or in brackets', () => {
  expect(statementIdOf('mqtt-3.3.1-6')).toBe(of5('3.3.1-6'))
  expect(statementIdOf(`[${of311('3.3.1-6')}]`)).toBe(of311('3.3.1-6'))
})

describe('sections', () => {
  test('have the numbers of 5.0', () => {
    expect(sectionOf([of5('3.3.1-6'), of311('3.3.1-10')])).toBe('3.3 PUBLISH')
    expect(sectionOf([of311('2.3.1-1')])).toBe('2.2 Variable header')
    expect(sectionOf([of311('4.8.0-1')])).toBe('4.13 Handling errors')
    expect(sectionOf(['3.14.2.1'])).toBe('3.14 DISCONNECT')
  })

  test('are in the order of numbers', () => {
    expect(['3.10 a', '3.2 b', '3.2', '3.2.1', '1.5'].sort(byNumber)).toEqual([
      '1.5',
      '3.2 b',
      '3.2',
      '3.2.1',
      '3.10 a',
    ])
  })

  test('every case is in one that has a name', () => {
    const nameless = allCases()
      .filter(({ role }) => role === 'server')
      .map(({ ids }) => sectionOf(ids))
      .filter((section) => !section.includes(' '))
    expect(nameless).toEqual([])
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFilter } from '../../test/topic-arbitrary.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { parseTopicFilter } from './topic-filter.ts'
import type { TopicLimits } from './topic-text.ts'

function refusal(text: string, limits?: TopicLimits): readonly [reasonCode: number, clause: string] | undefined {
  const filter = parseTopicFilter(text, limits)
  return filter.type === 'fault' ? [filter.reasonCode, filter.clause] : undefined
}

test('[MQTT-4.7.1-1] "#" is the last level, on its own', () => {
  for (const text of ['sport/tennis#', 'sport/tennis/#/ranking', '#/', '##', 'a/##', '+#']) {
    expect(refusal(text)).toEqual([ReasonCode.topicFilterInvalid, expect.stringMatching(/MQTT-4\.7\.1-[12]/)])
  }
  for (const text of ['#', '/#', 'sport/tennis/#', '+/#']) expect(refusal(text)).toBeUndefined()
})

test('[MQTT-4.7.1-2] "+" occupies an entire level', () => {
  for (const text of ['sport+', '+sport', 'a/+b/c', 'a/b+', '++']) {
    expect(refusal(text)).toEqual([ReasonCode.topicFilterInvalid, 'MQTT-4.7.1-2'])
  }
  for (const text of ['+', '+/tennis/#', 'sport/+/player1', '/+', '+/+', '+/']) expect(refusal(text)).toBeUndefined()
})

test('[MQTT-4.7.3-1] a filter is at least one character long', () => {
  expect(refusal('')).toEqual([ReasonCode.topicFilterInvalid, 'MQTT-4.7.3-1'])
})

test('[MQTT-4.7.3-2] a filter holds no U+0000', () => {
  expect(refusal('a/\0')).toEqual([ReasonCode.malformedPacket, 'MQTT-4.7.3-2'])
})

test('[MQTT-4.7.3-3] a filter has at most 65,535 bytes', () => {
  expect(refusal('é'.repeat(32_767))).toBeUndefined()
  expect(refusal('é'.repeat(32_768))).toEqual([ReasonCode.topicFilterInvalid, 'MQTT-4.7.3-3'])
})

test('[MQTT-4.8.2-1] a shared filter has a ShareName of at least one character', () => {
  expect(refusal('$share//a')).toEqual([ReasonCode.topicFilterInvalid, 'MQTT-4.8.2-1'])
  expect(refusal('$share/')).toEqual([ReasonCode.topicFilterInvalid, 'MQTT-4.8.2-1'])
  // Without the slash it is a filter like any other: only "$share/" begins a shared one.
  expect(parseTopicFilter('$share')).toMatchObject({ filter: '$share', shareName: undefined })
  expect(parseTopicFilter('$shared/a')).toMatchObject({ filter: '$shared/a', shareName: undefined })
  expect(parseTopicFilter('$SHARE/a/b')).toMatchObject({ filter: '$SHARE/a/b', shareName: undefined })
  expect(parseTopicFilter('/$share/a/b')).toMatchObject({ filter: '/$share/a/b', shareName: undefined })
})

test('[MQTT-4.8.2-2] a ShareName has no wildcards and is followed by "/" and a filter', () => {
  for (const text of ['$share/a', '$share/a/', '$share/+/b', '$share/a#/b', '$share/#']) {
    expect(refusal(text)).toEqual([ReasonCode.topicFilterInvalid, 'MQTT-4.8.2-2'])
  }
  expect(refusal('$share/a/b#')?.[1]).toBe('MQTT-4.7.1-1')
  expect(parseTopicFilter('$share/consumer1//finance')).toMatchObject({ shareName: 'consumer1', filter: '/finance' })
  expect(parseTopicFilter('$share/g/$share/h/x')).toMatchObject({ shareName: 'g', filter: '$share/h/x' })
})

test('every valid filter is parsed, alone and shared', () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const parsed = { filter, hasWildcard: /[+#]/.test(filter), levels: filter.split('/').length }
      expect(parseTopicFilter(filter)).toEqual({ type: 'topicFilter', text: filter, shareName: undefined, ...parsed })
      const text = `$share/group/${filter}`
      expect(parseTopicFilter(text)).toEqual({ type: 'topicFilter', text, shareName: 'group', ...parsed })
    }),
    { seed: 47, numRuns: 500 },
  )
})

test('filters beyond the limits are refused with 0x8F', () => {
  expect(refusal('a/+/#', { levelsMax: 3, bytesMax: 5 })).toBeUndefined()
  expect(refusal('a/b/+/#', { levelsMax: 3 })?.[0]).toBe(ReasonCode.topicFilterInvalid)
  expect(refusal('日/#', { bytesMax: 4 })?.[0]).toBe(ReasonCode.topicFilterInvalid)
})

import { expect, test } from 'vitest'
import { ReasonCode } from '../spec/reason-code.ts'
import { parseTopicName } from './topic-name.ts'
import type { TopicLimits } from './topic-text.ts'

function refusal(text: string, limits?: TopicLimits): readonly [reasonCode: number, clause: string] | undefined {
  const name = parseTopicName(text, limits)
  if (typeof name === 'string') expect(name).toBe(text)
  return typeof name === 'string' ? undefined : [name.reasonCode, name.clause]
}

test('[MQTT-4.7.3-1] a name is at least one character long', () => {
  expect(refusal('')).toEqual([ReasonCode.topicNameInvalid, 'MQTT-4.7.3-1'])
  expect(refusal('/')).toBeUndefined()
  expect(refusal(' ')).toBeUndefined()
})

test('[MQTT-4.7.0-1] a name holds no wildcard character', () => {
  for (const text of ['+', '#', 'a/#', 'a/+/b', 'a+', '#a']) {
    expect(refusal(text)).toEqual([ReasonCode.topicNameInvalid, 'MQTT-3.3.2-2'])
  }
})

test('[MQTT-4.7.3-2] a name holds no U+0000', () => {
  expect(refusal('a\0')).toEqual([ReasonCode.malformedPacket, 'MQTT-4.7.3-2'])
})

test('[MQTT-1.5.4-1] a name is well-formed', () => {
  for (const text of ['\ud800', 'a\udc00', '\udc00\ud800']) {
    expect(refusal(text)).toEqual([ReasonCode.malformedPacket, 'MQTT-1.5.4-1'])
  }
  expect(refusal('😀')).toBeUndefined()
})

test('[MQTT-4.7.3-3] a name has at most 65,535 bytes', () => {
  expect(refusal('a'.repeat(65_535))).toBeUndefined()
  expect(refusal('a'.repeat(65_536))).toEqual([ReasonCode.topicNameInvalid, 'MQTT-4.7.3-3'])
  expect(refusal('é'.repeat(32_768))?.[0]).toBe(ReasonCode.topicNameInvalid)
  expect(refusal('日'.repeat(21_845))).toBeUndefined()
  expect(refusal('😀'.repeat(16_384))?.[0]).toBe(ReasonCode.topicNameInvalid)
  expect(refusal('a'.repeat(65_536), { bytesMax: 100_000 })?.[0]).toBe(ReasonCode.topicNameInvalid)
})

test('[MQTT-4.7.3-4] a name is not normalized', () => {
  for (const text of ['e\u0301', '\ufeffa', '//', 'A/a', '$SYS/x']) expect(refusal(text)).toBeUndefined()
})

test('names beyond the limits are refused with 0x90', () => {
  expect(refusal('a/b', { levelsMax: 2, bytesMax: 3 })).toBeUndefined()
  expect(refusal('a/b/', { levelsMax: 2 })?.[0]).toBe(ReasonCode.topicNameInvalid)
  expect(refusal('日b', { bytesMax: 3 })?.[0]).toBe(ReasonCode.topicNameInvalid)
})

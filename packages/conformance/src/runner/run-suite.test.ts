// The runner against servers that do what they should not: a case that cannot fail shows nothing.

import { describe, expect, test } from 'vitest'
import { parseCases } from '../language/parse.ts'
import type { Peer } from './peer.ts'
import { runSuite } from './run-suite.ts'

type Answer = readonly (number | 'close')[]

const connack = [0x20, 3, 0, 0, 0]

/** A server that answers a packet by its first byte: `x32` lists what it says to one QoS 1 PUBLISH after the other. */
function server(answers: Readonly<Record<string, readonly Answer[]>>): Peer {
  return {
    open: async (handler) => {
      const left = new Map<number, Answer[]>([[0x10, [connack]]])
      for (const [first, list] of Object.entries(answers)) left.set(Number(`0${first}`), [...list])
      return {
        write: (bytes) => {
          const answer = left.get(bytes[0] ?? 0)?.shift()
          setImmediate(() => {
            if (answer === undefined) return
            handler.data(Uint8Array.from(answer.filter((each) => each !== 'close')))
            if (answer.includes('close')) handler.closed()
          })
        },
        close: () => undefined,
      }
    },
  }
}

async function problem(
  text: string,
  answers: Readonly<Record<string, readonly Answer[]>>,
): Promise<string | undefined> {
  const cases = parseCases(`[1.1] a case\nin 5\n${text}`)
  const [result] = await runSuite(cases, server(answers), { timeoutMs: 20 })
  return result?.outcome === 'passed' ? undefined : (result?.problem ?? 'nothing was played')
}

const puback = (reasonCode: number) => [0x40, 3, 0, 1, reasonCode]
const publishQos1 = 'a connects\na > publish topicName="t" qos=1 packetId=1\n'

describe('it passes', () => {
  test.each([
    ['an answer that fits', `${publishQos1}a < puback packetId=1`, { x32: [puback(0x10)] }],
    ['one of several answers', `${publishQos1}a < puback reasonCode=0x10|0x97`, { x32: [puback(0x97)] }],
    ['the way out that a case leaves', `${publishQos1}a < puback or closed\na < puback`, { x32: [['close']] }],
    ['a goodbye with the right reason', 'a connects\na > c1 00\na closed 0x81', { xc1: [[0xe0, 1, 0x81, 'close']] }],
    ['an end without a word', 'a connects\na > c1 00\na closed 0x81', { xc1: [['close']] }],
    ['bytes that are the same', 'a > connect\na < 20 03 00 00 00', {}],
    ['silence', 'a connects\na quiet', { xc0: [[0xd0, 0]] }],
    [
      'packets in another order',
      'a connects\na > c0 00\na <* pubrel packetId=2\na <* pingresp',
      { xc0: [[0xd0, 0, 0x62, 2, 0, 2]] },
    ],
    ['a packet that need not come', 'a connects\na > c0 00\na <? pubrel\na < pingresp', { xc0: [[0xd0, 0]] }],
  ] as const)('%s', async (_, text, answers) => expect(await problem(text, answers)).toBeUndefined())
})

describe('it fails', () => {
  test.each([
    ['no answer', `${publishQos1}a < puback`, {}, 'nothing came within 20 ms'],
    ['another answer', `${publishQos1}a < pubrec`, { x32: [puback(0)] }, 'a pubrec was expected'],
    ['a refusal that was not asked for', `${publishQos1}a < puback`, { x32: [puback(0x97)] }, 'without failure'],
    ['another field', `${publishQos1}a < puback packetId=2`, { x32: [puback(0)] }, 'packetId should be 2'],
    [
      'a field too many',
      `${publishQos1}a < puback reasonString=-`,
      { x32: [[0x40, 8, 0, 1, 0, 4, 0x1f, 0, 1, 0x78]] },
      'reasonString should be absent',
    ],
    [
      'a variable that changed',
      `${publishQos1}a < puback packetId=$p\na > c0 00\na < puback packetId=$p`,
      { x32: [puback(0)], xc0: [[0x40, 2, 0, 9]] },
      'packetId should be 1',
    ],
    ['other bytes', 'a > connect\na < 20 03 01 00 00', {}, 'the bytes 20 03 01 00 00 were expected'],
    [
      'something before PINGRESP',
      'a connects\na quiet',
      { xc0: [[0x62, 2, 0, 9, 0xd0, 0]] },
      'a pingresp was expected',
    ],
    [
      'a packet that is not well-formed',
      'a connects\na > c0 00\na < pingresp',
      { xc0: [[0xd1, 0]] },
      'a pingresp was expected',
    ],
    ['a connection that stays open', 'a connects\na > c1 00\na closed', {}, 'it was not closed'],
    [
      'an answer instead of an end',
      'a connects\na > c0 00\na closed',
      { xc0: [[0xd0, 0]] },
      'it should be closed; d0 00',
    ],
    [
      'the wrong goodbye',
      'a connects\na > c1 00\na closed 0x81',
      { xc1: [[0xe0, 1, 0x82]] },
      'closed for the wrong reason',
    ],
    ['a friendly goodbye', 'a connects\na > c1 00\na closed', { xc1: [[0xe0, 0]] }, 'closed for the wrong reason'],
    ['a goodbye where none is wanted', 'a > connect\na closed silently', {}, 'without a word'],
    [
      'one packet of two in any order',
      'a connects\na > c0 00\na <* pingresp\na <* pubrel',
      { xc0: [[0xd0, 0]] },
      '1 of 2 packets did not come',
    ],
    ['a variable that stands for nothing', 'a connects\na > puback packetId=$p', {}, '$p stands for nothing here'],
  ] as const)('%s', async (_, text, answers, message) => expect(await problem(text, answers)).toContain(message))
})

test('a case whose conditions the server does not meet is left out, and says why', async () => {
  const cases = parseCases('[1.1] a case\nin 4 5\nneeds topicAliasMaximum>=1\na connects')
  const results = await runSuite(cases, server({}), { timeoutMs: 20 })
  expect(results.map(({ outcome, problem }) => [outcome, problem])).toEqual([
    ['skipped', 'the server does not speak version 4'],
    ['skipped', 'it needs topicAliasMaximum>=1'],
  ])
})

// The three reports, of a run that was never played: hostile text, and numbers that can be counted on fingers.

import { type CaseResult, parseCases } from '@mq/conformance'
import { describe, expect, test } from 'vitest'
import { malformed } from '../../test/xml.ts'
import type { Outcome } from './outcome.ts'
import { jsonOf } from './report-json.ts'
import { junitOf } from './report-junit.ts'
import { textOf } from './report-text.ts'

const id = `MQTT-${'3.3.1-4'}`
const [publish, will, other] = parseCases(
  `[${id}] a "title" & <more>\na connects\n[3.1.2.5] a Will\na connects\n[${id}] another\na connects`,
)

function result(of: typeof publish, rest: Partial<CaseResult>): CaseResult {
  if (of === undefined) throw new Error('no such case')
  return { name: `${of.title} (5.0)`, case: of, version: 5, outcome: 'passed', transcript: [], ...rest }
}

const outcome: Outcome = {
  url: 'mqtt://127.0.0.1:1883',
  versions: [4, 5],
  startedAt: new Date('2026-11-22T12:31:20.114Z'),
  seconds: 1.25,
  plays: [
    result(publish, {
      outcome: 'failed',
      problem: 'a < puback packetId=1\n    packetId should be 1; \u001b[2J <&> came',
      transcript: ['a opens', 'a > 32 00  publish {}', 'a < 40 00  puback {"x":"\u0000\ud800"}'],
    }),
    result(other, { seconds: 0 } as Partial<CaseResult>),
    result(will, { outcome: 'skipped', problem: 'it needs x>=1' }),
    result(will, { outcome: 'failed', problem: 'no connection within 3 ms' }),
  ].map((each) => ({ result: each, seconds: 0.5 })),
}

describe('the report for people', () => {
  const text = textOf(outcome, { colour: false })

  test('has each statement once, in the order of the specification', () => {
    expect(text).toContain('mq conformance mqtt://127.0.0.1:1883: MQTT 3.1.1 and 5.0, 4 cases in 1.3 s\n')
    expect(text.split('\n').filter((line) => /^ {2}[✓✗-] /.test(line))).toEqual([
      '  ✗ 3.1.2.5            a Will  1 of 1 failed',
      `  ✗ ${id}       Not both QoS bits are 1  1 of 2 failed`,
    ])
  })

  test('shows what was sent, received and expected, and lets no control character through', () => {
    expect(text).toContain(
      [
        '✗ a "title" & <more> (5.0)',
        '              a opens',
        '    sent      a  32 00  publish {}',
        '    received  a  40 00  puback {"x":"\\x00\ud800"}',
        '    expected  a < puback packetId=1',
        '    but       packetId should be 1; \\x1b[2J <&> came',
        '',
        '✗ a Will (5.0)',
        '    problem   no connection within 3 ms',
      ].join('\n'),
    )
    expect(text).not.toContain('\u001b')
  })

  test('ends with a picture and the counts', () => {
    expect(text).toMatch(
      /Summary\n {2}3\.1 CONNECT {2}░{10}·{10} {3}0 passed, 1 failed, 1 skipped\n {2}3\.3 PUBLISH {2}█{10}░{10} {3}1 passed, 1 failed\n\n {2}1 skipped: it needs x>=1\n\n1 passed, 2 failed, 1 skipped\n$/,
    )
  })

  test('shows one failure among many', () => {
    const [failed, passed] = outcome.plays
    if (failed === undefined || passed === undefined) throw new Error('no plays')
    const plays = [failed, ...Array.from({ length: 999 }, () => passed)]
    expect(textOf({ ...outcome, plays }, { colour: false })).toMatch(/3\.3 PUBLISH {2}█{19}░ 999 passed, 1 failed/)
  })

  test('has colours where they are wanted', () => {
    expect(textOf(outcome, { colour: true })).toContain('\u001b[31m✗\u001b[0m a "title"')
  })
})

test('JSON is one object with counts, sections, statements and cases', () => {
  expect(JSON.parse(JSON.stringify(jsonOf(outcome)))).toMatchObject({
    url: 'mqtt://127.0.0.1:1883',
    protocolVersions: ['3.1.1', '5.0'],
    startedAt: '2026-11-22T12:31:20.114Z',
    seconds: 1.25,
    passed: 1,
    failed: 2,
    skipped: 1,
    sections: [
      { name: '3.1 CONNECT', passed: 0, failed: 1, skipped: 1 },
      { name: '3.3 PUBLISH', passed: 1, failed: 1, skipped: 0 },
    ],
    statements: [
      { id: '3.1.2.5', section: '3.1 CONNECT', outcome: 'failed', passed: 0, failed: 1, skipped: 1 },
      { id, section: '3.3 PUBLISH', outcome: 'failed', passed: 1, failed: 1, skipped: 0 },
    ],
    cases: [
      {
        title: 'a "title" & <more>',
        statements: [id],
        protocolVersion: '5.0',
        outcome: 'failed',
        failure: {
          expected: 'a < puback packetId=1',
          problem: 'packetId should be 1; \u001b[2J <&> came',
          sent: ['a  32 00  publish {}'],
          received: [expect.stringContaining('a  40 00  puback')],
        },
      },
      { outcome: 'passed', seconds: 0.5 },
      { outcome: 'skipped', reason: 'it needs x>=1' },
      { failure: { expected: null, problem: 'no connection within 3 ms' } },
    ],
  })
})

describe('JUnit', () => {
  const xml = junitOf(outcome)

  test('is well-formed, whatever a broker sends', () => {
    expect(malformed(xml)).toBeUndefined()
    expect(xml).toContain('puback {"x":"\ufffd\ufffd"}')
  })

  test('has a suite for each section, with counts and times', () => {
    expect(xml).toContain(
      '<testsuites name="mq conformance mqtt://127.0.0.1:1883" tests="4" failures="2" errors="0" skipped="1" time="1.250">',
    )
    expect(xml).toContain(
      '<testsuite name="3.3 PUBLISH" tests="2" failures="1" errors="0" skipped="0" time="1.000" timestamp="2026-11-22T12:31:20">',
    )
    expect(xml).toContain('<testcase classname="3.3 PUBLISH" name="another (5.0)" time="0.500"/>')
    expect(xml).toContain('name="a &quot;title&quot; &amp; &lt;more&gt; (5.0)"')
    expect(xml).toContain('<skipped message="it needs x&gt;=1"/>')
  })

  test('says what was expected in the text of a failure', () => {
    expect(xml).toContain('sent      a  32 00  publish {}\n')
    expect(xml).toContain('expected  a &lt; puback packetId=1\n')
  })
})

test.each([
  ['<a>', 'a not closed'],
  ['<a></b></a>', 'no tag'],
  ['<a>&b;</a>', 'a bare &'],
  ['<a/><b/>', '2 roots'],
  ['<a>\u0001</a>', 'the character'],
])('%j is found to be malformed', (xml, problem) => expect(malformed(xml)).toContain(problem))

import { describe, expect, test } from 'vitest'
import { sampleResults } from '../../test/sample-results.ts'
import { csvOf, jsonOf } from './report-data.ts'
import { tableOf, time } from './report-table.ts'

const results = sampleResults({
  deliveriesMs: Array.from({ length: 1000 }, (_, index) => 1 + index / 100),
  lost: 3,
  expected: 1003,
  targetRate: 1000,
  publishedRate: 999.96,
  deliveredRate: 996,
  counters: { sent: 1003, received: 1001, duplicates: 1, connected: 20 },
  errors: [{ where: 'PUBACK', text: 'quota exceeded (0x97)', reasonCode: 0x97, count: 2 }],
  broker: { pid: 7, cpu: 0.25, cpuUsEach: 12.34, rssBeforeBytes: 50 * 1_048_576, rssAfterBytes: 60 * 1_048_576 },
})

test('for people: a table, a picture and what went wrong', () => {
  const lines = tableOf(results).split('\n')
  expect(lines[0]).toBe(
    'mq bench e2e pair at mqtt://localhost:1883: 10 publishers, 10 subscribers, QoS 1, 64 bytes, MQTT 5.0, 1 worker, 1.0 s',
  )
  expect(lines).toContain('  delivery          1,000    5.99 ms    9.99 ms    10.9 ms    11.0 ms    11.0 ms')
  expect(lines.some((line) => /^ {2}1\.00 ms [▁▂▃▄▅▆▇█ ]{48} 11\.0 ms/.test(line))).toBe(true)
  expect(lines).toContain('  published    1,000/s of 1,000/s wanted')
  expect(lines).toContain('  lost         3 of 1,003 (0.299 %), 1 duplicate, 0 out of order')
  expect(lines).toContain('  error        PUBACK quota exceeded (0x97): 2 times')
  expect(lines).toContain('  broker       25 % of a core, 12.3 µs per delivered message, memory 50.0 → 60.0 MB')
})

test('what is lost is counted from the first message on, and that is said', () => {
  const lines = tableOf(sampleResults({ expected: 4000, warmupMs: 1000 })).split('\n')
  expect(lines).toContain('  lost         0 of 4,000 (warm-up included), 0 duplicates, 0 out of order')
})

test('where nothing was measured, it says so', () => {
  expect(tableOf(sampleResults())).toContain('Nothing was measured.')
})

describe('for programs', () => {
  test('one JSON object, null for what is not known', () => {
    expect(JSON.parse(JSON.stringify(jsonOf(results, ['loss>0: it was 3'])))).toMatchObject({
      mode: 'e2e',
      topology: 'pair',
      rate: { targetPerSecond: 1000, publishedPerSecond: 1000, deliveredPerSecond: 996 },
      messages: { sent: 1003, expected: 1003, lost: 3, duplicates: 1 },
      latency: { connect: null, delivery: { count: 1000, p50Ms: 5.991, maxMs: 10.99 } },
      errors: [{ where: 'PUBACK', reasonCode: 0x97, count: 2 }],
      broker: { pid: 7, cpu: 0.25, cpuUsEach: 12.34 },
      failed: ['loss>0: it was 3'],
    })
  })

  test('CSV: as many cells as names, empty for what is not known', () => {
    const [names = [], cells = [], ...rest] = csvOf(results)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','))
    expect(rest).toEqual([])
    expect(cells.length).toBe(names.length)
    const cell = (name: string) => cells[names.indexOf(name)]
    expect([cell('mode'), cell('lost'), cell('connect_p50_ms'), cell('broker_cpu_us_each')]).toEqual([
      'e2e',
      '3',
      '',
      '12.34',
    ])
    expect(new Set(names).size).toBe(names.length)
  })
})

test.each([
  [0, '0 µs'],
  [999, '999 µs'],
  [1000, '1.00 ms'],
  [99_960, '100 ms'],
  [999_900, '1000 ms'],
  [1_234_567, '1.23 s'],
  [Number.NaN, '–'],
])('%d µs is %s', (us, text) => expect(time(us)).toBe(text))

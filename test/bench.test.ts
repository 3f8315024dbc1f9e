// What `npm run bench` computes and draws; what it measures depends on the machine.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { allCases } from '../bench/cases.ts'
import { chartSvg } from '../bench/chart.ts'
import { optionsOf } from '../bench/options.ts'
import { brokersChart, filled, isShort, tablesOf } from '../bench/page.ts'
import { type BenchResult, type EndToEndResult, median, quantile } from '../bench/result.ts'
import { root } from './source.ts'

const endToEnd = (scenario: string, broker: string, cpuUsEach: number, more: Partial<EndToEndResult> = {}) => ({
  scenario,
  broker,
  version: '2.0',
  cpuUsEach,
  cpuUsLow: cpuUsEach,
  cpuUsHigh: cpuUsEach,
  deliveredPerSecond: 1000,
  targetPerSecond: null,
  brokerCpu: 0.5,
  generatorCpu: 0.5,
  p50Ms: 1,
  p99Ms: 2,
  lost: 0,
  errors: 0,
  ...more,
})

const atMax = { deliveredPerSecond: 1000, targetPerSecond: null }

const result: BenchResult = {
  date: '2026-11-23T01:02:03.000Z',
  command: 'npm run bench -- --docs',
  machine: {
    cpu: 'A & B <C>',
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    system: 'Linux 6',
    node: 'v20.19.0',
    loadBefore: 2.04,
    loadAfter: 2,
  },
  revision: 'abc1234',
  rounds: 5,
  seconds: 5,
  micro: [{ name: 'decode', nsEach: 40.4, nsLow: 39, nsHigh: 45 }],
  protocols: [
    { scenario: 'a', variant: 'old', cpuUsEach: 2, ratio: 1, atMost: 1, lost: 0, errors: 0, ...atMax },
    { scenario: 'a', variant: 'new', cpuUsEach: 2.5, ratio: 1.254, atMost: 1.15, lost: 1, errors: 0, ...atMax },
    {
      scenario: 'b',
      variant: 'new',
      cpuUsEach: 3,
      ratio: 1.1,
      atMost: 1.15,
      lost: 0,
      errors: 0,
      deliveredPerSecond: 5,
      targetPerSecond: 9,
    },
  ],
  idle: [{ broker: 'mq', version: 'abc1234', connections: 5000, bytesPerConnection: 5120, cpuUsPerConnect: 99.9 }],
  scale: [
    { subject: 'many', what: 'longest', unit: 'ms', value: 31.2, atMost: 50 },
    { subject: 'many', what: 'heap', unit: 'bytes', value: 1234.5, atMost: 400 },
  ],
  endToEnd: [
    endToEnd('pair', 'mq', 2),
    endToEnd('pair', 'mosquitto', 15),
    endToEnd('fanin', 'mq', 3, { lost: 4 }),
    endToEnd('sparse', 'mosquitto', 9, { targetPerSecond: 2000 }),
    endToEnd('paced', 'mq', 9, { targetPerSecond: 1000, p50Ms: 0.5, p99Ms: 2 }),
    endToEnd('paced', 'mosquitto', 18, { targetPerSecond: 1000, p50Ms: 0.4, p99Ms: 5 }),
    endToEnd('paced', 'yardstick', 6, { targetPerSecond: 1000, version: '' }),
    endToEnd('late', 'mq', 1, { targetPerSecond: 1000, p99Ms: 4 }),
    endToEnd('late', 'mosquitto', 1, { targetPerSecond: 1000, p99Ms: 2 }),
  ],
}

test('the middle of an odd and of an even number of values, and quarters', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2)
  expect(median([])).toBeNaN()
})

describe('the tables', () => {
  const tables = tablesOf(result)

  test('brokers side by side, with how many times ours, what was lost and a rate that was not kept', () => {
    expect(tables['brokers']).toBe(
      [
        '| CPU µs per delivered message | mq | mosquitto 2.0 | yardstick |',
        '| --- | ---: | ---: | ---: |',
        '| pair | 2.00 | 15.00 (7.5×) | – |',
        '| fanin | 3.00, 4 lost, 0 errors | – | – |',
        '| sparse | – | 9.00, only 1,000/s | – |',
        '| paced | 9.00 | 18.00 (2.0×) | 6.00 (0.7×) |',
        '| late | 1.00 | 1.00 (1.0×) | – |',
      ].join('\n'),
    )
  })

  test('latency, where there was a rate, and whether ours is too late', () => {
    expect(tables['latency']?.split('\n').slice(2)).toEqual([
      '| sparse | – | 1.00 / 2.00, only 1,000/s | – | – |',
      '| paced | 0.50 / 2.00 | 0.40 / 5.00 (2.5×) | 1.00 / 2.00 (1.0×) | 0.40× |',
      '| late | 1.00 / 4.00 | 1.00 / 2.00 (0.5×) | – | 2.00×, **missed** |',
    ])
  })

  test('protocols, with what was aimed at', () => {
    expect(tables['protocols']).toBe(
      [
        '| CPU µs per delivered message | a | b | aimed at, at most |',
        '| --- | ---: | ---: | ---: |',
        '| old | 2.00 (1.00×) | – | 1.00× |',
        '| new | 2.50 (1.25×, **missed**), 1 lost, 0 errors | 3.00 (1.10×), only 5/s | 1.15× |',
      ].join('\n'),
    )
  })

  test('the others', () => {
    expect(tables['micro']).toContain('| decode | 40 | 39 – 45 |')
    expect(tables['idle']).toContain('| mq | 5,000 | 5.0 | 100 |')
  })

  test('much of everything, with what was aimed at', () => {
    expect(tables['scale']).toContain('| many | longest | 31.2 ms | 50.0 ms |')
    expect(tables['scale']).toContain('|  | heap | 1,235 bytes | 400 bytes, **missed** |')
  })

  test('a busy machine and a short run are not hidden', () => {
    expect(tables['run']).toContain('**The machine was busy** (load 2.0 before it began)')
    expect(tables['run']).not.toContain('**A short run**')
    const short = { ...result, seconds: 1 }
    expect(isShort(short)).toBe(true)
    expect(tablesOf(short)['run']).toContain('**A short run**')
    expect(brokersChart(short)).toContain('a short run')
  })
})

test('a page keeps its words, and gets its tables anew each time', () => {
  const page = 'before\n\n<!-- bench:micro -->\nold\n<!-- /bench -->\n\nafter\n<!-- bench:other -->\n<!-- /bench -->\n'
  const once = filled(page, { micro: '| new |' })
  expect(once).toBe(
    'before\n\n<!-- bench:micro -->\n\n| new |\n\n<!-- /bench -->\n\nafter\n<!-- bench:other -->\n<!-- /bench -->\n',
  )
  expect(filled(once, { micro: '| new |' })).toBe(once)
})

test('the page has a place for every table', () => {
  const page = readFileSync(join(root, 'docs', 'performance.md'), 'utf8')
  const places = [...page.matchAll(/<!-- bench:(\w+) -->/g)].map(([, name]) => name)
  expect(places.toSorted()).toEqual(Object.keys(tablesOf(result)).toSorted())
})

test('bars are as long as their values, and text is text', () => {
  const bar = (label: string, value: number) => ({ label, value, text: `${value} µs`, colour: '#123456' })
  const svg = chartSvg({
    title: 'A < B & "C"',
    subtitle: '',
    groups: [{ label: 'g', bars: [bar('a', 10), bar('b', 5)] }],
  })
  const widths = [...svg.matchAll(/<rect x="150" y="\d+" width="([\d.]+)"/g)].map(([, width]) => Number(width))
  expect(widths).toEqual([480, 240])
  expect(svg).toContain('A &lt; B &amp; &quot;C&quot;')
})

test.each(allCases())('the case "$name" runs', ({ run, operations }) => {
  expect(operations).toBeGreaterThan(0)
  expect(run()).toBeGreaterThan(0)
})

describe('options', () => {
  test('have defaults', () => {
    expect(optionsOf(['--e2e', '--rounds', '5'])).toMatchObject({ e2e: true, rounds: 5, seconds: 1.5, build: true })
  })

  test.each([
    [['--docs', '--micro'], /--docs needs all of it/],
    [['--from', 'x.json'], /--from does nothing without --docs/],
    [['--rounds', 'x'], /--rounds was given "x"; allowed is a whole number from 1/],
    [['--seconds', '0'], /--seconds was given "0"/],
    [['--brokers', 'mq,other'], /--brokers knows no "other"/],
    [['--bogus'], /--bogus/],
  ])('%j is refused before anything is built', (args, sentence) => {
    expect(() => optionsOf(args)).toThrow(sentence)
  })
})

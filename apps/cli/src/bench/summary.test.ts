import { describe, expect, test } from 'vitest'
import { fakeIo } from '../../test/fake-io.ts'
import { argumentsOf } from '../argv/arguments.ts'
import { rewrite } from '../argv/rewrite.ts'
import { benchPlanOf } from './bench-plan.ts'
import { Histogram } from './histogram.ts'
import { type Counters, createCounters } from './results.ts'
import { bottlenecksOf, type Figures, resultsOf } from './summary.ts'
import { Tally } from './tally.ts'
import type { WorkerReport } from './worker-messages.ts'

const planOf = (line: string) => benchPlanOf(argumentsOf(rewrite(['bench', ...line.split(' ')]), {}), fakeIo())

function reportOf(counters: Partial<Counters>, tally = new Tally()): WorkerReport {
  const { connect, suback, ack, delivery, schedule } = tally.histograms
  return {
    counters: { ...createCounters(), ...counters },
    histograms: {
      connect: connect.data(),
      suback: suback.data(),
      ack: ack.data(),
      delivery: delivery.data(),
      schedule: schedule.data(),
    },
    errors: tally.errors(),
    cpu: 0.5,
    connectingFromUs: 0,
    connectingUntilUs: 1_000_000,
  }
}

const usage = (cpuSeconds: number, megabytes: number) => ({ cpuSeconds, rssBytes: megabytes * 1_048_576 })
const figures: Figures = {
  seconds: 2,
  usageSeconds: 2,
  before: usage(0, 40),
  from: usage(1, 50),
  until: usage(2, 60),
  last: usage(2, 61),
}

describe('loss', () => {
  test('of a fan-out, every subscriber counts', async () => {
    const plan = await planOf('e2e --topology fanout -c 3 --rate 10')
    const results = resultsOf(
      plan,
      [reportOf({ sent: 100, unique: 250, received: 250 }), reportOf({ unique: 40 })],
      figures,
    )
    expect(results).toMatchObject({ expected: 300, lost: 10 })
  })

  test('more than was sent are duplicates, which the members of a group cannot see', async () => {
    const plan = await planOf('e2e --topology shared -c 2 --rate 10')
    const results = resultsOf(plan, [reportOf({ sent: 100, unique: 103, duplicates: 1 })], figures)
    expect(results).toMatchObject({ expected: 100, lost: 0 })
    expect(results.counters.duplicates).toBe(4)
  })

  test('of what others publish, gaps', async () => {
    const results = resultsOf(await planOf('sub'), [reportOf({ unique: 90, missing: 10 })], figures)
    expect(results).toMatchObject({ expected: 100, lost: 10 })
  })
})

test('rates and the CPU time of the broker are those of the time that was measured', async () => {
  const plan = await planOf('e2e --rate 10 --pid 7')
  const counters = { sent: 900, unique: 900, sentMeasured: 400, receivedMeasured: 500, connected: 2 }
  expect(resultsOf(plan, [reportOf(counters)], figures)).toMatchObject({
    publishedRate: 200,
    deliveredRate: 250,
    connectRate: 2,
    broker: { pid: 7, cpu: 0.5, cpuUsEach: 2000, rssBeforeBytes: 40 * 1_048_576, rssAfterBytes: 61 * 1_048_576 },
  })
})

test('errors of all workers are counted together, the most frequent first', async () => {
  const [first, second] = [new Tally(), new Tally()]
  first.error('CONNACK', 'banned', 0x8a)
  for (const tally of [first, second, second]) tally.error('connect', 'ECONNRESET')
  const { errors } = resultsOf(await planOf('e2e'), [reportOf({}, first), reportOf({}, second)], figures)
  expect(errors).toEqual([
    { where: 'connect', text: 'ECONNRESET', count: 3 },
    { where: 'CONNACK', text: 'banned', reasonCode: 0x8a, count: 1 },
  ])
})

test('a thousand kinds of errors do not fill the memory', () => {
  const tally = new Tally()
  for (let n = 0; n < 1000; n++) tally.error('DISCONNECT', `reason ${n}`)
  const errors = tally.errors()
  expect(errors).toHaveLength(101)
  expect(errors.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
})

describe('whose figures these are', () => {
  const late = (us: number) => {
    const histogram = new Histogram()
    for (let n = 0; n < 100; n++) histogram.record(us)
    return histogram
  }
  const counters = createCounters()

  test.each([
    ['an idle generator: the broker', [0.3], late(1000), {}, 0],
    ['a worker at its limit: its own', [0.3, 0.95], late(1000), {}, 1],
    ['far behind its schedule: its own', [0.3], late(50_000), {}, 1],
    ['not sent although the broker took everything: its own', [0.3], late(1000), { unsent: 5 }, 1],
    ['not sent because the broker took no more: the broker', [0.3], late(1000), { unsent: 5, heldBack: 9 }, 0],
    ['not sent because connections were lost: the broker', [0.3], late(1000), { unsent: 5, lostConnections: 1 }, 0],
    ['nothing known: the broker', [Number.NaN], new Histogram(), {}, 0],
  ] as const)('%s', (_, cpu, schedule, more, count) => {
    expect(bottlenecksOf('e2e', cpu, schedule, { ...counters, ...more })).toHaveLength(count)
  })

  test('connections that were begun late are said to be connections', () => {
    expect(bottlenecksOf('conn', [0.3], late(50_000), counters)).toEqual([
      expect.stringMatching(/1 % of the connections were begun 50\.\d ms late or more/),
    ])
  })
})

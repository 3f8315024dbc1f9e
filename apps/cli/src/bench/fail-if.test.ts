import { describe, expect, test } from 'vitest'
import { sampleResults } from '../../test/sample-results.ts'
import { UsageError } from '../failure.ts'
import { conditionsOf, failuresOf } from './fail-if.ts'

/** Deliveries of 1, 2, … 1000 ms; 3 of 4000 lost. */
const results = sampleResults({
  deliveriesMs: Array.from({ length: 1000 }, (_, index) => index + 1),
  lost: 3,
  expected: 4000,
  targetRate: 1000,
  publishedRate: 950,
  deliveredRate: 1900,
  counters: { duplicates: 2, unsent: 50, sent: 950 },
  errors: [{ where: 'PUBACK', text: 'quota exceeded', reasonCode: 0x97, count: 7 }],
})

describe('fails', () => {
  test.each([
    ['p99>50ms', 'p99>50ms: it was 990.207 ms'],
    ['p50 > 499ms', 'p50 > 499ms: it was 500.223 ms'],
    ['max>=1s', 'max>=1s: it was 1000.000 ms'],
    ['mean>0us', 'mean>0us: it was 500.500 ms'],
    ['loss>0', 'loss>0: it was 3'],
    ['loss>0.05%', 'loss>0.05%: it was 0.075 %'],
    ['duplicates>=2', 'duplicates>=2: it was 2'],
    ['unsent>4.9%', 'unsent>4.9%: it was 5 %'],
    ['errors>6', 'errors>6: it was 7'],
    ['rate<951', 'rate<951: it was 950'],
    ['rate<=95%', 'rate<=95%: it was 95 %'],
    ['deliveries<2000', 'deliveries<2000: it was 1900'],
    ['delivery.p99>50ms', 'delivery.p99>50ms: it was 990.207 ms'],
    ['connect.p99>1s', 'connect.p99>1s cannot be told: nothing was measured'],
    ['ack.max>1s', 'ack.max>1s cannot be told: nothing was measured'],
  ])('%s', (text, sentence) => expect(failuresOf(conditionsOf(text), results)).toEqual([sentence]))

  test('every condition that holds is named', () => {
    const found = failuresOf(conditionsOf('p99>50ms, loss>3,errors>0'), results)
    expect(found).toEqual(['p99>50ms: it was 990.207 ms', 'errors>0: it was 7'])
  })
})

test.each(['p99>2s', 'loss>3', 'loss>=4', 'out-of-order>0', 'rate<950', 'rate<95%', 'p99.9<1ms', 'P50>501ms'])(
  'passes %s',
  (text) => expect(failuresOf(conditionsOf(text), results)).toEqual([]),
)

test('a run that sent nothing has not shown that nothing is lost', () => {
  expect(failuresOf(conditionsOf('loss>0'), sampleResults({ expected: 0 }))).toHaveLength(1)
})

describe('is refused, with a way out', () => {
  test.each([
    ['p99>50', 'p99 with a time (us, ms, s), such as p99>50ms'],
    ['loss>5ms', 'loss with a plain number or a %, such as loss>0'],
    ['p99', 'a metric, one of > >= < <=, and a limit, such as p99>50ms or loss>0'],
    ['p99=50ms', 'a metric, one of'],
    ['p99>', 'a metric, one of'],
    ['', 'a metric, one of'],
    ['p99>50ms,', 'a metric, one of'],
    ['p101>1ms', 'one of p50'],
    ['losses>0', 'Did you mean loss?'],
    ['duplicate>0', 'Did you mean duplicates?'],
    ['conect.p99>1ms', 'Did you mean connect.p99?'],
    ['p99>-5ms', 'a metric, one of'],
    ['p99>5ms loss>0', 'a metric, one of'],
  ])('%s', (text, hint) => {
    expect(() => conditionsOf(text)).toThrow(UsageError)
    expect(() => conditionsOf(text)).toThrow(hint)
  })
})

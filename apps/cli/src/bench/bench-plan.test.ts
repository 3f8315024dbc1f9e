import { describe, expect, test } from 'vitest'
import { fakeIo } from '../../test/fake-io.ts'
import { argumentsOf } from '../argv/arguments.ts'
import { rewrite } from '../argv/rewrite.ts'
import { UsageError } from '../failure.ts'
import { benchPlanOf, feedbackOf } from './bench-plan.ts'

const planOf = (line: string) => benchPlanOf(argumentsOf(rewrite(['bench', ...line.split(' ')]), {}), fakeIo())

describe('what is meant', () => {
  test('the example of the design', async () => {
    expect(await planOf('pub -t b/%i -c 100 --rate 5000 --duration 30s --size 256 -q 1 --workers 4')).toMatchObject({
      mode: 'pub',
      cast: { publishers: 100, subscribers: 0, idle: 0 },
      topic: 'b/%i',
      rate: 5000,
      durationMs: 30_000,
      warmupMs: 1000,
      size: 256,
      qos: 1,
      workers: 4,
      protocolVersion: 5,
      output: 'table',
      wishes: { url: 'mqtt://localhost:1883' },
    })
  })

  test('without a rate a publisher awaits its deliveries, all of them in one worker', async () => {
    const plan = await planOf('e2e -c 10 --topology fanout')
    expect(plan).toMatchObject({ cast: { publishers: 1, subscribers: 10 }, workers: 1, rate: 0 })
    expect(feedbackOf(plan)).toBe(10)
    expect(feedbackOf(await planOf('e2e -c 10 --topology shared'))).toBe(1)
    expect(feedbackOf(await planOf('e2e -c 10 --rate 5'))).toBe(0)
    expect(feedbackOf(await planOf('pub -c 10'))).toBe(0)
  })

  test('no more workers than connections', async () => {
    expect(await planOf('e2e -c 2 --workers 8')).toMatchObject({ workers: 2 })
  })

  test('every run has topics of its own, unless one is given', async () => {
    expect(await planOf('e2e --topology fanin')).toMatchObject({
      topic: 'mq-bench/1bmrpgr/%i',
      filter: 'mq-bench/1bmrpgr/+',
    })
    expect(await planOf('sub')).toMatchObject({ filter: 'mq-bench/#' })
  })

  test('a WebSocket, properties on every message, and addresses to come from', async () => {
    const properties = '--content-type text/plain --expiry 1m --user-property a=b'
    expect(await planOf(`e2e -L ws://localhost:8083/mqtt ${properties} -A 127.0.0.2,127.0.0.3 -A ::1`)).toMatchObject({
      wishes: { url: 'ws://localhost:8083/mqtt' },
      protocolVersion: 5,
      properties: { contentType: 'text/plain', messageExpiryInterval: 60, userProperties: [['a', 'b']] },
      bind: ['127.0.0.2', '127.0.0.3', '::1'],
    })
    expect(await planOf('e2e')).not.toHaveProperty('properties')
  })

  test('connections need not be held', async () => {
    expect(await planOf('conn --duration 0')).toMatchObject({ durationMs: 0 })
  })

  test('max and 0 are the same', async () => {
    expect(await planOf('e2e --rate max')).toMatchObject({ rate: 0 })
    expect(await planOf('e2e --rate 0')).toMatchObject({ rate: 0 })
    expect(await planOf('e2e --rate 0.5')).toMatchObject({ rate: 0.5 })
  })
})

describe('what is refused', () => {
  test.each([
    ['conn -t a', 'mq bench conn has no use for --topic.'],
    ['sub --rate 5', 'mq bench sub has no use for --rate.'],
    ['pub --topology pair', 'mq bench pub has no use for --topology.'],
    ['nothing', 'mq bench was given "nothing"; allowed is conn, pub, sub or e2e.'],
    ['e2e more', 'mq bench takes one word, and was given "more" behind e2e.'],
    ['e2e --rate fast', '--rate was given "fast"; allowed is a number per second, or max.'],
    ['e2e --size 10', '--size was given "10"; allowed is a whole number, 24 to 200000000.'],
    ['e2e -t a -t b', 'mq bench takes one --topic; %i in it makes many.'],
    ['e2e -t a/x%i --topology fanin', '%i and %c are whole levels, as in b/%i.'],
    ['e2e -t a/%c', 'use %i.'],
    ['e2e -t a/#', 'a topic without the wildcards'],
    ['e2e --publishers 3', 'a pair is one publisher and one subscriber'],
    ['e2e --topology fanin --workers 2 -c 5', 'takes one worker; give a --rate for more.'],
    ['e2e --json --csv', 'give --json or --csv, not both.'],
    ['conn --content-type x', 'mq bench conn has no use for --content-type.'],
    ['e2e -V 311 --expiry 10s', '--expiry needs MQTT 5.0'],
    ['conn --bind localhost', '--bind was given "localhost"; allowed are IP addresses of this machine'],
    ['e2e --fail-if p99>5', 'p99 with a time'],
    ['e2e --duration 0', '--duration was given 0; nothing can be measured in no time.'],
    ['sub --duration 0ms', '--duration was given 0'],
    ['e2e --pid me', '--pid was given "me"'],
    ['e2e --pid=', '--pid was given nothing; it is the number of one process: does the broker run?'],
  ])('%s', async (line, sentence) => {
    const refused = planOf(line)
    await expect(refused).rejects.toThrow(UsageError)
    await expect(refused).rejects.toThrow(sentence)
  })
})

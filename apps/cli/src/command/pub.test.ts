import { describe, expect, test } from 'vitest'
import { type FakeBrokerOptions, fakeBroker } from '../../test/fake-connection.ts'
import { type FakeIoOptions, fakeIo } from '../../test/fake-io.ts'
import { Failure } from '../failure.ts'
import { main } from '../main.ts'
import { commands } from './commands.ts'
import { pub } from './pub.ts'

function start(argv: readonly string[], world: FakeIoOptions & FakeBrokerOptions = {}) {
  const io = fakeIo(world)
  const broker = fakeBroker(world)
  const fakes = commands.map((command) => ({
    ...command,
    load: async () => (given: Parameters<typeof pub>[0]) => pub(given, io, broker.open),
  }))
  return { io, broker, exit: main(['pub', ...argv], io, '0', fakes) }
}

async function run(argv: readonly string[], world: FakeIoOptions & FakeBrokerOptions = {}) {
  const { io, broker, exit } = start(argv, world)
  return { exitCode: await exit, out: io.out(), err: io.err(), broker, io }
}

const sent = (broker: { published: readonly { topicName: string; payload: Uint8Array }[] }) =>
  broker.published.map(({ topicName, payload }) => `${topicName} ${Buffer.from(payload)}`)

describe('where topic and message come from', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['options', ['-t', 'a', '-m', 'on'], ['a on']],
    ['arguments', ['a', 'on'], ['a on']],
    ['a topic as an argument, a message as an option', ['a', '-m', 'on'], ['a on']],
    ['a topic as an option, a message as an argument', ['-t', 'a', 'on'], ['a on']],
    ['a URL', ['-L', 'mqtt://b/house/x', '-m', 'on'], ['house/x on']],
    ['a URL and an argument', ['-L', 'mqtt://b/house/x', 'on'], ['house/x on']],
    ['several topics', ['-t', 'a', '-t', 'b', '-m', 'on'], ['a on', 'b on']],
    ['the last of several messages', ['a', '-m', 'on', '-m', 'off'], ['a off']],
    ['an empty message', ['a', '-m', ''], ['a ']],
    ['-n', ['a', '-n'], ['a ']],
    ['a number', ['a', '1e3'], ['a 1e3']],
    ['quotes', ['a', '-m', '"on"'], ['a "on"']],
  ])('%s', async (_, argv, expected) => {
    const { exitCode, out, err, broker } = await run(argv)
    expect({ exitCode, out, err }).toEqual({ exitCode: 0, out: '', err: '' })
    expect(sent(broker)).toEqual(expected)
    expect(broker.disconnects).toBe(1)
  })

  test('-f is sent byte for byte', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const { broker } = await run(['a', '-f', 'x.bin'], { files: { 'x.bin': bytes } })
    expect(broker.published.map(({ payload }) => [...payload])).toEqual([[...bytes]])
  })

  test('-s is all of stdin', async () => {
    expect(sent((await run(['a', '-s'], { stdin: ['one\n', 'two\n'] })).broker)).toEqual(['a one\ntwo\n'])
  })

  test('-l is a message per line, across chunks, the empty one too, and the last without a newline', async () => {
    const { broker } = await run(['a', '-l'], { stdin: ['one\ntw', 'o\n\nth', 'r', 'ee\r\nfour'] })
    expect(sent(broker)).toEqual(['a one', 'a two', 'a ', 'a three\r', 'a four'])
  })

  test.each<readonly [readonly string[], RegExp]>([
    [[], /a topic is missing/],
    [['a'], /a message is missing/],
    [['a', 'on', 'off'], /one argument too many: "off"/],
    [['a', 'on', '-n'], /more than one message/],
    [
      ['-L', 'mqtt://b/a/b', '-t', 'house/x', '-m', 'on'],
      /the topic is "a\/b" in the URL and "house\/x" besides; leave out/,
    ],
    [['-L', 'mqtt://b/a/b', 'house/x', 'on'], /the topic is "a\/b" in the URL and "house\/x" besides/],
    [['a', 'on', '-D', 'subscribe', 'user-property', 'k', 'v'], /mq pub sends no SUBSCRIBE, so -D subscribe/],
    [['a', '-l', '-s'], /more than one message/],
    [['a/#', 'on'], /the topic was given "a\/#"; allowed is a topic without the wildcards/],
    [['a', 'on', '--require-subscriber'], /--require-subscriber needs -q 1/],
    [['a', 'on', '-q', '1', '-V', '311', '--require-subscriber'], /--require-subscriber needs MQTT 5.0/],
    [['a', 'on', '-q', '3'], /-q was given "3"; allowed is 0, 1 or 2/],
    [['a', '-l', '--repeat', '2'], /--repeat does not go with -l/],
    [['a', 'on', '--repeat', '0'], /--repeat was given "0"/],
    [['a', 'on', '--user-property', 'x'], /--user-property was given "x"/],
    [['a', 'on', '-V', '311', '--content-type', 'x'], /--content-type needs MQTT 5.0/],
    [['a', 'on', '-p', '0'], /-p was given "0"; allowed is a whole number, 1 to 65535/],
    [['a', 'on', '-c'], /-c needs --id/],
    [['a', 'on', '-V', '311', '-P', 'x'], /-P needs --username/],
    [['a', 'on', '-L', 'http://b'], /-L was given "http:\/\/b"; allowed is mqtt:/],
  ])('%j is refused before anything is connected', async (argv, sentence) => {
    const { exitCode, err, broker } = await run(argv)
    expect(exitCode).toBe(2)
    expect(err).toMatch(sentence)
    expect(err).toMatch(/Try mq pub --help/)
    expect(broker.wishes).toEqual([])
  })
})

describe('what is sent', () => {
  test('QoS, retain and properties', async () => {
    const options = [
      '--content-type',
      'text/plain',
      '--response-topic',
      'r',
      '--correlation-data',
      'c',
      '--expiry',
      '1.5',
    ]
    const { broker } = await run([
      'a',
      'on',
      '-q',
      '2',
      '-r',
      ...options,
      '--user-property',
      'k=v',
      '-D',
      'publish',
      'user-property',
      'j',
      'w',
    ])
    expect(broker.published).toEqual([
      {
        topicName: 'a',
        payload: Buffer.from('on'),
        qos: 2,
        retain: true,
        properties: {
          contentType: 'text/plain',
          responseTopic: 'r',
          correlationData: Buffer.from('c'),
          messageExpiryInterval: 2,
          userProperties: [
            ['j', 'w'],
            ['k', 'v'],
          ],
        },
      },
    ])
    expect(broker.wishes[0]?.protocolVersion).toBe(5)
  })

  test('--repeat sends again, --repeat-delay apart', async () => {
    const { io, broker, exit } = start(['a', 'on', '--repeat', '3', '--repeat-delay', '500ms'])
    const poll = setInterval(() => io.elapse(), 1)
    expect(await exit).toBe(0)
    clearInterval(poll)
    expect(sent(broker)).toEqual(['a on', 'a on', 'a on'])
    expect(io.sleeps).toEqual([500, 500])
  })

  test('a topic beats that of MQ_URL', async () => {
    expect(sent((await run(['-t', 'a', '-m', 'on'], { env: { MQ_URL: 'mqtt://b/house/x' } })).broker)).toEqual(['a on'])
  })

  test('a warning where a password lacks a user name', async () => {
    const { exitCode, err } = await run(['a', 'on', '-P', 'secret'])
    expect(exitCode).toBe(0)
    expect(err).toBe('mq: warning: -P without -u: most brokers know a password only by its user name.\n')
    expect((await run(['a', 'on', '-P', 'secret', '--quiet'])).err).toBe('')
  })

  test('a warning where will options lack a topic', async () => {
    const { exitCode, err, broker } = await run(['a', 'on', '--will-payload', 'gone'])
    expect(exitCode).toBe(0)
    expect(err).toBe('mq: warning: --will-payload does nothing without --will-topic.\n')
    expect(broker.wishes[0]?.will).toBeUndefined()
  })
})

describe('exit codes', () => {
  test('the reason code of a refusal', async () => {
    const publishAnswer = () => ({ reasonCode: 0x87, reasonString: 'no rule allows it' })
    const { exitCode, err } = await run(['a', 'on', '-q', '1'], { publishAnswer })
    expect(exitCode).toBe(135)
    expect(err).toBe('mq: the broker refused the message to a: not authorized (0x87), "no rule allows it".\n')
  })

  test('0 where nobody subscribes, 16 with --require-subscriber', async () => {
    const publishAnswer = () => ({ reasonCode: 0x10 })
    expect(await run(['a', 'on', '-q', '1'], { publishAnswer })).toMatchObject({ exitCode: 0, err: '' })
    const required = await run(['a', 'on', '-q', '1', '--require-subscriber'], { publishAnswer })
    expect(required).toMatchObject({ exitCode: 16, err: 'mq: nobody subscribes to a.\n' })
  })

  test('of lines, that of the first refusal; the others are still sent', async () => {
    const publishAnswer = ({ payload }: { payload: Uint8Array }) => ({ reasonCode: payload.length === 1 ? 0x97 : 0 })
    const { exitCode, broker } = await run(['a', '-l', '-q', '1'], { stdin: ['one\n2\nthree\n'], publishAnswer })
    expect(exitCode).toBe(151)
    expect(sent(broker)).toEqual(['a one', 'a 2', 'a three'])
  })

  test('of many refusals some are told, and then their number', async () => {
    const { err } = await run(['a', '-l', '-q', '1'], {
      stdin: ['x\n'.repeat(25)],
      publishAnswer: () => ({ reasonCode: 0x97 }),
    })
    const told = err.trim().split('\n')
    expect(told).toHaveLength(11)
    expect(told.at(-1)).toBe('mq: and 15 more like these.')
  })

  test('that of a connection that does not come about', async () => {
    const refuse = new Failure('cannot connect to mqtt://localhost:1883: refused.', 3)
    expect(await run(['a', 'on'], { refuse })).toMatchObject({ exitCode: 3, err: `mq: ${refuse.message}\n` })
  })

  test('6 for a file that cannot be read, before anything is connected', async () => {
    const { exitCode, err, broker } = await run(['a', '-f', 'gone'])
    expect({ exitCode, connections: broker.wishes.length }).toEqual({ exitCode: 6, connections: 0 })
    expect(err).toBe("mq: -f gone cannot be read: ENOENT: no such file, open 'gone'.\n")
  })

  test('5 when the connection is lost while waiting for a line', async () => {
    const { broker, exit } = start(['a', '-l'], { stdin: ['one\n'], stdinStaysOpen: true })
    while (broker.published.length === 0) await new Promise(setImmediate)
    broker.lose(new Failure('the connection was lost.', 5))
    expect(await exit).toBe(5)
  })

  test('1 when interrupted before the acknowledgement', async () => {
    const { io, broker, exit } = start(['a', 'on', '-q', '1'], { publishAnswer: () => new Promise(() => {}) })
    while (broker.published.length === 0) await new Promise(setImmediate)
    io.interrupt()
    expect(await exit).toBe(1)
    expect(broker.disconnects).toBe(1)
    expect(io.err()).toBe('mq: interrupted after 1 message, 0 of them acknowledged.\n')
  })

  test('1 when interrupted while connecting, or while it reads its payload', async () => {
    const { io, broker, exit } = start(['a', 'on'], { silent: true })
    while (broker.wishes.length === 0) await new Promise(setImmediate)
    io.interrupt()
    expect(await exit).toBe(1)
    expect(io.err()).toBe('mq: interrupted before connecting.\n')
    const reading = start(['a', '-s'], { stdinStaysOpen: true })
    await new Promise(setImmediate)
    reading.io.interrupt()
    expect(await reading.exit).toBe(1)
    expect(reading.io.err()).toBe('mq: interrupted before connecting.\n')
  })

  test.each([
    ['1', 'mq: interrupted after 3 messages, 2 of them acknowledged; what stdin still holds was not sent.\n'],
    ['0', 'mq: interrupted after 2 messages; what stdin still holds was not sent.\n'],
  ])('1 when a stream of lines is interrupted, at QoS %s, and how far it came', async (qos, err) => {
    const publishAnswer = ({ payload }: { payload: Uint8Array }) =>
      Buffer.from(payload).toString() === 'stuck' ? new Promise<never>(() => {}) : { reasonCode: 0 }
    const { io, broker, exit } = start(['a', '-l', '-q', qos], { stdin: ['one\ntwo\nstuck\n'], publishAnswer })
    while (broker.published.length < 3) await new Promise(setImmediate)
    io.interrupt()
    expect(await exit).toBe(1)
    expect(io.err()).toBe(err)
  })
})

describe('many lines', () => {
  test('are sent in order, with a bounded number under way', async () => {
    const wanted = Array.from({ length: 5000 }, (_, index) => `${index}`)
    const publishAnswer = () =>
      new Promise<{ reasonCode: number }>((resolve) => setImmediate(() => resolve({ reasonCode: 0 })))
    const { exitCode, broker } = await run(['a', '-l', '-q', '1', '-M', '7'], {
      stdin: [`${wanted.join('\n')}\n`],
      publishAnswer,
    })
    expect(exitCode).toBe(0)
    expect(sent(broker)).toEqual(wanted.map((line) => `a ${line}`))
    expect(broker.unansweredMax).toBe(7)
  })
})

test('--json reports each message on stdout', async () => {
  const { out } = await run(['a', 'on', '-q', '1', '--json'], { publishAnswer: () => ({ reasonCode: 0x10 }) })
  expect(JSON.parse(out)).toEqual({
    topic: 'a',
    qos: 1,
    retain: false,
    size: 2,
    reasonCode: 16,
    reason: 'no matching subscribers (0x10)',
  })
})

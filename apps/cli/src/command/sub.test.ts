import { describe, expect, test } from 'vitest'
import { type FakeBrokerOptions, fakeBroker } from '../../test/fake-connection.ts'
import { type FakeIoOptions, fakeIo } from '../../test/fake-io.ts'
import { Failure } from '../failure.ts'
import { main } from '../main.ts'
import { commands } from './commands.ts'
import { sub } from './sub.ts'

function start(argv: readonly string[], world: FakeIoOptions & FakeBrokerOptions = {}) {
  const io = fakeIo(world)
  const broker = fakeBroker(world)
  const fakes = commands.map((command) => ({
    ...command,
    load: async () => (given: Parameters<typeof sub>[0]) => sub(given, io, broker.open),
  }))
  return { io, broker, exit: main(['sub', ...argv], io, '0', fakes) }
}

async function run(argv: readonly string[], world: FakeIoOptions & FakeBrokerOptions = {}) {
  const { io, broker, exit } = start(argv, world)
  return { exitCode: await exit, out: io.out(), err: io.err(), broker, io }
}

/** Until what was promised has had every chance to happen. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
}

const a = { topicName: 'house/a', payload: Buffer.from('1') }
const b = { topicName: 'house/b', payload: Buffer.from('2') }
const old = { topicName: 'house/old', payload: Buffer.from('0'), retain: true }

describe('what is shown', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['payloads', ['-C', '2'], '1\n2\n'],
    ['-v, topics and payloads', ['-v', '-C', '2'], 'house/a 1\nhouse/b 2\n'],
    ['-N, no newlines', ['-N', '-C', '2'], '12'],
    ['-T, not these', ['-T', 'house/a', '-C', '1'], '2\n'],
    ['-F', ['-F', '%t=%p', '-C', '2'], 'house/a=1\nhouse/b=2\n'],
  ])('%s', async (_, argv, out) => {
    const { exitCode, ...printed } = await run(['house/#', ...argv], { deliver: [a, b] })
    expect({ exitCode, out: printed.out, err: printed.err }).toEqual({ exitCode: 0, out, err: '' })
  })

  test('-R leaves retained messages out, and does not count them', async () => {
    expect(await run(['house/#', '-R', '-C', '1'], { deliver: [old, a] })).toMatchObject({ exitCode: 0, out: '1\n' })
  })

  test('--retained-only ends at the first that is not', async () => {
    expect(await run(['house/#', '--retained-only'], { deliver: [old, a] })).toMatchObject({ exitCode: 0, out: '0\n' })
  })

  test('--remove-retained clears what is retained and not filtered out', async () => {
    const kept = { ...old, topicName: 'house/kept' }
    const { broker } = await run(['house/#', '--remove-retained', '-T', 'house/kept', '-C', '2'], {
      deliver: [old, kept, a],
    })
    expect(broker.published).toEqual([{ topicName: 'house/old', payload: new Uint8Array(), qos: 1, retain: true }])
  })

  test('what was cleared comes back empty, and neither ends --retained-only nor counts', async () => {
    const echo = { ...old, payload: new Uint8Array(), retain: false }
    const older = { ...old, topicName: 'house/older' }
    const { broker, ...printed } = await run(['house/#', '--remove-retained', '--retained-only'], {
      deliver: [old, echo, older, { ...echo, topicName: 'house/older' }, echo],
    })
    // The last one is somebody else's: it was cleared once.
    expect(printed).toMatchObject({ exitCode: 0, out: '0\n0\n' })
    expect(broker.published.map(({ topicName }) => topicName)).toEqual(['house/old', 'house/older'])
  })

  test('--random-filter shows a share, and counts all', async () => {
    expect(await run(['a', '--random-filter', '40', '-C', '2'], { deliver: [a, b], random: 0.5 })).toMatchObject({
      out: '',
    })
    expect(await run(['a', '--random-filter', '60', '-C', '2'], { deliver: [a, b], random: 0.5 })).toMatchObject({
      out: '1\n2\n',
    })
  })

  test('what -C did not ask for is neither shown nor acknowledged', async () => {
    const { out, broker } = await run(['house/#', '-C', '1'], { deliver: [a, b] })
    expect(out).toBe('1\n')
    expect(broker.acked).toEqual(['house/a'])
  })
})

describe('filters', () => {
  test('come from arguments, -t and a URL', async () => {
    const { broker } = await run(['a', 'b/+', '-t', 'c', '-L', 'mqtt://host/d/#', '-E'])
    expect(broker.subscribed).toEqual(['a', 'b/+', 'c', 'd/#'])
  })

  test.each<readonly [readonly string[], RegExp]>([
    [[], /a topic filter is missing/],
    [['a/#/b'], /the topic filter was given "a\/#\/b"; allowed is a filter where # stands alone and last/],
    [
      ['a', '-D', 'publish', 'content-type', 'x'],
      /mq sub sends no PUBLISH, so -D publish would do nothing; allowed is/,
    ],
    [['a', '-R', '--retained-only'], /leave no message to show/],
    [['a', '-F', '%Q'], /-F knows no %Q/],
    [['a', '--json', '-v'], /--json has a form of its own/],
    [['a', '-W', 'x'], /-W was given "x"/],
    [['a', '-C', '-1'], /-C was given "-1"; allowed is a whole number from 1/],
    [['a', '--retain-handling', 'x'], /--retain-handling was given "x"; allowed is always, new or never/],
    [['a', '-V', '4', '--retain-as-published'], /--retain-as-published needs MQTT 5.0/],
  ])('%j is refused before anything is connected', async (argv, sentence) => {
    const { exitCode, err, broker } = await run(argv)
    expect(exitCode).toBe(2)
    expect(err).toMatch(sentence)
    expect(broker.wishes).toEqual([])
  })

  test('some refused: a warning, and on with the others', async () => {
    const { exitCode, out, err } = await run(['a', 'b', '-C', '1'], { subscribeAnswers: [0x87, 1], deliver: [b] })
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '2\n' })
    expect(err).toBe('mq: warning: the broker refused a: not authorized (0x87); going on with the others.\n')
  })

  test('some refused and --strict: the reason code', async () => {
    const { exitCode, broker } = await run(['a', 'b', '--strict'], { subscribeAnswers: [1, 0x8f] })
    expect({ exitCode, disconnects: broker.disconnects > 0 }).toEqual({ exitCode: 143, disconnects: true })
  })

  test('all refused: the reason code of the first', async () => {
    const { exitCode, err } = await run(['a', 'b'], { subscribeAnswers: [0x80, 0x87] })
    expect(exitCode).toBe(128)
    expect(err).toBe(
      'mq: the broker refused a: unspecified error (0x80); the broker refused b: not authorized (0x87).\n',
    )
  })

  test('-U unsubscribes, also alone', async () => {
    const { broker } = await run(['-U', 'x/#', '-E'])
    expect(broker.unsubscribed).toEqual(['x/#'])
    expect(broker.subscribed).toEqual([])
  })
})

describe('the end', () => {
  test('-E: once subscribed', async () => {
    expect(await run(['a', '-E'])).toMatchObject({ exitCode: 0, out: '', err: '' })
  })

  test('-W: 27 when the time is up', async () => {
    const { io, broker, exit } = start(['a', '-W', '5'])
    await settled()
    expect(io.sleeps).toEqual([5000, 5000])
    io.elapse()
    expect(await exit).toBe(27)
    expect(broker.disconnects).toBeGreaterThan(0)
  })

  test('-W: 27 when there is no answer to CONNECT either', async () => {
    const { io, exit } = start(['a', '-W', '5'], { silent: true })
    await settled()
    io.elapse()
    expect(await exit).toBe(27)
  })

  test('-W is quiet when -C was there first', async () => {
    const { exitCode, io } = await run(['a', '-W', '5', '-C', '1'], { deliver: [a] })
    io.elapse()
    expect(exitCode).toBe(0)
  })

  test.each<readonly [boolean, number, string]>([
    [false, 0, ''],
    [true, 1, 'mq: interrupted before connecting.\n'],
  ])('a signal (while connecting: %s): %d', async (silent, exitCode, err) => {
    const { io, exit } = start(['a'], { silent })
    await settled()
    io.interrupt()
    expect(await exit).toBe(exitCode)
    expect(io.err()).toBe(err)
  })

  test('nobody reads our output: 0, and the message is not acknowledged', async () => {
    const { exitCode, broker, err } = await run(['house/#'], { deliver: [a, b], readerStaysFor: 1 })
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(broker.acked).toEqual(['house/a'])
    expect(broker.disconnects).toBeGreaterThan(0)
  })

  test('the connection is lost for good: its code', async () => {
    const { io, broker, exit } = start(['a'])
    await settled()
    broker.lose(new Failure('mqtt://localhost:1883 ended the connection: session taken over (0x8e).', 142))
    expect(await exit).toBe(142)
    expect(io.err()).toMatch(/session taken over/)
  })
})

describe('on a terminal', () => {
  const tty = true
  const evil = { topicName: 'house/evil', payload: Buffer.from('\x1b]0;title\x07') }
  const date = new Date(2026, 10, 22, 12, 31, 20, 114)

  test('a wildcard has the form for people', async () => {
    const on = { topicName: 'house/bulb1', payload: Buffer.from('on'), qos: 1 as const, retain: true }
    const { out } = await run(['house/#', '-C', '2'], { tty, date, env: { NO_COLOR: '1' }, deliver: [on, evil] })
    expect(out).toBe('12:31:20.114 house/bulb1  on  [q1 r]\n12:31:20.114 house/evil  \\x1b]0;title\\x07\n')
  })

  test('it is said that something is waited for, and how that ends', async () => {
    const line = 'subscribed to a, c; Ctrl-C ends'
    const shown = (argv: readonly string[], env = {}) =>
      run([...argv, '-C', '1'], { tty, env, deliver: [a], subscribeAnswers: [0, 0x87, 0] })
    expect((await shown(['a', 'b', 'c'])).err).toContain(`\x1b[2m${line}\x1b[0m\n`)
    expect((await shown(['a', 'b', 'c'], { NO_COLOR: '1' })).err).toMatch(new RegExp(`^${line}\n$`, 'm'))
    expect((await shown(['a', '--quiet'])).err).toBe('')
    expect((await shown(['a', '-E'])).err).toBe('')
    expect((await run(['a', '-C', '1'], { deliver: [a] })).err).toBe('')
  })

  test('one filter prints payloads, control characters escaped unless --raw', async () => {
    expect((await run(['house/evil', '-C', '1'], { tty, deliver: [evil] })).out).toBe('\\x1b]0;title\\x07\n')
    expect((await run(['house/evil', '-C', '1', '--raw'], { tty, deliver: [evil] })).out).toBe('\x1b]0;title\x07\n')
  })

  test('-v and --json are as in a pipe', async () => {
    expect((await run(['house/#', '-v', '-C', '1'], { tty, deliver: [a] })).out).toBe('house/a 1\n')
    expect(JSON.parse((await run(['house/#', '--json', '-C', '1'], { tty, deliver: [a] })).out)).toMatchObject({
      topic: 'house/a',
    })
  })
})

import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeIoOptions, fakeIo } from '../../test/fake-io.ts'
import { main } from '../main.ts'
import { greeting } from './broker.ts'

function start(argv: readonly string[], world: FakeIoOptions = {}) {
  const io = fakeIo(world)
  const exit = main(['broker', ...argv], io, '0')
  onTestFinished(async () => {
    io.interrupt()
    await exit
  })
  return { io, exit }
}

async function run(argv: readonly string[], world: FakeIoOptions = {}) {
  const { io, exit } = start(argv, world)
  return { exitCode: await exit, out: io.out(), err: io.err() }
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise(setImmediate)
}

describe('mq broker', () => {
  test('says what listens where, and ends with 0 when interrupted', async () => {
    const { io, exit } = start(['--listen', 'tcp://127.0.0.1:0', '--listen', 'ws://127.0.0.1:0/mqtt'])
    await until(() => io.err().includes('Ctrl-C'))
    expect(io.err()).toMatch(
      /^mq broker listens on tcp:\/\/127\.0\.0\.1:\d+\nmq broker listens on ws:\/\/127\.0\.0\.1:\d+\/mqtt\n/,
    )
    expect(io.err()).toMatch(/^ {4}mq sub -p \d+ -t 'house\/#'$/m)
    io.interrupt()
    expect(await exit).toBe(0)
    expect(io.err()).toMatch(/mq broker is stopping: .*\nmq broker has stopped\.\n$/)
  })

  test('logs JSON lines to stdout where that is not a terminal', async () => {
    const { io, exit } = start(['--listen', 'tcp://127.0.0.1:0'])
    await until(() => io.err().includes('Ctrl-C'))
    io.interrupt()
    await exit
    const records = io
      .out()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records[0]).toMatchObject({ level: 30, msg: 'listening' })
  })

  test('logs lines for people to stderr on a terminal', async () => {
    const { io, exit } = start(['--listen', 'tcp://127.0.0.1:0'], { tty: true, env: { NO_COLOR: '1' } })
    await until(() => io.err().includes('Ctrl-C'))
    io.interrupt()
    await exit
    expect(io.out()).toBe('')
    expect(io.err()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}listening {2}url=tcp/m)
  })

  test('--log-level silent says nothing', async () => {
    const { io, exit } = start(['--listen', 'tcp://127.0.0.1:0', '--log-level', 'silent'])
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
    io.interrupt()
    expect(await exit).toBe(0)
    expect(io.out() + io.err()).toBe('')
  })

  test('a port that is taken: one sentence that names it and says what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { exitCode, err } = await run(['--listen', `tcp://127.0.0.1:${port}`])
    const { err: errOfNpmStart } = await run(['--listen', `tcp://127.0.0.1:${port}`], {
      env: { npm_lifecycle_event: 'start' },
    })
    expect(errOfNpmStart).toMatch(/another port, such as npm start -- --listen tcp:/)
    expect(exitCode).toBe(1)
    expect(err).toBe(
      `mq: port ${port} is in use, perhaps by another broker; stop that one, or choose another port, such as --listen tcp://127.0.0.1:${port === 65_535 ? 1883 : port + 1}.\n`,
    )
  })

  test.each<readonly [readonly string[], Record<string, string>, string]>([
    [['tcp://a:1'], { npm_config_listen: 'true' }, 'npm start -- --listen tcp://a:1.'],
    [['tcp://a', 'ws://b'], { npm_config_listen: 'true\n\ntrue' }, 'npm start -- --listen tcp://a --listen ws://b.'],
    [[], { npm_config_listen: 'tcp://a:1' }, 'npm start -- --listen tcp://a:1.'],
    [[], { npm_config_allow_anonymous: 'true' }, 'npm start -- --allow-anonymous.'],
    [['debug'], { npm_config_log_level: 'true' }, 'npm start -- --log-level debug.'],
  ])('npm start without -- before the options: %j and %j', async (argv, kept, line) => {
    const { exitCode, err } = await run(argv, { env: { npm_lifecycle_event: 'start', ...kept } })
    expect(exitCode).toBe(2)
    expect(err).toContain(`npm kept options that are for mq broker; put -- before them: ${line}\n`)
  })

  test('beyond this machine only when asked for', async () => {
    const { exitCode, err } = await run(['--listen', 'tcp://0.0.0.0:0'])
    expect(exitCode).toBe(1)
    expect(err).toMatch(/listen on 127\.0\.0\.1, or add --allow-anonymous/)
    const { io } = start(['--listen', 'tcp://0.0.0.0:0', '--allow-anonymous'])
    await until(() => io.err().includes('Ctrl-C'))
  })

  test.each<readonly [readonly string[], RegExp]>([
    [['--listen', 'x'], /--listen was given "x", which lacks the scheme; say tcp:\/\/x:1883/],
    [['--listen', 'tcp://a b'], /--listen: tcp:\/\/a b is no address/],
    [['--log-level', 'loud'], /--log-level was given "loud"; allowed is silent, error, warn, info or debug/],
    [['--store', 'disk'], /--store was given "disk"; allowed is memory/],
    [['1884'], /mq broker takes no argument, and was given "1884"/],
    [['-p', '1884'], /mq broker has no option -p: say --listen tcp:\/\/127\.0\.0\.1:1884\.$/m],
    [['--port', 'x'], /mq broker has no option --port: say --listen tcp:\/\/127\.0\.0\.1:1883\.$/m],
    [['-c', 'broker.conf'], /mq broker has no option -c: it reads no configuration file, options say everything/],
    [['--config', 'x'], /mq broker has no option --config: it reads no configuration file/],
    [['-v'], /mq broker has no option -v: --log-level debug says more/],
    [
      ['--password-file', 'x'],
      /mq broker has no option --password-file: .* no passwords yet; @mq\/broker does.*authenticate/,
    ],
    [['--pw-file', 'x'], /mq broker has no option --pw-file: .*no passwords yet/],
    [['--cafile', 'x'], /mq broker has no option --cafile: .*no TLS yet/],
    [['-t', 'x'], /mq broker has no option -t; it belongs to mq pub, mq sub, mq bench/],
  ])('%j is refused with 2', async (argv, sentence) => {
    const { exitCode, err } = await run(argv)
    expect(exitCode).toBe(2)
    expect(err).toMatch(sentence)
    expect(err).toMatch(/Try mq broker --help/)
  })
})

test('what listens everywhere is told with the addresses that others need', () => {
  const said = greeting(['tcp://0.0.0.0:1884', 'ws://[::]:8083/mqtt', 'tcp://127.0.0.1:1'], false, ['192.0.2.7'])
  expect(said.split('\n').slice(0, 6)).toEqual([
    'mq broker listens on tcp://0.0.0.0:1884',
    '  from other machines: tcp://192.0.2.7:1884',
    'mq broker listens on ws://[::]:8083/mqtt',
    '  from other machines: ws://192.0.2.7:8083/mqtt',
    'mq broker listens on tcp://127.0.0.1:1',
    '',
  ])
})

describe('the two lines to try', () => {
  const lines = (urls: readonly string[], throughNpm = false) =>
    greeting(urls, throughNpm)
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .map((line) => line.trim())

  test.each<readonly [readonly string[], boolean, readonly string[]]>([
    [['tcp://127.0.0.1:1883'], false, ["mq sub -t 'house/#'", 'mq pub -t house/bulb1 -m on']],
    [['tcp://127.0.0.1:1883'], true, ["npx mq sub -t 'house/#'", 'npx mq pub -t house/bulb1 -m on']],
    [['tcp://127.0.0.1:1884'], false, ["mq sub -p 1884 -t 'house/#'", 'mq pub -p 1884 -t house/bulb1 -m on']],
    [['tcp://10.0.0.1:1883'], false, ["mq sub -h 10.0.0.1 -t 'house/#'", 'mq pub -h 10.0.0.1 -t house/bulb1 -m on']],
    [
      ['ws://127.0.0.1:8083/mqtt'],
      false,
      ["mq sub -L ws://127.0.0.1:8083/mqtt -t 'house/#'", 'mq pub -L ws://127.0.0.1:8083/mqtt -t house/bulb1 -m on'],
    ],
  ])('%j', (urls, throughNpm, expected) => expect(lines(urls, throughNpm)).toEqual(expected))
})

import { createServer, type Socket } from 'node:net'
import { createBroker } from '@mq/broker'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeIoOptions, fakeIo } from '../../test/fake-io.ts'
import { malformed } from '../../test/xml.ts'
import { main } from '../main.ts'

async function run(argv: readonly string[], world: FakeIoOptions = {}) {
  const io = fakeIo(world)
  const exitCode = await main(['conformance', ...argv], io, '0')
  return { exitCode, out: io.out(), err: io.err(), written: io.written }
}

async function brokerUrl(scheme: 'tcp' | 'ws' = 'tcp'): Promise<string> {
  const broker = createBroker({ logger: pino({ level: 'silent' }) })
  onTestFinished(() => broker.close())
  const { url } = await broker.listen(scheme === 'tcp' ? 'tcp://127.0.0.1:0' : 'ws://127.0.0.1:0/mqtt')
  return url
}

/** A server that answers as it is told, and to nobody else. */
async function wrongServer(answer: (socket: Socket, bytes: Uint8Array) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => answer(socket, bytes))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** Takes every CONNECT, in the form of 5.0, and PINGREQ; PUBACK is always for packet 9. */
function sloppy(socket: Socket, bytes: Uint8Array): void {
  const answers: Readonly<Record<number, readonly number[]>> = {
    16: [0x20, 3, 0, 0, 0],
    192: [0xd0, 0],
    50: [0x40, 2, 0, 9],
  }
  const answer = answers[bytes[0] ?? 0]
  if (answer !== undefined) socket.write(Uint8Array.from(answer))
}

describe('against our own broker', () => {
  test('all that is played passes, over TCP', async () => {
    const { exitCode, out, err } = await run([await brokerUrl(), '--section', '3.4', '--section', '2', '--skip-slow'])
    expect(out).toMatch(/^mq conformance mqtt:\/\/127\.0\.0\.1:\d+: MQTT 3\.1\.1 and 5\.0, \d+ cases in \d+\.\d s\n/)
    expect(out).toMatch(/^ {2}2\.1 Structure of a packet +█{20} +\d+ passed$/m)
    expect(out).toMatch(/\n\n(?:[5-9]\d|1\d\d) passed, 0 failed, 0 skipped\n$/)
    expect(out).not.toMatch(/✗|Failures/)
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  })

  test('and over WebSocket, in one version, with progress on a terminal', async () => {
    const argv = [await brokerUrl('ws'), '-V', '311', '--section', '3.12', '--section', '3.14']
    const { exitCode, out, err } = await run(argv, { tty: true, env: { NO_COLOR: '1' } })
    expect(out).toContain(': MQTT 3.1.1, ')
    expect(out).not.toMatch(/MQTT-|5\.0/)
    const steps = err.split('\r\u001b[K')
    expect(steps[1]).toMatch(/^1 of \d+: \d/)
    expect(steps.at(-2)).toMatch(/^(\d+) of \1: 3\.14 DISCONNECT$/)
    expect(steps.at(-1)).toBe('')
    expect(exitCode).toBe(0)
  })

  test('where cases that wait are left out, they are skipped and said so', async () => {
    const { exitCode, out } = await run([await brokerUrl(), '--section', '3.1.2.10', '--skip-slow'])
    expect(out).toMatch(/- 3\.1\.2\.10 .* skipped: it is slow\n/)
    expect(out).toMatch(/\n0 passed, 0 failed, [12] skipped\n$/)
    expect(exitCode).toBe(0)
  })

  test('--json is one line', async () => {
    const { exitCode, out } = await run([await brokerUrl(), '--statement', `MQTT-${'3.12.4-1'}`, '--json'])
    expect(out).toMatch(/^[^\n]+\n$/)
    const report = JSON.parse(out)
    expect(report).toMatchObject({ protocolVersions: ['5.0'], failed: 0, skipped: 0 })
    expect(report.passed).toBe(report.cases.length)
    expect(report.statements).toContainEqual(expect.objectContaining({ id: `MQTT-${'3.12.4-1'}`, outcome: 'passed' }))
    expect(exitCode).toBe(0)
  })

  test('--junit writes a file beside the report, or stdout instead of it', async () => {
    const url = await brokerUrl()
    const both = await run([url, '--section', '3.12', '--junit', 'report.xml'])
    expect(both.out).toContain('0 failed')
    const xml = both.written.get('report.xml') ?? ''
    expect(malformed(xml)).toBeUndefined()
    expect(xml).toMatch(/<testsuite name="3\.12 PINGREQ" tests="2" failures="0"/)
    const alone = await run([url, '--section', '3.12', '--junit', '-'])
    expect(malformed(alone.out)).toBeUndefined()
    expect(alone).toMatchObject({ exitCode: 0, written: new Map() })
    const unwritable = await run([url, '--section', '3.12', '--junit', 'missing/report.xml'])
    expect(unwritable).toMatchObject({
      exitCode: 6,
      err: expect.stringMatching(/^mq: --junit missing\/report\.xml cannot be written: ENOENT/),
    })
    expect(unwritable.out).toContain('0 failed')
  })
})

describe('against a server that is wrong', () => {
  const puback = ['--section', '3.4', '-V', '5', '--timeout', '50ms']

  test('1, with what was sent, expected and received', async () => {
    const { exitCode, out, err } = await run([await wrongServer(sloppy), ...puback])
    expect(exitCode).toBe(1)
    expect(err).toBe('')
    expect(out).toMatch(/^ {2}✗ 3\.4 .* failed$/m)
    const [, story = ''] = /^Failures\n\n(✗ [\s\S]*?)\n\n/m.exec(out) ?? []
    const lines = story.split('\n')
    expect(lines[1]).toBe('              a opens')
    expect(lines[2]).toMatch(/^ {4}sent {6}a {2}10 [\da-f ]+ {2}connect \{"protocolVersion":5,/)
    expect(lines[3]).toBe('    received  a  20 03 00 00 00  connack {"sessionPresent":false,"reasonCode":0}')
    expect(lines.at(-2)).toMatch(/^ {4}expected {2}a (?:< puback|closed|quiet)/)
    expect(lines.at(-1)).toMatch(/^ {4}but {7}/)
    expect(out).toMatch(/packetId should be \d+; 40 02 00 09 {2}puback \{"packetId":9,"reasonCode":0\} came$/m)
    expect(out).toMatch(/\n\d+ passed, [1-9]\d* failed, \d+ skipped\n$/)
  })

  test('the same in JSON and JUnit', async () => {
    const url = await wrongServer(sloppy)
    const { exitCode, out, written } = await run([url, ...puback, '--json', '--junit', 'report.xml'])
    expect(exitCode).toBe(1)
    const report = JSON.parse(out)
    const failed = report.cases.filter((each: { outcome: string }) => each.outcome === 'failed')
    expect(failed.length).toBe(report.failed)
    expect(failed[0].failure).toMatchObject({
      sent: expect.arrayContaining([expect.stringMatching(/^a {2}10 /)]),
      expected: expect.stringMatching(/^a /),
      received: expect.arrayContaining(['a  20 03 00 00 00  connack {"sessionPresent":false,"reasonCode":0}']),
    })
    const xml = written.get('report.xml') ?? ''
    expect(malformed(xml)).toBeUndefined()
    expect(xml.match(/<failure /g)?.length).toBe(report.failed)
  })

  test('3 where it takes no CONNECT at all: nothing failed, for nothing was played', async () => {
    const url = await wrongServer((socket) => socket.end(Uint8Array.of(0x20, 3, 0, 0x87, 0)))
    expect(await run([url, ...puback])).toMatchObject({
      exitCode: 3,
      out: '',
      err: expect.stringMatching(
        /can be reached, but takes no CONNECT of MQTT 5\.0 without a user name; it may be no MQTT broker\.\n$/,
      ),
    })
  })
})

describe('usage and connections', () => {
  test('3 where nobody listens', async () => {
    for (const scheme of ['tcp', 'ws']) {
      const { exitCode, out, err } = await run([`${scheme}://127.0.0.1:1`])
      expect({ exitCode, out }, scheme).toEqual({ exitCode: 3, out: '' })
      expect(err).toMatch(/^mq: cannot connect to \w+:\/\/127\.0\.0\.1:1\/?: .*ECONNREFUSED.*\.\n$/)
    }
  })

  test('4 where TLS fails', async () => {
    const url = (await wrongServer((socket) => socket.end('no TLS here'))).replace('tcp:', 'mqtts:')
    expect(await run([url])).toMatchObject({ exitCode: 4, err: expect.stringMatching(/^mq: cannot connect to mqtts:/) })
  })

  test.each([
    [['--section', '9.9'], '--section was given "9.9"'],
    [['--statement', 'MQTT-1-1'], '--statement was given "MQTT-1-1"'],
    [['--timeout', '0'], '--timeout was given 0'],
    [['--json', '--junit', '-'], 'stdout is one'],
    [['tcp://a', 'tcp://b'], 'takes one URL'],
    [['tcp://a', '-h', 'b'], 'not both'],
    [['mqtt://me@a'], 'without a user name'],
    [['mqtt://a/topic'], 'makes its own topics'],
    [['http://a'], 'the URL was given "http://a"'],
    [['-q', '1'], 'mq conformance has no option -q;'],
  ])('2 for %j', async (argv, sentence) => {
    const { exitCode, err, out } = await run(argv)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain(sentence)
  })

  test('Ctrl-C ends it, without half a report', async () => {
    const io = fakeIo()
    let connected: () => void = () => undefined
    const silent = new Promise<void>((resolve) => {
      connected = resolve
    })
    const url = await wrongServer(() => connected())
    const exit = main(['conformance', url], io, '0')
    await silent
    io.interrupt()
    expect(await exit).toBe(1)
    expect(io.out()).toBe('')
    expect(io.err()).toMatch(/^mq: interrupted/)
  })
})

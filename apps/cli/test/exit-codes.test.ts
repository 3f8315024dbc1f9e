// What the shell hears: each exit code, provoked. Needs a build (`npm test` makes one first).
import { spawn } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { brokerPort, executable, freePort, listening, portOf, runMq, startMq, startSub } from './mq.ts'

describe('exit codes', () => {
  test('0 with -E, and after SIGINT or SIGTERM', async () => {
    const port = await brokerPort()
    expect(await runMq(['sub', '-p', port, '-t', 'a', '-E'])).toMatchObject({ exitCode: 0, out: '', err: '' })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const sub = await startSub(['-p', port, '-t', 'a'])
      process.kill(sub.pid, signal)
      expect(await sub.exited, signal).toBe(0)
    }
  })

  test('27 when the time is up', async () => {
    expect(await runMq(['sub', '-p', await brokerPort(), '-t', 'a', '-W', '100ms'])).toMatchObject({
      exitCode: 27,
      out: '',
      err: '',
    })
  })

  test('3 where nobody listens, in one sentence', async () => {
    const port = await freePort()
    for (const argv of [
      ['pub', '-t', 'a', '-m', 'on'],
      ['sub', '-t', 'a'],
    ]) {
      const { exitCode, err } = await runMq([...argv, '-p', port])
      expect(exitCode).toBe(3)
      expect(err).toMatch(new RegExp(`^mq: cannot connect to mqtt://localhost:${port}: .*\\.\\n$`))
    }
  })

  test('3 where something answers that is no broker', async () => {
    const server = await listening()
    server.on('connection', (socket) =>
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).on('error', () => {}),
    )
    const { exitCode, err } = await runMq(['sub', '-h', '127.0.0.1', '-p', String(portOf(server)), '-t', 'a'])
    expect(exitCode).toBe(3)
    expect(err).toMatch(/: what answers there is HTTP .* use -L ws:\/\/127\.0\.0\.1:\d+\.\n$/)
  })

  test('4 where the port has no TLS', async () => {
    const { exitCode, err } = await runMq([
      'pub',
      '-L',
      `mqtts://127.0.0.1:${await brokerPort()}`,
      '-t',
      'a',
      '-m',
      'on',
    ])
    expect(exitCode).toBe(4)
    expect(err).toMatch(/what answers there does not speak TLS \(.*\); without TLS the address begins with mqtt:/)
  })

  test('134 for a wrong password, in 5.0 and in 3.1.1', async () => {
    const port = await brokerPort({ authenticate: ({ userName }) => userName === 'me' })
    for (const version of ['5', '311']) {
      const refused = await runMq(['pub', '-p', port, '-V', version, '-t', 'a', '-m', 'on', '-u', 'you', '-P', 'x'])
      expect([134, 135], version).toContain(refused.exitCode)
      expect(refused.err).toMatch(/refused the connection: /)
      expect(await runMq(['pub', '-p', port, '-V', version, '-t', 'a', '-m', 'on', '-u', 'me'])).toMatchObject({
        exitCode: 0,
      })
    }
  })

  test('135 for a PUBLISH or SUBSCRIBE that is not authorized', async () => {
    const port = await brokerPort({ authorize: ({ topic }) => topic.startsWith('mine') })
    const pub = await runMq(['pub', '-p', port, '-q', '1', '-t', 'yours', '-m', 'on'])
    expect(pub).toMatchObject({ exitCode: 135 })
    expect(pub.err).toMatch(/^mq: the broker refused the message to yours: not authorized \(0x87\)/)
    const sub = await runMq(['sub', '-p', port, '-t', 'yours'])
    expect(sub).toMatchObject({ exitCode: 135 })
    expect(sub.err).toMatch(/^mq: the broker refused yours: not authorized \(0x87\)/)
  })

  test.each([
    ['5', 143, /: topic filter invalid \(0x8f\)\.\n$/],
    ['311', 128, /: unspecified error \(0x80\)\.\n$/],
  ])('at once for a filter that is larger than the broker takes: -V %s, %i', async (version, exitCode, message) => {
    const port = await brokerPort()
    const sub = await runMq(['sub', '-p', port, '-V', version, '-t', 'a/'.repeat(200)])
    expect(sub.exitCode).toBe(exitCode)
    expect(sub.err).toMatch(/^mq: the broker refused a\/a/)
    expect(sub.err).toMatch(message)
  })

  test('144 for a topic that the broker ends the connection over', async () => {
    const port = await brokerPort()
    const pub = await runMq(['pub', '-p', port, '-V', '5', '-q', '1', '-t', 'a/'.repeat(200), '-m', 'on'])
    expect(pub.exitCode).toBe(144)
    expect(pub.err).toMatch(/^mq: .*topic name invalid \(0x90\).*\n$/)
  })

  test('a filter that is refused is a warning where another is granted', async () => {
    const port = await brokerPort({ authorize: ({ topic }) => topic.startsWith('mine') })
    const sub = startMq(['sub', '-p', port, '-t', 'yours', '-t', 'mine', '-C', '1'])
    await sub.waitForLine(/warning: the broker refused yours: not authorized/)
    await runMq(['pub', '-p', port, '-q', '1', '-t', 'mine', '-m', 'on'])
    expect(await sub.exited).toBe(0)
    expect(sub.lines).toEqual(['on'])
  })

  test('16 where nobody subscribes and somebody should', async () => {
    const port = await brokerPort()
    const argv = ['pub', '-p', port, '-V', '5', '-q', '1', '-t', 'a', '-m', 'on']
    expect(await runMq(argv)).toMatchObject({ exitCode: 0, err: '' })
    expect(await runMq([...argv, '--require-subscriber'])).toMatchObject({ exitCode: 16 })
  })

  test('142 when another takes the session over', async () => {
    const port = await brokerPort()
    const first = await startSub(['-p', port, '-V', '5', '-i', 'same', '-t', 'a'])
    await startSub(['-p', port, '-V', '5', '-i', 'same', '-t', 'a'])
    expect(await first.exited).toBe(142)
    expect(first.errorLines.at(-1)).toMatch(/ended the connection: session taken over \(0x8e\)/)
  })

  test('0 when nobody reads stdout any more', async () => {
    const port = await brokerPort()
    const sub = spawn(process.execPath, [executable, 'sub', '-p', port, '-t', 'a'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void sub.kill('SIGKILL'))
    const exited = new Promise((resolve) => sub.on('exit', resolve))
    const read = new Promise((resolve) => sub.stdout.once('data', resolve))
    const stream = startMq(['pub', '-p', port, '-t', 'a', '-m', 'on', '--repeat', '100000', '--repeat-delay', '5ms'])
    await read
    sub.stdout.destroy()
    expect(await exited).toBe(0)
    await stream.stop()
  })

  test('0 after a signal, also while the reader of stdout has stopped reading', async () => {
    const port = await brokerPort()
    const sub = spawn(process.execPath, [executable, 'sub', '-d', '-p', port, '-q', '1', '-t', 'a'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void sub.kill('SIGKILL'))
    const exited = new Promise((resolve) => sub.on('exit', resolve))
    await new Promise((resolve) =>
      sub.stderr.on('data', (chunk: Uint8Array) => String(chunk).includes('subscribed') && resolve(0)),
    )
    sub.stderr.resume()
    const big = `${'x'.repeat(1000)}\n`.repeat(900)
    expect(await runMq(['pub', '-p', port, '-q', '1', '-t', 'a', '-l'], big)).toMatchObject({ exitCode: 0 })
    sub.kill('SIGINT')
    expect(await exited).toBe(0)
  })

  test('2 for wrong usage', async () => {
    const { exitCode, out, err } = await runMq(['pub', '-t', 'a/#', '-m', 'on'])
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toMatch(/^mq: the topic was given "a\/#"; .*\nTry mq pub --help\.\n$/)
  })
})

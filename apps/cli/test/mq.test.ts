// The whole way: bin/mq.js against a broker of ours in this process. Needs a build (`npm test` makes one first).
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBroker } from '@mq/broker'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startPeer } from '../../../test/peers.ts'
import { brokerPort, executable, listening, portOf, runMq, startMq, startSub } from './mq.ts'

describe('pub and sub', () => {
  test.each([
    ['mqttv5', '0'],
    ['mqttv5', '2'],
    ['mqttv311', '1'],
    ['auto', '1'],
  ])('with -V %s -q %s', async (version, qos) => {
    const options = ['-p', await brokerPort(), '-V', version, '-q', qos]
    const sub = await startSub([...options, '-v', '-t', 'house/#', '-C', '2'])
    expect(await runMq(['pub', ...options, '-t', 'house/bulb1', '-m', 'on'])).toMatchObject({
      exitCode: 0,
      out: '',
      err: '',
    })
    expect(await runMq(['pub', ...options, 'house/bulb2', '1e3'])).toMatchObject({ exitCode: 0, out: '', err: '' })
    expect(await sub.exited).toBe(0)
    expect(sub.lines).toEqual(['house/bulb1 on', 'house/bulb2 1e3'])
  })

  test('over WebSocket', async () => {
    const broker = createBroker()
    onTestFinished(() => broker.close())
    const { url } = await broker.listen('ws://127.0.0.1:0/mqtt')
    const sub = await startSub(['-L', url, '-t', 'a', '-C', '1'])
    expect(await runMq(['pub', '-L', url, '-t', 'a', '-m', 'on', '-q', '1'])).toMatchObject({ exitCode: 0, err: '' })
    expect(await sub.exited).toBe(0)
    expect(sub.lines).toEqual(['on'])
  })

  test('a file of any bytes arrives as it is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mq-cli-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256)
    const file = join(folder, 'bytes')
    writeFileSync(file, bytes)
    const port = await brokerPort()
    expect(await runMq(['pub', '-p', port, '-t', 'a', '-f', file, '-r', '-q', '1'])).toMatchObject({ exitCode: 0 })
    const { exitCode, outBytes } = await runMq(['sub', '-p', port, '-t', 'a', '-C', '1', '-N'])
    expect(exitCode).toBe(0)
    expect(Buffer.compare(outBytes, bytes)).toBe(0)
  })

  test('properties arrive, user properties in order', async () => {
    const port = await brokerPort()
    const sub = await startSub(['-p', port, '-t', 'a', '-C', '1', '--json'])
    const properties = [
      '--content-type',
      'text/plain',
      '--user-property',
      'k=1',
      '--user-property',
      'a=2',
      '--user-property',
      'k=3',
    ]
    await runMq(['pub', '-p', port, '-t', 'a', '-m', '{"on": true}', ...properties])
    expect(await sub.exited).toBe(0)
    expect(JSON.parse(sub.lines[0] ?? '')).toMatchObject({
      topic: 'a',
      encoding: 'json',
      payload: { on: true },
      properties: {
        contentType: 'text/plain',
        userProperties: [
          ['k', '1'],
          ['a', '2'],
          ['k', '3'],
        ],
      },
    })
  })

  test('100,000 lines arrive, in order', { timeout: 120_000 }, async () => {
    const count = 100_000
    // A publisher without pause is faster than a subscriber that is read line by line.
    const port = await brokerPort({ limits: { queueMessagesMax: count } })
    const sub = await startSub(['-p', port, '-t', 'a', '-q', '1', '-C', String(count)])
    const input = Array.from({ length: count }, (_, index) => `${index}\n`).join('')
    const pub = await runMq(['pub', '-p', port, '-t', 'a', '-q', '1', '-l'], input)
    expect(pub).toMatchObject({ exitCode: 0, err: '' })
    expect(await sub.exited).toBe(0)
    expect(sub.lines.length).toBe(count)
    expect(sub.lines.findIndex((line, index) => line !== String(index))).toBe(-1)
  })

  test('a session that goes on delivers what came in the meantime', async () => {
    const port = await brokerPort()
    const session = ['-p', port, '-i', 'me', '-c', '-q', '1', '-t', 'a']
    expect(await runMq(['sub', ...session, '-E'])).toMatchObject({ exitCode: 0 })
    for (const payload of ['1', '2', '3']) await runMq(['pub', '-p', port, '-q', '1', '-t', 'a', '-m', payload])
    expect(await runMq(['sub', ...session, '-C', '2'])).toMatchObject({ exitCode: 0, out: '1\n2\n' })
    expect(await runMq(['sub', ...session, '-C', '1', '-W', '10'])).toMatchObject({ exitCode: 0, out: '3\n' })
  })

  test('a Will is published when the subscriber dies, and not when it says goodbye', async () => {
    const port = await brokerPort()
    const watch = await startSub(['-p', port, '-t', 'will', '-C', '1', '-v'])
    const will = ['--will-topic', 'will', '--will-qos', '1']
    const polite = await startSub(['-p', port, '-t', 'x', ...will, '--will-payload', 'polite'])
    process.kill(polite.pid, 'SIGINT')
    expect(await polite.exited).toBe(0)
    const rude = await startSub(['-p', port, '-t', 'x', ...will, '--will-payload', 'rude'])
    process.kill(rude.pid, 'SIGKILL')
    expect(await watch.exited).toBe(0)
    expect(watch.lines).toEqual(['will rude'])
  })
})

test('sub connects again after the broker went away, once it was connected', async () => {
  const first = createBroker()
  const { url } = await first.listen('tcp://127.0.0.1:0')
  const sub = await startSub(['-L', url.replace('tcp', 'mqtt'), '-V', '5', '-t', 'a', '-C', '1'])
  await first.close()
  await sub.waitForLine(/is lost \(.*\); trying again in/)
  const second = createBroker()
  onTestFinished(() => second.close())
  await second.listen(url)
  await sub.waitForLine(/connected to .* again/)
  expect(await runMq(['pub', '-L', url, '-t', 'a', '-m', 'back', '-q', '1'])).toMatchObject({ exitCode: 0 })
  expect(await sub.exited).toBe(0)
  expect(sub.lines).toEqual(['back'])
})

describe('mq broker', () => {
  test('says where it listens, serves, and ends with 0 on SIGTERM, clients told why', async () => {
    const broker = startMq(['broker', '--listen', 'tcp://127.0.0.1:0'])
    const url = (await broker.waitForLine(/^mq broker listens on/)).split(' ').at(-1) ?? ''
    await broker.waitForLine(/mq pub .*-t house\/bulb1 -m on$/)
    const sub = await startSub(['-L', url, '-V', '5', '-t', 'house/#'])
    expect(await runMq(['pub', '-L', url, '-t', 'house/bulb1', '-m', 'on'])).toMatchObject({ exitCode: 0 })
    await sub.waitForLine('on')
    process.kill(broker.pid, 'SIGTERM')
    await sub.waitForLine(/the broker said DISCONNECT: server shutting down \(0x8b\)/)
    expect(await broker.exited).toBe(0)
    await sub.stop()
  })

  test('a port that is taken', async () => {
    const server = await listening()
    const port = portOf(server)
    const { exitCode, err } = await runMq(['broker', '--listen', `tcp://127.0.0.1:${port}`])
    expect(exitCode).toBe(1)
    expect(err).toMatch(new RegExp(`^mq: port ${port} is in use.*--listen tcp://127\\.0\\.0\\.1:\\d+\\.\\n$`))
  })
})

test('the first signal is told, what comes within the same keypress is not, a later one ends the process', async () => {
  const built = new URL('../dist/index.js', import.meta.url).href
  const program = `const { processIo } = await import(${JSON.stringify(built)})
    processIo().onInterrupt((signal) => console.log('heard ' + signal))
    setInterval(() => {}, 1000)
    console.log('up')`
  const running = startPeer(process.execPath, ['--input-type=module', '-e', program])
  await running.waitForLine('up')
  const presses = setInterval(() => process.kill(running.pid, 'SIGINT'), 20)
  const exitCode = await running.exited.finally(() => clearInterval(presses))
  expect(exitCode).toBe(1)
  expect(running.lines).toEqual(['up', 'heard SIGINT'])
})

test('the executable says when it is not built', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mq-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(executable, join(folder, 'bin', 'mq.js'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const child = spawn(process.execPath, [join(folder, 'bin', 'mq.js')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let err = ''
  child.stderr.on('data', (chunk: Uint8Array) => {
    err += Buffer.from(chunk).toString()
  })
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1)
  expect(err).toBe('mq is not built yet: run npm start or npm run build.\n')
})

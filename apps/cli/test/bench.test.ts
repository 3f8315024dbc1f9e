// mq bench as a process, with worker processes. Needs a build.
import { expect, test } from 'vitest'
import { brokerPort, listening, portOf, runMq, startMq } from './mq.ts'

test('end to end, with two workers and the CPU time of this process', async () => {
  const options = ['e2e', '-p', await brokerPort(), '-c', '4', '-q', '1', '--rate', '200', '--workers', '2']
  const { exitCode, out, err } = await runMq([
    'bench',
    ...options,
    ...['--duration', '500ms', '--warmup', '200ms', '--pid', String(process.pid), '--json', '--fail-if', 'loss>0'],
  ])
  const report = JSON.parse(out)
  const { sent, unsent } = report.messages
  expect(sent + unsent).toBe(140)
  expect(report.messages).toMatchObject({ received: sent, lost: 0, duplicates: 0, outOfOrder: 0 })
  expect(report.broker === null).toBe(process.platform !== 'linux')
  expect(err.replaceAll(/mq: warning: .*\n/g, '')).toBe('')
  expect(exitCode).toBe(0)
})

test('Ctrl-C ends the measuring, not the report', async () => {
  const bench = startMq([
    'bench',
    ...['e2e', '-p', await brokerPort(), '--rate', '100', '--duration', '10m', '--warmup', '0s', '--progress'],
  ])
  await bench.waitForLine(/^mq: running /)
  process.kill(bench.pid, 'SIGINT')
  expect(await bench.exited).toBe(0)
  expect(bench.lines.find((line) => line.includes('lost'))).toMatch(/lost +0 of /)
})

test('Ctrl-C before anything is connected: no report of nothing', async () => {
  const server = await listening()
  const accepted = new Promise((resolve) => server.once('connection', resolve))
  const bench = startMq(['bench', 'e2e', '-h', '127.0.0.1', '-p', String(portOf(server)), '--progress'])
  await accepted
  process.kill(bench.pid, 'SIGINT')
  expect(await bench.exited).toBe(1)
  expect(bench.lines).toEqual([])
  expect(bench.errorLines.at(-1)).toBe('mq: interrupted before connecting.')
})

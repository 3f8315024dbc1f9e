// mq conformance as a process, and against Mosquitto. Needs a build.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { peerTest, startPeer } from '../../../test/peers.ts'
import { brokerPort, freePort, runMq } from './mq.ts'
import { malformed } from './xml.ts'

const quick = ['--skip-slow', '--timeout', '1500ms']

test('our own broker passes', async () => {
  const url = `tcp://127.0.0.1:${await brokerPort({ logger: pino({ level: 'silent' }) })}`
  const sections = ['--section', '1', '--section', '2', '--section', '3.8', '--section', '4.7']
  const { exitCode, out, err } = await runMq(['conformance', url, ...quick, ...sections])
  expect(out).toMatch(/\n[1-9]\d\d passed, 0 failed, \d+ skipped\n$/)
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
})

test('3 where nobody listens', async () => {
  expect(await runMq(['conformance', '-p', await freePort()])).toMatchObject({ exitCode: 3, out: '' })
})

peerTest('mosquitto', 'Mosquitto is judged to the end, and passes most of it', async (mosquitto) => {
  const folder = mkdtempSync(join(tmpdir(), 'mq-conformance-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  writeFileSync(join(folder, 'conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\n`)
  const broker = startPeer(mosquitto, ['-c', join(folder, 'conf')])
  await broker.waitForLine(/mosquitto version .* running/)
  const file = join(folder, 'report.xml')
  const argv = ['conformance', '-h', '127.0.0.1', '-p', port, ...quick, '--section', '2', '--section', '3.3']
  const { exitCode, out, err } = await runMq([...argv, '--json', '--junit', file])
  const report = JSON.parse(out)
  const { passed, failed, skipped, cases } = report
  expect(cases.length).toBe(passed + failed + skipped)
  expect(passed).toBeGreaterThan(100)
  expect(failed).toBeLessThan(passed / 4)
  for (const { failure } of cases.filter((each: { outcome: string }) => each.outcome === 'failed')) {
    expect(failure.sent.length, failure.problem).toBeGreaterThan(0)
    expect(failure.expected).not.toBeNull()
  }
  expect(malformed(readFileSync(file, 'utf8'))).toBeUndefined()
  expect({ exitCode, err }).toEqual({ exitCode: failed === 0 ? 0 : 1, err: '' })
})

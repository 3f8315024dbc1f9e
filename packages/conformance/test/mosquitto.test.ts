// The suite against Mosquitto, to see that it is fair: what another broker fails is its mistake, or ours, and said so here.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allCases, type CaseResult, runSuite, tcpPeer } from '@mq/conformance'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePeer, type PeerProcess, startPeer } from '../../../test/peers.ts'
import { explained, explainedTitles } from './mosquitto-deviations.ts'

describePeer('mosquitto', 'Mosquitto', (executable) => {
  let results: readonly CaseResult[] = []
  let folder = ''
  let mosquitto: PeerProcess | undefined

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mq-conformance-'))
    const port = await freePort()
    const config = join(folder, 'mosquitto.conf')
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`)
    mosquitto = startPeer(executable, ['-c', config])
    await mosquitto.waitForLine(/mosquitto version .* running/)
    // Those that are known to fail would only be waited for.
    const cases = allCases().filter(({ title }) => explained(title) === undefined)
    results = await runSuite(cases, tcpPeer(`tcp://127.0.0.1:${port}`), { slow: false })
  }, 300_000)

  afterAll(async () => {
    await mosquitto?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('fails only what is explained', () => {
    const failed = results.filter(({ outcome }) => outcome === 'failed')
    expect(failed.map(({ name, problem, transcript }) => [name, problem, ...transcript].join('\n'))).toEqual([])
  })

  test('the explanations are about cases that there are', () => {
    const titles = new Set(allCases().map(({ title }) => title))
    expect(explainedTitles.filter((title) => !titles.has(title))).toEqual([])
  })

  test('most cases were played', () => {
    expect(results.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThan(400)
  })
})

/** Mosquitto takes no port 0, so one is found that nobody uses. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

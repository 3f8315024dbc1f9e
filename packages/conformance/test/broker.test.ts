// The suite against our own broker: in this process with a clock of its own, over TCP, and over WebSocket.

import { createBroker } from '@mq/broker'
import { allCases, type CaseResult, caseName, runSuite, tcpPeer, transportPeer } from '@mq/conformance'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from './clock.ts'

const cases = allCases()
const logger = pino({ level: 'silent' })

describe('in this process', async () => {
  const clock = new VirtualClock()
  const broker = createBroker({ clock, logger })
  const results = await runSuite(
    cases,
    transportPeer(
      () => broker.connect(),
      (ms) => clock.advance(ms),
    ),
  )
  await broker.close()
  report(results)
})

describe('over TCP', async () => {
  const broker = createBroker({ logger })
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  const results = await runSuite(cases, tcpPeer(url), { slow: false })
  await broker.close()
  report(results)
})

function report(results: readonly CaseResult[]): void {
  for (const { name, outcome, problem, transcript } of results) {
    if (outcome === 'skipped') continue
    test(name, () => expect.soft(outcome, [problem, ...transcript].join('\n')).toBe('passed'))
  }
  void caseName
}

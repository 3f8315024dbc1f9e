// The suite against our own broker: in this process with a clock of its own, and over TCP.

import { type BrokerOptions, createBroker } from '@mq/broker'
import { allCases, type Case, type CaseResult, runSuite, tcpPeer, transportPeer } from '@mq/conformance'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from './clock.ts'
import { report } from './report-results.ts'

const cases = allCases()
const logger = pino({ level: 'silent' })

async function playInProcess(played: readonly Case[], options: BrokerOptions = {}): Promise<readonly CaseResult[]> {
  const clock = new VirtualClock()
  const broker = createBroker({ clock, logger, ...options })
  const connect = () => broker.connect()
  const results = await runSuite(
    played,
    transportPeer(connect, (ms) => clock.advance(ms)),
  )
  await broker.close()
  return results
}

describe('in this process', async () => {
  const results = await playInProcess(cases)
  report(results)

  // What needs a server that offers less, or a bound that is near.
  const skipped = results.filter(({ outcome }) => outcome === 'skipped').map((result) => result.case)
  const others = await playInProcess([...new Set(skipped)], {
    limits: { topicAliasMaximum: 0, receiveMaximum: 64 },
  })
  report(others)

  test('every case was played', () => {
    const left = others.filter(({ outcome }) => outcome === 'skipped')
    expect(left.map(({ name, problem }) => `${name}: ${problem}`)).toEqual([])
  })
})

describe('[MQTT-4.2-1] [MQTT311-7.1.1-1] over TCP', async () => {
  const broker = createBroker({ logger })
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  const results = await runSuite(cases, tcpPeer(url), { slow: false })
  await broker.close()
  report(results)
})

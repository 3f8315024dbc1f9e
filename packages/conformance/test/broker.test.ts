// The suite against our own broker: in this process with a clock of its own, and over TCP.

import { createBroker } from '@mq/broker'
import { allCases, runSuite, tcpPeer, transportPeer } from '@mq/conformance'
import { pino } from 'pino'
import { describe } from 'vitest'
import { VirtualClock } from './clock.ts'
import { report } from './report-results.ts'

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

describe('[MQTT-4.2-1] [MQTT311-7.1.1-1] over TCP', async () => {
  const broker = createBroker({ logger })
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  const results = await runSuite(cases, tcpPeer(url), { slow: false })
  await broker.close()
  report(results)
})

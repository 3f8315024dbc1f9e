// The broker as `npm run bench -- --scale` runs it: a process of its own that tells what it used. Started by scale-process.ts.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { createBroker } from '@mq/broker'
import type { BrokerAnswer, BrokerQuestion } from './scale-process.ts'

const broker = createBroker({ limits: { subscriptionsMax: 1_000_000, retainedMessagesMax: 1_100_000 } })
const { url } = await broker.listen('tcp://127.0.0.1:0')
// A timer each millisecond: what it is late by is the pause that somebody would have noticed.
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
// What it was late by may be the machine's doing, which gives the core to somebody else. What the broker's thread computed
// meanwhile is its own.
let computedUs = threadUs()
let turnCpuMaxUs = 0
setInterval(() => {
  const nowUs = threadUs()
  turnCpuMaxUs = Math.max(turnCpuMaxUs, nowUs - computedUs)
  computedUs = nowUs
}, 1)

/** Of this thread, which Node.js tells from version 23.9 on; before, of the process. */
function threadUs(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage }
  const { user, system } = threadCpuUsage === undefined ? process.cpuUsage() : threadCpuUsage.call(process)
  return user + system
}

process.on('message', (question: BrokerQuestion) => {
  if (question === 'reset') {
    delay.reset()
    turnCpuMaxUs = 0
  }
  if (question === 'collect') {
    globalThis.gc?.()
    globalThis.gc?.()
  }
  const { user, system } = process.cpuUsage()
  const answer: BrokerAnswer = {
    port: Number(new URL(url).port),
    cpuUs: user + system,
    heapBytes: getHeapStatistics().used_heap_size,
    memoryBytes: process.memoryUsage.rss(),
    externalBytes: process.memoryUsage().arrayBuffers,
    pauseMaxMs: delay.max / 1e6,
    turnCpuMaxMs: turnCpuMaxUs / 1e3,
    pauseP999Ms: delay.percentile(99.9) / 1e6,
    delivered: broker.counters.messagesDelivered,
    received: broker.counters.messagesReceived,
    dropped: Object.values(broker.counters.dropped).reduce((sum, each) => sum + each, 0),
    ...broker.stats,
  }
  process.send?.(answer)
})
process.on('disconnect', () => setTimeout(() => process.exit(), 10))

// Somebody who has nothing to do with what is measured: a publisher and its subscriber, a hundred messages a second. Tells how
// long they took, counted from when each was due. Started by scale-fanout.ts and others.

import { setPriority } from 'node:os'
import { createBufferWriter, createPublication, encodePublication, writtenBytes } from '@mq/core'
import { quantile } from './result.ts'
import { connectClient, subscribePacket } from './scale-client.ts'

export interface Waits {
  readonly messages: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const intervalMs = 10

try {
  // It shares its core with the load, and must not wait for that.
  setPriority(-15)
} catch {
  // Not allowed: then the figures have the load's share in them.
}
const port = Number(process.argv[2])
const subscriber = await connectClient(port, 'bystander-s')
const publisher = await connectClient(port, 'bystander-p')
await subscriber.ask(subscribePacket(1, ['bystander/topic'], 0))
let waits: number[] = []
subscriber.onMessage = (chunk, start) => {
  waits.push(performance.now() - new DataView(chunk.buffer, chunk.byteOffset).getFloat64(start))
}
let dueMs = performance.now()

function publish(): void {
  while (dueMs <= performance.now()) {
    const payload = new Uint8Array(64)
    new DataView(payload.buffer).setFloat64(0, dueMs)
    const message = createPublication({ topicName: 'bystander/topic', payload, qos: 0, retain: false })
    const writer = createBufferWriter()
    encodePublication(writer, message, 4, 0, false, false, 0, 0, false, -1, undefined)
    publisher.send(writtenBytes(writer))
    dueMs += intervalMs
  }
  setTimeout(publish, Math.max(0, dueMs - performance.now()))
}
publish()

process.on('message', () => {
  const answer: Waits = {
    messages: waits.length,
    p50Ms: quantile(waits, 0.5),
    p99Ms: quantile(waits, 0.99),
    maxMs: Math.max(0, ...waits),
  }
  waits = []
  process.send?.(answer)
})
process.on('disconnect', () => process.exit())

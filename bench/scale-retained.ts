/** A million retained messages: what they take, how soon a wildcard finds ten of them, and how long others wait for all. */

import { createBufferWriter, createPublication, encodePublication, writtenBytes } from '@mq/core'
import { median } from './result.ts'
import type { Waits } from './scale-bystander.ts'
import { connectClient, encoded, subscribePacket } from './scale-client.ts'
import { askProgram, pins, startProgram, startScaleBroker } from './scale-process.ts'

export interface Retained {
  readonly messages: number
  readonly heapBytesEach: number
  readonly cpuUsEach: number
  readonly addingWaits: Waits
  readonly tenMs: number
  readonly tenMaxMs: number
  readonly allMs: number
  readonly allWaits: Waits
  readonly heapBytesLeft: number
  readonly removingWaits: Waits
}

export async function measureRetained(messages: number): Promise<Retained> {
  const broker = await startScaleBroker()
  const bystander = startProgram('scale-bystander.ts', pins() ? 1 : undefined, [String(broker.port)])
  const waits = (): Promise<Waits> => askProgram<Waits>(bystander, 'tell')
  const publisher = await connectClient(broker.port, 'publisher')
  const publishAll = async (payload: Uint8Array): Promise<void> => {
    for (let sent = 0; sent < messages; ) {
      const writer = createBufferWriter(65_536)
      for (let n = 0; n < 500 && sent < messages; n++, sent++) {
        // Ten with each last level, at places that have little else in common.
        const topicName = `site${sent % 997}/line${sent % 89}/device${Math.floor(sent / 10)}/${sent % 10}/state${sent % (messages / 10)}`
        const message = createPublication({ topicName, payload, qos: 0, retain: true })
        encodePublication(writer, message, 4, 0, true, false, 0, 0, false, -1, undefined)
      }
      publisher.send(writtenBytes(writer))
      await publisher.ask({ type: 'unsubscribe', packetId: 1, topicFilters: ['none'] })
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  const before = await broker.ask('collect')
  await waits()
  await publishAll(new Uint8Array(64))
  const after = await broker.ask('tell')
  const addingWaits = await waits()
  const full = await broker.ask('collect')
  if (full.retained !== messages) throw new Error(`${full.retained} of ${messages} messages are retained`)
  const subscriber = await connectClient(broker.port, 'subscriber')
  const took: number[] = []
  for (let n = 0; n < 200; n++) {
    const from = performance.now()
    const awaited = subscriber.received + 10
    await new Promise<void>((resolve) => {
      subscriber.onMessage = () => {
        if (subscriber.received === awaited) resolve()
      }
      subscriber.send(subscribeOf(`+/+/+/+/state${(n * 499) % (messages / 10)}`))
    })
    took.push(performance.now() - from)
    await subscriber.ask({
      type: 'unsubscribe',
      packetId: 2,
      topicFilters: [`+/+/+/+/state${(n * 499) % (messages / 10)}`],
    })
  }
  await waits()
  const from = performance.now()
  const awaited = subscriber.received + messages
  await new Promise<void>((resolve) => {
    subscriber.onMessage = () => {
      if (subscriber.received === awaited) resolve()
    }
    subscriber.send(subscribeOf('+/+/#'))
  })
  const allMs = performance.now() - from
  const allWaits = await waits()
  await publishAll(new Uint8Array(0))
  const removingWaits = await waits()
  await subscriber.close()
  await publisher.close()
  const empty = await broker.ask('collect')
  bystander.disconnect()
  broker.stop()
  const result: Retained = {
    messages,
    heapBytesEach: (full.heapBytes + full.externalBytes - before.heapBytes - before.externalBytes) / messages,
    cpuUsEach: (after.cpuUs - before.cpuUs) / messages,
    addingWaits,
    tenMs: median(took),
    tenMaxMs: Math.max(...took),
    allMs,
    allWaits,
    heapBytesLeft: empty.heapBytes + empty.externalBytes - before.heapBytes - before.externalBytes,
    removingWaits,
  }
  console.log(`  ${JSON.stringify(result)}`)
  return result
}

function subscribeOf(filter: string): Uint8Array {
  return encoded(subscribePacket(1, [filter], 0))
}

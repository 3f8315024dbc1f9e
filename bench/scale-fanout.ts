/** One message to very many: what a delivery costs, and how long somebody waits who has nothing to do with it. */

import { createBufferWriter, createPublication, encodePublication, type QoS, writtenBytes } from '@mq/core'
import type { Waits } from './scale-bystander.ts'
import { connectClients, type ScaleClient, subscribePacket } from './scale-client.ts'
import { askProgram, pins, type ScaleBroker, startProgram, startScaleBroker } from './scale-process.ts'

export interface Fanout {
  readonly name: string
  readonly receivers: number
  readonly publishers: number
  readonly qos: QoS
  readonly payloadBytes: number
  readonly cpuUsEach: number
  readonly deliveriesPerSecond: number
  readonly pauseMaxMs: number
  readonly turnCpuMaxMs: number
  readonly waits: Waits
}

export const fanouts: readonly (readonly [receivers: number, publishers: number, qos: QoS, payloadBytes: number])[] = [
  [100, 1, 0, 64],
  [100, 1, 1, 64],
  [10_000, 1, 0, 64],
  [10_000, 1, 1, 64],
  [10_000, 5, 0, 64],
  [10_000, 5, 1, 64],
  [10_000, 1, 0, 4096],
  [10_000, 5, 1, 4096],
]

export async function measureFanouts(seconds: number, only = ''): Promise<Fanout[]> {
  const results: Fanout[] = []
  for (const size of new Set(fanouts.map(([receivers]) => receivers))) {
    const broker = await startScaleBroker()
    const bystander = startProgram('scale-bystander.ts', pins() ? 1 : undefined, [String(broker.port)])
    const receivers = await connectClients(broker.port, size, 'r')
    const publishers = await connectClients(broker.port, 5, 'p')
    for (const [count, publisherCount, qos, payloadBytes] of fanouts) {
      const name = `${count} receivers, ${publisherCount} publishers, QoS ${qos}, ${payloadBytes} B`
      if (count !== size || !name.includes(only)) continue
      for (const each of receivers) await each.ask(subscribePacket(1, ['all/receivers'], qos === 0 ? 0 : 1))
      const measured = {
        broker,
        receivers,
        publishers: publishers.slice(0, publisherCount),
        qos,
        payloadBytes,
        seconds,
      }
      // Warm, and forgotten.
      await run({ ...measured, seconds: 1 })
      await askProgram<Waits>(bystander, 'tell')
      const figures = await run(measured)
      const waits = await askProgram<Waits>(bystander, 'tell')
      results.push({ name, receivers: count, publishers: publisherCount, qos, payloadBytes, ...figures, waits })
      console.log(
        `  ${name.padEnd(48)} ${figures.cpuUsEach.toFixed(2)} µs  ${Math.round(figures.deliveriesPerSecond)}/s  loop late max ${figures.pauseMaxMs.toFixed(1)} ms  waits p50 ${waits.p50Ms.toFixed(1)} p99 ${waits.p99Ms.toFixed(1)} max ${waits.maxMs.toFixed(1)} ms of ${waits.messages}`,
      )
    }
    bystander.disconnect()
    broker.stop()
  }
  return results
}

interface Run {
  readonly broker: ScaleBroker
  readonly receivers: readonly ScaleClient[]
  readonly publishers: readonly ScaleClient[]
  readonly qos: QoS
  readonly payloadBytes: number
  readonly seconds: number
}

/** Each publisher sends its next message when every receiver has its last one. */
async function run({ broker, receivers, publishers, qos, payloadBytes, seconds }: Run): Promise<{
  cpuUsEach: number
  deliveriesPerSecond: number
  pauseMaxMs: number
  turnCpuMaxMs: number
}> {
  const before = await broker.ask('reset')
  const began = performance.now()
  let delivered = 0
  while (performance.now() - began < seconds * 1000) {
    const awaited = receivers.map(({ received }) => received + publishers.length)
    const message = createPublication({
      topicName: 'all/receivers',
      payload: new Uint8Array(payloadBytes),
      qos,
      retain: false,
    })
    const writer = createBufferWriter()
    encodePublication(writer, message, 4, qos, false, false, qos > 0 ? 1 : 0, 0, false, -1, undefined)
    for (const each of publishers) each.send(writtenBytes(writer))
    while (receivers.some(({ received }, n) => received < awaited[n]!))
      await new Promise((resolve) => setTimeout(resolve, 1))
    delivered += receivers.length * publishers.length
  }
  const lasted = performance.now() - began
  const after = await broker.ask('tell')
  const deliveriesPerSecond = (delivered * 1000) / lasted
  const { pauseMaxMs, turnCpuMaxMs } = after
  return { cpuUsEach: (after.cpuUs - before.cpuUs) / delivered, deliveriesPerSecond, pauseMaxMs, turnCpuMaxMs }
}

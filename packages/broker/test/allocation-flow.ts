// Measured by allocation.test.ts, which starts this as a process of its own: test runners call every import through a getter,
// which keeps the compiler from inlining, and then numbers are put on the heap that are not there when the broker is used.
//
//     publisher ── 500 packets in one chunk ──► broker ──► subscriber, which only counts (QoS 1: and acknowledges)
//
// What a batch allocates is the growth of the heap, as long as no collection ran during it; one that did shows as a growth
// below zero or far off, so the median of all batches counts. There is no clock in it.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createBroker } from '@mq/broker'
import {
  createBufferWriter,
  createPublication,
  encodeAck,
  encodePacket,
  encodePublication,
  FrameReader,
  type QoS,
  type Transport,
  writtenBytes,
} from '@mq/core'

export interface AllocationReport {
  readonly qos: number
  readonly version: number
  /** What a message leaves for the garbage collector. */
  readonly bytesPerMessage: number
  /** What is still there after a collection, of all messages. */
  readonly bytesHeld: number
}

const batchMessages = 500
const batches = 200
const warmupBatches = 60

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const reports: AllocationReport[] = []
for (const [qos, version] of [
  [0, 5],
  [0, 4],
  [1, 5],
  [1, 4],
] as const)
  reports.push(await measure(qos, version))
process.stdout.write(JSON.stringify(reports))
process.exit(0)

async function measure(qos: QoS, version: 4 | 5): Promise<AllocationReport> {
  const { run } = await startFlow(qos, version)
  for (let batch = 0; batch < warmupBatches; batch++) await run()
  collect()
  const heldBefore = process.memoryUsage().heapUsed
  const growths: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const before = process.memoryUsage().heapUsed
    await run()
    growths.push(process.memoryUsage().heapUsed - before)
  }
  growths.sort((a, b) => a - b)
  collect()
  const bytesPerMessage = (growths[batches / 2] ?? Number.NaN) / batchMessages
  return { qos, version, bytesPerMessage, bytesHeld: process.memoryUsage().heapUsed - heldBefore }
}

/** A publisher and a subscriber inside the process; `run` sends one batch and resolves when all of it has arrived. */
async function startFlow(qos: QoS, version: 4 | 5): Promise<{ run(): Promise<void> }> {
  const broker = createBroker()
  const publisher = await connect(broker.connect(), 'publisher', version)
  const subscriber = await connect(broker.connect(), 'subscriber', version)
  const subscription = {
    topicFilter: 'house/+',
    qos,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
  } as const
  subscriber.send(bytesOf({ type: 'subscribe', packetId: 1, subscriptions: [subscription] }, version))
  await subscriber.packets(1)
  const chunk = batchOf(qos, version)
  return {
    async run() {
      publisher.send(chunk)
      await subscriber.packets(batchMessages)
      if (qos === 1) await publisher.packets(batchMessages)
    },
  }
}

/** A client that builds nothing of what it reads. */
async function connect(transport: Transport, clientId: string, version: 4 | 5) {
  const frames = new FrameReader(Number.POSITIVE_INFINITY)
  const acks = createBufferWriter(4096)
  let waiting = 0
  let arrived = (): void => {}
  const sink = {
    frame(bytes: Uint8Array, header: number, body: number, _end: number): boolean {
      const first = bytes[header] ?? 0
      if (first >> 4 === 3 && (first & 0x06) !== 0) {
        const topicLength = ((bytes[body] ?? 0) << 8) | (bytes[body + 1] ?? 0)
        const at = body + 2 + topicLength
        encodeAck(acks, 'puback', ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0), 0, version)
      }
      waiting--
      return true
    },
  }
  transport.attach({
    data(bytes) {
      frames.push(bytes, sink)
      if (acks.at > 0) transport.write(writtenBytes(acks))
      acks.at = 0
      if (waiting <= 0) arrived()
    },
    drained: () => {},
    lost: () => {},
  })
  const client = {
    send: (bytes: Uint8Array) => void transport.write(bytes),
    packets: (count: number) => {
      waiting += count
      return waiting <= 0 ? Promise.resolve() : new Promise<void>((resolve) => (arrived = resolve))
    },
  }
  client.send(bytesOf({ type: 'connect', protocolVersion: version, cleanStart: true, keepAlive: 0, clientId }, version))
  await client.packets(1)
  return client
}

function batchOf(qos: QoS, version: 4 | 5): Uint8Array {
  const writer = createBufferWriter(65_536)
  // Shorter than what Node.js 20 copies by making a view of it (core, wire/copy.ts): that view is not what is counted here.
  const payload = new Uint8Array(32)
  for (let n = 0; n < batchMessages; n++) {
    const publication = createPublication({ topicName: `house/bulb${n % 50}`, payload, qos, retain: false })
    encodePublication(writer, publication, version, qos, false, false, qos === 0 ? 0 : n + 1, 0, false, -1, undefined)
  }
  return writtenBytes(writer)
}

function bytesOf(packet: Parameters<typeof encodePacket>[1], version: 4 | 5): Uint8Array {
  const writer = createBufferWriter()
  encodePacket(writer, packet, version)
  return writtenBytes(writer)
}

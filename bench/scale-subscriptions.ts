/** A million subscriptions: what each takes in memory and time, what a match costs among them, and how long others wait. */

import { createBufferWriter, createPublication, encodePublication, writtenBytes } from '@mq/core'
import type { Waits } from './scale-bystander.ts'
import { connectClient, connectClients, type ScaleClient, subscribePacket } from './scale-client.ts'
import { askProgram, pins, type ScaleBroker, startProgram, startScaleBroker } from './scale-process.ts'

export interface Subscribing {
  readonly sessions: number
  readonly perPacket: number
  readonly subscriptions: number
  readonly heapBytesEach: number
  readonly cpuUsEach: number
  readonly pauseMaxMs: number
  readonly turnCpuMaxMs: number
  readonly pauseP999Ms: number
  readonly waits: Waits
  /** A message on a topic that was never seen. */
  readonly unseenTopicUs: number
  readonly leavingMaxMs: number
  readonly leavingCpuMaxMs: number
  readonly heapBytesLeft: number
}

/** A third with wildcards, none twice. */
export function filterOf(n: number): string {
  const place = `site${n % 997}/line${n % 89}`
  const device = `device${n}`
  if (n % 3 > 0) return `${place}/${device}/state`
  return n % 2 === 0 ? `${place}/${device}/#` : `${place}/+/${device}`
}

export async function measureSubscribing(
  sessions: number,
  perPacket: number,
  subscriptions: number,
): Promise<Subscribing> {
  const broker = await startScaleBroker()
  const bystander = startProgram('scale-bystander.ts', pins() ? 1 : undefined, [String(broker.port)])
  const clients = await connectClients(broker.port, sessions, 'session')
  // It has its own subscription when it answers.
  await askProgram<Waits>(bystander, 'tell')
  // What a session of its own takes is not what is asked for.
  for (const [n, each] of clients.entries()) await each.ask(subscribePacket(1, [`warm/${n}`], 0))
  await new Promise((resolve) => setTimeout(resolve, 500))
  const before = await broker.ask('collect')
  await broker.ask('reset')
  await askProgram<Waits>(bystander, 'tell')
  await subscribeAll(clients, perPacket, subscriptions)
  const after = await broker.ask('tell')
  const waits = await askProgram<Waits>(bystander, 'tell')
  const collected = await broker.ask('collect')
  const added = collected.subscriptions - before.subscriptions
  if (added !== subscriptions) throw new Error(`${added} of ${subscriptions} subscriptions were made`)
  const unseenTopicUs = await publishUnseen(broker)
  await broker.ask('reset')
  await Promise.all(clients.map((each) => each.close()))
  while ((await broker.ask('tell')).sessions > 4) await new Promise((resolve) => setTimeout(resolve, 20))
  await idle(broker)
  const left = await broker.ask('tell')
  const empty = await broker.ask('collect')
  bystander.disconnect()
  broker.stop()
  const result: Subscribing = {
    sessions,
    perPacket,
    subscriptions,
    heapBytesEach: (collected.heapBytes + collected.externalBytes - before.heapBytes - before.externalBytes) / added,
    cpuUsEach: (after.cpuUs - before.cpuUs) / added,
    pauseMaxMs: after.pauseMaxMs,
    turnCpuMaxMs: after.turnCpuMaxMs,
    pauseP999Ms: after.pauseP999Ms,
    waits,
    unseenTopicUs,
    leavingMaxMs: left.pauseMaxMs,
    leavingCpuMaxMs: left.turnCpuMaxMs,
    heapBytesLeft: empty.heapBytes + empty.externalBytes - before.heapBytes - before.externalBytes,
  }
  console.log(`  ${JSON.stringify(result)}`)
  return result
}

/** Until it has nothing more to do: subscriptions are forgotten a few hundred at a time. */
async function idle(broker: ScaleBroker): Promise<void> {
  for (let before = 0; ; ) {
    const { cpuUs } = await broker.ask('tell')
    // Its timers and the bystander take a tenth of the core.
    if (cpuUs - before < 60_000) return
    before = cpuUs
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** In turns, each client with at most one SUBSCRIBE that has not been answered. */
async function subscribeAll(clients: readonly ScaleClient[], perPacket: number, subscriptions: number): Promise<void> {
  let next = 0
  const subscribeSome = async (client: ScaleClient): Promise<void> => {
    for (let packetId = 2; next < subscriptions; packetId = (packetId % 65_535) + 1) {
      const filters: string[] = []
      while (filters.length < perPacket && next < subscriptions) filters.push(filterOf(next++))
      await client.ask(subscribePacket(packetId, filters, 0))
    }
  }
  await Promise.all(clients.map(subscribeSome))
}

/** CPU microseconds for a message on a topic that is new to the broker and that one of the subscriptions matches. */
async function publishUnseen(broker: ScaleBroker): Promise<number> {
  const publisher = await connectClient(broker.port, 'unseen')
  const messages = 100_000
  const before = await broker.ask('tell')
  for (let sent = 0; sent < messages; ) {
    const writer = createBufferWriter(65_536)
    for (let n = 0; n < 500; n++, sent++) {
      const number = sent * 7
      const topicName = `site${number % 997}/line${number % 89}/device${number}/state`
      const message = createPublication({ topicName, payload: new Uint8Array(64), qos: 0, retain: false })
      encodePublication(writer, message, 4, 0, false, false, 0, 0, false, -1, undefined)
    }
    publisher.send(writtenBytes(writer))
    await publisher.ask({ type: 'unsubscribe', packetId: 1, topicFilters: ['none'] })
  }
  const after = await broker.ask('tell')
  await publisher.close()
  return (after.cpuUs - before.cpuUs) / messages
}

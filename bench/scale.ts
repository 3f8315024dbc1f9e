/**
 * Much of everything: receivers of one message, subscriptions, retained messages. The figures stand beside what was aimed at.
 * Processes: the broker on one core, the load and somebody with nothing to do with it (the bystander) on another.
 */
import type { ScaleResult } from './result.ts'
import type { Waits } from './scale-bystander.ts'
import { measureFanouts } from './scale-fanout.ts'
import { pinLoad } from './scale-process.ts'
import { measureRetained } from './scale-retained.ts'
import { measureSubscribing } from './scale-subscriptions.ts'
import { measureTree } from './scale-tree.ts'

const million = 1_000_000

/** `size`: how many subscriptions, and retained messages. */
export async function measureScale(seconds: number, size: number = million): Promise<ScaleResult[]> {
  pinLoad()
  const results: ScaleResult[] = []
  const add = (subject: string, what: string, unit: ScaleResult['unit'], value: number, atMost?: number): void => {
    results.push({ subject, what, unit, value: Number(value.toPrecision(4)), atMost: atMost ?? null })
  }
  const addWaits = (subject: string, { p50Ms, p99Ms, maxMs }: Waits, atMost?: number): void => {
    add(subject, 'bystander waits, median', 'ms', p50Ms)
    add(subject, 'bystander waits, 99 %', 'ms', p99Ms)
    add(subject, 'bystander waits, longest', 'ms', maxMs, atMost)
  }
  for (const { name, cpuUsEach, pauseMaxMs, turnCpuMaxMs, waits } of await measureFanouts(seconds)) {
    add(name, 'CPU per delivery', 'µs', cpuUsEach)
    add(name, 'event loop late, longest', 'ms', pauseMaxMs, 50)
    add(name, 'CPU of a turn, longest', 'ms', turnCpuMaxMs)
    addWaits(name, waits, 50)
  }
  for (const [perPacket, count] of [
    [100, size],
    [1, size / 5],
  ] as const) {
    const found = await measureSubscribing(1000, perPacket, count)
    const subject = `${count.toLocaleString('en-US')} subscriptions, ${perPacket} in a packet, 1,000 clients at once`
    add(subject, 'heap each', 'bytes', found.heapBytesEach, 400)
    add(subject, 'CPU each, from the wire', 'µs', found.cpuUsEach, perPacket === 1 ? undefined : 5)
    add(subject, 'event loop late, longest', 'ms', found.pauseMaxMs, 20)
    add(subject, 'CPU of a turn, longest', 'ms', found.turnCpuMaxMs)
    addWaits(subject, found.waits)
    add(subject, 'CPU of a message on a topic never seen', 'µs', found.unseenTopicUs)
    add(subject, 'event loop late, longest, as all leave', 'ms', found.leavingMaxMs)
    add(subject, 'CPU of a turn, longest, as all leave', 'ms', found.leavingCpuMaxMs)
    add(subject, 'heap left when all have gone', 'bytes', found.heapBytesLeft)
  }
  const tree = measureTree(size)
  const filters = `${size.toLocaleString('en-US')} Topic Filters, without a broker around them`
  add(filters, 'a subscribe', 'µs', tree.subscribeUs, 5)
  add(filters, 'a match of a topic never seen', 'µs', tree.matchUs, 3)
  const found = await measureRetained(size)
  const subject = `${size.toLocaleString('en-US')} retained messages`
  add(subject, 'heap each', 'bytes', found.heapBytesEach)
  addWaits(`${subject}, being added`, found.addingWaits)
  add(subject, 'a wildcard that finds ten, median', 'ms', found.tenMs, 1)
  add(subject, 'all to one subscriber', 'ms', found.allMs)
  addWaits(`${subject}, all to one subscriber`, found.allWaits, 50)
  addWaits(`${subject}, being removed`, found.removingWaits)
  add(subject, 'heap left when all were removed', 'bytes', found.heapBytesLeft)
  return results
}

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'vitest'
import type { Transport } from '../connection/transport.ts'
import {
  createSimulatedLink,
  ScriptedPeer,
  SeededRandom,
  type SimulatedLink,
  VirtualClock,
  withSeeds,
} from './index.ts'

const seeds = [1, 2, 3, 4, 5]

test('what is written arrives whole and in order, in pieces, however slow the reader is', () => {
  withSeeds(seeds, (random) => {
    const { clock, link } = setUp(random, { capacityBytes: 500, chunkBytesMax: 100 })
    const [first, second] = link.ends
    const sender = listen(first)
    const receiver = listen(second)
    const sent: number[] = []
    while (sent.length < 5000) {
      if (sender.blocked) {
        if (random.chance(0.3)) second.pause()
        clock.advance(random.integer(1, 30))
        second.resume()
        continue
      }
      const bytes = random.bytes(random.integer(1, 800))
      sent.push(...bytes)
      sender.blocked = !first.write(bytes)
      // Taken whole: the writer may use its array again.
      if (!sender.blocked) bytes.fill(0)
    }
    clock.advance(10_000)
    deepEqual(receiver.bytes, sent)
    ok(receiver.chunks >= 50)
    ok(sender.drains > 0)
    equal(first.pendingBytes, 0)
  })
})

test('bytes that were not taken are still the writer’s: it must not change them', () => {
  const { clock, link } = setUp(new SeededRandom(1), { capacityBytes: 10, chunkBytesMax: 10 })
  const receiver = listen(link.ends[1])
  listen(link.ends[0])
  const bytes = new Uint8Array(30).fill(1)
  equal(link.ends[0].write(bytes), false)
  bytes.fill(2)
  clock.advance(1000)
  ok(receiver.bytes.includes(2))
})

test('a cut loses what is on its way, and both ends hear of it once, last', () => {
  withSeeds(seeds, (random) => {
    const { clock, link } = setUp(random, { bytesToCut: 2000 })
    const ends = link.ends.map(listen)
    const written: number[][] = [[], []]
    for (let round = 0; round < 200; round++) {
      for (const [side, end] of link.ends.entries()) {
        const bytes = random.bytes(random.integer(1, 100))
        written[side]?.push(...bytes)
        end.write(bytes)
      }
      clock.advance(random.integer(0, 5))
    }
    clock.advance(1000)
    for (const [side, end] of ends.entries()) {
      equal(end.losses, 1)
      ok(!end.calledAfterLost)
      const other = written[1 - side] ?? []
      ok(end.bytes.length < other.length)
      deepEqual(end.bytes, other.slice(0, end.bytes.length))
    }
  })
})

test('end sends what was written first; destroy does not wait', () => {
  const ended = setUp(new SeededRandom(3), {})
  const [first, second] = ended.link.ends.map(listen)
  ended.link.ends[0].write(new Uint8Array(5000))
  ended.link.ends[0].end()
  ended.clock.advance(1000)
  equal(second?.bytes.length, 5000)
  deepEqual([first?.losses, second?.losses], [1, 1])

  const destroyed = setUp(new SeededRandom(3), { delayMs: [5, 5] })
  const [, reader] = destroyed.link.ends.map(listen)
  destroyed.link.ends[0].write(new Uint8Array(5000))
  destroyed.link.ends[0].destroy()
  destroyed.clock.advance(1000)
  deepEqual([reader?.bytes.length, reader?.losses], [0, 1])
})

test('the same seed gives the same chunks at the same times', () => {
  const record = (seed: number): string[] => {
    const { clock, link } = setUp(new SeededRandom(seed), { bytesToCut: 5000 })
    const lines: string[] = []
    const handler = (name: string) => ({
      data: (chunk: Uint8Array) => lines.push(`${clock.now()} ${name} ${chunk.length}`),
      drained: () => undefined,
      lost: () => lines.push(`${clock.now()} ${name} lost`),
    })
    link.ends[0].attach(handler('first'))
    link.ends[1].attach(handler('second'))
    for (let i = 0; i < 10; i++) {
      link.ends[0].write(new Uint8Array(700))
      link.ends[1].write(new Uint8Array(300))
      clock.advance(10)
    }
    clock.advance(1000)
    return lines
  }
  deepEqual(record(8), record(8))
  ok(record(8).join() !== record(9).join())
})

test('a scripted peer reads back what another one sends', () => {
  const { clock, link } = setUp(new SeededRandom(4), { chunkBytesMax: 3 })
  const first = new ScriptedPeer(link.ends[0], 5)
  const second = new ScriptedPeer(link.ends[1], 5)
  const publish = { type: 'publish', topicName: 't', payload: Buffer.from('hello'), qos: 0, retain: false, dup: false }
  first.send({ type: 'pingreq' })
  first.send({ ...publish, type: 'publish', qos: 0 })
  first.sendBytes(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff))
  clock.advance(1000)
  deepEqual(second.take(), { type: 'pingreq' })
  const packet = second.take()
  equal(packet?.type === 'publish' && Buffer.from(packet.payload).toString(), 'hello')
  equal(second.take()?.type, 'fault')
  equal(second.take(), undefined)
  second.destroy()
  clock.advance(1000)
  ok(first.isLost)
})

function setUp(
  random: SeededRandom,
  options: Partial<Parameters<typeof createSimulatedLink>[0]>,
): { clock: VirtualClock; link: SimulatedLink } {
  const clock = new VirtualClock()
  return { clock, link: createSimulatedLink({ clock, random, ...options }) }
}

function listen(transport: Transport) {
  const end = {
    bytes: [] as number[],
    chunks: 0,
    drains: 0,
    losses: 0,
    blocked: false,
    calledAfterLost: false,
    inside: false,
  }
  const enter = (call: () => void): void => {
    ok(!end.inside, 'a call from inside a call')
    end.inside = true
    end.calledAfterLost ||= end.losses > 0
    call()
    end.inside = false
  }
  transport.attach({
    data: (chunk) =>
      enter(() => {
        end.chunks++
        end.bytes.push(...chunk)
      }),
    drained: () =>
      enter(() => {
        end.drains++
        end.blocked = false
      }),
    lost: () => enter(() => end.losses++),
  })
  return end
}

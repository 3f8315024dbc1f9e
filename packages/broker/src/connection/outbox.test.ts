import { Outgoing, type Transport } from '@mq/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ChunkPool, largeChunkBytes, smallChunkBytes } from './chunk-pool.ts'
import { Flusher } from './flusher.ts'
import { Outbox } from './outbox.ts'

/** A transport that takes what the test lets it take. */
class FakeTransport implements Transport {
  readonly peer = 'fake'
  readonly taken: number[] = []
  writes = 0
  ended: 'no' | 'ended' | 'destroyed' = 'no'
  /** Whether a write is taken whole at once. */
  open = true
  /** Not taken yet: the same array that was given, read when it is. */
  waiting: Uint8Array[] = []

  get pendingBytes(): number {
    return this.waiting.reduce((sum, each) => sum + each.length, 0)
  }

  attach(): void {}
  pause(): void {}
  resume(): void {}

  write(bytes: Uint8Array): boolean {
    this.writes++
    if (this.open) {
      this.taken.push(...bytes)
      return true
    }
    this.waiting.push(bytes)
    return false
  }

  end(): void {
    this.ended = 'ended'
  }

  destroy(): void {
    this.ended = 'destroyed'
  }

  drain(outbox: Outbox): void {
    for (const bytes of this.waiting.splice(0)) this.taken.push(...bytes)
    outbox.drained()
  }
}

/** One that takes several pieces in one write. */
class GatheringTransport extends FakeTransport {
  writeAll(pieces: readonly Uint8Array[]): boolean {
    this.writes++
    if (this.open) for (const bytes of pieces) this.taken.push(...bytes)
    else this.waiting.push(...pieces)
    return this.open
  }
}

function setUp(bytesMax = 1024 * 1024, transport = new FakeTransport()) {
  const pool = new ChunkPool()
  const flusher = new Flusher((error) => {
    throw error
  })
  let timesWritable = 0
  const outbox = new Outbox(transport, pool, flusher, bytesMax, { writableAgain: () => timesWritable++ })
  const outgoing = new Outgoing(outbox, () => 0)
  outbox.outgoing = outgoing
  const { writer } = outgoing
  let next = 0
  /** Write `size` bytes, as an encoder does, and remember which. */
  const sent: number[] = []
  /** A message whose bytes lie elsewhere, its head written as by an encoder. */
  const refer = (size: number) => {
    send(7)
    const payload = new Uint8Array(size)
    for (let i = 0; i < size; i++) {
      payload[i] = next
      sent.push(next)
      next = (next + 1) & 0xff
    }
    outbox.refer(writer, payload)
    return payload
  }
  const send = (size: number) => {
    writer.reserve(size)
    for (let i = 0; i < size; i++) {
      writer.bytes[writer.at++] = next
      sent.push(next)
      next = (next + 1) & 0xff
    }
  }
  return { transport, pool, flusher, outbox, outgoing, writer, send, refer, sent, writable: () => timesWritable }
}

describe('an outbox', () => {
  test('sends what a turn has gathered in one write, and holds no buffer afterwards', () => {
    const { flusher, sent, send, transport, writer } = setUp()
    for (let i = 0; i < 100; i++) send(30)
    expect(transport.writes).toBe(0)
    flusher.flush()
    expect(transport.writes).toBe(1)
    expect(transport.taken).toEqual(sent)
    expect(writer.bytes).toHaveLength(0)
  })

  test('uses the same buffers again', () => {
    const { flusher, pool, send, writer } = setUp()
    send(10)
    const first = writer.bytes
    flusher.flush()
    send(10)
    expect(writer.bytes).toBe(first)
    flusher.flush()
    expect(pool.take(smallChunkBytes)).toBe(first)
    expect(pool.take(smallChunkBytes)).not.toBe(first)
  })

  test('leaves alone what the transport has not taken', () => {
    const { flusher, outbox, send, sent, transport } = setUp()
    transport.open = false
    send(100)
    flusher.flush()
    // If it were in the pool, this would write over it.
    send(100)
    transport.open = true
    transport.drain(outbox)
    expect(transport.taken).toEqual(sent)
  })

  test('writes nothing while the transport is busy, and everything in order when it has drained', () => {
    const { flusher, outbox, send, sent, transport } = setUp()
    transport.open = false
    for (let i = 0; i < 50; i++) {
      send(10_000)
      flusher.flush()
    }
    expect(transport.writes).toBe(1)
    transport.open = true
    transport.drain(outbox)
    expect(transport.taken).toEqual(sent)
    expect(outbox.pendingBytes).toBe(0)
  })

  test('is not writable past its bound, and writable again below half of it', () => {
    const { flusher, outbox, outgoing, send, transport, writable } = setUp(200_000)
    transport.open = false
    while (outgoing.writable) {
      send(5_000)
      flusher.flush()
    }
    expect(outbox.pendingBytes).toBeGreaterThan(200_000)
    expect(outbox.pendingBytes).toBeLessThan(200_000 + 2 * largeChunkBytes)
    transport.drain(outbox)
    // What waited here was written, and is owed again.
    expect(outgoing.writable).toBe(outbox.pendingBytes <= 100_000)
    transport.open = true
    transport.drain(outbox)
    expect(outgoing.writable).toBe(true)
    expect(writable()).toBeGreaterThan(0)
  })

  test('stays writable through a burst that is taken whole', () => {
    const { flusher, outgoing, send, sent, transport } = setUp(1024)
    for (let i = 0; i < 100; i++) send(5_000)
    expect(outgoing.writable).toBe(true)
    flusher.flush()
    expect(transport.taken).toEqual(sent)
  })

  test('is writable again when it has drained into a transport that keeps bytes without being busy', () => {
    const { flusher, outbox, outgoing, send, transport } = setUp(1024)
    transport.open = false
    for (let i = 0; i < 10; i++) {
      send(5_000)
      flusher.flush()
    }
    expect(outgoing.writable).toBe(false)
    transport.open = true
    Object.defineProperty(transport, 'pendingBytes', { value: 50_000 })
    outbox.drained()
    expect(outgoing.writable).toBe(true)
  })

  test('sends its last before it ends; to who does not read, it does not try', () => {
    const open = setUp()
    open.send(10)
    open.outbox.end()
    expect(open.transport.taken).toEqual(open.sent)
    expect(open.transport.ended).toBe('ended')

    const busy = setUp()
    busy.transport.open = false
    busy.send(10)
    busy.flusher.flush()
    busy.send(10)
    busy.outbox.end()
    expect(busy.transport.ended).toBe('destroyed')
    expect(busy.writer.bytes).toHaveLength(0)
  })

  test('sends payloads from where they lie, with what is around them, in one write; its chunk serves again', () => {
    const { flusher, pool, refer, send, sent, transport, writer } = setUp(1024, new GatheringTransport())
    refer(4096)
    const chunk = writer.bytes
    send(10)
    const payload = refer(100_000)
    expect(transport.writes).toBe(0)
    flusher.flush()
    expect(transport.writes).toBe(1)
    expect(Buffer.compare(Buffer.from(transport.taken), Buffer.from(sent))).toBe(0)
    expect(writer.bytes).toHaveLength(0)
    // The one chunk for both heads, and no payload, though one is as long as a chunk.
    expect(pool.take(smallChunkBytes)).toBe(chunk)
    expect(pool.take(smallChunkBytes).buffer).not.toBe(payload.buffer)
  })

  test('does not let payloads pile up in a turn', () => {
    const { outbox, refer, transport } = setUp(10_000_000, new GatheringTransport())
    for (let i = 0; i < 100; i++) refer(40_000)
    expect(transport.writes).toBeGreaterThan(40)
    expect(outbox.pendingBytes).toBeLessThan(3 * largeChunkBytes)
  })

  test('refers to what is long, and to very many from three quarters of a small chunk on', () => {
    const { flusher, outbox } = setUp()
    expect([32_767, 32_768].map((size) => outbox.refers(size))).toEqual([false, true])
    flusher.isBulk = true
    expect([3071, 3072].map((size) => outbox.refers(size))).toEqual([false, true])
  })

  test.each([
    ['piece by piece', () => new FakeTransport()],
    ['together', () => new GatheringTransport()],
  ])('keeps the order of bytes, whatever their sizes and however the transport takes them, %s', (_how, transportOf) => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constantFrom('send' as const, 'refer' as const),
        size: fc.integer({ min: 1, max: 90_000 }),
      }),
      fc.record({ kind: fc.constantFrom('send' as const, 'refer' as const), size: fc.integer({ min: 1, max: 3000 }) }),
      fc.record({ kind: fc.constantFrom('flush' as const, 'open' as const, 'close' as const, 'drain' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { flusher, outbox, refer, send, sent, transport } = setUp(100_000, transportOf())
        for (const each of steps) {
          if (each.kind === 'send') send(each.size)
          else if (each.kind === 'refer') refer(each.size)
          else if (each.kind === 'flush') flusher.flush()
          else if (each.kind === 'open') transport.open = true
          else if (each.kind === 'close') transport.open = false
          else if (transport.waiting.length > 0) transport.drain(outbox)
        }
        transport.open = true
        flusher.flush()
        while (transport.waiting.length > 0) transport.drain(outbox)
        flusher.flush()
        expect(Buffer.compare(Buffer.from(transport.taken), Buffer.from(sent))).toBe(0)
      }),
      { numRuns: 60, seed: 1 },
    )
  })
})

test('a flush that throws ends that outbox, and the others are flushed', () => {
  const failures: unknown[] = []
  const flusher = new Flusher((error) => void failures.push(error))
  const flushed: string[] = []
  const one = (name: string) => ({
    dirty: false,
    flush: () => {
      if (name === 'broken') throw new Error('broken')
      flushed.push(name)
    },
    destroy: () => void flushed.push(`${name} destroyed`),
  })
  for (const name of ['a', 'broken', 'b']) flusher.add(one(name))
  flusher.flush()
  expect(flushed).toEqual(['a', 'broken destroyed', 'b'])
  expect(failures).toHaveLength(1)
})

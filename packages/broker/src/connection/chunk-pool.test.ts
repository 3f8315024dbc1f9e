import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChunkPool, largeChunkBytes, smallChunkBytes } from './chunk-pool.ts'

test('a chunk is the smallest power of two that holds what is asked for, and is used again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: largeChunkBytes }), (size) => {
      const pool = new ChunkPool()
      const chunk = pool.take(size)
      expect(chunk.length).toBeGreaterThanOrEqual(size)
      expect(Math.log2(chunk.length) % 1).toBe(0)
      if (chunk.length > smallChunkBytes) expect(chunk.length).toBeLessThan(2 * size)
      pool.give(chunk)
      expect(pool.take(size)).toBe(chunk)
      expect(pool.take(size)).not.toBe(chunk)
    }),
  )
})

test('what is larger is made to measure, and not kept', () => {
  const pool = new ChunkPool()
  const chunk = pool.take(2 * largeChunkBytes)
  expect(chunk).toHaveLength(2 * largeChunkBytes)
  pool.give(chunk)
  expect(pool.take(2 * largeChunkBytes)).not.toBe(chunk)
})

test('no more bytes are kept than it may keep, whatever their sizes', () => {
  const pool = new ChunkPool(3 * smallChunkBytes)
  const chunks = Array.from({ length: 5 }, () => pool.take(1))
  for (const chunk of chunks) pool.give(chunk)
  const again = Array.from({ length: 5 }, () => pool.take(1))
  expect(again.filter((chunk) => chunks.includes(chunk))).toHaveLength(3)
  // Room that was taken out is room again.
  pool.give(again[0]!)
  expect(pool.take(1)).toBe(again[0])
})

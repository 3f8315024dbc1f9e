/**
 * Buffers for outboxes. A connection holds one only while it has bytes to send, so what is needed is what is dirty at one
 * moment, not what is connected. Sizes are powers of two: most connections send little in a turn of the event loop, a few
 * send much, and a message to ten thousand receivers needs ten thousand buffers at once that are not larger than it.
 *
 * Always holds: a buffer in the pool is referred to by nobody else. One that the socket has not taken whole is never
 * given back (the socket still reads it); it is left to the garbage collector.
 */

export const smallChunkBytes = 4096
export const largeChunkBytes = 65_536

/** Kept for the next turn at most: making a buffer costs more than sending it. */
const keptBytesMax = 64 * 1024 * 1024

export class ChunkPool {
  /** By size: 4, 8, 16, 32 and 64 KiB. */
  readonly #free: Uint8Array[][] = [[], [], [], [], []]
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number = keptBytesMax) {
    this.#bytesMax = bytesMax
  }

  /** At least `size` bytes; the next power of two up to `largeChunkBytes`, above it exactly that many. */
  take(size: number): Uint8Array {
    if (size > largeChunkBytes) return Buffer.allocUnsafeSlow(size)
    const rank = rankOf(size)
    const chunk = this.#free[rank]!.pop()
    if (chunk === undefined) return Buffer.allocUnsafeSlow(smallChunkBytes << rank)
    this.#bytes -= chunk.length
    return chunk
  }

  give(chunk: Uint8Array): void {
    const { length } = chunk
    const rank = rankOf(length)
    // None at all, or one of its own size.
    if (length !== smallChunkBytes << rank || length > largeChunkBytes) return
    if (this.#bytes + length > this.#bytesMax) return
    this.#bytes += length
    this.#free[rank]!.push(chunk)
  }
}

/** Of the smallest power of two from `smallChunkBytes` on that holds `size`. */
function rankOf(size: number): number {
  return size <= smallChunkBytes ? 0 : 20 - Math.clz32(size - 1)
}

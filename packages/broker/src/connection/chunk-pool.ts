/**
 * Buffers for outboxes. A connection holds one only while it has bytes to send, so what is needed is what is dirty at one
 * moment, not what is connected. Two sizes: most connections send little in a turn of the event loop, a few send much.
 *
 * Always holds: a buffer in the pool is referred to by nobody else. One that the socket has not taken whole is never
 * given back (the socket still reads it); it is left to the garbage collector.
 */
export const smallChunkBytes = 4096
export const largeChunkBytes = 65_536

export class ChunkPool {
  readonly #small: Uint8Array[] = []
  readonly #large: Uint8Array[] = []
  readonly #smallMax: number
  readonly #largeMax: number

  /** At most 4 MiB of each are kept for the next turn, unless told otherwise. */
  constructor(smallMax = 1024, largeMax = 64) {
    this.#smallMax = smallMax
    this.#largeMax = largeMax
  }

  take(size: number): Uint8Array {
    if (size <= smallChunkBytes) return this.#small.pop() ?? Buffer.allocUnsafeSlow(smallChunkBytes)
    if (size <= largeChunkBytes) return this.#large.pop() ?? Buffer.allocUnsafeSlow(largeChunkBytes)
    return Buffer.allocUnsafeSlow(size)
  }

  give(chunk: Uint8Array): void {
    if (chunk.length === smallChunkBytes) {
      if (this.#small.length < this.#smallMax) this.#small.push(chunk)
    } else if (chunk.length === largeChunkBytes && this.#large.length < this.#largeMax) this.#large.push(chunk)
  }
}

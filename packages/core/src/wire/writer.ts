/**
 * Where packets are written. A Writer is a window onto bytes that somebody else owns (a connection's outbox in the broker,
 * a growing array in a test): encoders reserve room, write at `at`, and move `at` on.
 *
 *     bytes  [ written already ........ | free ............ ]
 *                                       at           bytes.length
 *
 * An idle connection holds no buffer: its `bytes` is empty, so the first `reserve` of a turn of the event loop reaches the
 * outlet, which takes a chunk from its pool and schedules the flush. One comparison serves both.
 *
 * Always holds: at <= bytes.length. After reserve(n): at + n <= bytes.length. `reserve` may replace `bytes` and reset `at`
 * (what was written goes to the outlet), so an encoder reserves once, before it writes, and reads both fields afterwards.
 */
export interface Outlet {
  /** Give `writer` at least `size` free bytes. What it holds already stays first in the stream. */
  makeRoom(writer: Writer, size: number): void
  /** Would it rather send `size` bytes from where they lie than have them copied into the writer? Without it: never. */
  refers?(size: number): boolean
  /** Where `refers` said yes: `bytes`, which nobody changes any more, come next in the stream, behind what `writer` holds. */
  refer?(writer: Writer, bytes: Uint8Array): void
}

export const emptyBytes: Uint8Array = new Uint8Array(0)

export class Writer {
  bytes: Uint8Array = emptyBytes
  at = 0
  readonly outlet: Outlet

  constructor(outlet: Outlet) {
    this.outlet = outlet
  }

  reserve(size: number): void {
    if (this.at + size > this.bytes.length) this.outlet.makeRoom(this, size)
  }
}

/** A Writer over one growing array, for cold paths and tests. */
export function createBufferWriter(capacity = 256): Writer {
  return new Writer({
    makeRoom(writer, size) {
      const grown = new Uint8Array(Math.max(capacity, writer.bytes.length * 2, writer.at + size))
      grown.set(writer.bytes.subarray(0, writer.at))
      writer.bytes = grown
    },
  })
}

/** What has been written so far; a view, valid until the next reserve. */
export function writtenBytes(writer: Writer): Uint8Array {
  return writer.bytes.subarray(0, writer.at)
}

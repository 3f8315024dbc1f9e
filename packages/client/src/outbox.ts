/**
 * Collects what is written during one turn of the event loop, so that it costs one system call instead of one per packet.
 *
 *     writer ─► current chunk ──turn ends──► transport.write ──taken whole──► the chunk is used again
 *                    │ full                        └──not taken──► blocked until `drained`
 *                    └─► backlog (only while blocked)
 *
 * Always holds: bytes leave in the order in which they were written; while `blocked`, nothing is handed to the transport,
 * which still reads the last chunk; a chunk that the transport reads is never written over.
 */
import { emptyBytes, type Outlet, type Transport, type Writer } from '@mq/core'

const chunkBytes = 16 * 1024
/** Beyond this much unsent, no more messages are written (packets that must not wait still are). */
const unsentBytesMax = 256 * 1024

export interface OutboxOptions {
  /** Calls `run` when this turn of the event loop is over. */
  readonly defer: (run: () => void) => void
  /** Packets have left. */
  readonly flushed: (bytes: number) => void
  /** `full` has changed. */
  readonly changed: (full: boolean) => void
}

export class Outbox implements Outlet {
  #transport: Transport | undefined = undefined
  #writer: Writer | undefined = undefined
  #spare: Uint8Array | undefined = undefined
  readonly #backlog: Uint8Array[] = []
  #backlogBytes = 0
  #blocked = false
  #scheduled = false
  #full = false
  readonly #options: OutboxOptions

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  attach(transport: Transport): void {
    this.#transport = transport
  }

  makeRoom(writer: Writer, size: number): void {
    this.#writer = writer
    this.#retire(writer)
    const spare = this.#spare
    this.#spare = undefined
    writer.bytes = spare !== undefined && spare.length >= size ? spare : new Uint8Array(Math.max(chunkBytes, size))
    writer.at = 0
    if (this.#scheduled) return
    this.#scheduled = true
    this.#options.defer(() => {
      this.#scheduled = false
      this.flush()
    })
  }

  /** Hand everything to the transport that it takes. */
  flush(): void {
    if (this.#writer !== undefined) this.#retire(this.#writer)
  }

  drained(): void {
    this.#blocked = false
    while (!this.#blocked) {
      const next = this.#backlog.shift()
      if (next === undefined) break
      this.#backlogBytes -= next.length
      this.#send(next)
    }
    if (!this.#blocked) this.flush()
    this.#measure()
  }

  /** Nothing is sent any more. */
  detach(): void {
    this.#transport = undefined
    this.#backlog.length = 0
  }

  #retire(writer: Writer): void {
    const { bytes, at } = writer
    writer.bytes = emptyBytes
    writer.at = 0
    if (at === 0) {
      if (bytes.length > 0) this.#spare = bytes
      return
    }
    if (this.#blocked) {
      this.#backlog.push(bytes.subarray(0, at))
      this.#backlogBytes += at
    } else if (this.#send(bytes.subarray(0, at)) && bytes.length === chunkBytes) this.#spare = bytes
    this.#measure()
  }

  #send(bytes: Uint8Array): boolean {
    const transport = this.#transport
    if (transport === undefined) return false
    const taken = transport.write(bytes)
    this.#blocked = !taken
    this.#options.flushed(bytes.length)
    return taken
  }

  #measure(): void {
    const full = this.#blocked && this.#backlogBytes + (this.#transport?.pendingBytes ?? 0) > unsentBytesMax
    if (full === this.#full) return
    this.#full = full
    this.#options.changed(full)
  }
}

/** The end of this turn: after what has arrived was handled, in Node.js; otherwise as soon as the running code is done. */
export function deferToTurnEnd(run: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(run)
  else queueMicrotask(run)
}

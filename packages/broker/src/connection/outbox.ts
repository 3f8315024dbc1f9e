/**
 * What a connection has to send, between the machine that writes packets and the transport that takes bytes.
 *
 *     machine ─► Writer ─► current chunk ─► full chunks ─► transport.write    once per turn of the event loop
 *
 * The first packet of a turn finds the Writer without a chunk, takes one from the pool and puts the outbox on the
 * broker's dirty list; `setImmediate` flushes all dirty ones, one write each. A chunk that fills up before is written at
 * once. A chunk that the system took whole goes back to the pool, so the steady state allocates nothing and an idle
 * connection holds no buffer.
 *
 * Back-pressure: once a write is not taken whole, nothing more is written until the transport has drained; packets gather
 * in chunks here, so that a receiver that stopped reading costs the bytes it is owed and no more. Past `bytesMax` the
 * connection is not writable: QoS 0 is dropped and counted by the session, QoS 1 and 2 wait in it. Writable again below
 * half.
 *
 * Always holds: bytes leave in the order in which they were written; a chunk is given back only after it was taken whole;
 * full chunks wait, and the connection is not writable, only while the transport owes us a `drained`.
 */
import type { Outgoing, Outlet, Transport, Writer } from '@mq/core'
import { emptyBytes } from '@mq/core'
import { type ChunkPool, largeChunkBytes } from './chunk-pool.ts'
import type { Flushable, Flusher } from './flusher.ts'

export interface OutboxOwner {
  /** The receiver has caught up: messages that waited may be sent. */
  writableAgain(): void
}

export class Outbox implements Outlet, Flushable {
  readonly #transport: Transport
  readonly #pool: ChunkPool
  readonly #flusher: Flusher
  readonly #bytesMax: number
  readonly #owner: OutboxOwner
  /** Set once, right after construction: the machine's writing half needs this outbox to be made, and the reverse. */
  outgoing: Outgoing | undefined = undefined
  #full: { readonly bytes: Uint8Array; readonly length: number }[] = []
  #fullBytes = 0
  #blocked = false
  #closed = false
  dirty = false

  constructor(transport: Transport, pool: ChunkPool, flusher: Flusher, bytesMax: number, owner: OutboxOwner) {
    this.#transport = transport
    this.#pool = pool
    this.#flusher = flusher
    this.#bytesMax = bytesMax
    this.#owner = owner
  }

  /** Bytes that the receiver is owed and that the system has not taken. */
  get pendingBytes(): number {
    return this.#fullBytes + (this.outgoing?.writer.at ?? 0) + this.#transport.pendingBytes
  }

  /**
   * Deliveries stop at `bytesMax`; what is owed beyond twice that are answers, and a client that asks for answers without
   * reading them is not to be listened to.
   */
  get owesTooMuch(): boolean {
    return this.outgoing?.writable === false && this.pendingBytes > 2 * this.#bytesMax
  }

  makeRoom(writer: Writer, size: number): void {
    const { bytes, at } = writer
    if (bytes.length > 0 && bytes.length < largeChunkBytes && at + size <= largeChunkBytes) {
      // Not a second chunk but a larger one: one write instead of two.
      const larger = this.#pool.take(Math.max(at + size, Math.min(bytes.length * 4, largeChunkBytes)))
      larger.set(bytes.subarray(0, at))
      this.#pool.give(bytes)
      writer.bytes = larger
    } else {
      if (at > 0 && this.#blocked) {
        this.#full.push({ bytes, length: at })
        this.#fullBytes += at
      } else if (at > 0) this.#write(bytes, at)
      writer.bytes = this.#pool.take(size)
      writer.at = 0
      if (!this.dirty && !this.#blocked) this.#flusher.add(this)
    }
    if (this.#blocked && this.outgoing !== undefined && this.pendingBytes > this.#bytesMax) {
      this.outgoing.writable = false
    }
  }

  flush(): void {
    if (this.#blocked || this.#closed) return
    const writer = this.outgoing?.writer
    if (writer === undefined) return
    if (this.#full.length > 0) this.#writeFull()
    if (this.#blocked || writer.bytes.length === 0) return
    const { bytes, at } = writer
    writer.bytes = emptyBytes
    writer.at = 0
    if (at > 0) this.#write(bytes, at)
    else this.#pool.give(bytes)
  }

  /** The transport has taken all that was written. */
  drained(): void {
    this.#blocked = false
    this.flush()
    const { outgoing } = this
    if (outgoing === undefined || this.#closed) return
    // Not blocked: then no other `drained` will come to ask again.
    if (!this.#blocked || this.pendingBytes <= this.#bytesMax / 2) outgoing.writable = true
    if (outgoing.writable) this.#owner.writableAgain()
  }

  /** Send what is there and close the transport behind it. */
  end(): void {
    if (this.#closed) return
    if (this.#blocked) {
      // The receiver does not read: it will not read a goodbye either.
      this.destroy()
      return
    }
    this.flush()
    this.#release()
    this.#transport.end()
  }

  destroy(): void {
    if (this.#closed) return
    this.#release()
    this.#transport.destroy()
  }

  #writeFull(): void {
    const full = this.#full
    let written = 0
    while (written < full.length && !this.#blocked) {
      const { bytes, length } = full[written]!
      this.#fullBytes -= length
      written++
      this.#write(bytes, length)
    }
    this.#full = full.slice(written)
  }

  #release(): void {
    this.#closed = true
    const writer = this.outgoing?.writer
    if (writer !== undefined) {
      this.#pool.give(writer.bytes)
      writer.bytes = emptyBytes
      writer.at = 0
    }
    this.#full = []
    this.#fullBytes = 0
  }

  #write(bytes: Uint8Array, length: number): void {
    if (this.#transport.write(length === bytes.length ? bytes : bytes.subarray(0, length))) this.#pool.give(bytes)
    else this.#blocked = true
  }
}

/**
 * What a connection has to send, between the machine that writes packets and the transport that takes bytes.
 *
 *     machine ─► Writer ─► current chunk ─► full chunks ─► transport.write    once per turn of the event loop
 *                                           large payloads, each by reference: one copy for all receivers
 *
 * The first packet of a turn finds the Writer without a chunk, takes one from the pool and puts the outbox on the
 * broker's dirty list; `setImmediate` flushes all dirty ones, one write each. A chunk that fills up before is written at
 * once, and so is a large payload when the next one comes. A chunk that the system took whole goes back to the pool, so the
 * steady state allocates nothing and an idle connection holds no buffer.
 *
 * Back-pressure: once a write is not taken whole, nothing more is written until the transport has drained; packets gather
 * in chunks here, so that a receiver that stopped reading costs the bytes it is owed and no more. Past `bytesMax` the
 * connection is not writable: QoS 0 is dropped and counted by the session, QoS 1 and 2 wait in it. Writable again below
 * half.
 *
 * Always holds: bytes leave in the order in which they were written; a chunk is given back only after it was taken whole;
 * what is full waits for the end of the turn at most, or while the transport owes us a `drained`; only then is the connection
 * not writable.
 */
import type { Outgoing, Outlet, Transport, Writer } from '@mq/core'
import { emptyBytes } from '@mq/core'
import { type ChunkPool, largeChunkBytes, smallChunkBytes } from './chunk-pool.ts'
import type { Flushable, Flusher } from './flusher.ts'

/** From here on a payload is sent from where it lies: a chunk of its size would be made for it, and not kept. */
const referredBytesMin = largeChunkBytes / 2
/** The same for a message to very many: what fits into a small chunk is copied. */
const referredInBulkMin = (smallChunkBytes * 3) / 4
/** As many as one call of the system takes gladly. */
const piecesPerWrite = 64

interface Piece {
  readonly bytes: Uint8Array
  /** It is a chunk of the pool; or undefined, and the bytes belong to a message. */
  readonly chunk: Uint8Array | undefined
}

const none: Piece[] = []

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
  #full: Piece[] = none
  #fullBytes = 0
  /** What is in front of it in the current chunk is among the full ones: a payload that lies elsewhere comes behind it. */
  #from = 0
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
    return this.#fullBytes + (this.outgoing?.writer.at ?? 0) - this.#from + this.#transport.pendingBytes
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
    const needed = at + size
    if (bytes.length > 0 && bytes.length < largeChunkBytes && needed <= largeChunkBytes && this.#from === 0) {
      // Not a second chunk but a larger one: one write instead of two.
      const larger = this.#pool.take(Math.max(needed, Math.min(bytes.length * 4, largeChunkBytes)))
      larger.set(bytes.subarray(0, at))
      this.#pool.give(bytes)
      writer.bytes = larger
    } else {
      if (bytes.length > 0) this.#putAside(writer, bytes)
      if (!this.#blocked && this.#full.length > 0) this.#writeFull()
      writer.bytes = this.#pool.take(size)
      writer.at = 0
      if (!this.dirty && !this.#blocked) this.#flusher.add(this)
    }
    this.#mind()
  }

  refers(size: number): boolean {
    return size >= (this.#flusher.isBulk ? referredInBulkMin : referredBytesMin)
  }

  refer(writer: Writer, bytes: Uint8Array): void {
    // One large message waits for the end of the turn; more of them leave at once, as full chunks do.
    if (!this.#blocked && this.#fullBytes >= largeChunkBytes) this.#writeFull()
    // The chunk goes on behind it.
    this.#putAside(writer, undefined)
    this.#push(bytes, undefined)
    this.#mind()
  }

  /** What `writer` holds is full as it is. `chunk`: and so is its chunk. */
  #putAside(writer: Writer, chunk: Uint8Array | undefined): void {
    this.#push(writer.bytes.subarray(this.#from, writer.at), chunk)
    if (chunk === undefined) this.#from = writer.at
    else this.#leave(writer)
  }

  #leave(writer: Writer): void {
    writer.bytes = emptyBytes
    writer.at = 0
    this.#from = 0
  }

  #push(bytes: Uint8Array, chunk: Uint8Array | undefined): void {
    if (this.#full === none) this.#full = []
    this.#full.push({ bytes, chunk })
    this.#fullBytes += bytes.length
  }

  /** While the receiver does not read, it is owed so much and no more. */
  #mind(): void {
    if (this.#blocked && this.outgoing !== undefined && this.pendingBytes > this.#bytesMax) {
      this.outgoing.writable = false
    }
  }

  flush(): void {
    if (this.#blocked || this.#closed) return
    const writer = this.outgoing?.writer
    if (writer === undefined) return
    const { bytes, at } = writer
    if (this.#full.length > 0) {
      if (bytes.length > 0) this.#putAside(writer, bytes)
      this.#writeFull()
    } else if (bytes.length > 0) {
      const from = this.#from
      this.#leave(writer)
      if (at > from) this.#write(bytes, from, at)
      else this.#pool.give(bytes)
    }
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
    // The receiver may read it, as it did until now: the goodbye is the last of it.
    if (this.#full.length > 0) this.#writeFull(true)
    this.#release()
    this.#transport.end()
  }

  destroy(): void {
    if (this.#closed) return
    this.#release()
    this.#transport.destroy()
  }

  /** As far as the transport takes it. `hands`: all of it is the transport's from now on. */
  #writeFull(hands = false): void {
    const full = this.#full
    const most = this.#transport.writeAll === undefined ? 1 : piecesPerWrite
    let written = 0
    while (written < full.length && (hands || !this.#blocked)) {
      const pieces = full.slice(written, written + most)
      written += pieces.length
      this.#writePieces(pieces)
    }
    this.#full = written === full.length ? none : full.slice(written)
  }

  #writePieces(pieces: readonly Piece[]): void {
    const all: Uint8Array[] = []
    for (const { bytes } of pieces) {
      this.#fullBytes -= bytes.length
      // A chunk whose last packet was followed by a payload has nothing more in it.
      if (bytes.length > 0) all.push(bytes)
    }
    const [first] = all
    if (first !== undefined) {
      this.#blocked = !(all.length === 1 ? this.#transport.write(first) : this.#transport.writeAll?.(all))
    }
    if (this.#blocked) return
    for (const { chunk } of pieces) if (chunk !== undefined) this.#pool.give(chunk)
  }

  #release(): void {
    this.#closed = true
    const writer = this.outgoing?.writer
    if (writer !== undefined) {
      this.#pool.give(writer.bytes)
      this.#leave(writer)
    }
    this.#full = none
    this.#fullBytes = 0
  }

  #write(chunk: Uint8Array, from: number, to: number): void {
    if (this.#transport.write(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to)))
      this.#pool.give(chunk)
    else this.#blocked = true
  }
}

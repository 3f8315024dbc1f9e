/**
 * Cuts a stream of bytes into packets. A packet is handed on as offsets: into the chunk that came in when it lies whole in
 * it, into `rest` when it came in pieces. There is no object per packet.
 *
 *     chunk   [ packet | packet | packet | pack        only this tail is copied, into `rest`
 *     chunk   et | packet | … ]                        `rest` takes what its packet lacks, the walk goes on in the chunk
 *
 * Three states, by what `rest` holds (start to end):
 *   empty     nothing is kept, no memory is held
 *   partial   one packet that is not whole yet
 *   stopped   the sink or its owner said stop; any number of packets, the last perhaps not whole. New chunks are appended.
 *
 * Always holds: a packet is refused from its fixed header, before memory is taken for it; `rest` holds at most twice the
 * bytes that came, never the size that was promised; each byte is copied a bounded number of times (growth is geometric,
 * capped by the packet's size); after a fault nothing is read any more.
 *
 * Not re-entrant: a sink calls neither push() nor resume() from within frame(). What it cannot take now it puts back.
 */
import { type Fault, fault } from '../packet/fault.ts'
import { firstByteClause, isDupOf31, isLegalFirstByte } from '../spec/fixed-header.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { copyBytes } from '../wire/copy.ts'
import { readVarInt, varIntSize, varIntTruncated } from '../wire/var-int.ts'
import { emptyBytes } from '../wire/writer.ts'

export interface FrameSink {
  /**
   * One whole packet: `header` is the index of its first byte, `body` that of the first byte after Remaining Length, `end`
   * one past its last. The bytes are valid during the call only. False stops the reader after this packet.
   */
  frame(bytes: Uint8Array, header: number, body: number, end: number): boolean
}

const restBytesMin = 64

export class FrameReader {
  /** Of a whole packet, fixed header included. May change between packets (CONNACK tells the peer ours). */
  maximumPacketSize: number
  /** The peer speaks 3.1, where more packets than PUBLISH may have DUP. Only known once CONNECT has come. */
  is31 = false
  #rest: Uint8Array = emptyBytes
  #start = 0
  #end = 0
  /** Of the packet that was measured last. */
  #body = 0
  #stopped = false
  #isPutBack = false
  #fault: Fault | undefined = undefined

  constructor(maximumPacketSize: number) {
    this.maximumPacketSize = maximumPacketSize
  }

  /** Bytes that are kept, because their packet is not whole or the sink said stop. */
  get bufferedBytes(): number {
    return this.#end - this.#start
  }

  /** Hands on every packet that `chunk` completes. The chunk itself is not kept. */
  push(chunk: Uint8Array, sink: FrameSink): Fault | undefined {
    if (this.#fault !== undefined) return this.#fault
    let at = 0
    if (!this.#stopped && this.#end > this.#start) {
      at = this.#fill(chunk)
      this.#start = this.#walk(this.#rest, this.#start, this.#end, sink)
      if (this.#start === this.#end) this.#release()
    }
    if (this.#fault === undefined && !this.#stopped) at = this.#walk(chunk, at, chunk.length, sink)
    if (this.#fault !== undefined) this.#release()
    else if (at < chunk.length) this.#append(chunk, at, chunk.length, Number.POSITIVE_INFINITY)
    return this.#fault
  }

  /** As if the sink had said stop: what comes is kept, and nothing is handed on before `resume`. Not from within frame(). */
  stop(): void {
    this.#stopped = true
  }

  /** From within frame(), which answers false: the packet is not taken, and is handed on anew after `resume`. */
  putBack(): void {
    this.#isPutBack = true
  }

  /** Lets go of what is kept: nothing more is pushed or resumed. Not from within frame(). */
  discard(): void {
    this.#release()
  }

  /** Goes on after a stop, with what was kept. */
  resume(sink: FrameSink): Fault | undefined {
    this.#stopped = false
    if (this.#fault !== undefined) return this.#fault
    this.#start = this.#walk(this.#rest, this.#start, this.#end, sink)
    if (this.#fault !== undefined || this.#start === this.#end) this.#release()
    // What is left is the beginning of one packet: do not hold on to a large array for it.
    else if (!this.#stopped) this.#grow(0, 0)
    return this.#fault
  }

  /** Hands on the whole packets from `start` to `limit`; returns where it stopped. */
  #walk(bytes: Uint8Array, start: number, limit: number, sink: FrameSink): number {
    let at = start
    while (at < limit) {
      const size = this.#measure(bytes, at, limit)
      if (size === 0 || at + size > limit) return at
      const header = at
      at += size
      if (!sink.frame(bytes, header, this.#body, at)) {
        this.#stopped = true
        if (!this.#isPutBack) return at
        this.#isPutBack = false
        return header
      }
    }
    return at
  }

  /**
   * The size of the packet at `at`, and `#body`. 0 when the fixed header is not whole yet, or is refused: then `#fault` is
   * set.
   */
  #measure(bytes: Uint8Array, at: number, limit: number): number {
    const first = bytes[at]!
    if (!isLegalFirstByte(first) && !(this.is31 && isDupOf31(first))) {
      return this.#refuse(ReasonCode.malformedPacket, firstByteClause(first), `no packet begins with 0x${hex(first)}`)
    }
    if (at + 1 >= limit) return 0
    const remaining = bytes[at + 1]! < 0x80 ? bytes[at + 1]! : readVarInt(bytes, at + 1, limit)
    if (remaining < 0) {
      if (remaining === varIntTruncated) return 0
      return this.#refuse(ReasonCode.malformedPacket, 'MQTT-1.5.5-1', 'Remaining Length is longer than it may be')
    }
    this.#body = at + 1 + varIntSize(remaining)
    const size = this.#body - at + remaining
    if (size <= this.maximumPacketSize) return size
    // One clause for each role that can be at the receiving end.
    const clause = 'MQTT-3.1.2-24, MQTT-3.2.2-15'
    return this.#refuse(
      ReasonCode.packetTooLarge,
      clause,
      `a packet of ${size} bytes, ${this.maximumPacketSize} allowed`,
    )
  }

  #refuse(reasonCode: ReasonCode, clause: string, sentence: string): 0 {
    this.#fault = fault(reasonCode, clause, sentence)
    return 0
  }

  /** Moves bytes from the front of `chunk` into `rest` until its packet is whole; returns how many. */
  #fill(chunk: Uint8Array): number {
    let at = 0
    for (;;) {
      const size = this.#measure(this.#rest, this.#start, this.#end)
      if (this.#fault !== undefined) return at
      // Without Remaining Length, one byte at a time: it may lack up to four.
      const lacking = size === 0 ? 1 : size - this.bufferedBytes
      const taken = Math.min(lacking, chunk.length - at)
      if (taken === 0) return at
      this.#append(chunk, at, at + taken, size === 0 ? Number.POSITIVE_INFINITY : size)
      at += taken
      if (size !== 0) return at
    }
  }

  /** `capacityMax`: what `rest` can come to need, where that is known. */
  #append(source: Uint8Array, from: number, to: number, capacityMax: number): void {
    const size = to - from
    if (this.#end + size > this.#rest.length) this.#grow(size, capacityMax)
    copyBytes(source, from, to, this.#rest, this.#end)
    this.#end += size
  }

  /** Moves what is kept to the front of a new array with room for `size` more. */
  #grow(size: number, capacityMax: number): void {
    const kept = this.bufferedBytes
    const wanted = Math.min(Math.max(restBytesMin, kept * 2), capacityMax)
    const grown = new Uint8Array(Math.max(kept + size, wanted))
    copyBytes(this.#rest, this.#start, this.#end, grown, 0)
    this.#rest = grown
    this.#start = 0
    this.#end = kept
  }

  #release(): void {
    this.#rest = emptyBytes
    this.#start = 0
    this.#end = 0
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

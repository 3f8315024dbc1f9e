/**
 * Joins a connection machine to a Transport, as a broker or a client would, on a virtual clock: what the machine writes
 * is sent once per turn (a timer of 0 ms), what arrives is handed to it, and its deadlines are kept.
 *
 *     machine ─► Writer ─► [ array | array | … ] ─flush─► transport.write
 *
 * Always holds: after a write that was not taken whole nothing is written until `drained`; the machine's outgoing half is
 * not writable from when more than `outboxBytesMax` wait until none do.
 */
import type { Outgoing } from '../connection/outgoing.ts'
import type { Transport, TransportHandler } from '../connection/transport.ts'
import type { Session } from '../session/session.ts'
import { emptyBytes, type Outlet, type Writer } from '../wire/writer.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What ServerConnection and ClientConnection have in common. */
export interface Machine {
  readonly outgoing: Outgoing
  readonly session: Session | undefined
  readonly held: boolean
  readonly isClosed: boolean
  readonly deadlineMs: number
  receive(chunk: Uint8Array, nowMs: number): void
  tick(nowMs: number): void
  /** A client notes when it has sent something. */
  sent?(nowMs: number): void
  lost(sentence: string): void
  release(nowMs: number): void
}

/**
 * @example
 * const driver = new LinkDriver(link.ends[1], clock)
 * const machine = new ServerConnection({ outlet: driver, now: clock.now, … })
 * driver.drive(machine)
 */
export class LinkDriver implements Outlet, TransportHandler {
  readonly #transport: Transport
  readonly #clock: VirtualClock
  #machine: Machine | undefined = undefined
  readonly #outboxBytesMax: number
  #full: Uint8Array[] = []
  #fullBytes = 0
  #blocked = false
  #scheduled = false
  #closed = false
  #cancelTick: (() => void) | undefined = undefined
  #tickMs = Number.POSITIVE_INFINITY

  /** @param outboxBytesMax how much may wait to be written; default 16 KiB */
  constructor(transport: Transport, clock: VirtualClock, outboxBytesMax: number = 16 * 1024) {
    this.#transport = transport
    this.#clock = clock
    this.#outboxBytesMax = outboxBytesMax
  }

  /** Once, after the machine was made with this driver as its outlet. */
  drive(machine: Machine): void {
    this.#machine = machine
    this.#transport.attach(this)
    this.#fileDeadline()
  }

  /** Goes on reading after the machine's `hold`. */
  release(): void {
    this.#machine?.release(this.#clock.now())
    this.#listen()
  }

  /** The machine has closed: send what it wrote, then close the Transport. */
  end(): void {
    if (this.#closed) return
    if (this.#blocked) this.#transport.destroy()
    else {
      this.#flush()
      this.#transport.end()
    }
    this.#stop()
  }

  destroy(): void {
    if (!this.#closed) this.#transport.destroy()
    this.#stop()
  }

  makeRoom(writer: Writer, size: number): void {
    if (writer.at > 0) this.#full.push(writer.bytes.subarray(0, writer.at))
    this.#fullBytes += writer.at
    if (this.#fullBytes > this.#outboxBytesMax && this.#machine !== undefined) this.#machine.outgoing.writable = false
    writer.bytes = new Uint8Array(Math.max(1024, size))
    writer.at = 0
    if (this.#scheduled) return
    this.#scheduled = true
    this.#clock.setTimer(() => {
      this.#scheduled = false
      this.#flush()
    }, 0)
  }

  data(chunk: Uint8Array): void {
    const machine = this.#machine
    if (machine === undefined || this.#closed) return
    machine.receive(chunk, this.#clock.now())
    if (machine.held) this.#transport.pause()
    this.#fileDeadline()
  }

  drained(): void {
    const machine = this.#machine
    if (machine === undefined || this.#closed) return
    this.#blocked = false
    this.#flush()
  }

  lost(error: Error | undefined): void {
    this.#stop()
    this.#machine?.lost(error?.message ?? 'the other end closed the connection')
  }

  #flush(): void {
    const machine = this.#machine
    if (machine === undefined || this.#blocked || this.#closed) return
    const { outgoing, session } = machine
    const { writer } = outgoing
    const arrays = this.#full
    this.#full = []
    this.#fullBytes = 0
    if (writer.at > 0) arrays.push(writer.bytes.subarray(0, writer.at))
    writer.bytes = emptyBytes
    writer.at = 0
    if (arrays.length > 0) machine.sent?.(this.#clock.now())
    for (const array of arrays) {
      if (!this.#blocked) this.#blocked = !this.#transport.write(array)
      else {
        this.#full.push(array)
        this.#fullBytes += array.length
      }
    }
    if (this.#blocked || outgoing.writable) return
    outgoing.writable = true
    session?.pump()
  }

  #listen(): void {
    const machine = this.#machine
    if (machine !== undefined && !machine.held && !machine.isClosed) this.#transport.resume()
    this.#fileDeadline()
  }

  #fileDeadline(): void {
    const machine = this.#machine
    if (machine === undefined || this.#closed || machine.deadlineMs === this.#tickMs) return
    this.#cancelTick?.()
    this.#tickMs = machine.deadlineMs
    this.#cancelTick = undefined
    if (this.#tickMs === Number.POSITIVE_INFINITY) return
    this.#cancelTick = this.#clock.setTimer(() => {
      this.#tickMs = Number.POSITIVE_INFINITY
      machine.tick(this.#clock.now())
      this.#fileDeadline()
    }, this.#tickMs - this.#clock.now())
  }

  #stop(): void {
    this.#closed = true
    this.#cancelTick?.()
  }
}

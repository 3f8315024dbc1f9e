/**
 * A network connection that exists only in a test: two Transports joined by a pipe in each direction, on a virtual clock
 * and with seeded misfortune.
 *
 *     end A ─write─► [ waiting ] ─► [ on the way: chunk | chunk | chunk ] ─data─► end B
 *                     not taken      at most `capacityBytes`, each chunk
 *                                    with a time of arrival
 *
 * Bytes are split at random places and arrive late, in order. When enough bytes have gone by, the link is cut, in the
 * middle of whatever is on the way: those bytes are lost, each end hears `lost` a little later, and until it does it
 * writes into the void, as one does with a real network.
 *
 * It is stricter than a socket where a driver could rely on luck: bytes that were not taken are read only when they are
 * (so a buffer that was reused too early shows), a chunk is overwritten once `data` returns, and no call comes from inside
 * a call.
 *
 * Always holds: every end hears `lost` exactly once, last. What arrives is a prefix of what was written.
 */
import type { Transport, TransportHandler } from '../connection/transport.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface SimulatedLinkOptions {
  readonly clock: VirtualClock
  readonly random: SeededRandom
  /** How long a chunk is on its way, in milliseconds. Default 0 to 20. */
  readonly delayMs?: readonly [min: number, max: number]
  /** The largest chunk that arrives in one piece. Default 1460. */
  readonly chunkBytesMax?: number
  /** How many bytes a direction holds before `write` says false. Default 64 KiB. */
  readonly capacityBytes?: number
  /** Cut after so many bytes on average, both directions together. Default never. */
  readonly bytesToCut?: number
}

export interface SimulatedLink {
  readonly ends: readonly [first: Transport, second: Transport]
  /** Cuts it now. What is on the way is lost. */
  cut(): void
}

/**
 * @example
 * const clock = new VirtualClock()
 * const link = createSimulatedLink({ clock, random: new SeededRandom(7), bytesToCut: 10_000 })
 * const peer = new ScriptedPeer(link.ends[0])
 * peer.send({ type: 'pingreq' })
 * clock.advance(100)
 */
export function createSimulatedLink(options: SimulatedLinkOptions): SimulatedLink {
  const { clock, delayMs = [0, 20], chunkBytesMax = 1460, capacityBytes = 64 * 1024, bytesToCut } = options
  // A generator of its own: what this link draws does not depend on what the test draws meanwhile.
  const random = options.random.fork()
  const settings: Settings = { clock, random, delayMs, chunkBytesMax, capacityBytes }
  let left = bytesToCut === undefined ? Number.POSITIVE_INFINITY : random.integer(1, bytesToCut * 2)
  const first = new SimulatedTransport('simulated://first', settings, spend)
  const second = new SimulatedTransport('simulated://second', settings, spend)
  first.join(second)
  second.join(first)
  return { ends: [first, second], cut }

  function spend(bytes: number): number {
    const passing = Math.min(bytes, left)
    left -= passing
    if (left === 0) cut()
    return passing
  }

  function cut(): void {
    const error = new Error(`the link was cut at ${clock.now()} ms`)
    first.break(error)
    second.break(error)
  }
}

interface Settings {
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly delayMs: readonly [min: number, max: number]
  readonly chunkBytesMax: number
  readonly capacityBytes: number
}

class SimulatedTransport implements Transport {
  readonly peer: string
  readonly #settings: Settings
  /** How many of so many bytes pass before the link is cut. */
  readonly #spend: (bytes: number) => number
  #other: SimulatedTransport | undefined = undefined
  #handler: TransportHandler | undefined = undefined
  /** Written here and not taken yet: still the writer's arrays. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** On the way to this end. */
  #coming: { readonly bytes: Uint8Array; readonly atMs: number }[] = []
  #comingBytes = 0
  #awake = false
  #paused = false
  #isEnding = false
  /** Nothing goes in or out any more; `lost` is on its way. */
  #isBroken = false
  #isLost = false

  constructor(peer: string, settings: Settings, spend: (bytes: number) => number) {
    this.peer = peer
    this.#settings = settings
    this.#spend = spend
  }

  join(other: SimulatedTransport): void {
    this.#other = other
  }

  get pendingBytes(): number {
    return this.#waitingBytes + (this.#other === undefined ? 0 : this.#other.#comingBytes)
  }

  attach(handler: TransportHandler): void {
    this.#handler = handler
    this.#wake()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isBroken || this.#isEnding) return true
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    this.#take()
    return this.#waiting.length === 0
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#wake()
  }

  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#endIfSent()
  }

  destroy(): void {
    const other = this.#other
    this.break(undefined)
    other?.break(undefined)
  }

  /** The connection is no more. */
  break(error: Error | undefined): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#waiting = []
    this.#waitingBytes = 0
    this.#coming = []
    this.#comingBytes = 0
    const { clock, random, delayMs } = this.#settings
    clock.setTimer(() => this.#lose(error), random.integer(...delayMs))
  }

  /** Put what was written on its way, as far as there is room. */
  #take(): void {
    const other = this.#other
    const { random, chunkBytesMax, capacityBytes } = this.#settings
    if (other === undefined) return
    for (let bytes = this.#waiting[0]; bytes !== undefined; bytes = this.#waiting[0]) {
      const room = capacityBytes - other.#comingBytes
      if (room <= 0) return
      const size = Math.min(bytes.length, room, random.integer(1, chunkBytesMax))
      other.#send(bytes.subarray(0, size))
      this.#waitingBytes -= size
      if (size === bytes.length) this.#waiting.shift()
      else this.#waiting[0] = bytes.subarray(size)
    }
  }

  #send(bytes: Uint8Array): void {
    const { clock, random, delayMs } = this.#settings
    const before = this.#coming.at(-1)?.atMs ?? 0
    this.#coming.push({
      bytes: new Uint8Array(bytes),
      atMs: Math.max(before, clock.now() + random.integer(...delayMs)),
    })
    this.#comingBytes += bytes.length
    this.#wake()
  }

  #wake(): void {
    const next = this.#coming[0]
    if (this.#awake || this.#paused || this.#isBroken || this.#handler === undefined || next === undefined) return
    this.#awake = true
    const { clock } = this.#settings
    clock.setTimer(() => this.#arrive(), next.atMs - clock.now())
  }

  #arrive(): void {
    this.#awake = false
    const next = this.#paused || this.#isBroken ? undefined : this.#coming.shift()
    if (next !== undefined) {
      this.#comingBytes -= next.bytes.length
      const passing = this.#spend(next.bytes.length)
      const chunk = next.bytes.subarray(0, passing)
      if (chunk.length > 0) this.#handler?.data(chunk)
      // Whoever has kept a view of it will see.
      next.bytes.fill(0xee)
      if (this.#other !== undefined) this.#other.#roomAgain()
    }
    this.#wake()
  }

  #roomAgain(): void {
    if (this.#isBroken) return
    if (this.#waiting.length > 0) {
      this.#take()
      if (this.#waiting.length === 0) this.#handler?.drained()
    }
    this.#endIfSent()
  }

  /** `end` was called: once everything has arrived, both ends hear of it. */
  #endIfSent(): void {
    if (!this.#isEnding || this.pendingBytes > 0) return
    const other = this.#other
    this.break(undefined)
    other?.break(undefined)
  }

  #lose(error: Error | undefined): void {
    if (this.#isLost) return
    if (this.#handler === undefined) {
      this.#settings.clock.setTimer(() => this.#lose(error), 1)
      return
    }
    this.#isLost = true
    this.#handler.lost(error)
  }
}

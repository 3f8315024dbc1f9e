/**
 * Two ends of a connection inside the process, for tests and for embedding: what one end writes, the other reads in a
 * later turn of the event loop, so that nobody is called back from inside their own call, as with a socket.
 */
import type { Transport, TransportHandler } from '@mq/core'

/** Bytes on the way that count as a full pipe. */
const highWaterBytes = 256 * 1024

export function createMemoryPair(name: string): readonly [server: Transport, client: Transport] {
  const server = new MemoryTransport(`memory://${name}`)
  const client = new MemoryTransport('memory://broker')
  server.join(client)
  client.join(server)
  return [server, client]
}

class MemoryTransport implements Transport {
  readonly peer: string
  #other: MemoryTransport | undefined = undefined
  #handler: TransportHandler | undefined = undefined
  /** What came and has not been handed over. */
  #arrived: Uint8Array[] = []
  #arrivedBytes = 0
  #scheduled = false
  #paused = false
  #blocked = false
  /** This end or the other has said its last. */
  #ended = false
  #destroyed = false
  #closed = false

  constructor(peer: string) {
    this.peer = peer
  }

  join(other: MemoryTransport): void {
    this.#other = other
  }

  get pendingBytes(): number {
    return this.#other === undefined ? 0 : this.#other.#arrivedBytes
  }

  attach(handler: TransportHandler): void {
    this.#handler = handler
    this.#schedule()
  }

  write(bytes: Uint8Array): boolean {
    const other = this.#other
    if (other === undefined || this.#closed) return true
    // A copy: the writer uses its buffer again.
    other.#arrived.push(new Uint8Array(bytes))
    other.#arrivedBytes += bytes.length
    other.#schedule()
    this.#blocked = other.#arrivedBytes > highWaterBytes
    return !this.#blocked
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  end(): void {
    const other = this.#other
    if (other === undefined || this.#closed) return
    other.#ended = true
    other.#schedule()
    this.#ended = true
    // What still comes is read and let go, as a socket does it: unread, it would hide that the other end has gone.
    this.#paused = false
    this.#schedule()
  }

  destroy(): void {
    this.#destroyed = true
    this.#discard()
    if (this.#other !== undefined) this.#other.#discard()
    this.end()
  }

  #discard(): void {
    this.#arrived = []
    this.#arrivedBytes = 0
  }

  /** The other end has read everything. */
  unblock(): void {
    if (!this.#blocked) return
    this.#blocked = false
    this.#handler?.drained()
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed || this.#handler === undefined) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#run()
    })
  }

  #run(): void {
    const handler = this.#handler
    if (handler === undefined || this.#closed) return
    while (this.#arrived.length > 0 && !this.#paused) {
      const chunk = this.#arrived.shift()!
      this.#arrivedBytes -= chunk.length
      handler.data(chunk)
    }
    if (this.#arrivedBytes === 0) this.#other?.unblock()
    // As with a socket: who has stopped reading does not see the end before they go on.
    if (this.#destroyed || (this.#ended && this.#arrived.length === 0)) {
      this.#closed = true
      handler.lost(undefined)
    }
  }
}

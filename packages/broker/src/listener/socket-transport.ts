/** A TCP or TLS socket as a Transport. */

import type { Socket } from 'node:net'
import type { Transport, TransportHandler } from '@mq/core'

/** How long a client may take to close its side after we closed ours, before the socket is taken from it. */
const lingerMs = 2000
const nothing = new Uint8Array(0)

export class SocketTransport implements Transport {
  readonly peer: string
  readonly #socket: Socket
  #handler: TransportHandler | undefined = undefined
  #error: Error | undefined = undefined
  #ending = false

  constructor(socket: Socket, scheme: string) {
    this.#socket = socket
    this.peer = `${scheme}://${socket.remoteFamily === 'IPv6' ? `[${socket.remoteAddress}]` : socket.remoteAddress}:${socket.remotePort}`
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  attach(handler: TransportHandler): void {
    this.#handler = handler
    this.#socket.on('error', (error) => {
      this.#error = error
    })
    this.#socket.on('close', () => handler.lost(this.#error))
  }

  /** The socket has read this; from whoever reads it. */
  received(chunk: Uint8Array): void {
    // After our goodbye what still comes is read and let go: unread bytes would turn the close into a reset, and the client
    // might never see why.
    if (!this.#ending) this.#handler?.data(chunk)
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket
    if (socket.destroyed || this.#ending) return true
    socket.write(bytes)
    // Nothing left in the stream right after the write: the kernel took it all.
    if (socket.writableLength === 0) return true
    // 'drain' comes only above the high-water mark; an empty write behind the rest reports for any length.
    socket.write(nothing, this.#drained)
    return false
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    if (this.#ending) return
    this.#ending = true
    if (this.#socket.destroyed) return
    this.#socket.end()
    this.#socket.resume()
    const timer = setTimeout(() => this.#socket.destroy(), lingerMs)
    timer.unref()
    this.#socket.once('close', () => clearTimeout(timer))
  }

  destroy(): void {
    this.#ending = true
    this.#socket.destroy()
  }

  readonly #drained = (error?: Error | null): void => {
    if (!error && this.#socket.writableLength === 0) this.#handler?.drained()
  }
}

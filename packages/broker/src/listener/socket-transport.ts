/**
 * A TCP socket as a Transport.
 *
 * The way from the socket to the transport is one property of the socket, and not a closure for each event: a connection is
 * smaller by them. It is cut when the socket has closed, because a socket may outlive its end for long: Node.js gives each one
 * a closure that V8 keeps with the old objects, and what that one refers to is kept, too, until the old ones are collected.
 */
import type { Socket } from 'node:net'
import type { Transport, TransportHandler } from '@mq/core'
import { whenTaken } from './when-taken.ts'

/** How long a client may take to close its side after we closed ours, before the socket is taken from it. */
const lingerMs = 2000

const owner: unique symbol = Symbol('transport')
type OwnedSocket = Socket & { [owner]?: SocketTransport | undefined }

/** `socket` has read `chunk`. */
export function received(socket: OwnedSocket, chunk: Uint8Array): void {
  socket[owner]?.received(chunk)
}

function onError(this: OwnedSocket, error: Error): void {
  this[owner]?.failed(error)
}

function onClose(this: OwnedSocket): void {
  this[owner]?.closed()
}

export class SocketTransport implements Transport {
  readonly #socket: OwnedSocket
  #peer: string | undefined = undefined
  #handler: TransportHandler | undefined = undefined
  #error: Error | undefined = undefined
  #isPaused = false
  #ending = false

  /** @param asksPeer now, and not when `peer` is wanted */
  constructor(socket: Socket, asksPeer: boolean) {
    this.#socket = socket
    this.#socket[owner] = this
    if (asksPeer) this.#peer = peerOf(socket)
  }

  get peer(): string {
    this.#peer ??= peerOf(this.#socket)
    return this.#peer
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  attach(handler: TransportHandler): void {
    this.#handler = handler
    this.#socket.on('error', onError)
    this.#socket.on('close', onClose)
  }

  /** The socket has read this; from whoever reads it. */
  received(chunk: Uint8Array): void {
    // After our goodbye what still comes is read and let go: unread bytes would turn the close into a reset, and the client
    // might never see why.
    if (!this.#ending) this.#handler?.data(chunk)
  }

  failed(error: Error): void {
    this.#error = error
  }

  closed(): void {
    this.#socket[owner] = undefined
    this.#handler?.lost(this.#error)
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver) return true
    this.#socket.write(bytes)
    return this.#settle()
  }

  writeAll(pieces: readonly Uint8Array[]): boolean {
    if (this.#isOver) return true
    this.#socket.cork()
    for (const bytes of pieces) this.#socket.write(bytes)
    this.#socket.uncork()
    return this.#settle()
  }

  /** Node.js ends our side when the client has ended its own; a write after that would make an error of it. */
  get #isOver(): boolean {
    return this.#ending || this.#socket.destroyed || this.#socket.writableEnded
  }

  /** After a write: was it taken whole? If not, `drained` will say when it is. */
  #settle(): boolean {
    const socket = this.#socket
    // Nothing left in the stream right after the write: the kernel took it all.
    if (socket.writableLength === 0) return true
    whenTaken(socket, () => this.#handler?.drained())
    return false
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  /** A socket reads from the first, and to make one flow that does costs an eighth of what a connection does. */
  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
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
}

/** A call into the system, 4 us: a twentieth of what a connection costs. */
function peerOf({ remoteAddress, remoteFamily, remotePort }: Socket): string {
  if (remoteAddress === undefined) return 'tcp://unknown'
  return `tcp://${remoteFamily === 'IPv6' ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`
}

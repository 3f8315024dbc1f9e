/**
 * A WebSocket as a Transport. To open and close it, and to say what is wrong with it, is for `ws`. The data is ours, both ways:
 * it is read where it lies (ws-reader.ts), and sent as frames that are written to the socket below: the two to ten bytes in front
 * of a short payload go along with it, where `ws` makes two writes of them and a callback.
 */
import type { Socket } from 'node:net'
import type { Transport, TransportHandler } from '@mq/core'
import type { WebSocket } from 'ws'
import { whenTaken } from './when-taken.ts'
import { WsReader, type WsSink } from './ws-reader.ts'

/** How long a client may take to close its side after we closed ours, before the socket is taken from it. */
const lingerMs = 2000
/** Up to here a copy behind the header costs less than a second piece. */
const copiedBytesMax = 2048

export class WebSocketTransport implements Transport, WsSink {
  readonly peer: string
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  #handler: TransportHandler | undefined = undefined
  #readOther: ((this: Socket, frame: Buffer) => void) | undefined = undefined
  #error: Error | undefined = undefined
  #ending = false
  readonly #failed = (error: Error): void => {
    this.#error ??= error
  }

  /** `socket`: what `webSocket` is carried by. */
  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.peer = `ws://${socket.remoteAddress}:${socket.remotePort}`
    // From the first: an error that nobody listens to would end the process, and one that is not attached can have one.
    webSocket.on('error', this.#failed)
    // `ws` keeps what happens to the socket to itself.
    socket.on('error', this.#failed)
  }

  get pendingBytes(): number {
    return this.#socket.writableLength
  }

  attach(handler: TransportHandler): void {
    this.#handler = handler
    const socket = this.#socket
    // What `ws` reads with, and all that listens to what is read.
    const [read] = socket.listeners('data')
    this.#readOther = read as (this: Socket, frame: Buffer) => void
    socket.removeAllListeners('data')
    const reader = new WsReader(this)
    const onData = (chunk: Buffer): void => reader.read(chunk)
    socket.on('data', onData)
    // Of a socket that was paused and reset there may be more, and `ws` would read it when it hears of the close.
    socket.prependOnceListener('close', () => {
      // To read it may emit it as well.
      socket.off('data', onData)
      const rest: Buffer | null = socket.read()
      if (rest !== null) reader.read(rest)
    })
    this.#webSocket.on('close', () => handler.lost(this.#error))
  }

  data(bytes: Uint8Array): void {
    if (!this.#ending) this.#handler?.data(bytes)
  }

  other(frame: Uint8Array): void {
    this.#readOther?.call(this.#socket, Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength))
  }

  /** [MQTT-6.0.0-1] and RFC 6455, section 7.4.1. */
  fault(closeCode: number, sentence: string): void {
    if (this.#ending) return
    this.#error = new Error(sentence)
    this.#close(closeCode, sentence)
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver) return true
    this.#frame(bytes)
    return this.#settle()
  }

  /** A frame for each. */
  writeAll(pieces: readonly Uint8Array[]): boolean {
    if (this.#isOver) return true
    this.#socket.cork()
    for (const bytes of pieces) this.#frame(bytes)
    this.#socket.uncork()
    return this.#settle()
  }

  #frame(bytes: Uint8Array): void {
    const socket = this.#socket
    const headerBytes = headerSize(bytes.length)
    if (bytes.length <= copiedBytesMax) {
      const frame = Buffer.allocUnsafe(headerBytes + bytes.length)
      writeHeader(frame, bytes.length)
      frame.set(bytes, headerBytes)
      socket.write(frame)
    } else {
      const header = Buffer.allocUnsafe(headerBytes)
      writeHeader(header, bytes.length)
      socket.cork()
      socket.write(header)
      socket.write(bytes)
      socket.uncork()
    }
  }

  /** After a write: was it taken whole? If not, `drained` will say when it is. */
  #settle(): boolean {
    if (this.#socket.writableLength === 0) return true
    whenTaken(this.#socket, () => this.#handler?.drained())
    return false
  }

  /** Once Close has been said nothing more may follow it. */
  get #isOver(): boolean {
    const { destroyed, writableEnded } = this.#socket
    return this.#webSocket.readyState !== this.#webSocket.OPEN || destroyed || writableEnded
  }

  pause(): void {
    this.#webSocket.pause()
  }

  resume(): void {
    this.#webSocket.resume()
  }

  end(): void {
    if (!this.#ending) this.#close(1000, '')
  }

  destroy(): void {
    this.#ending = true
    this.#webSocket.terminate()
  }

  #close(code: number, reason: string): void {
    this.#ending = true
    this.#webSocket.resume()
    this.#webSocket.close(code, reason)
    const timer = setTimeout(() => this.#webSocket.terminate(), lingerMs)
    timer.unref()
    this.#webSocket.once('close', () => clearTimeout(timer))
  }
}

/** RFC 6455, section 5.2: a byte, the length in one, three or nine, and no mask from a server. */
function headerSize(payloadBytes: number): number {
  if (payloadBytes <= shortMax) return 2
  return payloadBytes <= 0xffff ? 4 : 10
}

function writeHeader(frame: Buffer, payloadBytes: number): void {
  frame[0] = finalBinary
  if (payloadBytes <= shortMax) {
    frame[1] = payloadBytes
  } else if (payloadBytes <= 0xffff) {
    frame[1] = twoByteLength
    frame.writeUInt16BE(payloadBytes, 2)
  } else {
    frame[1] = eightByteLength
    frame.writeUInt32BE(0, 2)
    frame.writeUInt32BE(payloadBytes, 6)
  }
}

/** FIN, and the opcode of a binary frame. */
const finalBinary = 0x82
const shortMax = 125
const twoByteLength = 126
const eightByteLength = 127

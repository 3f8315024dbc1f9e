/**
 * A WebSocket as a Transport (section 6): the platform's own, or that of `ws`, which has the same shape. Packets need not
 * line up with frames [MQTT-6.0.0-2]; text frames are none of ours [MQTT-6.0.0-1].
 */
import type { Transport, TransportHandler } from '@mq/core'
import type { TransportTarget } from '../options.ts'

/** What this file needs of a WebSocket. */
export interface WebSocketLike {
  binaryType: string
  readonly bufferedAmount: number
  readonly protocol: string
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(code?: number): void
  /** Only `ws` has it. */
  terminate?(): void
  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: WebSocketEvent) => void): void
}

export interface WebSocketEvent {
  readonly type: string
  readonly data?: unknown
  readonly error?: unknown
  readonly code?: number
}

/** Above this the transport says "no more"; it says "go on" again at a quarter of it. */
const bufferedBytesMax = 256 * 1024
/** A WebSocket does not tell when it has sent, so it is asked. */
const pollMs = 5

export function subprotocols(target: TransportTarget): string[] {
  // [MQTT-6.0.0-3]
  return [...(target.ws?.protocols ?? [target.protocolVersion === 3 ? 'mqttv3.1' : 'mqtt'])]
}

export function openedWebSocket(socket: WebSocketLike, { url, signal }: TransportTarget): Promise<Transport> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    let handler: TransportHandler | undefined
    let failure: Error | undefined
    let closed = false
    let poll: ReturnType<typeof setTimeout> | undefined
    /** What came before anybody listened. */
    const early: Uint8Array[] = []
    let paused = false

    const deliver = (): void => {
      while (!paused && handler !== undefined) {
        const chunk = early.shift()
        if (chunk === undefined) return
        handler.data(chunk)
      }
    }
    const drain = (): void => {
      poll = undefined
      if (closed) return
      if (socket.bufferedAmount <= bufferedBytesMax / 4) handler?.drained()
      else poll = setTimeout(drain, pollMs)
    }
    const destroy = (): void => {
      if (socket.terminate !== undefined) socket.terminate()
      else socket.close()
    }
    const abort = (): void => {
      destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    const forget = () => signal.removeEventListener('abort', abort)

    socket.addEventListener('open', () => {
      forget()
      resolve({
        peer: `${url.protocol}//${url.host}${url.pathname}`,
        get pendingBytes() {
          return socket.bufferedAmount
        },
        attach(attached) {
          handler = attached
          deliver()
          if (closed) attached.lost(failure)
        },
        write(bytes) {
          if (closed) return true
          // A copy: some implementations read the bytes only when they send them.
          socket.send(new Uint8Array(bytes))
          if (socket.bufferedAmount <= bufferedBytesMax) return true
          poll ??= setTimeout(drain, pollMs)
          return false
        },
        pause() {
          paused = true
        },
        resume() {
          paused = false
          deliver()
        },
        end: () => socket.close(1000),
        destroy,
      })
    })
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) {
        early.push(new Uint8Array(data))
        deliver()
      } else {
        failure = new Error('a text frame: MQTT is carried in binary frames only [MQTT-6.0.0-1]')
        destroy()
      }
    })
    socket.addEventListener('error', ({ error }) => {
      failure = error instanceof Error ? error : new Error(`the WebSocket to ${url.host} failed`)
    })
    socket.addEventListener('close', ({ code }) => {
      if (closed) return
      closed = true
      forget()
      if (poll !== undefined) clearTimeout(poll)
      reject(failure ?? new Error(`the WebSocket to ${url.host} was closed: ${code ?? 'no code'}`))
      handler?.lost(failure)
    })
  })
}

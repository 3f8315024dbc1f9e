/** A server at `ws://host:port/path`, through whichever WebSocket there is: the platform's, or that of the package `ws`. */
import type { Peer } from './peer.ts'

/** What is needed of a WebSocket; both kinds have it. */
export interface WebSocketLike {
  binaryType: string
  send(bytes: Uint8Array): void
  close(): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/**
 * @param connect opens it
 * @example webSocketPeer(() => new WebSocket('ws://127.0.0.1:8083', ['mqtt']))
 */
export function webSocketPeer(connect: () => WebSocketLike): Peer {
  return {
    open: (handler) =>
      new Promise((resolve, reject) => {
        const socket = connect()
        socket.binaryType = 'arraybuffer'
        socket.addEventListener('open', () => {
          resolve({ write: (bytes) => socket.send(bytes), close: () => socket.close() })
        })
        socket.addEventListener('error', () => reject(new Error('the WebSocket could not be opened')))
        socket.addEventListener('message', ({ data }) => {
          if (data instanceof ArrayBuffer) handler.data(new Uint8Array(data))
        })
        socket.addEventListener('close', () => handler.closed())
      }),
  }
}

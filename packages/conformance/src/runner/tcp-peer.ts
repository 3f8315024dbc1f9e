/** A server at `tcp://host:port` (or `mqtt://`). */
import { createConnection } from 'node:net'
import type { Peer } from './peer.ts'

export function tcpPeer(url: string): Peer {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    open: (handler) =>
      new Promise((resolve, reject) => {
        const socket = createConnection({ host, port: Number(port || 1883), noDelay: true })
        socket.once('connect', () => {
          socket.off('error', reject)
          // A reset is one more way to close.
          socket.on('error', () => undefined)
          resolve({ write: (bytes) => void socket.write(bytes), close: () => socket.destroy() })
        })
        socket.once('error', reject)
        socket.on('data', (chunk: Uint8Array) => handler.data(chunk))
        socket.once('end', () => socket.end())
        socket.once('close', () => handler.closed())
      }),
  }
}

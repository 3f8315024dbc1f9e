/** TCP, TLS and Unix domain sockets of Node.js as Transports. */
import { connect as connectSocket, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Transport, TransportHandler } from '@mq/core'
import type { TransportTarget } from '../options.ts'
import { nodeTlsOptions } from './tls-options.ts'

const nothing = new Uint8Array(0)

/** `mqtt://host:1883`, also `tcp:`. */
export function openTcp(target: TransportTarget): Promise<Transport> {
  const { url } = target
  const socket = connectSocket({ host: hostOf(url), port: portOf(url, 1883), noDelay: true, ...cameFrom(target) })
  return opened(socket, 'connect', target)
}

/** `unix:///run/mqtt.sock` */
export function openUnix(target: TransportTarget): Promise<Transport> {
  return opened(connectSocket({ path: decodeURIComponent(target.url.pathname) }), 'connect', target)
}

/** `mqtts://host:8883`, also `tls:` and `ssl:`. */
export function openTls(target: TransportTarget): Promise<Transport> {
  const { url, tls } = target
  const host = hostOf(url)
  // An address is no name that SNI may carry (RFC 6066, section 3).
  const isName = !/^[\d.]+$|:/.test(host)
  const options: ConnectionOptions = {
    ...(isName && { servername: host }),
    ...nodeTlsOptions(tls),
    host,
    port: portOf(url, 8883),
    ...cameFrom(target),
  }
  const socket = connectTls(options)
  socket.setNoDelay(true)
  return opened(socket, 'secureConnect', target)
}

export function cameFrom({ localAddress }: TransportTarget): { localAddress?: string } {
  return localAddress === undefined ? {} : { localAddress }
}

function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  { url, signal }: TransportTarget,
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown): void => {
      socket.off(event, succeed)
      socket.off('error', fail)
      signal.removeEventListener('abort', abort)
      if (error === undefined)
        resolve(socketTransport(socket, `${url.protocol}//${url.host}${url.host ? '' : url.pathname}`))
      else {
        // A socket that is given up may still fail, and nobody is to hear of it.
        socket.on('error', () => {})
        socket.destroy()
        reject(error)
      }
    }
    const succeed = () => settle(undefined)
    const fail = (error: Error) => settle(error)
    const abort = () => settle(signal.reason ?? new Error('aborted'))
    socket.once(event, succeed)
    socket.once('error', fail)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
}

function socketTransport(socket: Socket, peer: string): Transport {
  let failure: Error | undefined
  let handler: TransportHandler | undefined
  const written = (error?: Error | null): void => {
    if (!error && socket.writableLength === 0) handler?.drained()
  }
  socket.on('error', (error) => {
    failure = error
  })
  return {
    peer,
    get pendingBytes() {
      return socket.writableLength
    },
    attach(attached) {
      handler = attached
      socket.on('data', (chunk: Uint8Array) => attached.data(chunk))
      socket.on('close', () => attached.lost(failure))
    },
    write(bytes) {
      if (socket.destroyed) return true
      socket.write(bytes)
      // Nothing left in the stream right after the write: the system took it all.
      if (socket.writableLength === 0) return true
      // 'drain' comes only above the high-water mark; an empty write behind the rest reports for any length.
      socket.write(nothing, written)
      return false
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  }
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost'
}

function portOf(url: URL, standard: number): number {
  return url.port === '' ? standard : Number(url.port)
}

/** The client's end of a byte stream to a broker: in the process, over TCP, or over a WebSocket. */
import net from 'node:net'
import type { Transport } from '@mq/core'
import { WebSocket } from 'ws'
import type { Broker } from '../src/broker.ts'

export interface Pipe {
  write(bytes: Uint8Array): void
  /** Stop reading, as a client does that has frozen. */
  pause(): void
  resume(): void
  end(): void
  destroy(): void
  /** Be gone at once, as a machine is that has lost its memory: over TCP, a reset. */
  reset(): void
}

export interface PipeHandler {
  data(bytes: Uint8Array): void
  closed(): void
}

/** `to`: a broker of this process, or where one listens. */
export function openPipe(to: Broker | string, handler: PipeHandler, protocol = 'mqtt'): Promise<Pipe> {
  if (typeof to !== 'string') return Promise.resolve(memoryPipe(to.connect(), handler))
  return to.startsWith('ws') ? webSocketPipe(to, handler, protocol) : tcpPipe(to, handler)
}

function memoryPipe(transport: Transport, handler: PipeHandler): Pipe {
  transport.attach({ data: (bytes) => handler.data(bytes), drained: () => undefined, lost: () => handler.closed() })
  return {
    write: (bytes) => void transport.write(bytes),
    pause: () => transport.pause(),
    resume: () => transport.resume(),
    end: () => transport.end(),
    destroy: () => transport.destroy(),
    reset: () => transport.destroy(),
  }
}

function tcpPipe(to: string, handler: PipeHandler): Promise<Pipe> {
  const url = new URL(to)
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(url.port), url.hostname)
    socket.setNoDelay(true)
    socket.on('data', (bytes) => handler.data(bytes))
    socket.on('close', () => handler.closed())
    // A reset is one more way to be closed.
    socket.on('error', reject)
    socket.on('connect', () =>
      resolve({
        write: (bytes) => void socket.write(bytes),
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        end: () => void socket.end(),
        destroy: () => void socket.destroy(),
        reset: () => void socket.resetAndDestroy(),
      }),
    )
  })
}

function webSocketPipe(to: string, handler: PipeHandler, protocol: string): Promise<Pipe> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(to, protocol, { perMessageDeflate: false })
    let below: net.Socket | undefined
    socket.on('upgrade', (response) => {
      below = response.socket
    })
    socket.on('message', (data) => {
      if (data instanceof Uint8Array) handler.data(data)
    })
    socket.on('close', () => handler.closed())
    socket.on('error', reject)
    socket.on('open', () =>
      resolve({
        write: (bytes) => socket.send(bytes),
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        end: () => socket.close(),
        destroy: () => socket.terminate(),
        reset: () => void below?.resetAndDestroy(),
      }),
    )
  })
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PeerProcess, startPeer } from '../../../test/peers.ts'

export interface Mosquitto {
  readonly port: number
  readonly webSocketPort: number
  readonly process: PeerProcess
  stop(): Promise<void>
}

/** A Mosquitto of our own, with one listener for TCP and one for WebSockets. */
export async function startMosquitto(path: string, more: readonly string[] = []): Promise<Mosquitto> {
  const [port, webSocketPort] = [await freePort(), await freePort()]
  const folder = mkdtempSync(join(tmpdir(), 'mq-client-'))
  const lines = [
    `listener ${port} 127.0.0.1`,
    `listener ${webSocketPort} 127.0.0.1`,
    'protocol websockets',
    'allow_anonymous true',
    'persistence false',
    ...more,
  ]
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`)
  const peer = startPeer(path, ['-c', join(folder, 'mosquitto.conf'), '-v'])
  await peer.waitForLine(/mosquitto version .* running/)
  return {
    port,
    webSocketPort,
    process: peer,
    stop: async () => {
      await peer.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Mosquitto cannot choose a free port itself. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(address)))
    })
  })
}

// `mq` as a process: bin/mq.js with the built packages, as a shell would run it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type BrokerOptions, createBroker } from '@mq/broker'
import { onTestFinished } from 'vitest'
import { type PeerProcess, startPeer } from '../../../test/peers.ts'

export const executable: string = fileURLToPath(new URL('../bin/mq.js', import.meta.url))

export interface Finished {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly outBytes: Uint8Array
  readonly err: string
}

/** Runs it to its end. */
export function runMq(argv: readonly string[], stdin: string | Uint8Array = ''): Promise<Finished> {
  requireBuild()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [executable, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] })
    const out: Uint8Array[] = []
    const err: Uint8Array[] = []
    child.stdout.on('data', (chunk: Uint8Array) => out.push(chunk))
    child.stderr.on('data', (chunk: Uint8Array) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (exitCode, signal) => {
      const outBytes = Buffer.concat(out)
      resolve({ exitCode, signal, out: outBytes.toString(), outBytes, err: Buffer.concat(err).toString() })
    })
    // A command that reads no input may be gone before it was written.
    child.stdin.on('error', () => {})
    child.stdin.end(stdin)
  })
}

/** Starts it, to be waited for and stopped by the test. */
export function startMq(argv: readonly string[]): PeerProcess {
  requireBuild()
  return startPeer(process.execPath, [executable, ...argv])
}

/** A subscriber that is ready: its subscriptions are acknowledged. */
export async function startSub(argv: readonly string[]): Promise<PeerProcess> {
  const sub = startMq(['sub', '-d', ...argv])
  await sub.waitForLine(/subscribed to/)
  return sub
}

/** A broker in this process, for one test. */
export async function brokerPort(options: BrokerOptions = {}): Promise<string> {
  const broker = createBroker(options)
  onTestFinished(() => broker.close())
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  return new URL(url).port
}

/** A server that takes connections and says nothing. */
export async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return server
}

export function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}

function requireBuild(): void {
  if (!existsSync(new URL('../dist/index.js', import.meta.url))) throw new Error('apps/cli is not built: npm run build')
}

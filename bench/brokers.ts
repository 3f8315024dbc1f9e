/** The brokers that are measured side by side: how each is started, and found to be there. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('..', import.meta.url))
export const mq: string = join(root, 'apps', 'cli', 'bin', 'mq.js')

export interface RunningBroker {
  readonly name: string
  readonly version: string
  readonly port: number
  /** Of its WebSocket; ours has one. */
  readonly webSocketPort: number
  readonly pid: number
  stop(): void
}

interface Kind {
  /** Undefined: not installed. */
  version(): string | undefined
  command(port: number, folder: string, webSocketPort: number): readonly string[]
}

const kinds: Readonly<Record<string, Kind>> = {
  mq: {
    version: () => revision(),
    command: (port, _folder, webSocketPort) => {
      const listeners = ['--listen', `tcp://127.0.0.1:${port}`, '--listen', `ws://127.0.0.1:${webSocketPort}/mqtt`]
      const options = [...listeners, '--store', 'memory', '--log-level', 'silent']
      return [process.execPath, mq, 'broker', ...options]
    },
  },
  mosquitto: {
    version: () => /version ([\d.]+)/.exec(output('mosquitto', ['-h']))?.[1],
    command(port, folder) {
      const file = join(folder, 'mosquitto.conf')
      // As generous as the others: no message is dropped for a bound, none waits for the next.
      const settings = [
        'allow_anonymous true',
        'max_queued_messages 0',
        'max_inflight_messages 0',
        'set_tcp_nodelay true',
      ]
      writeFileSync(file, [`listener ${port} 127.0.0.1`, ...settings, 'log_type error', ''].join('\n'))
      return ['mosquitto', '-c', file]
    },
  },
  aedes: {
    version() {
      try {
        const manifest = readFileSync(join(root, 'node_modules', 'aedes', 'package.json'), 'utf8')
        return JSON.parse(manifest).version
      } catch {
        return undefined
      }
    },
    command: (port) => [process.execPath, join(root, 'bench', 'aedes.mjs'), String(port)],
  },
  yardstick: {
    version: () => '',
    command: (port) => [process.execPath, join(root, 'bench', 'yardstick.mjs'), String(port)],
  },
}

export const brokerNames: readonly string[] = Object.keys(kinds)

/** Undefined, and a sentence, where it is not installed or does not start. */
export async function startBroker(name: string, core: number | undefined): Promise<RunningBroker | undefined> {
  const kind = kinds[name]
  const version = kind?.version()
  if (kind === undefined || version === undefined) {
    console.log(`  ${name} is not installed, and left out`)
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'mq-bench-'))
  const [port, webSocketPort] = [await freePort(), await freePort()]
  const [command = '', ...args] = pinned(kind.command(port, folder, webSocketPort), core)
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const stop = (): void => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  if (child.pid !== undefined && (await answers(port, child))) {
    return { name, version, port, webSocketPort, pid: child.pid, stop }
  }
  console.log(`  ${name} did not start, and is left out`)
  stop()
  return undefined
}

/** On one core, where taskset is there to say so. */
export function pinned(command: readonly string[], core: number | undefined): readonly string[] {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command]
}

export function canPin(): boolean {
  return output('taskset', ['-c', '0', 'true']) !== unavailable
}

/** Of this checkout, with a mark where it is not what was committed. */
export function revision(): string {
  const commit = output('git', ['rev-parse', '--short', 'HEAD']).trim()
  const isChanged = output('git', ['status', '--porcelain', '--untracked-files=no', 'packages', 'apps']) !== ''
  return `${commit}${isChanged ? ' with changes' : ''}`
}

const unavailable = '\0'

/** mosquitto -h ends with 3, so what it said counts, and not how it ended. */
function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? error.stdout : undefined
    return typeof said === 'string' && said !== '' ? said : unavailable
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function answers(port: number, child: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt++) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (isThere) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

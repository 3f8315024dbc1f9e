// Independent MQTT software that the tests talk to, found on this machine, and helpers to run it.
//
// A test that needs a peer declares it (`describePeer`, `peerTest`) and is skipped where it is missing, under a title that
// says so; `npm test` prints each reason once. With MQ_REQUIRE_PEERS=1, as in continuous integration, it fails instead.
//
//     describePeer('mosquitto_sub', 'a retained message', (mosquittoSub) => {
//       test('arrives first', async () => {
//         const sub = startPeer(mosquittoSub, ['-p', String(port), '-t', '#', '-v'])
//         await sub.waitForLine('house/bulb1 on')
//       })
//     })

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, onTestFinished, test } from 'vitest'

/** What the tests use today. `paho` is a Python interpreter that can import paho.mqtt.client. */
export type PeerName = 'mosquitto' | 'mosquitto_pub' | 'mosquitto_sub' | 'mosquitto_rr' | 'paho'

const required = process.env['MQ_REQUIRE_PEERS'] === '1'
// Where servers live on Debian, and what other systems use; a login shell's PATH often lacks the sbin ones.
const usualFolders = [
  '/usr/local/bin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
]
const found = new Map<PeerName, string | undefined>()

/** The path of a peer's executable, or undefined when this machine has none. */
export function peer(name: PeerName): string | undefined {
  if (!found.has(name)) found.set(name, name === 'paho' ? pythonWithPaho() : executables(name)[0])
  return found.get(name)
}

/** A `describe` whose tests need a peer; `body` gets its path. */
export function describePeer(name: PeerName, title: string, body: (path: string) => void): void {
  const path = peer(name)
  if (path !== undefined) describe(title, () => body(path))
  else if (required) test(title, () => failMissing(name))
  // The body is still read, so that the report counts what was skipped; nothing in it runs.
  else describe.skip(`${title} [skipped: ${name} is missing]`, () => body(name))
}

/** A `test` that needs a peer; `body` gets its path. */
export function peerTest(name: PeerName, title: string, body: (path: string) => void | Promise<void>): void {
  const path = peer(name)
  if (path !== undefined) test(title, () => body(path))
  else if (required) test(title, () => failMissing(name))
  else test.skip(`${title} [skipped: ${name} is missing]`)
}

/** A running peer. It never outlives the test that started it, nor the process that runs the tests. */
export interface PeerProcess extends AsyncDisposable {
  readonly pid: number
  /** The lines it wrote to standard output so far. */
  readonly lines: readonly string[]
  /** The lines it wrote to standard error so far. */
  readonly errorLines: readonly string[]
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
  /** Writes to its standard input. */
  write(text: string): void
  /** Ends its standard input. */
  end(): void
  /**
   * The first line, of standard output or error, that equals a string or matches an expression, whether it was already
   * written or is still to come. Rejects when the peer ends without it or after `timeoutMs` (default 10 000).
   */
  waitForLine(wanted: string | RegExp, timeoutMs?: number): Promise<string>
  /** Ends it: SIGTERM, and SIGKILL when it has not ended `graceMs` (default 2000) later. */
  stop(graceMs?: number): Promise<void>
}

export interface PeerOptions {
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/**
 * Starts a peer. Called within a test it is stopped when the test ends; called elsewhere (beforeAll), stop it in afterAll.
 *
 * @throws nothing: a peer that cannot be started rejects `waitForLine` and ends with code -1.
 */
export function startPeer(command: string, args: readonly string[], options: PeerOptions = {}): PeerProcess {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONUNBUFFERED: '1', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const lines: string[] = []
  const errorLines: string[] = []
  const watchers = new Set<(line: string | undefined) => void>()
  const collect = (into: string[]) => (line: string) => {
    into.push(line)
    for (const watch of watchers) watch(line)
  }
  const describeSelf = () => `${command} ${args.join(' ')}\n${[...lines, ...errorLines].join('\n')}`
  createInterface({ input: child.stdout }).on('line', collect(lines))
  createInterface({ input: child.stderr }).on('line', collect(errorLines))
  // A peer that ends first leaves a broken pipe behind; what ended it is told by `exited`.
  child.stdin.on('error', () => {})

  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('error', (error) => {
      errorLines.push(error.message)
      resolve(-1)
    })
    child.on('close', (code, signal) => resolve(signal ?? code ?? -1))
  }).then((result) => {
    for (const watch of watchers) watch(undefined)
    process.off('exit', killNow)
    return result
  })
  const killNow = () => void child.kill('SIGKILL')
  process.on('exit', killNow)

  const running: PeerProcess = {
    pid: child.pid ?? -1,
    lines,
    errorLines,
    exited,
    write: (text) => void child.stdin.write(text),
    end: () => void child.stdin.end(),
    waitForLine: (wanted, timeoutMs = 10_000) => {
      const matches = (line: string) => (typeof wanted === 'string' ? line === wanted : wanted.test(line))
      const before = [...lines, ...errorLines].find(matches)
      if (before !== undefined) return Promise.resolve(before)
      return new Promise((resolve, reject) => {
        const settle = (line: string | undefined, why: string) => {
          clearTimeout(timer)
          watchers.delete(watch)
          if (line === undefined) reject(new Error(`${why} without ${wanted}: ${describeSelf()}`))
          else resolve(line)
        }
        const watch = (line: string | undefined) => {
          if (line === undefined || matches(line)) settle(line, 'the peer ended')
        }
        const timer = setTimeout(() => settle(undefined, `${timeoutMs} ms passed`), timeoutMs)
        watchers.add(watch)
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
          void exited.then(() => watchers.has(watch) && watch(undefined))
        }
      })
    },
    stop: (graceMs = 2_000) => stop(child, exited, graceMs),
    [Symbol.asyncDispose]: () => stop(child, exited, 2_000),
  }
  stopWithTest(running)
  return running
}

async function stop(child: ChildProcess, exited: Promise<unknown>, graceMs: number): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  const impatient = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await exited
  clearTimeout(impatient)
}

function stopWithTest(running: PeerProcess): void {
  try {
    onTestFinished(() => running.stop())
  } catch {
    // Not within a test: whoever started it stops it.
  }
}

function failMissing(name: PeerName): never {
  throw new Error(`${name} is missing on this machine, and MQ_REQUIRE_PEERS=1 asks for it`)
}

function executables(name: string): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders].filter((folder) => folder !== '')
  return [...new Set(folders)].map((folder) => join(folder, name)).filter(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// The first python3 on the PATH is often one of a version manager, without the packages of the system's own.
function pythonWithPaho(): string | undefined {
  return [...executables('python3'), ...executables('python')].find(
    (python) => spawnSync(python, ['-c', 'import paho.mqtt.client'], { timeout: 20_000 }).status === 0,
  )
}

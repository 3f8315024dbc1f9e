/**
 * The world as the commands see it. `processIo` is the real one; tests pass their own, so that no test needs a process.
 */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import type { Writable } from 'node:stream'

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number
  /** Of this machine in its networks: IPv4, as every device there can use them. */
  addresses(): readonly string[]
  now(): Date
  /** Nanoseconds within the current second, as fine as the clock is. */
  nanoseconds(): number
  /** 0 to 1. */
  random(): number
  randomHex(bytes: number): string
  /** @throws what node:fs throws */
  readFile(path: string): Promise<Uint8Array>
  /** @throws what node:fs throws */
  writeFile(path: string, text: string): Promise<void>
  /** Resolves after the time, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls back once, at the first SIGINT or SIGTERM; a second one ends the process. Returns how to stop listening. */
  onInterrupt(listener: (signal: string) => void): () => void
}

export interface Output {
  readonly isTty: boolean
  /**
   * True once the operating system has taken it: at once, or as a promise while the reader is slower than the writer. False
   * when nobody reads any more (EPIPE), or when `signal` aborts the waiting.
   */
  write(data: string | Uint8Array, signal?: AbortSignal): boolean | Promise<boolean>
}

export function processIo(): Io {
  return {
    get stdin() {
      // Looked at only when it is read: touching process.stdin keeps a process alive that has a terminal.
      return process.stdin
    },
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    pid: process.pid,
    addresses: () =>
      Object.values(networkInterfaces())
        .flatMap((each) => each ?? [])
        .filter(({ family, internal }) => family === 'IPv4' && !internal)
        .map(({ address }) => address),
    now: () => new Date(),
    nanoseconds: () => Math.floor(((performance.timeOrigin + performance.now()) % 1000) * 1_000_000),
    random: Math.random,
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    readFile: (path) => readFile(path),
    writeFile: (path, text) => writeFile(path, text),
    sleep,
    onInterrupt,
  }
}

/**
 * A pipe is written without blocking, so there may be data that only we have: exiting would lose it, and acknowledging its
 * message before it is out would be a lie. So a write counts when the stream holds nothing back, not when it says true.
 */
function outputOf(stream: Writable & { readonly isTTY?: boolean }): Output {
  let open = true
  stream.on('error', () => {
    open = false
  })
  const taken = (signal: AbortSignal | undefined): Promise<boolean> =>
    new Promise((resolve) => {
      const settle = (ok: boolean): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve(ok)
      }
      const giveUp = (): void => settle(false)
      signal?.addEventListener('abort', giveUp)
      // Called after everything before it.
      stream.write('', (error) => settle(error === undefined || error === null))
    })
  return {
    isTty: stream.isTTY === true,
    write: (data, signal) => {
      if (!open || stream.destroyed) return false
      stream.write(data)
      return stream.writableLength === 0 ? true : taken(signal)
    },
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}

/** One Ctrl-C arrives twice, from the terminal and from npm or npx, which pass on what they get. */
const sameKeypressMs = 500

function onInterrupt(listener: (signal: string) => void): () => void {
  let interruptedAtMs: number | undefined
  const heard = (signal: string): void => {
    const nowMs = performance.now()
    if (interruptedAtMs === undefined) {
      interruptedAtMs = nowMs
      listener(signal)
      // Not 128 + n: 130 and 143 are reason codes here, see exit-code.ts.
    } else if (nowMs - interruptedAtMs > sameKeypressMs) process.exit(1)
  }
  process.on('SIGINT', heard)
  process.on('SIGTERM', heard)
  return () => {
    process.off('SIGINT', heard)
    process.off('SIGTERM', heard)
  }
}

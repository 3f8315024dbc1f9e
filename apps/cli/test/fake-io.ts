// An Io without a process: what was written is kept, time stands still unless told, signals are a call.
import type { Io, Output } from '../src/io.ts'

export interface FakeIo extends Io {
  readonly out: () => string
  readonly outBytes: () => Uint8Array
  readonly err: () => string
  interrupt(): void
  /** Ends all sleeps under way. */
  elapse(): void
  readonly sleeps: number[]
  /** What was written, by path. */
  readonly written: Map<string, string>
}

export interface FakeIoOptions {
  readonly stdin?: readonly (string | Uint8Array)[]
  readonly stdinStaysOpen?: boolean
  readonly tty?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly date?: Date
  /** After so many writes to stdout its reader is gone. */
  readonly readerStaysFor?: number
  readonly random?: number
}

export function fakeIo(options: FakeIoOptions = {}): FakeIo {
  const out: Uint8Array[] = []
  const err: Uint8Array[] = []
  const sleeps: number[] = []
  const written = new Map<string, string>()
  const interruptions = new Set<(signal: string) => void>()
  const sleepers = new Set<() => void>()
  const output = (kept: Uint8Array[], writesMax: number): Output => ({
    isTty: options.tty ?? false,
    write(data) {
      if (kept.length >= writesMax) return false
      kept.push(typeof data === 'string' ? Buffer.from(data) : data)
      return true
    },
  })
  return {
    stdin: (async function* () {
      for (const chunk of options.stdin ?? []) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      if (options.stdinStaysOpen) await new Promise(() => {})
    })(),
    stdout: output(out, options.readerStaysFor ?? Number.POSITIVE_INFINITY),
    stderr: output(err, Number.POSITIVE_INFINITY),
    env: options.env ?? {},
    pid: 4711,
    addresses: () => ['192.0.2.7'],
    now: () => options.date ?? new Date('2026-11-22T12:31:20.114Z'),
    nanoseconds: () => 114_000_000,
    random: () => options.random ?? 0.5,
    randomHex: (bytes) => 'ab'.repeat(bytes),
    async readFile(path) {
      const content = options.files?.[path]
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`)
      return Buffer.from(content)
    },
    async writeFile(path, text) {
      if (path.startsWith('missing/')) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
      written.set(path, text)
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve()
        sleeps.push(ms)
        sleepers.add(resolve)
        signal.addEventListener('abort', () => resolve())
      }),
    onInterrupt(listener) {
      interruptions.add(listener)
      return () => void interruptions.delete(listener)
    },
    out: () => Buffer.concat(out).toString(),
    outBytes: () => Buffer.concat(out),
    err: () => Buffer.concat(err).toString(),
    interrupt: () => {
      for (const listener of interruptions) listener('SIGINT')
    },
    elapse: () => {
      for (const wake of sleepers) wake()
    },
    sleeps,
    written,
  }
}

/** `mq bench` as the load: one run at a time, and how far all of them have come. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { mq, pinned, type RunningBroker } from './brokers.ts'

const execute = promisify(execFile)

/** Of what `mq bench --json` says, what is read here. */
export interface Report {
  readonly rate: { readonly deliveredPerSecond: number; readonly targetPerSecond: number | null }
  readonly messages: { readonly lost: number }
  readonly connections: { readonly connected: number; readonly failed: number; readonly lost: number }
  readonly latency: { readonly delivery: { readonly p50Ms: number; readonly p99Ms: number } | null }
  readonly errors: readonly { readonly count: number; readonly where: string; readonly text: string }[]
  readonly generator: { readonly cpu: readonly number[] }
  readonly broker: {
    readonly cpu: number
    readonly cpuUsEach: number
    readonly rssBeforeBytes: number
    readonly rssAfterBytes: number
  } | null
}

export class Load {
  readonly #core: number | undefined
  readonly #runs: number
  readonly #beganMs = performance.now()
  #done = 0

  /**
   * @param core where the load runs; undefined: wherever there is room
   * @param runs how many there will be
   */
  constructor(core: number | undefined, runs: number) {
    this.#core = core
    this.#runs = runs
  }

  /** `12 of 150 runs, 6 min to go` */
  get progress(): string {
    const gone = performance.now() - this.#beganMs
    // The first ones take longer: many connections.
    const left =
      this.#done < 10 ? '' : `, ${Math.ceil((gone / this.#done / 60_000) * (this.#runs - this.#done))} min to go`
    return `${this.#done} of ${this.#runs} runs${left}`
  }

  /** @param options without the broker's address; undefined, and a sentence, when it failed */
  async run(broker: RunningBroker, options: readonly string[], isWebSocket = false): Promise<Report | undefined> {
    const url = isWebSocket ? `ws://127.0.0.1:${broker.webSocketPort}/mqtt` : `mqtt://127.0.0.1:${broker.port}`
    const line = ['bench', ...options, '-L', url, '--pid', String(broker.pid), '--json']
    const [command = '', ...args] = pinned([process.execPath, mq, ...line], this.#core)
    try {
      const { stdout } = await execute(command, args, { timeout: 300_000 })
      return JSON.parse(stdout)
    } catch (error) {
      const reason = error instanceof Error ? error.message.trim().split('\n').at(-1) : error
      console.log(`  ${broker.name} failed ${options.join(' ')}: ${reason}`)
      return undefined
    } finally {
      this.#done++
    }
  }
}

export function errorsOf({ errors }: Report): number {
  return errors.reduce((total, { count }) => total + count, 0)
}

/** The options of a run that is measured. One worker: it has a core of its own, not two. */
export function measured(options: string, seconds: number): string[] {
  return [...options.split(' '), '--duration', `${seconds}s`, '--warmup', '500ms', '--workers', '1']
}

/**
 * The workers of a run, together: told things at once, awaited at once, their progress summed.
 *
 * Always holds: a worker that dies fails the run, with a sentence; none is left behind.
 */
import { Failure } from '../failure.ts'
import type { FromWorker, Progress, StartWorker, ToWorker, Worker, WorkerReport } from './worker-messages.ts'

export type ProgressSum = { readonly [K in Exclude<keyof Progress, 'isSending'>]: number } & {
  readonly sending: number
}

export class Crew {
  readonly size: number
  readonly #workers: Worker[] = []
  readonly #progress: (Progress | undefined)[] = []
  readonly #reports: (WorkerReport | undefined)[] = []
  readonly #ended: boolean[] = []
  #prepared = 0
  #ready = 0
  #failure: Failure | undefined = undefined
  #wake: (() => void) | undefined = undefined

  constructor(size: number, start: StartWorker) {
    this.size = size
    for (let index = 0; index < size; index++) {
      const worker = start(
        (message) => this.#heard(index, message),
        (problem) => this.#workerEnded(index, problem),
      )
      this.#workers.push(worker)
    }
  }

  send(message: (worker: number) => ToWorker): void {
    for (const [index, worker] of this.#workers.entries()) worker.send(message(index))
  }

  kill(): void {
    for (const [index, worker] of this.#workers.entries()) if (!this.#ended[index]) worker.kill()
  }

  get isPrepared(): boolean {
    return this.#prepared === this.size
  }

  get isReady(): boolean {
    return this.#ready === this.size
  }

  /** Undefined until all have reported. */
  get reports(): readonly WorkerReport[] | undefined {
    const reports = this.#reports.flatMap((report) => report ?? [])
    return reports.length === this.size ? reports : undefined
  }

  get progress(): ProgressSum {
    const sum = (key: Exclude<keyof Progress, 'isSending'>): number =>
      this.#progress.reduce((total, each) => total + (each?.[key] ?? 0), 0)
    return {
      connected: sum('connected'),
      connectsFailed: sum('connectsFailed'),
      lostConnections: sum('lostConnections'),
      sent: sum('sent'),
      answered: sum('answered'),
      received: sum('received'),
      unsent: sum('unsent'),
      sending: this.size - this.#progress.filter((each) => each?.isSending === false).length,
    }
  }

  /**
   * Resolves once `holds`, looking again whenever a worker said something; false when `signal` aborted before.
   * @throws Failure when a worker died
   */
  async until(holds: () => boolean, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      if (holds()) return true
      if (signal.aborted) return false
      await new Promise<void>((resolve) => {
        const stop = (): void => {
          signal.removeEventListener('abort', stop)
          resolve()
        }
        this.#wake = stop
        signal.addEventListener('abort', stop)
      })
    }
  }

  #heard(index: number, message: FromWorker): void {
    if (message.type === 'prepared') this.#prepared++
    else if (message.type === 'ready') this.#ready++
    else if (message.type === 'progress') this.#progress[index] = message
    else this.#reports[index] = message.report
    this.#wake?.()
  }

  #workerEnded(index: number, problem: string | undefined): void {
    this.#ended[index] = true
    if (this.#reports[index] === undefined) {
      this.#failure ??= new Failure(`worker ${index + 1} of ${this.size} is gone: ${problem ?? 'it ended early'}.`)
    }
    this.#wake?.()
  }
}

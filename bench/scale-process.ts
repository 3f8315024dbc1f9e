/** The processes of `npm run bench -- --scale`: the broker on one core, the load (this process) and bystanders on another. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { canPin, pinned } from './brokers.ts'

/** Each is answered; `reset` forgets the pauses before, `collect` collects garbage first. */
export type BrokerQuestion = 'tell' | 'reset' | 'collect'

export interface BrokerAnswer {
  readonly port: number
  readonly cpuUs: number
  readonly heapBytes: number
  /** Resident. */
  readonly memoryBytes: number
  /** Of buffers, which are not in the heap. */
  readonly externalBytes: number
  /** How late a timer was since `reset`. */
  readonly pauseMaxMs: number
  /** Most CPU time of the broker's thread from one tick of a timer to the next. */
  readonly turnCpuMaxMs: number
  readonly pauseP999Ms: number
  readonly delivered: number
  readonly received: number
  readonly dropped: number
  readonly connections: number
  readonly sessions: number
  readonly subscriptions: number
  readonly retained: number
}

export interface ScaleBroker {
  readonly port: number
  ask(question: BrokerQuestion): Promise<BrokerAnswer>
  stop(): void
}

export async function startScaleBroker(): Promise<ScaleBroker> {
  const child = startProgram('scale-broker.ts', pins() ? 0 : undefined)
  const ask = (question: BrokerQuestion): Promise<BrokerAnswer> => askProgram(child, question)
  const { port } = await ask('tell')
  return { port, ask, stop: () => child.disconnect() }
}

/** The load on the other core, so that it takes no time from the broker. */
export function pinLoad(): void {
  if (pins()) execFileSync('taskset', ['-apc', '1', String(process.pid)], { stdio: 'ignore' })
  else console.log('  no taskset, or one core: broker and load share what there is')
}

/** A program of this folder with a channel to it. */
export function startProgram(file: string, core: number | undefined, args: readonly string[] = []): ChildProcess {
  const program = fileURLToPath(new URL(file, import.meta.url))
  const hooks = new URL('../scripts/typescript.mjs', import.meta.url).href
  const conditions = process.execArgv.filter((each) => each.startsWith('--conditions'))
  const options = [...conditions, '--expose-gc', '--import', hooks]
  const [command = '', ...rest] = pinned([process.execPath, ...options, program, ...args], core)
  return spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

export function askProgram<Answer>(child: ChildProcess, question: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`${child.spawnargs.at(-1)} ended`))
    child.once('exit', ended)
    child.once('message', (answer) => {
      child.off('exit', ended)
      resolve(answer as Answer)
    })
    child.send(question as object)
  })
}

/** Asked before the load is pinned: from then on it sees one core only. */
const hasTwoCores = availableParallelism() > 1

export function pins(): boolean {
  return canPin() && hasTwoCores
}

/**
 * One run from beginning to end:
 *
 *     prepare ─► all prepared ─► connect ─► all ready ─► go: warm up, measure ─► wait for what is under way ─► reports ─► results
 *
 * The broker's CPU time is read at the borders of what is measured, so that neither connecting nor the end counts (in
 * `conn` it is the connecting that is measured).
 */
import { connect, isIP } from 'node:net'
import type { ConnectWishes } from '../connection/connection.ts'
import { isHttp, isNotTls, obstacle } from '../connection/obstacle.ts'
import { reasonHint } from '../connection/reason.ts'
import { ExitCode } from '../exit-code.ts'
import { Failure, interruptedBeforeConnecting } from '../failure.ts'
import { partsOf } from './assignment.ts'
import { type BenchPlan, feedbackOf } from './bench-plan.ts'
import { Crew, type ProgressSum } from './crew.ts'
import { nowUs } from './payload.ts'
import { type ProcessUsage, readUsage } from './process-usage.ts'
import type { Results } from './results.ts'
import { type Figures, resultsOf } from './summary.ts'
import type { StartWorker, ToWorker, WorkerPlan, WorkerReport } from './worker-messages.ts'

/** What is under way gets this long after the last sign of life. */
const drainMs = 3000
const leadUs = 100_000
const reachMs = 10_000
const pendingConnectsMax = 100

export interface MeasureWorld {
  readonly startWorker: StartWorker
  /** Ctrl-C: measure no longer, report what there is. */
  readonly interrupted: AbortSignal
  /** Called now and then. */
  readonly progress: (phase: 'connecting' | 'running' | 'draining', sum: ProgressSum, elapsedMs: number) => void
}

/** @throws Failure when nothing could be measured */
export async function measure(plan: BenchPlan, world: MeasureWorld): Promise<Results> {
  const address = await reach(plan.wishes, world.interrupted)
  const crew = new Crew(plan.workers, world.startWorker)
  const done = new AbortController()
  const beganUs = nowUs()
  let phase: 'connecting' | 'running' | 'draining' = 'connecting'
  const ticker = setInterval(() => world.progress(phase, crew.progress, (nowUs() - beganUs) / 1000), 500)
  try {
    crew.send(prepare(plan, address))
    // No schedule begins before all can keep it: a process takes its time to start.
    await crew.until(() => crew.isPrepared, world.interrupted)
    const before = usageOf(plan)
    const startUs = nowUs() + (plan.rate > 0 ? leadUs : 0)
    crew.send(() => ({ type: 'connect', startUs }))
    await crew.until(() => crew.isReady, world.interrupted)
    const connected = usageOf(plan)
    phase = 'running'
    const times = timesOf(plan, Math.floor(nowUs()) + leadUs)
    crew.send(() => ({ type: 'go', ...times }))
    const at = async (us: number): Promise<ProcessUsage | undefined> => {
      await pause(Math.max(0, (us - nowUs()) / 1000), crew, world.interrupted)
      return usageOf(plan)
    }
    const from = await at(times.measureUs)
    const fromUs = nowUs()
    const until = await at(times.endUs)
    const untilUs = nowUs()
    crew.send(() => ({ type: 'stop' }))
    phase = 'draining'
    await drain(plan, crew)
    crew.send(() => ({ type: 'finish' }))
    await crew.until(() => crew.reports !== undefined, done.signal)
    const reports = crew.reports ?? []
    const seconds = Math.max(0, Math.min(untilUs, times.endUs) - times.measureUs) / 1e6
    const usage = plan.mode === 'conn' ? { from: before, until: connected } : { from, until }
    const usageSeconds = (untilUs - fromUs) / 1e6
    const figures: Figures = {
      seconds,
      usageSeconds,
      ...usage,
      last: plan.mode === 'conn' ? until : usageOf(plan),
      before,
    }
    refuseNothing(plan, reports)
    const isNothing = reports.every(({ counters }) => counters.connected === 0)
    if (isNothing && world.interrupted.aborted) throw interruptedBeforeConnecting()
    return resultsOf(plan, reports, figures)
  } finally {
    clearInterval(ticker)
    crew.kill()
  }
}

function usageOf({ pid }: BenchPlan): ProcessUsage | undefined {
  return pid === undefined ? undefined : readUsage(pid)
}

function timesOf({ warmupMs, durationMs }: BenchPlan, startUs: number) {
  const measureUs = startUs + warmupMs * 1000
  return { startUs, measureUs, endUs: measureUs + durationMs * 1000 }
}

/** Ends early when interrupted, or when a worker dies. */
async function pause(ms: number, crew: Crew, interrupted: AbortSignal): Promise<void> {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), ms)
  const stop = (): void => over.abort()
  interrupted.addEventListener('abort', stop)
  if (interrupted.aborted) stop()
  try {
    await crew.until(() => false, over.signal)
  } finally {
    clearTimeout(timer)
    interrupted.removeEventListener('abort', stop)
  }
}

/** Until everything that was sent is acknowledged and delivered, or nothing moves any more. */
async function drain(plan: BenchPlan, crew: Crew): Promise<void> {
  const patience = new AbortController()
  let timer = setTimeout(() => patience.abort(), drainMs)
  let seen = ''
  try {
    await crew.until(() => {
      const { sending, sent, answered, received, lostConnections, connectsFailed } = crew.progress
      const sign = `${sending} ${sent} ${answered} ${received}`
      if (sign !== seen) {
        clearTimeout(timer)
        timer = setTimeout(() => patience.abort(), drainMs)
      }
      seen = sign
      if (sending > 0) return false
      const { publishers, subscribers } = plan.cast
      if (lostConnections + connectsFailed === publishers + subscribers) return true
      const isAnswered = plan.qos === 0 || answered >= sent
      return isAnswered && (plan.mode !== 'e2e' || received >= sent * copies(plan))
    }, patience.signal)
  } finally {
    clearTimeout(timer)
  }
}

function copies({ topology, cast }: BenchPlan): number {
  return topology === 'fanin' || topology === 'fanout' ? cast.subscribers : 1
}

function prepare(plan: BenchPlan, address: Address): (worker: number) => ToWorker {
  const { cast, workers, wishes } = plan
  const publishers = partsOf(cast.publishers, workers)
  const subscribers = partsOf(cast.subscribers, workers)
  const idle = partsOf(cast.idle, workers)
  const none = { first: 0, count: 0 }
  const { userName, password } = wishes
  const pending = plan.mode === 'conn' ? plan.window : pendingConnectsMax
  return (worker) => ({
    type: 'prepare',
    plan: {
      mode: plan.mode,
      run: plan.run,
      ...address,
      ...(plan.properties === undefined ? {} : { properties: plan.properties }),
      ...(userName === undefined ? {} : { userName }),
      ...(password === undefined ? {} : { password }),
      bind: plan.bind,
      keepAlive: wishes.keepAlive,
      protocolVersion: plan.protocolVersion,
      qos: plan.qos,
      size: plan.size,
      topic: plan.topic,
      filter: plan.filter,
      isShared: plan.filter.startsWith('$share/'),
      publishers: publishers[worker] ?? none,
      subscribers: subscribers[worker] ?? none,
      idle: idle[worker] ?? none,
      worker,
      workers,
      publishersTotal: cast.publishers,
      rate: plan.rate,
      window: plan.window,
      copies: feedbackOf(plan),
      spin: plan.spin,
      pendingConnectsMax: Math.max(1, Math.ceil(pending / workers)),
    },
  })
}

type Address = Pick<WorkerPlan, 'url' | 'tls'>

/**
 * Where the broker is, as an address: looked up once, and not by each of ten thousand connections.
 * @throws Failure when nobody listens there
 */
function reach({ url, tls }: ConnectWishes, interrupted: AbortSignal): Promise<Address> {
  const [, scheme = '', hostname = '', portText = '', path = ''] = /^(\w+):\/\/(.*?):(\d+)(\/.*)?$/.exec(url) ?? []
  const serverName = hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(portText)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: serverName, port, timeout: reachMs })
    const fail = (reason: string): void => {
      socket.destroy()
      reject(new Failure(`cannot connect to ${url}: ${reason}.`, ExitCode.unreachable))
    }
    socket.on('error', (error) => fail(error.message === '' ? 'nobody listens there' : obstacle(error, url)))
    socket.on('timeout', () => fail(`no answer within ${reachMs / 1000} s`))
    const stop = (): void => {
      socket.destroy()
      reject(interruptedBeforeConnecting())
    }
    interrupted.addEventListener('abort', stop)
    socket.on('close', () => interrupted.removeEventListener('abort', stop))
    socket.on('connect', () => {
      const host = socket.remoteAddress ?? serverName
      socket.destroy()
      resolve({
        url: `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}${path}`,
        // The certificate is for the name; an address is none (RFC 6066).
        ...(tls !== undefined && { tls: { ...tls, ...(isIP(serverName) === 0 && { servername: serverName }) } }),
      })
    })
  })
}

/** Where not one connection came about there is nothing to report but why. */
function refuseNothing({ wishes, protocolVersion }: BenchPlan, reports: readonly WorkerReport[]): void {
  if (reports.some(({ counters }) => counters.connected > 0)) return
  const [first] = reports.flatMap(({ errors }) => errors)
  if (first === undefined) return
  const { where, text, reasonCode } = first
  // The text may be the system's code.
  const cause = Object.assign(new Error(text), { code: text })
  if (isHttp(cause)) {
    throw new Failure(`cannot connect to ${wishes.url}: ${obstacle(cause, wishes.url)}.`, ExitCode.unreachable)
  }
  // An answer that 5.0 does not know, or "closed": how brokers of old meet a CONNECT of 5.0.
  const isOld = protocolVersion === 5 && (where === 'protocol' || /^closed/.test(text) || reasonCode === 0x84)
  const hint = isOld ? ' Perhaps it speaks no MQTT 5.0: try -V 311.' : ''
  const sentence = where === 'CONNACK' ? `${wishes.url} refused the connection` : `cannot connect to ${wishes.url}`
  const why =
    where === 'CONNACK' ? `${text}${reasonHint(reasonCode ?? 0, wishes.userName)}` : obstacle(cause, wishes.url)
  const isTls = wishes.tls !== undefined && (isNotTls(cause, wishes.url) || !/^(?:E[A-Z]+$|closed|no )/.test(text))
  throw new Failure(`${sentence}: ${why}.${hint}`, reasonCode ?? (isTls ? ExitCode.tls : ExitCode.unreachable))
}

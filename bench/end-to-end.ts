/**
 * Brokers side by side: each on a core of its own, `mq bench` on another, in turns, so that a machine that is slow for a
 * minute is slow for all. The figure that is kept is CPU time of the broker for each delivered message.
 */
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { canPin, mq, pinned, type RunningBroker, startBroker } from './brokers.ts'
import { type EndToEndResult, type IdleResult, median } from './result.ts'

const execute = promisify(execFile)

/** All in MQTT 3.1.1, which every broker speaks. */
export const scenarios: Readonly<Record<string, string>> = {
  'pair-1-qos0': '--topology pair -c 1 --window 100 -q 0',
  'pair-1-qos1': '--topology pair -c 1 --window 100 -q 1',
  'pair-50-qos0': '--topology pair -c 50 --window 20 -q 0',
  'pair-50-qos1': '--topology pair -c 50 --window 20 -q 1',
  'pair-50-qos2': '--topology pair -c 50 --window 20 -q 2',
  'fanout-100-qos0': '--topology fanout -c 100 --window 10 -q 0',
  'fanout-100-qos1': '--topology fanout -c 100 --window 10 -q 1',
  'fanin-100-qos0': '--topology fanin -c 100 --window 20 -q 0',
  'fanin-100-qos1': '--topology fanin -c 100 --window 20 -q 1',
  // 10,000 messages per second, and never two at once for one receiver: nothing to batch.
  'sparse-500-qos0': '--topology pair -c 500 --rate 10000 -q 0',
  'sparse-500-qos1': '--topology pair -c 500 --rate 10000 -q 1',
}

export interface EndToEndWishes {
  readonly brokers: readonly string[]
  /** Only scenarios that have this in their name. */
  readonly scenario: string | undefined
  readonly rounds: number
  readonly seconds: number
  readonly idleConnections: number
}

interface Report {
  readonly rate: { readonly deliveredPerSecond: number; readonly targetPerSecond: number | null }
  readonly messages: { readonly lost: number }
  readonly connections: { readonly connected: number; readonly failed: number; readonly lost: number }
  readonly latency: { readonly delivery: { readonly p50Ms: number; readonly p99Ms: number } | null }
  readonly errors: readonly { readonly count: number }[]
  readonly generator: { readonly cpu: readonly number[] }
  readonly broker: {
    readonly cpu: number
    readonly cpuUsEach: number
    readonly rssBeforeBytes: number
    readonly rssAfterBytes: number
  } | null
}

export async function measureEndToEnd(
  wishes: EndToEndWishes,
): Promise<{ endToEnd: EndToEndResult[]; idle: IdleResult[] }> {
  const pins = canPin() && availableParallelism() > 1
  if (!pins) console.log('  no taskset, or one core: brokers and load share what there is')
  const brokers: RunningBroker[] = []
  try {
    for (const name of wishes.brokers) {
      const broker = await startBroker(name, pins ? 0 : undefined)
      if (broker !== undefined) brokers.push(broker)
    }
    const core = pins ? 1 : undefined
    // First, while each of them is fresh.
    const idle = await measureIdle(brokers, wishes, core)
    const endToEnd: EndToEndResult[] = []
    for (const [scenario, options] of Object.entries(scenarios)) {
      if (wishes.scenario !== undefined && !scenario.includes(wishes.scenario)) continue
      endToEnd.push(...(await measureScenario(scenario, options, brokers, wishes, core)))
    }
    return { endToEnd, idle }
  } finally {
    for (const broker of brokers) broker.stop()
  }
}

async function measureIdle(
  brokers: readonly RunningBroker[],
  { idleConnections, scenario }: EndToEndWishes,
  core: number | undefined,
): Promise<IdleResult[]> {
  if (idleConnections === 0 || (scenario !== undefined && scenario !== 'idle')) return []
  const results: IdleResult[] = []
  for (const broker of brokers) {
    const report = await load(broker, `conn -c ${idleConnections} --duration 2s`, core)
    const usage = report?.broker
    if (report === undefined || !usage) continue
    const { connected } = report.connections
    const result = {
      broker: broker.name,
      version: broker.version,
      connections: connected,
      bytesPerConnection: Math.round((usage.rssAfterBytes - usage.rssBeforeBytes) / connected),
      cpuUsPerConnect: usage.cpuUsEach,
    }
    console.log(
      `  idle ${broker.name}: ${(result.bytesPerConnection / 1024).toFixed(1)} KB, ${usage.cpuUsEach} µs CPU per connection`,
    )
    results.push(result)
  }
  return results
}

async function measureScenario(
  scenario: string,
  options: string,
  brokers: readonly RunningBroker[],
  { rounds, seconds }: EndToEndWishes,
  core: number | undefined,
): Promise<EndToEndResult[]> {
  const reports = new Map<string, Report[]>(brokers.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const broker of brokers) {
      const report = await load(broker, `e2e ${options} --duration ${seconds}s --warmup 1s --workers 1`, core)
      if (report !== undefined) reports.get(broker.name)?.push(report)
    }
  }
  return brokers.flatMap(({ name, version }) => {
    const runs = (reports.get(name) ?? []).filter((report) => report.broker !== null)
    if (runs.length === 0) return []
    const cpu = runs.map((run) => run.broker?.cpuUsEach ?? Number.NaN)
    const middle = (value: (run: Report) => number): number => Number(median(runs.map(value)).toPrecision(6))
    const sum = (value: (run: Report) => number): number => runs.reduce((total, run) => total + value(run), 0)
    const result: EndToEndResult = {
      scenario,
      broker: name,
      version,
      cpuUsEach: Number(median(cpu).toPrecision(4)),
      cpuUsLow: Math.min(...cpu),
      cpuUsHigh: Math.max(...cpu),
      deliveredPerSecond: Math.round(middle((run) => run.rate.deliveredPerSecond)),
      targetPerSecond: runs[0]?.rate.targetPerSecond ?? null,
      brokerCpu: middle((run) => run.broker?.cpu ?? Number.NaN),
      generatorCpu: middle((run) => Math.max(...run.generator.cpu)),
      p50Ms: middle((run) => run.latency.delivery?.p50Ms ?? Number.NaN),
      p99Ms: middle((run) => run.latency.delivery?.p99Ms ?? Number.NaN),
      lost: sum((run) => run.messages.lost),
      errors: sum((run) => run.errors.reduce((total, { count }) => total + count, 0)),
    }
    console.log(
      `  ${scenario.padEnd(16)} ${name.padEnd(10)} ${result.cpuUsEach.toFixed(2).padStart(7)} µs  ${String(result.deliveredPerSecond).padStart(8)}/s  lost ${result.lost}`,
    )
    return [result]
  })
}

async function load(broker: RunningBroker, options: string, core: number | undefined): Promise<Report | undefined> {
  const target = ['-V', '311', '-h', '127.0.0.1', '-p', String(broker.port), '--pid', String(broker.pid), '--json']
  const [command = '', ...args] = pinned([process.execPath, mq, 'bench', ...options.split(' '), ...target], core)
  try {
    const { stdout } = await execute(command, args, { timeout: 300_000 })
    return JSON.parse(stdout)
  } catch (error) {
    console.log(
      `  ${broker.name} failed ${options}: ${error instanceof Error ? error.message.split('\n').at(-2) : error}`,
    )
    return undefined
  }
}

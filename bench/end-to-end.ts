/**
 * Brokers side by side: each on a core of its own, `mq bench` on another, in turns, so that a machine that is slow for a
 * minute is slow for all. The figure that is kept is CPU time of the broker for each delivered message.
 */
import { availableParallelism } from 'node:os'
import { canPin, type RunningBroker, startBroker } from './brokers.ts'
import { connectionsMax, measureIdle } from './idle.ts'
import { errorsOf, Load, measured, type Report } from './load.ts'
import { measureProtocols, protocolScenarios, protocolVariants } from './protocols.ts'
import { type EndToEndResult, type IdleResult, median, type ProtocolResult } from './result.ts'

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
  /** Of every broker. */
  readonly idleConnections: number
  /** Of ours alone, on one process. */
  readonly manyConnections: number
}

export interface EndToEndResults {
  readonly endToEnd: readonly EndToEndResult[]
  readonly protocols: readonly ProtocolResult[]
  readonly idle: readonly IdleResult[]
}

export async function measureEndToEnd(wishes: EndToEndWishes): Promise<EndToEndResults> {
  const pins = canPin() && availableParallelism() > 1
  if (!pins) console.log('  no taskset, or one core: brokers and load share what there is')
  const core = pins ? 0 : undefined
  const isWanted = (name: string): boolean => wishes.scenario === undefined || name.includes(wishes.scenario)
  const brokers: RunningBroker[] = []
  try {
    for (const name of wishes.brokers) {
      const broker = await startBroker(name, core)
      if (broker !== undefined) brokers.push(broker)
    }
    const own = brokers.find(({ name }) => name === 'mq')
    const beside = Object.entries(scenarios).filter(([name]) => isWanted(name))
    const protocolsWanted = own === undefined ? [] : protocolScenarios.filter(isWanted)
    const isIdleWanted = isWanted('idle') && wishes.idleConnections > 0
    const isManyWanted = isWanted('idle') && wishes.manyConnections > 0 && own !== undefined
    const { rounds } = wishes
    const runs =
      (isIdleWanted ? brokers.length : 0) +
      (isManyWanted ? 1 : 0) +
      beside.length * brokers.length * rounds +
      protocolsWanted.length * protocolVariants * rounds
    const load = new Load(pins ? 1 : undefined, runs)
    const idle: IdleResult[] = []
    // First, while each of them is fresh.
    if (isIdleWanted) {
      for (const broker of brokers) idle.push(...(await measureIdle(broker, load, wishes.idleConnections)))
    }
    if (isManyWanted) idle.push(...(await measureMany(wishes.manyConnections, core, load)))
    const protocols: ProtocolResult[] = []
    for (const scenario of protocolsWanted) {
      console.log(`${scenario}  (${load.progress})`)
      if (own !== undefined) protocols.push(...(await measureProtocols(scenario, own, load, wishes)))
    }
    const endToEnd: EndToEndResult[] = []
    for (const [scenario, options] of beside) {
      console.log(`${scenario}  (${load.progress})`)
      endToEnd.push(...(await measureScenario(scenario, options, brokers, wishes, load)))
    }
    return { endToEnd, protocols, idle }
  } finally {
    for (const broker of brokers) broker.stop()
  }
}

/** On a process of its own, which has had no connections before. */
async function measureMany(connections: number, core: number | undefined, load: Load): Promise<IdleResult[]> {
  const broker = await startBroker('mq', core)
  if (broker === undefined) return []
  try {
    return await measureIdle(broker, load, connectionsMax(connections))
  } finally {
    broker.stop()
  }
}

async function measureScenario(
  scenario: string,
  options: string,
  brokers: readonly RunningBroker[],
  { rounds, seconds }: EndToEndWishes,
  load: Load,
): Promise<EndToEndResult[]> {
  const reports = new Map<string, Report[]>(brokers.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const broker of brokers) {
      const report = await load.run(broker, measured(`e2e -V 311 ${options}`, seconds))
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
      errors: sum(errorsOf),
    }
    console.log(
      `  ${name.padEnd(10)} ${result.cpuUsEach.toFixed(2).padStart(7)} µs  ${String(result.deliveredPerSecond).padStart(8)}/s  p99 ${result.p99Ms.toFixed(2)} ms  lost ${result.lost}`,
    )
    return [result]
  })
}

/**
 * Ours against ours: what MQTT 5.0, its properties and WebSocket cost. In turns within a round, and compared within it: the
 * ratio that counts is the median of those of the rounds.
 */
import type { RunningBroker } from './brokers.ts'
import { errorsOf, type Load, measured } from './load.ts'
import { median, type ProtocolResult } from './result.ts'

const properties = '-V 5 --content-type application/json --user-property unit=celsius --expiry 1h'

interface Variant {
  readonly options: string
  readonly isWebSocket?: true
  /** How many times the first one it may cost. */
  readonly atMost: number
}

/** The first is what the others are compared with. */
const variants: Readonly<Record<string, Variant>> = {
  'MQTT 3.1.1': { options: '-V 311', atMost: 1 },
  'MQTT 5.0': { options: '-V 5', atMost: 1.15 },
  '… with Content Type, a User Property, an expiry': { options: properties, atMost: 1.15 },
  '… and Response Topic, Correlation Data': {
    options: `${properties} --response-topic house/replies --correlation-data 0123456789abcdef`,
    atMost: 1.15,
  },
  'MQTT 3.1.1 over WebSocket': { options: '-V 311', isWebSocket: true, atMost: 1.6 },
}

/**
 * At a rate, several messages for each receiver are due at every tick of the generator, the same for all. In a window more
 * depends on the generator: what costs it more comes in smaller batches, and those cost the broker more.
 */
const scenarios: Readonly<Record<string, string>> = {
  'protocol-rate-qos0': 'e2e --topology pair -c 10 --rate 100000 -q 0',
  'protocol-rate-qos1': 'e2e --topology pair -c 10 --rate 60000 -q 1',
  'protocol-window-qos0': 'e2e --topology pair -c 50 --window 20 -q 0',
}

export const protocolScenarios: readonly string[] = Object.keys(scenarios)
export const protocolVariants: number = Object.keys(variants).length

interface Run {
  readonly cpuUsEach: number
  readonly ratio: number
  readonly perSecond: number
  readonly target: number | null
  readonly lost: number
  readonly errors: number
}

export async function measureProtocols(
  scenario: string,
  broker: RunningBroker,
  load: Load,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<ProtocolResult[]> {
  const runs = new Map<string, Run[]>(Object.keys(variants).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    let first = Number.NaN
    for (const [n, [name, { options, isWebSocket = false }]] of Object.entries(variants).entries()) {
      const report = await load.run(broker, measured(`${scenarios[scenario]} ${options}`, seconds), isWebSocket)
      if (report?.broker == null) continue
      const { cpuUsEach } = report.broker
      if (n === 0) first = cpuUsEach
      const { lost } = report.messages
      const { deliveredPerSecond: perSecond, targetPerSecond: target } = report.rate
      // Without the first one of its round there is nothing to compare it with.
      if (!Number.isNaN(first))
        runs.get(name)?.push({ cpuUsEach, ratio: cpuUsEach / first, perSecond, target, lost, errors: errorsOf(report) })
    }
  }
  return Object.entries(variants).flatMap(([variant, { atMost }]) => {
    const found = runs.get(variant) ?? []
    if (found.length === 0) return []
    const middle = (value: (run: Run) => number): number => Number(median(found.map(value)).toPrecision(4))
    const sum = (value: (run: Run) => number): number => found.reduce((total, run) => total + value(run), 0)
    const result: ProtocolResult = {
      scenario,
      variant,
      cpuUsEach: middle(({ cpuUsEach }) => cpuUsEach),
      ratio: middle(({ ratio }) => ratio),
      atMost,
      deliveredPerSecond: Math.round(middle(({ perSecond }) => perSecond)),
      targetPerSecond: found[0]?.target ?? null,
      lost: sum(({ lost }) => lost),
      errors: sum(({ errors }) => errors),
    }
    console.log(`  ${variant.padEnd(48)} ${result.cpuUsEach.toFixed(2).padStart(6)} µs  ${result.ratio.toFixed(2)}×`)
    return [result]
  })
}

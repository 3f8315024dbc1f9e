/**
 * The harness of the micro benchmarks: CPU time, not time of day, so that what else runs on the machine counts little.
 * Each case is warmed up, sized so that a round takes about `roundMs`, and measured `rounds` times, all cases in turns; the
 * median is kept. No collection is forced in between: a full one also throws away what the compiler has learnt. The loop around a case costs a nanosecond or two; what a case computes is used, so that it is not
 * optimised away.
 */
import { type MicroResult, median, quantile } from './result.ts'

export interface MicroCase {
  readonly name: string
  /** How many operations one call of `run` makes. */
  readonly operations: number
  /** Something that depends on all of them. */
  run(): number
}

const warmupMs = 300
const roundMs = 60

/** Kept where the optimiser cannot see that nobody reads it. */
const sink = { value: 0 }

export function measureCases(cases: readonly MicroCase[], rounds: number): MicroResult[] {
  const sized = cases.map((each) => ({ each, calls: callsIn(each), ns: [] as number[] }))
  for (let round = 0; round < rounds; round++) {
    for (const { each, calls, ns } of sized) {
      const cpu = cpuMs(() => {
        for (let call = 0; call < calls; call++) sink.value += each.run()
      })
      ns.push((cpu * 1e6) / (calls * each.operations))
    }
  }
  return sized.map(({ each, ns }) => ({
    name: each.name,
    nsEach: median(ns),
    nsLow: quantile(ns, 0.25),
    nsHigh: quantile(ns, 0.75),
  }))
}

function callsIn(each: MicroCase): number {
  let calls = 0
  const spent = cpuMs(() => {
    const until = performance.now() + warmupMs
    while (performance.now() < until) {
      sink.value += each.run()
      calls++
    }
  })
  return Math.max(1, Math.round((calls * roundMs) / Math.max(1, spent)))
}

function cpuMs(act: () => void): number {
  const before = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

// Results of a run that never was.
import { Histogram } from '../src/bench/histogram.ts'
import { type Counters, createCounters, type Results } from '../src/bench/results.ts'

export interface Sample extends Omit<Partial<Results>, 'counters' | 'histograms'> {
  readonly deliveriesMs?: readonly number[]
  readonly counters?: Partial<Counters>
}

export function sampleResults({ deliveriesMs = [], counters, ...rest }: Sample = {}): Results {
  const delivery = new Histogram()
  for (const ms of deliveriesMs) delivery.record(ms * 1000)
  return {
    mode: 'e2e',
    topology: 'pair',
    url: 'mqtt://localhost:1883',
    protocolVersion: 5,
    qos: 1,
    size: 64,
    publishers: 10,
    subscribers: 10,
    connections: 20,
    workers: 1,
    targetRate: 0,
    seconds: 1,
    warmupMs: 0,
    histograms: {
      connect: new Histogram(),
      suback: new Histogram(),
      ack: new Histogram(),
      delivery,
      schedule: new Histogram(),
    },
    counters: { ...createCounters(), ...counters },
    errors: [],
    lost: 0,
    expected: 0,
    publishedRate: 0,
    deliveredRate: 0,
    connectRate: 0,
    workerCpu: [0.1],
    bottlenecks: [],
    broker: undefined,
    ...rest,
  }
}

/**
 * A broker that a test makes late: the virtual clock stalls, so time passes and nothing runs, as in a process that has too
 * much to do. A bystander pings before each sample, as a loop is watched only while something arrives; it must never be
 * disturbed.
 */
import { expect } from 'vitest'
import type { BrokerOptions } from '../src/broker.ts'
import type { OverloadLevel } from '../src/limit/overload-level.ts'
import { startBroker, type TestBroker, turns } from './harness.ts'
import type { WireClient } from './wire-client.ts'

const sampleMs = 250

export interface OverloadableBroker extends TestBroker {
  readonly bystander: WireClient
  /** One sample of the watch, at which the event loop is late by so much. */
  sample(delayMs: number): Promise<void>
  /** Late until this level is reached. */
  overload(level: OverloadLevel): Promise<void>
  /** In time until this level is reached, or all is over. */
  recover(level?: OverloadLevel): Promise<void>
}

export async function startOverloadable(options: BrokerOptions = {}): Promise<OverloadableBroker> {
  const started = startBroker(options)
  const { broker, clock, client } = started
  const bystander = await client('bystander', { keepAlive: 60 })
  const sample = async (delayMs: number): Promise<void> => {
    expect(await bystander.settled()).toEqual([])
    clock.stall(sampleMs + delayMs)
    await turns(2)
  }
  const until = async (level: OverloadLevel, delayMs: number): Promise<void> => {
    for (let samples = 0; broker.stats.overload !== level; samples++) {
      if (samples > 100) throw new Error(`never at ${level}`)
      await sample(delayMs)
    }
  }
  return {
    ...started,
    bystander,
    sample,
    overload: (level: OverloadLevel) => until(level, 5000),
    recover: (level: OverloadLevel = 'normal') => until(level, 0),
  }
}

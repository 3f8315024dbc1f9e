/**
 * A broker under attack over TCP, with a bystander that must not notice: `attacked` begins, and when the test has ended the
 * bystander still publishes and receives.
 */
import type { ConnectPacket, ProtocolVersion } from '@mq/core'
import { expect, onTestFinished } from 'vitest'
import type { BrokerLimits } from '../src/config/limits.ts'
import { startBroker, type TestBroker } from './harness.ts'
import { WireClient } from './wire-client.ts'

export interface Attacked extends TestBroker {
  readonly url: string
  readonly bystander: WireClient
  open(version?: ProtocolVersion): Promise<WireClient>
  connect(clientId?: string, wishes?: Partial<ConnectPacket>): Promise<WireClient>
}

export async function attacked(limits: Partial<BrokerLimits> = {}): Promise<Attacked> {
  const started = startBroker({ limits })
  const { url } = await started.broker.listen('tcp://127.0.0.1:0')
  const bystander = await WireClient.connect(url, { clientId: 'bystander' })
  await bystander.subscribe('bystander/#', { qos: 2 })
  // Before the broker is closed: what was begun last is undone first.
  onTestFinished(async () => {
    expect(await bystander.publish('bystander/t', 'alive', { qos: 2 })).toBe(0)
    expect(await bystander.payloads()).toEqual(['alive'])
    await bystander.disconnect()
  })
  return {
    ...started,
    url,
    bystander,
    open: (version = 5) => WireClient.open(url, version),
    connect: (clientId = 'attacker', wishes = {}) => WireClient.connect(url, { clientId, ...wishes }),
  }
}

/** Numbers that are the same in every run, from 0 to below 1. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x1_0000_0000
  }
}

/** A UTF-8 Encoded String of ASCII characters. */
export function utf8(text: string): number[] {
  return [text.length >> 8, text.length & 0xff, ...new TextEncoder().encode(text)]
}

/** A packet with its Remaining Length. */
export function packet(first: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([first, ...varInt(body.length), ...body])
}

export function memoryUsage(): NodeJS.MemoryUsage {
  globalThis.gc?.()
  return process.memoryUsage()
}

function varInt(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 0x80, ...varInt(Math.floor(value / 128))]
}

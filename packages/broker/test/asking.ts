/** A client that is held because an answer about it is awaited. */
import type { Will } from '@mq/core'
import { expect, vi } from 'vitest'
import type { BrokerOptions } from '../src/broker.ts'
import { startBroker, type TestBroker } from './harness.ts'
import { type ConnectWishes, WireClient } from './wire-client.ts'

export const schemes: readonly ['tcp', 'ws'] = ['tcp', 'ws']
export const will: Will = { topicName: 'will', payload: new TextEncoder().encode('gone'), qos: 0, retain: false }

type Scheme = (typeof schemes)[number]
export type Answer = (yes: boolean) => void

export interface Listening extends TestBroker {
  readonly url: string
  readonly watcher: WireClient
  /** Until there are so many. */
  connections(count: number): Promise<void>
}

export interface Asking extends Omit<Listening, 'client'> {
  /** The one that is held. */
  readonly client: WireClient
  readonly answers: readonly Answer[]
}

/** A broker that listens, and somebody who watches, connected without being asked. */
export async function listening(scheme: Scheme, options: BrokerOptions): Promise<Listening> {
  const started = startBroker(options)
  const { url } = await started.broker.listen(`${scheme}://127.0.0.1:0`)
  const watcher = await started.client('watcher')
  await watcher.subscribe('#')
  const connections = (count: number): Promise<void> =>
    vi.waitFor(() => expect(started.broker.stats.connections).toBe(count))
  return { ...started, url, watcher, connections }
}

/** And a client that is held: whether it may publish has been asked, and not answered. */
export async function asking(scheme: Scheme, options: BrokerOptions = {}, wishes: ConnectWishes = {}): Promise<Asking> {
  const answers: Answer[] = []
  const started = await listening(scheme, {
    ...options,
    authorize: ({ topic }) => topic !== 'asked' || new Promise((resolve) => void answers.push(resolve)),
  })
  const client = await WireClient.connect(started.url, { clientId: 'a', will, ...wishes })
  client.post('asked', 'one')
  await vi.waitFor(() => expect(answers).toHaveLength(1))
  return { ...started, client, answers }
}

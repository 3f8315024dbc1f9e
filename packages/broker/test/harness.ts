/** A broker for one test: with its own time, what it logs, and closed when the test ends. */
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { type Broker, type BrokerOptions, createBroker } from '../src/broker.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'
import { type ConnectWishes, WireClient } from './wire-client.ts'

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: number; readonly msg: string }

export interface TestBroker {
  readonly broker: Broker
  readonly clock: VirtualClock
  readonly logs: readonly LogLine[]
  /** A connected client inside the process. */
  client(clientId: string, wishes?: ConnectWishes): Promise<WireClient>
}

export function startBroker(options: BrokerOptions = {}): TestBroker {
  const logs: LogLine[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void logs.push(JSON.parse(line)) })
  const clock = createVirtualClock()
  const broker = createBroker({ clock, logger, ...options })
  onTestFinished(() => broker.close())
  return {
    broker,
    clock,
    logs,
    client: (clientId, wishes) => WireClient.connect(broker, { clientId, ...wishes }),
  }
}

/** A session that outlives its connection. */
export const persistent: ConnectWishes = { properties: { sessionExpiryInterval: 3600 } }

/** Some turns of the event loop, for what happens without anybody's answer to wait for. */
export async function turns(count = 8): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

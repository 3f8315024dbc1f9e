/** A broker in this process on a clock of its own, and raw connections to it whose every byte is watched. */
import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { decodePacket, type Fault, FrameReader, type Packet, type ProtocolVersion, type Transport } from '@mq/core'
import { pino } from 'pino'
import { type Broker, type BrokerOptions, createBroker } from '../src/broker.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'
import { createVirtualClock, type VirtualClock } from '../test/virtual-clock.ts'

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly reasonCode?: number
  readonly clause?: string
  readonly err?: { readonly stack?: string }
}

export interface World {
  readonly broker: Broker
  readonly clock: VirtualClock
  readonly store: Store
  /** Warnings and worse. */
  readonly logs: LogLine[]
  /** Counts what arrives anywhere, so that silence can be told. */
  readonly pulse: { beats: number }
}

const errorLevel = 50

export function createWorld(options: BrokerOptions = {}): World {
  const logs: LogLine[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void logs.push(JSON.parse(line)) })
  const clock = createVirtualClock()
  const store = memoryStore()
  return { broker: createBroker({ clock, logger, store, ...options }), clock, store, logs, pulse: { beats: 0 } }
}

/** No error was logged: 'internal error' is a finding, and so is any other. Takes the lines. */
export function checkLogs(world: World): LogLine[] {
  const lines = world.logs.splice(0)
  for (const line of lines) ok(line.level < errorLevel, `${line.msg}\n${line.err?.stack ?? ''}`)
  return lines
}

/** Everybody is gone: nothing is left of them, on the broker's side and in its store. */
export async function closeWorld(world: World): Promise<void> {
  const { broker, clock, store } = world
  // Longer than any session lives.
  clock.advance(3 * 86_400_000)
  await settle(world)
  const { connections, sessions, subscriptions } = broker.stats
  deepStrictEqual({ connections, sessions, subscriptions }, { connections: 0, sessions: 0, subscriptions: 0 })
  await broker.close()
  equal(clock.timers, 0, 'timers are left')
  equal((await store.load()).sessions.length, 0, 'sessions are left in the store')
  checkLogs(world)
}

/** Turns of the event loop until nothing has arrived anywhere for some. */
export async function settle({ pulse }: World, quietTurns = 5): Promise<void> {
  for (let quiet = 0, beats = pulse.beats; quiet < quietTurns; quiet++) {
    await turn()
    if (pulse.beats === beats) continue
    beats = pulse.beats
    quiet = -1
  }
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** The client's end of one connection: keeps what comes, checks that it can be read, answers nothing. */
export class RawConnection {
  readonly version: ProtocolVersion
  readonly received: Packet[] = []
  /** Sizes in bytes, beside `received`. */
  readonly sizes: number[] = []
  /** As it came. */
  readonly chunks: Uint8Array[] = []
  isClosed = false
  readonly #transport: Transport
  readonly #frames = new FrameReader(Number.POSITIVE_INFINITY)
  problem: Fault | undefined = undefined

  constructor(world: World, version: ProtocolVersion) {
    this.version = version
    this.#transport = world.broker.connect()
    this.#transport.attach({
      data: (chunk) => {
        world.pulse.beats++
        this.#read(chunk)
      },
      drained: () => undefined,
      lost: () => {
        world.pulse.beats++
        this.isClosed = true
      },
    })
  }

  write(bytes: Uint8Array): void {
    this.#transport.write(bytes)
  }

  /** Cut: what was on the way in either direction is lost. */
  destroy(): void {
    this.#transport.destroy()
  }

  #read(chunk: Uint8Array): void {
    this.chunks.push(chunk)
    const problem = this.#frames.push(chunk, {
      frame: (bytes, header, body, end) => {
        const packet = decodePacket(bytes, header, body, end, this.version)
        if (packet.type === 'fault') this.problem ??= packet
        else {
          this.received.push(packet)
          this.sizes.push(end - header)
        }
        return true
      },
    })
    this.problem ??= problem
  }
}

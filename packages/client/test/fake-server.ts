// A server that does what a test tells it, over a transport that is a pair of function calls, on a clock that stands still.

import {
  type AckPacket,
  FrameReader,
  type Packet,
  type ProtocolVersion,
  type Transport,
  type TransportHandler,
} from '@mq/core'
import { ScriptedPeer, VirtualClock } from '@mq/core/testing'
import { onTestFinished } from 'vitest'
import { type Client, type Clock, type ConnectOptions, createClient, type TransportTarget } from '../src/index.ts'

type Of<T extends Packet['type']> = T extends AckPacket['type'] ? AckPacket : Extract<Packet, { type: T }>

export class FakeServer {
  readonly virtual: VirtualClock = new VirtualClock()
  readonly clock: Clock = {
    now: () => this.virtual.now(),
    schedule: (delay, run) => this.virtual.setTimer(run, delay),
  }
  /** Every connection there was, the newest last. */
  readonly connections: FakeConnection[] = []
  readonly targets: TransportTarget[] = []
  /** What happens to the next attempts: refused by the network, or taken. */
  reachable = true
  /** Answers CONNECT by itself; undefined leaves it to the test. */
  welcome: ((connect: Of<'connect'>, connection: FakeConnection) => Of<'connack'> | undefined) | undefined = () =>
    connack()

  get connection(): FakeConnection {
    const newest = this.connections.at(-1)
    if (newest === undefined) throw new Error('no connection was opened')
    return newest
  }

  readonly transport = (target: TransportTarget): Transport => {
    this.targets.push(target)
    if (!this.reachable) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const connection = new FakeConnection(this, target.protocolVersion)
    this.connections.push(connection)
    return connection.clientEnd
  }

  client(options: ConnectOptions = {}): Client {
    const client = createClient('mqtt://fake', {
      transport: this.transport,
      clock: this.clock,
      random: () => 0.5,
      reconnect: { jitter: 'none' },
      ...options,
    })
    onTestFinished(() => client.disconnect({ drain: false }))
    return client
  }

  /** A client that is connected already. */
  async connected(options: ConnectOptions = {}): Promise<Client> {
    const client = this.client(options)
    await client.connect()
    return client
  }

  async advance(milliseconds: number): Promise<void> {
    await turn()
    // In steps, so that what one timer starts can set the next.
    for (let left = milliseconds; left > 0; left -= 100) {
      this.virtual.advance(Math.min(100, left))
      await turn()
    }
  }
}

export class FakeConnection {
  readonly peer: ScriptedPeer
  readonly clientEnd: Transport
  /** The packets of the client as they were on the wire, oldest first. */
  readonly frames: Uint8Array[] = []
  paused = false
  ended = false
  /** Closes of the client's end are told only when the test says so. */
  closesSlowly = false
  readonly #split = new FrameReader(Number.POSITIVE_INFINITY)
  #client: TransportHandler | undefined = undefined
  #arrived: Uint8Array[] = []

  constructor(server: FakeServer, version: ProtocolVersion) {
    let toServer: TransportHandler | undefined
    const serverEnd: Transport = {
      peer: 'fake client',
      pendingBytes: 0,
      attach: (handler) => {
        toServer = handler
      },
      write: (bytes) => {
        this.#arrived.push(new Uint8Array(bytes))
        queueMicrotask(() => this.#deliver())
        return true
      },
      pause: () => {},
      resume: () => {},
      end: () => this.close(),
      destroy: () => this.close(),
    }
    this.peer = new ScriptedPeer(serverEnd, version)
    const close = (): void => {
      this.ended = true
      if (!this.closesSlowly) queueMicrotask(() => this.close())
    }
    this.clientEnd = {
      peer: 'fake server',
      pendingBytes: 0,
      attach: (handler) => {
        this.#client = handler
        this.#deliver()
      },
      write: (bytes) => {
        const before = this.peer.received.length
        this.#split.push(new Uint8Array(bytes), {
          frame: (chunk, header, _body, end) => this.frames.push(chunk.slice(header, end)) > 0,
        })
        toServer?.data(new Uint8Array(bytes))
        for (const packet of this.peer.received.slice(before)) {
          if (packet.type !== 'connect' || server.welcome === undefined) continue
          const answer = server.welcome(packet, this)
          if (answer !== undefined) this.send(answer)
        }
        return true
      },
      pause: () => {
        this.paused = true
      },
      resume: () => {
        this.paused = false
        queueMicrotask(() => this.#deliver())
      },
      end: close,
      destroy: close,
    }
  }

  send(packet: Packet): void {
    this.peer.send(packet)
  }

  /** The connection breaks, from the server's side. */
  close(): void {
    const client = this.#client
    this.#client = undefined
    client?.lost(undefined)
  }

  /** The next packet of this type that has come and was not taken yet; others before it stay. */
  async next<T extends Packet['type']>(type: T): Promise<Of<T>> {
    for (let turns = 0; turns < 50; turns++) {
      const found = this.take(type)
      if (found !== undefined) return found
      await turn()
    }
    throw new Error(`no ${type} came, but ${this.peer.received.map((each) => each.type).join(', ') || 'nothing'}`)
  }

  take<T extends Packet['type']>(type: T): Of<T> | undefined {
    const at = this.peer.received.findIndex((each) => each.type === type)
    const found = at < 0 ? undefined : this.peer.received.splice(at, 1)[0]
    return found !== undefined && isOf(found, type) ? found : undefined
  }

  /** Whether anything of this type has come. */
  has(type: Packet['type']): boolean {
    return this.peer.received.some((each) => each.type === type)
  }

  /** The packet of this type that came last, as bytes. */
  frame(type: number): Uint8Array {
    const found = this.frames.findLast((each) => (each[0] ?? 0) >> 4 === type)
    if (found === undefined) throw new Error(`no packet of type ${type} came`)
    return found
  }

  /** Grant the SUBSCRIBE that comes next. */
  async grant(...codes: number[]): Promise<Of<'subscribe'>> {
    const subscribe = await this.next('subscribe')
    const reasonCodes = subscribe.subscriptions.map(({ qos }, at) => codes[at] ?? qos)
    this.send({ type: 'suback', packetId: subscribe.packetId, reasonCodes })
    return subscribe
  }

  #deliver(): void {
    while (!this.paused && this.#client !== undefined) {
      const chunk = this.#arrived.shift()
      if (chunk === undefined) return
      this.#client.data(chunk)
    }
  }
}

/** What the machine has to do, it does within a few turns of the event loop. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}

export function connack(
  properties: Of<'connack'>['properties'] = {},
  sessionPresent = false,
  reasonCode = 0,
): Of<'connack'> {
  return { type: 'connack', sessionPresent, reasonCode, properties }
}

export function message(topicName: string, text: string, more: Partial<Of<'publish'>> = {}): Of<'publish'> {
  const payload = new TextEncoder().encode(text)
  return { type: 'publish', topicName, payload, qos: 0, retain: false, dup: false, ...more }
}

export function textOf({ payload }: { readonly payload: Uint8Array }): string {
  return new TextDecoder().decode(payload)
}

function isOf<T extends Packet['type']>(packet: { readonly type: string }, type: T): packet is Of<T> {
  return packet.type === type
}

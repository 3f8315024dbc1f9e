// Our client for the cases about clients: its transport leads to the runner, its clock is the runner's.

import { type Client, type ConnectOptions, createClient } from '@mq/client'
import type { ClientPeer, Deed, WireHandler } from '@mq/conformance'
import type { ProtocolVersion, QoS, Transport, TransportHandler } from '@mq/core'
import { VirtualClock } from './clock.ts'

export function clientUnderTest(protocolVersion: ProtocolVersion): ClientPeer {
  const clock = new VirtualClock()
  const opened: Line[] = []
  const waiting: ((line: Line) => void)[] = []
  let client: Client | undefined

  const transport = (): Transport => {
    const line = new Line()
    const waiter = waiting.shift()
    if (waiter === undefined) opened.push(line)
    else waiter(line)
    return line
  }

  return {
    async open(handler) {
      const line = opened.shift() ?? (await new Promise<Line>((resolve) => waiting.push(resolve)))
      line.answer(handler)
      return { write: (bytes) => line.receive(new Uint8Array(bytes)), close: () => line.break() }
    },
    perform(deed) {
      if (deed.name === 'connect') {
        client = createClient('mqtt://under-test', {
          transport,
          protocolVersion,
          clock: { now: clock.now, schedule: (delay, run) => clock.setTimer(run, delay) },
          random: () => 0.5,
          ...connectOptions(deed),
        })
      }
      // An application that looks at everything: a message that no reader gets is kept unacknowledged for one to come.
      if (deed.name === 'connect' && deed.values.get('listen') !== 0) client?.on('message', () => undefined)
      // What becomes of it shows on the wire.
      if (client !== undefined) perform(client, deed).catch(() => undefined)
    },
    wait: (ms) => clock.advance(ms),
    close: async () => client?.disconnect({ drain: false }),
  }
}

async function perform(client: Client, deed: Deed): Promise<void> {
  const { text, number, flag } = reading(deed)
  const qos = number('qos') as QoS | undefined
  switch (deed.name) {
    case 'connect':
      await client.connect()
      break
    case 'publish': {
      const responseTopic = text('responseTopic')
      await client.publish(text('topicName') ?? '', text('payload') ?? '', {
        qos,
        retain: flag('retain'),
        ...(responseTopic !== undefined && { properties: { responseTopic } }),
      })
      break
    }
    case 'subscribe':
      await client.subscribe(text('topicFilter') ?? '', () => undefined, { qos, noLocal: flag('noLocal') })
      break
    case 'unsubscribe':
      await client.unsubscribe(text('topicFilter') ?? '')
      break
    case 'disconnect':
      await client.disconnect({ drain: false })
      break
    default:
      throw new TypeError(`the client cannot be asked for ${deed.name}`)
  }
}

function connectOptions(deed: Deed): ConnectOptions {
  const { text, number, flag } = reading(deed)
  const topic = text('will.topicName')
  const inboundMaximum = number('topicAliasMaximum')
  return {
    clientId: text('clientId'),
    cleanStart: flag('cleanStart') ?? true,
    keepAlive: number('keepAlive') ?? 60,
    // Before 5.0 it is Clean Session that says whether the session stays.
    sessionExpiryInterval: number('sessionExpiryInterval') ?? 0,
    credentials: { userName: text('userName'), password: text('password') },
    ...(topic !== undefined && {
      will: {
        topic,
        payload: text('will.payload'),
        qos: number('will.qos') as QoS | undefined,
        retain: flag('will.retain'),
      },
    }),
    ...(inboundMaximum !== undefined && { topicAlias: { inboundMaximum } }),
  }
}

function reading({ values }: Deed) {
  const number = (name: string): number | undefined => {
    const value = values.get(name)
    return typeof value === 'number' ? value : undefined
  }
  return {
    number,
    text: (name: string): string | undefined => (values.has(name) ? String(values.get(name)) : undefined),
    flag: (name: string): boolean | undefined => (number(name) === undefined ? undefined : number(name) === 1),
  }
}

/** One network connection: the client has it as a Transport, the runner reads and writes the other end. */
class Line implements Transport {
  readonly peer = 'mqtt://under-test'
  readonly pendingBytes = 0
  #client: TransportHandler | undefined = undefined
  #runner: WireHandler | undefined = undefined
  readonly #sent: Uint8Array[] = []
  readonly #received: Uint8Array[] = []
  #paused = false
  #over = false

  attach(handler: TransportHandler): void {
    this.#client = handler
  }

  write(bytes: Uint8Array): boolean {
    this.#sent.push(new Uint8Array(bytes))
    this.#soon()
    return true
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#soon()
  }

  end(): void {
    this.break()
  }

  destroy(): void {
    this.break()
  }

  answer(runner: WireHandler): void {
    this.#runner = runner
    this.#soon()
  }

  receive(bytes: Uint8Array): void {
    this.#received.push(bytes)
    this.#soon()
  }

  /** Both sides hear of it, after what was sent. */
  break(): void {
    if (this.#over) return
    this.#over = true
    this.#soon()
  }

  #ended = false

  #soon(): void {
    setImmediate(() => {
      if (this.#runner === undefined || this.#ended) return
      for (let bytes = this.#sent.shift(); bytes !== undefined; bytes = this.#sent.shift()) this.#runner.data(bytes)
      while (!this.#paused && !this.#over && this.#received.length > 0) {
        const bytes = this.#received.shift()
        if (bytes !== undefined) this.#client?.data(bytes)
      }
      if (!this.#over) return
      this.#ended = true
      this.#client?.lost(undefined)
      this.#runner.closed()
    })
  }
}

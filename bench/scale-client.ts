/**
 * A client that costs next to nothing, so that ten thousand fit into the process that makes the load: packets are written as
 * bytes, and what comes is counted by its first byte. MQTT 3.1.1.
 */
import net from 'node:net'
import {
  type ControlPacket,
  createBufferWriter,
  encodeControl,
  FrameReader,
  type FrameSink,
  writtenBytes,
} from '@mq/core'

const publishType = 3
const puback = 0x40

export class ScaleClient implements FrameSink {
  readonly socket: net.Socket
  /** PUBLISH packets that came. */
  received = 0
  /** What came that is no PUBLISH: CONNACK, SUBACK, UNSUBACK, PUBACK. */
  answered = 0
  /** Called for each PUBLISH with where its payload is; not kept. */
  onMessage: ((chunk: Uint8Array, start: number, end: number) => void) | undefined = undefined
  readonly #frames = new FrameReader(Number.POSITIVE_INFINITY)
  #awaited: { answers: number; resolve: () => void } | undefined = undefined
  /** PUBACKs of one chunk go in one write. */
  #acks: number[] = []

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk: Uint8Array) => {
      this.#frames.push(chunk, this)
      if (this.#acks.length === 0) return
      this.socket.write(Uint8Array.from(this.#acks))
      this.#acks = []
    })
    this.socket.on('error', () => undefined)
  }

  frame(chunk: Uint8Array, header: number, body: number, end: number): boolean {
    if (chunk[header]! >> 4 === publishType) {
      this.received++
      const qos = (chunk[header]! >> 1) & 3
      const topicEnd = body + 2 + chunk[body]! * 256 + chunk[body + 1]!
      if (qos > 0) this.#acks.push(puback, 2, chunk[topicEnd]!, chunk[topicEnd + 1]!)
      this.onMessage?.(chunk, topicEnd + (qos > 0 ? 2 : 0), end)
      return true
    }
    this.answered++
    const awaited = this.#awaited
    if (awaited !== undefined && this.answered >= awaited.answers) {
      this.#awaited = undefined
      awaited.resolve()
    }
    return true
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Until the server has given so many answers since the beginning. */
  answers(answers: number): Promise<void> {
    if (this.answered >= answers) return Promise.resolve()
    return new Promise((resolve) => {
      this.#awaited = { answers, resolve }
    })
  }

  /** Send it and wait for its answer. */
  async ask(packet: ControlPacket): Promise<void> {
    const before = this.answered
    this.send(encoded(packet))
    await this.answers(before + 1)
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve())
      this.socket.destroy()
    })
  }
}

export async function connectClient(port: number, clientId: string, cleanStart = true): Promise<ScaleClient> {
  const client = new ScaleClient(port)
  await client.ask({ type: 'connect', protocolVersion: 4, cleanStart, keepAlive: 0, clientId })
  return client
}

/** Many, a hundred at a time. */
export async function connectClients(port: number, count: number, prefix: string): Promise<ScaleClient[]> {
  const clients: ScaleClient[] = []
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(100, count - clients.length) }, (_, n) =>
      connectClient(port, `${prefix}${clients.length + n}`),
    )
    clients.push(...(await Promise.all(some)))
  }
  return clients
}

export function subscribePacket(packetId: number, filters: readonly string[], qos: 0 | 1): ControlPacket {
  return {
    type: 'subscribe',
    packetId,
    subscriptions: filters.map((topicFilter) => ({
      topicFilter,
      qos,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0,
    })),
  }
}

export function encoded(packet: ControlPacket): Uint8Array {
  const writer = createBufferWriter()
  encodeControl(writer, packet, 4)
  return writtenBytes(writer)
}

/**
 * A client for tests that sends exactly what it is told, legal or not: packets as objects, or raw bytes. It keeps what it
 * receives until the test reads it, and acknowledges QoS 1 and 2 by itself unless it is told not to.
 *
 * There are no sleeps: `next` waits for a packet, `settled` sends PINGREQ and gives back everything that came before
 * PINGRESP, `closed` resolves when the broker has ended the connection.
 *
 * It is over 300 lines because a client's vocabulary reads better in one place than in three.
 */
import {
  type AckPacket,
  type ConnackPacket,
  type ConnectPacket,
  createBufferWriter,
  decodePacket,
  encodePacket,
  FrameReader,
  type Packet,
  type ProtocolVersion,
  type PublishPacket,
  type PublishProperties,
  type QoS,
  type SubscriptionRequest,
  writtenBytes,
} from '@mq/core'
import type { Broker } from '../src/broker.ts'
import { openPipe, type Pipe } from './pipe.ts'

export type ConnectWishes = Partial<Omit<ConnectPacket, 'type'>> & {
  /** Leave PUBLISH unanswered. */
  readonly silent?: boolean
}

export interface Wish {
  readonly qos?: QoS
  readonly retain?: boolean
  readonly dup?: boolean
  readonly packetId?: number
  readonly properties?: PublishProperties
}

type PacketOf<T extends Packet['type']> = T extends AckPacket['type']
  ? AckPacket & { readonly type: T }
  : Extract<Packet, { type: T }>

/** How long a packet is waited for before the test fails, in milliseconds of real time. */
const patienceMs = 10_000

export class WireClient {
  version: ProtocolVersion = 5
  /** Answers QoS 1 and 2 by itself. */
  answers = true
  readonly clientId: string
  readonly #pipe: Pipe
  readonly #received: Packet[] = []
  readonly #waiting: (() => void)[] = []
  readonly #frames = new FrameReader(Number.POSITIVE_INFINITY)
  #isClosed = false
  #packetId = 0
  connack: ConnackPacket | undefined = undefined

  private constructor(pipe: Pipe, clientId: string) {
    this.#pipe = pipe
    this.clientId = clientId
  }

  /** A network connection, and nothing sent on it. */
  static async open(
    to: Broker | string,
    version: ProtocolVersion = 5,
    clientId = '',
    protocol?: string,
  ): Promise<WireClient> {
    let client: WireClient | undefined
    const pipe = await openPipe(
      to,
      {
        data: (bytes) => client?.receive(bytes),
        closed: () => client?.ended(),
      },
      protocol,
    )
    client = new WireClient(pipe, clientId)
    client.version = version
    return client
  }

  /** Connected: CONNECT was sent and CONNACK has come. @throws if it refuses. */
  static async connect(to: Broker | string, wishes: ConnectWishes = {}): Promise<WireClient> {
    const { client, connack } = await WireClient.attempt(to, wishes)
    if (connack?.reasonCode !== 0) throw new Error(`refused with ${connack?.reasonCode ?? 'nothing'}`)
    return client
  }

  /** As `connect`, for a CONNACK of any kind, or none. */
  static async attempt(
    to: Broker | string,
    wishes: ConnectWishes = {},
  ): Promise<{ client: WireClient; connack: ConnackPacket | undefined }> {
    const packet = connectPacket(wishes)
    const client = await WireClient.open(to, packet.protocolVersion, packet.clientId)
    client.answers = wishes.silent !== true
    client.send(packet)
    await client.#until(() => client.#received.length > 0 || client.#isClosed)
    const first = client.#received.shift()
    if (first !== undefined && first.type !== 'connack') throw new Error(`${first.type} came before CONNACK`)
    client.connack = first
    return { client, connack: first }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Resolves when the broker has ended the connection; gives back what came before that and was not read. */
  async closed(): Promise<Packet[]> {
    await this.#until(() => this.#isClosed)
    return this.#received.splice(0)
  }

  /** What the broker said last: the Reason Code of DISCONNECT, or undefined when it just closed. */
  async goodbye(): Promise<number | undefined> {
    const last = (await this.closed()).at(-1)
    return last?.type === 'disconnect' || last?.type === 'connack' ? last.reasonCode : undefined
  }

  send(packet: Packet): void {
    this.sendBytes(packetBytes(packet, this.version))
  }

  sendBytes(bytes: Uint8Array | readonly number[]): void {
    this.#pipe.write(bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes))
  }

  /** The next packet, which must be of this type. */
  async next<T extends Packet['type']>(type: T): Promise<PacketOf<T>> {
    await this.#until(() => this.#received.length > 0 || this.#isClosed)
    const packet = this.#received.shift()
    if (packet === undefined) throw new Error(`the connection was closed while ${type} was awaited`)
    if (!isOf(packet, type)) throw new Error(`${type} was awaited, and this came: ${JSON.stringify(packet)}`)
    return packet
  }

  /** As many messages as are wanted. */
  async messages(count: number): Promise<PublishPacket[]> {
    const messages: PublishPacket[] = []
    while (messages.length < count) messages.push(await this.next('publish'))
    return messages
  }

  /** Everything that the broker had sent when it answered a PINGREQ: what is not in here has not been sent. */
  async settled(): Promise<Packet[]> {
    this.send({ type: 'pingreq' })
    await this.#until(() => this.#received.some((each) => each.type === 'pingresp') || this.#isClosed)
    const at = this.#received.findIndex((each) => each.type === 'pingresp')
    if (at < 0) throw new Error(`closed instead of PINGRESP: ${JSON.stringify(this.#received)}`)
    return this.#received.splice(0, at + 1).slice(0, -1)
  }

  /** The payloads of everything in `settled`, which are all messages. */
  async payloads(): Promise<string[]> {
    return (await this.settled()).map(payloadText)
  }

  async subscribe(
    topicFilters: string | readonly string[],
    options: Partial<SubscriptionRequest> & { identifier?: number } = {},
  ): Promise<readonly number[]> {
    const { identifier, ...request } = options
    const packetId = this.nextId()
    this.send({
      type: 'subscribe',
      packetId,
      subscriptions: [topicFilters].flat().map((topicFilter) => ({
        qos: 0,
        noLocal: false,
        retainAsPublished: false,
        retainHandling: 0,
        ...request,
        topicFilter,
      })),
      ...(identifier !== undefined && { properties: { subscriptionIdentifier: identifier } }),
    })
    const suback = await this.#awaited('suback', packetId)
    return suback.reasonCodes
  }

  async unsubscribe(...topicFilters: string[]): Promise<readonly number[]> {
    const packetId = this.nextId()
    this.send({ type: 'unsubscribe', packetId, topicFilters })
    return (await this.#awaited('unsuback', packetId)).reasonCodes
  }

  /** Send a PUBLISH and do not wait for anything. Returns its Packet Identifier. */
  post(topicName: string, payload: string | Uint8Array = '', wish: Wish = {}): number {
    const { qos = 0, retain = false, dup = false, packetId = qos > 0 ? this.nextId() : 0, properties } = wish
    this.send({
      type: 'publish',
      topicName,
      payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
      qos,
      retain,
      dup,
      ...(qos > 0 && { packetId }),
      ...(properties !== undefined && { properties }),
    })
    return packetId
  }

  /** Publish and see it through: returns the Reason Code of PUBACK or PUBREC, 0 at QoS 0 (which waits for a ping). */
  async publish(topicName: string, payload: string | Uint8Array = '', wish: Wish = {}): Promise<number> {
    const packetId = this.post(topicName, payload, wish)
    if (wish.qos === 1) return (await this.#awaited('puback', packetId)).reasonCode
    if (wish.qos === 2) {
      const { reasonCode } = await this.#awaited('pubrec', packetId)
      if (reasonCode >= 0x80) return reasonCode
      this.send({ type: 'pubrel', packetId, reasonCode: 0 })
      await this.#awaited('pubcomp', packetId)
      return reasonCode
    }
    this.send({ type: 'pingreq' })
    await this.#awaited('pingresp', 0)
    return 0
  }

  ack(type: AckPacket['type'], packetId: number, reasonCode = 0): void {
    this.send({ type, packetId, reasonCode })
  }

  /** DISCONNECT and close. */
  async disconnect(reasonCode = 0, sessionExpiryInterval?: number): Promise<void> {
    this.send({
      type: 'disconnect',
      reasonCode,
      ...(sessionExpiryInterval !== undefined && { properties: { sessionExpiryInterval } }),
    })
    await this.closed()
  }

  /** Go away without DISCONNECT. */
  async drop(): Promise<void> {
    this.#pipe.destroy()
    await this.closed()
  }

  /** Say no more: the other end may still answer what it was told before. */
  end(): void {
    this.#pipe.end()
  }

  /** Be gone at once. */
  reset(): void {
    this.#pipe.reset()
  }

  freeze(): void {
    this.#pipe.pause()
  }

  thaw(): void {
    this.#pipe.resume()
  }

  nextId(): number {
    this.#packetId = (this.#packetId % 65_535) + 1
    return this.#packetId
  }

  /** @internal */
  receive(bytes: Uint8Array): void {
    const fault = this.#frames.push(bytes, {
      frame: (frame, header, body, end) => {
        const packet = decodePacket(frame, header, body, end, this.version)
        if (packet.type === 'fault') throw new Error(`the broker sent what cannot be read: ${packet.sentence}`)
        this.#received.push(packet)
        if (this.answers) this.#answer(packet)
        return true
      },
    })
    if (fault !== undefined) throw new Error(`the broker sent what cannot be read: ${fault.sentence}`)
    this.#wake()
  }

  /** @internal */
  ended(): void {
    this.#isClosed = true
    this.#wake()
  }

  #answer(packet: Packet): void {
    if (packet.type === 'publish' && packet.packetId !== undefined) {
      this.ack(packet.qos === 1 ? 'puback' : 'pubrec', packet.packetId)
    } else if (packet.type === 'pubrel') {
      this.#received.pop()
      this.ack('pubcomp', packet.packetId)
    }
  }

  /** The answer to a request, wherever it stands among what came; what stands before it stays. */
  async #awaited<T extends 'suback' | 'unsuback' | 'puback' | 'pubrec' | 'pubcomp' | 'pingresp'>(
    type: T,
    packetId: number,
  ): Promise<PacketOf<T>> {
    const find = () =>
      this.#received.findIndex((each) => each.type === type && (!('packetId' in each) || each.packetId === packetId))
    await this.#until(() => find() >= 0 || this.#isClosed)
    const at = find()
    if (at < 0) throw new Error(`closed while ${type} was awaited: ${JSON.stringify(this.#received)}`)
    const [packet] = this.#received.splice(at, 1)
    if (packet === undefined || !isOf(packet, type)) throw new Error('lost it')
    return packet
  }

  async #until(condition: () => boolean): Promise<void> {
    const impatient = new Error(`nothing of the kind in ${patienceMs} ms`)
    while (!condition()) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          impatient.message += `; received: ${JSON.stringify(this.#received)}, ${this.#isClosed ? 'closed' : 'open'}`
          reject(impatient)
        }, patienceMs)
        this.#waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

export function connectPacket(wishes: ConnectWishes = {}): ConnectPacket {
  const { silent: _, ...given } = wishes
  return { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'client', ...given }
}

export function packetBytes(packet: Packet, version: ProtocolVersion): Uint8Array {
  const writer = createBufferWriter()
  encodePacket(writer, packet, version)
  return writtenBytes(writer)
}

export function payloadText(packet: Packet): string {
  if (packet.type !== 'publish') throw new Error(`a message was awaited, and this came: ${JSON.stringify(packet)}`)
  return new TextDecoder().decode(packet.payload)
}

function isOf<T extends Packet['type']>(packet: Packet, type: T): packet is PacketOf<T> {
  return packet.type === type
}

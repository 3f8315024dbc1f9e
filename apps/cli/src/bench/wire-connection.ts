/**
 * One connection of a load generator: a transport, core's codec, and no more. It keeps nothing that it sends and builds no
 * object for what it reads.
 *
 *     publisher, subscriber ─► Writer ─► chunk ─► one write per turn of the event loop      (as the broker's outbox)
 *     transport ─► FrameReader ─► decodePublish, decodeAck ─► role
 *
 * Always holds: after `ended` nothing is called any more. While `blocked`, the system has not taken what was written; who
 * can wait, waits.
 */

import { openTransport } from '@mq/client'
import {
  decodeAck,
  decodeControl,
  decodePublish,
  encodeAck,
  encodeControl,
  encodePingreq,
  type Fault,
  FrameReader,
  type FrameSink,
  type Outlet,
  PacketType,
  type Publication,
  type SubackPacket,
  type Transport,
  type TransportHandler,
  Writer,
} from '@mq/core'
import { reasonText } from '../connection/reason.ts'
import { exitCodeOfReason } from '../exit-code.ts'
import type { Workbench } from './workbench.ts'

/** Who decides what a connection does. */
export interface Role {
  /** CONNACK, with success. `receiveMaximum`: how many QoS > 0 PUBLISH the broker takes at once. */
  connected(receiveMaximum: number): void
  /** Valid during the call only. It is acknowledged by the connection. */
  publication(publication: Publication): void
  /** PUBACK, PUBCOMP, or a PUBREC that refuses: nothing more will come for this identifier. */
  acknowledged(type: 'puback' | 'pubrec' | 'pubcomp', packetId: number, reasonCode: number): void
  suback(packet: SubackPacket): void
  /** Everything has been taken: write on. */
  drained(): void
  /** It is over. Not called after `close`. */
  ended(problem: Problem): void
}

export interface Problem {
  readonly where: string
  readonly text: string
  readonly reasonCode?: number
}

const nothing = new Uint8Array(0)

export class WireConnection implements Outlet, FrameSink, TransportHandler {
  readonly writer: Writer = new Writer(this)
  readonly clientId: string
  /** The system has not taken all that was written. */
  blocked = false
  isOpen = false
  /** Something was written since the keep-alive was looked after last. */
  wasActive = false
  /** When it was due to be opened. */
  startedUs = 0
  readonly #bench: Workbench
  readonly #role: Role
  readonly #frames = new FrameReader(Number.POSITIVE_INFINITY)
  readonly #givenUp = new AbortController()
  #transport: Transport | undefined = undefined
  #full: Uint8Array[] = []
  #over = false
  #patience: NodeJS.Timeout | undefined = undefined

  constructor(bench: Workbench, clientId: string, role: Role) {
    this.#bench = bench
    this.#role = role
    this.clientId = clientId
  }

  open(): void {
    const { url, tls, protocolVersion } = this.#bench.plan
    this.#expect('CONNACK')
    const localAddress = this.#bench.nextLocalAddress()
    const { signal } = this.#givenUp
    openTransport({ url: new URL(url), signal, protocolVersion, tls, ws: undefined, localAddress }).then(
      (transport) => this.#opened(transport),
      (error: unknown) => this.#end({ where: 'connect', text: textOf(error) }),
    )
  }

  /** DISCONNECT, and the end. */
  close(): void {
    if (this.#over) return
    if (this.isOpen && !this.blocked) {
      encodeControl(this.writer, { type: 'disconnect', reasonCode: 0 }, this.#bench.plan.protocolVersion)
      this.flush()
    }
    this.#over = true
    this.isOpen = false
    clearTimeout(this.#patience)
    const transport = this.#transport
    if (transport === undefined) this.#givenUp.abort()
    else {
      transport.end()
      setTimeout(() => transport.destroy(), lingerMs).unref()
    }
  }

  subscribe(packetId: number, topicFilter: string): void {
    this.#expect('SUBACK')
    const { qos, protocolVersion } = this.#bench.plan
    const subscription = { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 2 } as const
    encodeControl(this.writer, { type: 'subscribe', packetId, subscriptions: [subscription] }, protocolVersion)
  }

  ping(): void {
    if (this.isOpen && !this.wasActive && !this.blocked) encodePingreq(this.writer)
    this.wasActive = false
  }

  // The writing side.

  makeRoom(writer: Writer, size: number): void {
    if (writer.at > 0) this.#full.push(writer.bytes.subarray(0, writer.at))
    else if (writer.bytes.length > 0) this.#bench.give(writer.bytes)
    // The first packet of a turn finds no chunk.
    if (writer.bytes.length === 0 && !this.blocked) this.#bench.dirty(this)
    writer.bytes = this.#bench.take(size)
    writer.at = 0
  }

  flush(): void {
    const { writer } = this
    const transport = this.#transport
    if (this.blocked || this.#over || transport === undefined) return
    const chunk = writer.bytes
    const length = writer.at
    writer.bytes = nothing
    writer.at = 0
    this.wasActive = true
    while (this.#full.length > 0 && !this.blocked) this.blocked = !transport.write(this.#full.shift() ?? nothing)
    if (this.blocked && length > 0) this.#full.push(chunk.subarray(0, length))
    else if (length === 0 || transport.write(chunk.subarray(0, length))) this.#bench.give(chunk)
    else this.blocked = true
  }

  drained(): void {
    if (this.#over) return
    this.blocked = false
    if (this.writer.at > 0 || this.#full.length > 0) this.#bench.dirty(this)
    this.#role.drained()
    this.#bench.schedule()
  }

  lost(error: Error | undefined): void {
    this.#end({ where: 'connection', text: error === undefined ? 'closed by the broker' : textOf(error) })
  }

  // The reading side.

  data(chunk: Uint8Array): void {
    if (this.#over) return
    const problem = this.#frames.push(chunk, this)
    if (problem !== undefined) this.#broken(problem)
    this.#bench.schedule()
  }

  frame(bytes: Uint8Array, header: number, body: number, end: number): boolean {
    const type = bytes[header]! >> 4
    if (type === PacketType.publish) return this.#publish(bytes, header, body, end)
    if (type >= PacketType.puback && type <= PacketType.pubcomp)
      return this.#acknowledgement(type, bytes, header, body, end)
    if (type === PacketType.pingresp) return true
    return this.#control(bytes, header, end)
  }

  #publish(bytes: Uint8Array, header: number, body: number, end: number): boolean {
    const { publication, scratch, plan } = this.#bench
    const problem = decodePublish(publication, bytes, header, body, end, plan.protocolVersion, scratch)
    if (problem !== undefined) return this.#broken(problem)
    this.#role.publication(publication)
    if (publication.qos === 0) return true
    const answer = publication.qos === 1 ? 'puback' : 'pubrec'
    encodeAck(this.writer, answer, publication.packetId, 0, plan.protocolVersion)
    return true
  }

  #acknowledgement(type: number, bytes: Uint8Array, header: number, body: number, end: number): boolean {
    const { ack, plan } = this.#bench
    const problem = decodeAck(ack, bytes, header, body, end, plan.protocolVersion)
    if (problem !== undefined) return this.#broken(problem)
    const { packetId, reasonCode } = ack
    if (type === PacketType.pubrel) encodeAck(this.writer, 'pubcomp', packetId, 0, plan.protocolVersion)
    else if (type === PacketType.puback) this.#role.acknowledged('puback', packetId, reasonCode)
    else if (type === PacketType.pubcomp) this.#role.acknowledged('pubcomp', packetId, 0)
    // [MQTT-4.3.3-4] A PUBREC that refuses ends the exchange.
    else if (reasonCode >= 0x80) this.#role.acknowledged('pubrec', packetId, reasonCode)
    else encodeAck(this.writer, 'pubrel', packetId, 0, plan.protocolVersion)
    return true
  }

  #control(bytes: Uint8Array, header: number, end: number): boolean {
    const packet = decodeControl(bytes, header, end, this.#bench.plan.protocolVersion)
    switch (packet.type) {
      case 'fault':
        return this.#broken(packet)
      case 'connack': {
        if (packet.reasonCode !== 0) {
          const reasonCode = exitCodeOfReason(packet.reasonCode)
          return this.#end({ where: 'CONNACK', text: reasonText(reasonCode), reasonCode })
        }
        this.isOpen = true
        clearTimeout(this.#patience)
        this.#role.connected(packet.properties?.receiveMaximum ?? 65_535)
        return true
      }
      case 'suback':
        clearTimeout(this.#patience)
        this.#role.suback(packet)
        return true
      case 'disconnect': {
        const { reasonCode } = packet
        return this.#end({ where: 'DISCONNECT', text: reasonText(reasonCode), reasonCode })
      }
      default:
        return this.#end({ where: 'connection', text: `${packet.type} came, which no broker sends` })
    }
  }

  #opened(transport: Transport): void {
    if (this.#over) {
      transport.destroy()
      return
    }
    this.#transport = transport
    transport.attach(this)
    this.#sendConnect()
  }

  #expect(packet: string): void {
    clearTimeout(this.#patience)
    const text = `no ${packet} within ${patienceMs / 1000} s`
    this.#patience = setTimeout(() => this.#end({ where: 'connect', text }), patienceMs)
  }

  #sendConnect(): void {
    const { protocolVersion, keepAlive, userName, password } = this.#bench.plan
    encodeControl(
      this.writer,
      {
        type: 'connect',
        protocolVersion,
        cleanStart: true,
        keepAlive,
        clientId: this.clientId,
        ...(userName === undefined ? {} : { userName }),
        ...(password === undefined ? {} : { password }),
      },
      protocolVersion,
    )
  }

  #broken(problem: Fault): false {
    return this.#end({ where: 'protocol', text: problem.sentence, reasonCode: problem.reasonCode })
  }

  #end(problem: Problem): false {
    if (this.#over) return false
    this.#over = true
    this.isOpen = false
    clearTimeout(this.#patience)
    this.#givenUp.abort()
    this.#transport?.destroy()
    this.#full.length = 0
    this.#role.ended(problem)
    return false
  }
}

/** How long a broker may take to answer CONNECT and SUBSCRIBE. */
const patienceMs = 10_000
/** For the broker's goodbye. */
const lingerMs = 500

/** The system's code says it shortest. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

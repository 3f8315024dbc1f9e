/**
 * One connection of a load generator: a socket, core's codec, and no more. It keeps nothing that it sends and builds no
 * object for what it reads.
 *
 *     publisher, subscriber ─► Writer ─► chunk ─► one write per turn of the event loop      (as the broker's outbox)
 *     socket ─► FrameReader ─► decodePublish, decodeAck ─► role
 *
 * Always holds: after `ended` nothing is called any more. While `blocked`, the system has not taken what was written; who
 * can wait, waits.
 */

import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
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
  Writer,
} from '@mq/core'
import { reasonText } from '../connection/reason.ts'
import { exitCodeOfReason } from '../exit-code.ts'
import type { Workbench } from './workbench.ts'
import type { WorkerPlan } from './worker-messages.ts'

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

export class WireConnection implements Outlet, FrameSink {
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
  #socket: Socket | undefined = undefined
  #full: Uint8Array[] = []
  #over = false
  #patience: NodeJS.Timeout | undefined = undefined

  constructor(bench: Workbench, clientId: string, role: Role) {
    this.#bench = bench
    this.#role = role
    this.clientId = clientId
  }

  open(): void {
    const { host, port, tls, serverName } = this.#bench.plan
    const socket =
      tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tlsOptions(serverName, tls) })
    this.#socket = socket
    this.#expect('CONNACK')
    let error: Error | undefined
    let stands = false
    socket.setNoDelay(true)
    socket.on(tls === undefined ? 'connect' : 'secureConnect', () => {
      stands = true
      this.#sendConnect()
    })
    socket.on('data', (chunk: Uint8Array) => {
      const problem = this.#frames.push(chunk, this)
      if (problem !== undefined) this.#broken(problem)
      this.#bench.schedule()
    })
    socket.on('error', (thrown) => {
      error = thrown
    })
    socket.on('close', () => {
      const where = stands ? 'connection' : 'connect'
      const code = error !== undefined && 'code' in error ? String(error.code) : error?.message
      this.#end({ where, text: code ?? 'closed by the broker' })
    })
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
    this.#socket?.end()
    const socket = this.#socket
    setTimeout(() => socket?.destroy(), lingerMs).unref()
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
    const socket = this.#socket
    if (this.blocked || this.#over || socket === undefined) return
    for (const chunk of this.#full) socket.write(chunk)
    this.#full.length = 0
    const chunk = writer.bytes
    if (writer.at > 0) socket.write(chunk.subarray(0, writer.at))
    writer.bytes = nothing
    writer.at = 0
    this.wasActive = true
    if (socket.writableLength === 0) this.#bench.give(chunk)
    else {
      this.blocked = true
      // Called when everything before it has been taken.
      socket.write(nothing, this.#drained)
    }
  }

  readonly #drained = (error?: Error | null): void => {
    if (error || this.#over) return
    this.blocked = false
    if (this.writer.at > 0 || this.#full.length > 0) this.#bench.dirty(this)
    this.#role.drained()
    this.#bench.schedule()
  }

  // The reading side.

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
    this.#socket?.destroy()
    this.#full.length = 0
    this.#role.ended(problem)
    return false
  }
}

/** How long a broker may take to answer CONNECT and SUBSCRIBE. */
const patienceMs = 10_000
/** For the broker's goodbye. */
const lingerMs = 500

function tlsOptions(serverName: string, tls: NonNullable<WorkerPlan['tls']>) {
  const bytes = (given: Uint8Array | undefined) => (given === undefined ? undefined : Buffer.from(given))
  return {
    rejectUnauthorized: tls.rejectUnauthorized,
    ca: bytes(tls.ca),
    cert: bytes(tls.cert),
    key: bytes(tls.key),
    // An address is no server name (RFC 6066).
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
  }
}

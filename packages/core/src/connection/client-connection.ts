/**
 * A client's end of one network connection, without the network: bytes and time go in through methods, packets leave
 * through the Writer, and the client hears of what matters through its handler.
 *
 *     opening ──CONNACK 0──► (handler.connected) ──carry──► connected ──► closed
 *        │  └─AUTH…─ authenticating ─┘                          │
 *        └── CONNACK with a failure, fault, timeout             └── DISCONNECT of either side, fault, silence
 *
 * Always holds: CONNECT is the first packet out [MQTT-3.1.0-1], and written once [MQTT-3.1.0-2]; `closed` is reported
 * exactly once, after the last packet was written; after it the machine neither reads nor writes [MQTT-3.14.4-1]. PUBACK
 * and PUBREC leave in the order of their PUBLISH. server-connection.ts is its mirror.
 */
import { type AckFields, encodePingreq } from '../codec/acks.ts'
import { type Fault, fault } from '../packet/fault.ts'
import type {
  AckPacket,
  AuthPacket,
  ConnackPacket,
  ControlPacket,
  SubscribePacket,
  UnsubscribePacket,
} from '../packet/packet.ts'
import type { DisconnectProperties } from '../packet/properties.ts'
import type { Publication } from '../packet/publication.ts'
import type { Session } from '../session/session.ts'
import type { SessionLink } from '../session/session-link.ts'
import { receiveMaximumDefault } from '../spec/limits.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import type { TopicEntry } from '../topic/topic-table.ts'
import { ClientAuth } from './client-auth.ts'
import type { ClientCloseReason, ClientConnectionOptions } from './client-handler.ts'
import { reasonOfReturnCode, refusalBefore5 } from './connect-return-code.ts'
import { Incoming, type IncomingHandler } from './incoming.ts'
import { type ClientLimits, negotiateAsClient } from './negotiation-client.ts'
import { Outgoing } from './outgoing.ts'
import { PingTimer } from './ping-timer.ts'
import { PublishAnswers } from './publish-answers.ts'

export class ClientConnection<Route> implements IncomingHandler<Route> {
  readonly outgoing: Outgoing
  readonly auth: ClientAuth
  session: Session | undefined = undefined
  /** From CONNACK on. */
  limits: ClientLimits | undefined = undefined
  /** Of the PUBACK, PUBREC or PUBCOMP that came last: that of the message whose fate the session reports. */
  reasonString: string | undefined = undefined
  readonly #incoming: Incoming<Route>
  readonly #options: ClientConnectionOptions<Route>
  readonly #pings: PingTimer
  readonly #receiveMaximum: number
  readonly #answers: PublishAnswers
  #closed = false

  constructor(options: ClientConnectionOptions<Route>) {
    const { connect, workspace, now } = options
    this.#options = options
    this.outgoing = new Outgoing(options.outlet, now)
    this.#answers = new PublishAnswers(this.outgoing)
    const { maximumPacketSize = Number.POSITIVE_INFINITY, receiveMaximum } = connect.properties ?? {}
    this.#incoming = new Incoming('client', maximumPacketSize, workspace, this)
    this.#receiveMaximum = receiveMaximum ?? receiveMaximumDefault
    this.#incoming.speak(connect.protocolVersion)
    this.outgoing.version = connect.protocolVersion
    this.#pings = new PingTimer(now(), options.connackTimeoutMs)
    this.auth = new ClientAuth(connect)
  }

  get version(): ProtocolVersion {
    return this.#incoming.version
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Nothing is read: the driver should stop reading the network connection, too. */
  get held(): boolean {
    return this.#incoming.held
  }

  /** When `tick` wants to be called, if nothing arrives or leaves before. */
  get deadlineMs(): number {
    return this.#pings.deadlineMs
  }

  /** The network connection stands: CONNECT. */
  open(): void {
    this.outgoing.control(this.#options.connect)
  }

  receive(chunk: Uint8Array, nowMs: number): void {
    this.#pings.heard(nowMs)
    this.#incoming.receive(chunk)
  }

  /** Packets have left. */
  sent(nowMs: number): void {
    this.#pings.sent(nowMs)
  }

  /** Time has passed. Call at `deadlineMs`; early calls do nothing. */
  tick(nowMs: number): void {
    if (this.#closed || nowMs < this.deadlineMs) return
    if (this.#incoming.phase !== 'connected') this.#close({ by: 'timeout', sentence: 'no CONNACK in time' })
    else if (this.#pings.unanswered) this.#close({ by: 'timeout', sentence: 'no answer to PINGREQ in time' })
    else {
      // [MQTT-3.1.2-20]
      encodePingreq(this.outgoing.writer)
      this.#pings.pinged(nowMs)
    }
  }

  /** The network connection is gone. */
  lost(sentence: string): void {
    this.#close({ by: 'network', sentence, answered: this.limits !== undefined })
  }

  /** Read no further packets until `release`. The server's silence does not count meanwhile. */
  hold(): void {
    this.#incoming.hold()
    this.#pings.deaf = true
  }

  release(nowMs: number): void {
    this.#pings.deaf = false
    this.#pings.heard(nowMs)
    this.#incoming.release()
  }

  /** From now on this connection carries `session`; what it holds is sent. `link` stands between the two, if given. */
  carry(session: Session, link: SessionLink = this.outgoing): void {
    if (this.#closed || this.limits === undefined) return
    this.session = session
    this.#answers.inbound = session.inbound
    session.attach(link, this.limits.receiveMaximum)
    session.pump()
  }

  /** The answer to a QoS > 0 PUBLISH: PUBACK or PUBREC, once it is true. */
  acknowledge(packetId: number, reasonCode: ReasonCode): void {
    if (!this.#closed) this.#answers.acknowledge(packetId, reasonCode, undefined)
  }

  /** SUBSCRIBE, UNSUBSCRIBE, and what `auth` makes. False: larger than the server takes, and not sent. */
  request(packet: SubscribePacket | UnsubscribePacket | AuthPacket): boolean {
    return !this.#closed && this.outgoing.control(packet)
  }

  /** End it from our side: DISCONNECT, and the network connection is to be closed [MQTT-3.14.4-2]. */
  disconnect(reasonCode: ReasonCode, properties?: DisconnectProperties): void {
    if (this.#closed) return
    this.#sayGoodbye(reasonCode, properties)
    this.#close({ by: 'client', reasonCode })
  }

  // What Incoming reports.

  publish(publication: Publication, topic: TopicEntry<Route>): void {
    if (publication.qos === 0) {
      this.#options.handler.publish(publication, topic)
      return
    }
    const inbound = this.session?.inbound
    if (inbound === undefined) return
    const { packetId } = publication
    const isRepeated = publication.qos === 2 && inbound.isHeld(packetId)
    if (this.version === 5 && !isRepeated && inbound.unanswered >= this.#receiveMaximum) {
      // [MQTT-3.3.4-9]
      const sentence = 'more than Receive Maximum unacknowledged PUBLISH'
      this.#broken(fault(ReasonCode.receiveMaximumExceeded, 'MQTT-3.3.4-9', sentence))
      return
    }
    if (isRepeated) {
      // [MQTT-4.3.3-10] Answer again, never deliver twice.
      this.#answers.repeat(packetId, this.#options.handler.handlesStill(packetId))
      return
    }
    inbound.begin()
    if (publication.qos === 2) inbound.hold(packetId)
    this.#answers.begin(publication.qos === 1 ? 'puback' : 'pubrec', packetId)
    this.#options.handler.publish(publication, topic)
    // Held or not, the handler has it: a client goes on with a message whatever becomes of its connection.
    this.#answers.end(false)
  }

  acknowledgement(type: AckPacket['type'], ack: AckFields): void {
    const { session } = this
    if (session === undefined) return
    if (type === 'pubrel') {
      const known = session.inbound.forget(ack.packetId)
      if (known) session.inbound.finish()
      // [MQTT-4.3.3-11] An unknown identifier is answered all the same, or the server would never finish (3.7.2.1).
      const reasonCode = known ? ReasonCode.success : ReasonCode.packetIdentifierNotFound
      this.outgoing.ack('pubcomp', ack.packetId, reasonCode, undefined)
      return
    }
    this.reasonString = ack.properties?.reasonString
    if (session.acknowledged(type, ack.packetId, ack.reasonCode) === 'fault') {
      this.#broken(fault(ReasonCode.protocolError, 'MQTT-4.3', `${type.toUpperCase()} for a PUBLISH of another QoS`))
    }
  }

  /** `receive` has noted that something came: no more is to be done. */
  ping(): void {}

  control(packet: ControlPacket): void {
    const { handler } = this.#options
    switch (packet.type) {
      case 'connack':
        this.#opened(packet)
        break
      case 'suback':
      case 'unsuback':
        if (this.session?.outbound.answered(packet.packetId) === true) handler.answered(packet)
        else {
          const sentence = `${packet.type.toUpperCase()} for packet identifier ${packet.packetId}, which asked nothing`
          this.#broken(fault(ReasonCode.protocolError, 'MQTT-2.2.1-6', sentence))
        }
        break
      case 'auth': {
        const problem = this.auth.received(packet, this.limits !== undefined)
        if (problem !== undefined) this.#broken(problem)
        else {
          if (this.#incoming.phase === 'opening') this.#incoming.phase = 'authenticating'
          handler.auth(packet)
        }
        break
      }
      case 'disconnect':
        if (packet.properties?.sessionExpiryInterval !== undefined) {
          const sentence = 'a DISCONNECT of a server has no Session Expiry Interval'
          this.#broken(fault(ReasonCode.protocolError, 'MQTT-3.14.2-2', sentence))
        } else this.#close({ by: 'server', packet })
        break
      // legality.ts has refused these for a client.
      case 'connect':
      case 'subscribe':
      case 'unsubscribe':
        break
    }
  }

  fault(problem: Fault, bytes: Uint8Array | undefined, body: number, end: number): void {
    const oldRefusal = this.#incoming.phase === 'opening' && bytes && refusalBefore5(bytes, body, end)
    if (!oldRefusal) this.#sayGoodbye(problem.reasonCode, { reasonString: problem.sentence })
    this.#close(oldRefusal || { by: 'fault', fault: problem })
  }

  #opened(packet: ConnackPacket): void {
    const { connect, handler, now, topicAliasMaximum, sendMaximum } = this.#options
    if (packet.reasonCode !== ReasonCode.success) {
      const reasonCode = this.version === 5 ? packet.reasonCode : reasonOfReturnCode(packet.reasonCode)
      this.#close({ by: 'refusal', reasonCode: reasonCode ?? ReasonCode.unspecifiedError, packet })
      return
    }
    // [MQTT-3.2.2-4] [MQTT311-3.2.2-1]
    const sentence = 'Session Present is 1, and we asked for a new Session'
    const problem =
      packet.sessionPresent && connect.cleanStart
        ? fault(ReasonCode.protocolError, 'MQTT-3.2.2-4', sentence)
        : this.auth.accepted(packet)
    if (problem !== undefined) {
      this.#broken(problem)
      return
    }
    const limits = negotiateAsClient(connect, packet, { topicAliasMaximum, sendMaximum })
    this.limits = limits
    this.#incoming.phase = 'connected'
    this.#incoming.topicAliasMaximum = connect.properties?.topicAliasMaximum ?? 0
    this.outgoing.maximumPacketSize = limits.maximumPacketSize
    this.outgoing.topicAliasMaximum = limits.topicAliasMaximum
    this.#pings.start(limits.keepAlive, now())
    handler.connected(packet, limits)
  }

  #broken(problem: Fault): void {
    this.fault(problem, undefined, 0, 0)
  }

  #sayGoodbye(reasonCode: ReasonCode, properties: DisconnectProperties | undefined): void {
    if (this.version === 5) {
      // Before CONNACK, too: section 4.13.1 wants the server to hear what was wrong, and [MQTT-3.1.2-30] allows it.
      this.outgoing.control({ type: 'disconnect', reasonCode, ...(properties && { properties }) })
    } else if (reasonCode === ReasonCode.success && this.#incoming.phase === 'connected') {
      // Before 5.0 DISCONNECT says that all is well, and the server drops the Will: for anything else, just close.
      this.outgoing.control({ type: 'disconnect', reasonCode })
    }
  }

  #close(reason: ClientCloseReason): void {
    if (this.#closed) return
    this.#closed = true
    this.#incoming.close()
    this.#answers.inbound = undefined
    this.#answers.close()
    this.session?.detach()
    this.#options.handler.closed(reason)
  }
}

/**
 * A server's end of one network connection, without the network: bytes and time go in through methods, packets leave
 * through the Writer, and the broker hears of what matters through its handler.
 *
 *     opening ──CONNECT──► (handler.connect, held) ──accept──► connected ──► closed
 *        │                      │  └─AUTH…─ authenticating ─┘      │
 *        └── fault, timeout     └──refuse──► closed                └── DISCONNECT, fault, timeout, disconnect()
 *
 * Always holds: CONNACK is the first packet out [MQTT-3.2.0-1]; `closed` is reported exactly once, after the last packet
 * was written; after it the machine neither reads nor writes. PUBACK and PUBREC leave in the order of their PUBLISH.
 */
import { type AckFields, encodePingresp } from '../codec/acks.ts'
import { type Fault, fault } from '../packet/fault.ts'
import type {
  AckPacket,
  AuthPacket,
  ConnectPacket,
  ControlPacket,
  SubackPacket,
  UnsubackPacket,
} from '../packet/packet.ts'
import type { ConnackProperties } from '../packet/properties.ts'
import type { Publication } from '../packet/publication.ts'
import type { Session } from '../session/session.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import type { TopicEntry } from '../topic/topic-table.ts'
import { refuseUnreadable, writeAcceptance, writeRefusal } from './connack.ts'
import { forbiddenExpiry, writeDisconnect } from './goodbye.ts'
import { Incoming, type IncomingHandler } from './incoming.ts'
import { KeepAlive } from './keep-alive.ts'
import { essentials, type Negotiated, negotiate, type ServerLimits } from './negotiation.ts'
import { Outgoing } from './outgoing.ts'
import { PublishAnswers } from './publish-answers.ts'
import type { CloseReason, ServerConnectionOptions, ServerHandler } from './server-handler.ts'

export class ServerConnection<Route> implements IncomingHandler<Route> {
  readonly outgoing: Outgoing
  session: Session | undefined = undefined
  /** From CONNECT on, its essentials. */
  connectPacket: ConnectPacket | undefined = undefined
  negotiated: Negotiated | undefined = undefined
  readonly #incoming: Incoming<Route>
  readonly #limits: ServerLimits
  readonly #handler: ServerHandler<Route>
  readonly #now: () => number
  readonly #keepAlive = new KeepAlive()
  readonly #answers: PublishAnswers
  #closed = false

  constructor(options: ServerConnectionOptions<Route>) {
    // Not the options as they are: one object more for each connection.
    this.#limits = options.limits
    this.#handler = options.handler
    this.#now = options.now
    this.outgoing = new Outgoing(options.outlet, options.now)
    this.#answers = new PublishAnswers(this.outgoing)
    this.#incoming = new Incoming('server', options.limits.maximumPacketSize, options.workspace, this)
    this.#keepAlive.start(options.connectTimeoutMs / 1000, 1, options.now())
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

  /** When `tick` wants to be called, if nothing arrives before. */
  get deadlineMs(): number {
    return this.#keepAlive.deadlineMs
  }

  receive(chunk: Uint8Array, nowMs: number): void {
    // [MQTT-3.1.2-22] A Control Packet counts, not the bytes of one: a client could go on for ever without finishing any.
    if (this.#incoming.receive(chunk) && this.#incoming.phase === 'connected') this.#keepAlive.heard(nowMs)
  }

  /** Time has passed. Call at `deadlineMs`; early calls do nothing. */
  tick(nowMs: number): void {
    if (this.#closed || nowMs < this.deadlineMs) return
    if (this.#incoming.phase === 'connected') {
      if (this.held) {
        // It is we who do not listen.
        this.#keepAlive.heard(nowMs)
        return
      }
      // [MQTT-3.1.2-22]
      this.disconnect(ReasonCode.keepAliveTimeout, 'nothing was heard for one and a half times the Keep Alive')
    } else if (this.#incoming.phase === 'authenticating') {
      this.refuse(ReasonCode.serverUnavailable, 'CONNECT could not be answered within the time allowed')
    } else {
      const sentence = 'no CONNECT within the time allowed'
      this.#close({ by: 'server', reasonCode: ReasonCode.unspecifiedError, sentence })
    }
  }

  /** The network connection is gone. */
  lost(sentence: string): void {
    this.#close({ by: 'network', sentence })
  }

  /** Read no further packets until `release`: an answer is awaited from outside. */
  hold(): void {
    this.#incoming.hold()
  }

  /** Read no further packets until `release`, though what was read is decided: its sender is to wait. */
  holdBack(): void {
    this.#incoming.hold()
    this.#answers.decided()
  }

  release(nowMs: number): void {
    this.#answers.decided()
    this.#keepAlive.heard(nowMs)
    this.#incoming.release()
  }

  /** CONNACK with success; the session is carried on or begun, and what it holds is sent. */
  accept(session: Session, sessionPresent: boolean, extra: ConnackProperties | undefined): void {
    const connect = this.connectPacket
    const negotiated = this.negotiated
    if (connect === undefined || negotiated === undefined || this.#incoming.phase !== 'authenticating') return
    const limits = this.#limits
    const sent = writeAcceptance(this.outgoing, connect, limits, negotiated, sessionPresent, extra)
    if (!sent) {
      const sentence = 'the Maximum Packet Size of the client has no room for CONNACK'
      this.#close({ by: 'server', reasonCode: ReasonCode.packetTooLarge, sentence })
      return
    }
    this.#incoming.phase = 'connected'
    if (this.version === 5) this.#incoming.topicAliasMaximum = limits.topicAliasMaximum
    this.outgoing.topicAliasMaximum = negotiated.clientTopicAliasMaximum
    this.#keepAlive.start(negotiated.keepAlive, 1.5, this.#now())
    this.session = session
    this.#answers.inbound = session.inbound
    session.attach(this.outgoing, negotiated.sendQuota)
    session.pump()
    this.#incoming.release()
  }

  /** CONNACK with a failure, in the version's terms, and the end [MQTT-3.2.2-7], [MQTT311-3.2.2-5]. */
  refuse(reasonCode: ReasonCode, sentence: string, extra?: ConnackProperties): void {
    if (this.#closed) return
    // Only a CONNECT is answered, and only once [MQTT-3.2.0-2].
    if (this.#incoming.phase === 'authenticating') {
      writeRefusal(this.outgoing, reasonCode, { reasonString: sentence, ...extra })
    }
    this.#close({ by: 'server', reasonCode, sentence })
  }

  /** The answer to a QoS > 0 PUBLISH: PUBACK or PUBREC, once it is true. */
  acknowledge(packetId: number, reasonCode: ReasonCode, reasonString?: string): void {
    if (!this.#closed) this.#answers.acknowledge(packetId, reasonCode, reasonString)
  }

  /** PUBCOMP. */
  complete(packetId: number, known: boolean): void {
    if (this.#closed) return
    // An unknown identifier is answered all the same, or the client would never finish (section 3.7.2.1).
    this.outgoing.ack('pubcomp', packetId, known ? ReasonCode.success : ReasonCode.packetIdentifierNotFound, undefined)
  }

  /** SUBACK, UNSUBACK, AUTH. One that is larger than the client takes [MQTT-3.1.2-24] ends the connection: it would wait. */
  answer(packet: SubackPacket | UnsubackPacket | AuthPacket): void {
    if (this.#closed || this.outgoing.control(packet)) return
    this.disconnect(ReasonCode.packetTooLarge, `the ${packet.type} is larger than the client takes`)
  }

  /** End it from our side: DISCONNECT in 5.0 [MQTT-3.14.0-1], closing the network connection before it. */
  disconnect(reasonCode: ReasonCode, sentence: string, serverReference?: string): void {
    if (this.#closed) return
    if (this.#incoming.phase === 'connected') writeDisconnect(this.outgoing, reasonCode, sentence, serverReference)
    this.#close({ by: 'server', reasonCode, sentence })
  }

  // What Incoming reports.

  publish(publication: Publication, topic: TopicEntry<Route>): void {
    if (publication.qos === 0) {
      this.#handler.publish(publication, topic)
      return
    }
    const inbound = this.session?.inbound
    if (inbound === undefined) return
    const { packetId } = publication
    if (publication.qos === 2 && inbound.isHeld(packetId)) {
      // [MQTT-4.3.3-10] Answer again, never deliver twice.
      this.#answers.repeat(packetId, false)
      return
    }
    if (this.version === 5 && inbound.unanswered >= this.#limits.receiveMaximum) {
      const sentence = 'more than Receive Maximum unacknowledged PUBLISH'
      this.fault(fault(ReasonCode.receiveMaximumExceeded, 'MQTT-3.3.4-7', sentence), undefined, 0, 0)
      return
    }
    inbound.begin()
    if (publication.qos === 2) inbound.hold(packetId)
    this.#answers.begin(publication.qos === 1 ? 'puback' : 'pubrec', packetId)
    this.#handler.publish(publication, topic)
    this.#answers.end(this.#incoming.held)
  }

  acknowledgement(type: AckPacket['type'], ack: AckFields): void {
    const { session } = this
    if (session === undefined) return
    if (type === 'pubrel') {
      const known = session.inbound.forget(ack.packetId)
      if (known) session.inbound.finish()
      this.#handler.released(ack.packetId, known)
      return
    }
    if (session.acknowledged(type, ack.packetId, ack.reasonCode) === 'fault') {
      const sentence = `${type.toUpperCase()} for a PUBLISH of another QoS`
      this.fault(fault(ReasonCode.protocolError, '4.3', sentence), undefined, 0, 0)
    }
  }

  ping(): void {
    encodePingresp(this.outgoing.writer)
  }

  hasRoom(): boolean {
    return this.#handler.hasRoom?.() ?? true
  }

  control(packet: ControlPacket): void {
    const handler = this.#handler
    switch (packet.type) {
      case 'connect':
        this.#opened(packet)
        break
      case 'subscribe':
        handler.subscribe(packet)
        break
      case 'unsubscribe':
        handler.unsubscribe(packet)
        break
      case 'auth':
        handler.auth(packet)
        break
      case 'disconnect': {
        const problem = forbiddenExpiry(this.connectPacket, packet)
        if (problem === undefined) this.#close({ by: 'client', packet })
        else this.fault(problem, undefined, 0, 0)
        break
      }
      default: // CONNACK, SUBACK, UNSUBACK: legality.ts has refused them for a server.
    }
  }

  fault(problem: Fault, bytes: Uint8Array | undefined, body: number, end: number): void {
    const { phase } = this.#incoming
    if (phase === 'opening' && bytes !== undefined) {
      this.#incoming.version = refuseUnreadable(this.outgoing, problem, bytes, body, end) ?? this.version
    } else if (phase === 'authenticating') {
      writeRefusal(this.outgoing, problem.reasonCode, { reasonString: problem.sentence })
    } else if (phase === 'connected') {
      writeDisconnect(this.outgoing, problem.reasonCode, problem.sentence, undefined)
    }
    this.#close({ by: 'fault', fault: problem })
  }

  #opened(packet: ConnectPacket): void {
    const negotiated = negotiate(packet, this.#limits)
    this.connectPacket = essentials(packet)
    this.negotiated = negotiated
    this.#incoming.speak(packet.protocolVersion)
    this.outgoing.version = packet.protocolVersion
    this.outgoing.maximumPacketSize = negotiated.clientMaximumPacketSize
    this.outgoing.terse = packet.properties?.requestProblemInformation === 0
    this.#incoming.phase = 'authenticating'
    // Packets may follow CONNECT at once (section 3.1.4); they wait for its answer [MQTT-3.1.4-6].
    this.#incoming.hold()
    this.#handler.connect(packet)
  }

  #close(reason: CloseReason): void {
    if (this.#closed) return
    this.#closed = true
    const unread = this.#incoming.close()
    // A goodbye that breaks the protocol is none, nor is one after something that did.
    const isVoid = unread?.disconnect && forbiddenExpiry(this.connectPacket, unread.disconnect) !== undefined
    if (unread !== undefined && (isVoid || reason.by === 'fault')) unread.disconnect = undefined
    if (this.session?.link === this.outgoing) this.session.detach()
    // Another connection carries it already, and what it holds is that one's business.
    else this.#answers.inbound = undefined
    this.#answers.close()
    this.#handler.closed(reason, unread)
  }
}

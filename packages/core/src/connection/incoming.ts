/**
 * The reading half of a connection, for both roles: bytes -> frames -> legal here and now? -> decoded -> the role's answer.
 *
 *     receive(chunk) ─► FrameReader ─► forbids(role, phase, type) ─► PUBLISH   decodePublish, topic table, handler.publish
 *                                                                   acks      decodeAck, handler.acknowledgement
 *                                                                   PING      handler.ping
 *                                                                   others    decodeControl, handler.control
 *
 * The first fault ends it: the handler hears of it once, and nothing after it is read. `hold` stops between two packets
 * (an answer is awaited from outside) and `release` goes on where it stopped.
 *
 * Always holds: the handler is never called while held or closed; what it is given (Publication, AckFields) belongs to the
 * workspace and is valid only during the call.
 */
import { type AckFields, decodeAck } from '../codec/acks.ts'
import { decodeControl } from '../codec/control.ts'
import { FrameReader, type FrameSink } from '../codec/frames.ts'
import { decodePublish } from '../codec/publish.ts'
import { PropertyScratch } from '../codec/publish-properties.ts'
import { type Fault, fault } from '../packet/fault.ts'
import type { AckPacket, ControlPacket } from '../packet/packet.ts'
import { Publication } from '../packet/publication.ts'
import { PacketType } from '../spec/packet-type.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { InboundTopicAliases } from '../topic/alias.ts'
import type { TopicEntry, TopicTable } from '../topic/topic-table.ts'
import { isWellFormedUtf8 } from '../wire/utf8.ts'
import { forbids, type Phase, type Role } from './legality.ts'
import { UnreadPackets } from './unread.ts'

/** What all connections of one driver share: they take turns, and none keeps anything past its own. */
export interface Workspace<Route> {
  readonly topics: TopicTable<Route>
  readonly publication: Publication
  readonly ack: AckFields
  readonly scratch: PropertyScratch
  /** In one SUBSCRIBE or UNSUBSCRIBE; more are refused with 0x97. */
  readonly topicFiltersMax: number
}

export function createWorkspace<Route>(
  topics: TopicTable<Route>,
  topicFiltersMax: number = Number.POSITIVE_INFINITY,
): Workspace<Route> {
  return {
    topicFiltersMax,
    topics,
    publication: new Publication(),
    ack: { packetId: 0, reasonCode: 0, properties: undefined },
    scratch: new PropertyScratch(),
  }
}

export interface IncomingHandler<Route> {
  publish(publication: Publication, topic: TopicEntry<Route>): void
  acknowledgement(type: AckPacket['type'], ack: AckFields): void
  control(packet: ControlPacket): void
  /** A server's. A SUBSCRIBE or UNSUBSCRIBE has come. False: it stays where it is, not decoded, until `release`. */
  hasRoom?(): boolean
  /** PINGREQ for a server, PINGRESP for a client. */
  ping(): void
  /** The peer broke the protocol. Nothing more is read. `header`…`end` is the frame, where it was a whole one. */
  fault(fault: Fault, bytes: Uint8Array | undefined, body: number, end: number): void
}

export class Incoming<Route> implements FrameSink {
  version: ProtocolVersion = 4
  phase: Phase = 'opening'
  readonly #frames: FrameReader
  readonly #role: Role
  readonly #workspace: Workspace<Route>
  readonly #handler: IncomingHandler<Route>
  #aliases: InboundTopicAliases<TopicEntry<Route>> | undefined = undefined
  #held = false
  /** A packet is being handled: `release` is called from inside, and the loop above goes on by itself. */
  #busy = false
  /** A packet of the chunk that came last. */
  #hasHandled = false

  constructor(role: Role, maximumPacketSize: number, workspace: Workspace<Route>, handler: IncomingHandler<Route>) {
    this.#role = role
    this.#frames = new FrameReader(maximumPacketSize)
    this.#workspace = workspace
    this.#handler = handler
  }

  get held(): boolean {
    return this.#held
  }

  /** Topic Alias Maximum that we announced. */
  set topicAliasMaximum(maximum: number) {
    this.#aliases = maximum > 0 ? new InboundTopicAliases(maximum) : undefined
  }

  set maximumPacketSize(bytes: number) {
    this.#frames.maximumPacketSize = bytes
  }

  /** What the peer speaks: from here on packets are read so. */
  speak(version: ProtocolVersion): void {
    this.version = version
    this.#frames.is31 = version === 3
  }

  /** Whether a packet became whole with this chunk, and was handled. */
  receive(chunk: Uint8Array): boolean {
    if (this.phase === 'closed') return false
    this.#hasHandled = false
    const problem = this.#frames.push(chunk, this)
    if (problem !== undefined) this.#fail(problem, undefined, 0, 0)
    return this.#hasHandled
  }

  /** Read no further than the packet that is being handled, if there is one. */
  hold(): void {
    this.#held = true
    // The frame reader is told when the packet has been handled; where none is, nobody would tell it.
    if (!this.#busy) this.#frames.stop()
  }

  release(): void {
    if (!this.#held) return
    this.#held = false
    if (this.#busy || this.phase === 'closed') return
    const problem = this.#frames.resume(this)
    if (problem !== undefined) this.#fail(problem, undefined, 0, 0)
  }

  /** Nothing more is read. From outside while it is held: the answer is what was kept until then, and is never handled. */
  close(): UnreadPackets | undefined {
    const isUnread = this.phase === 'connected' && this.#held && !this.#busy
    const unread = isUnread ? new UnreadPackets(this.#role, this.version) : undefined
    if (unread !== undefined) this.#frames.resume(unread)
    this.phase = 'closed'
    // Whoever still waits for an answer may keep the connection, but not what its client sent.
    if (!this.#busy) this.#frames.discard()
    return unread
  }

  frame(bytes: Uint8Array, header: number, body: number, end: number): boolean {
    // From here on: a packet that is refused closes the connection from inside, too.
    this.#busy = true
    const type = bytes[header]! >> 4
    const forbidden = forbids(this.#role, this.phase, type, this.version)
    if (forbidden !== undefined) {
      const sentence = `packet type ${type} is not allowed ${this.phase === 'connected' ? 'from this side' : 'yet'}`
      // Not offered as a CONNECT that could be answered: it is none.
      this.#fail(fault(ReasonCode.protocolError, forbidden, sentence), undefined, body, end)
      this.#busy = false
      return false
    }
    this.#hasHandled = true
    if (type === PacketType.publish) this.#publish(bytes, header, body, end)
    else if (type >= PacketType.puback && type <= PacketType.pubcomp) this.#ack(type, bytes, header, body, end)
    else if (type === PacketType.pingreq || type === PacketType.pingresp) this.#ping(bytes, body, end)
    else if (isAboutFilters(type) && this.#handler.hasRoom?.() === false) {
      this.#frames.putBack()
      this.#held = true
    } else this.#control(bytes, header, body, end)
    this.#busy = false
    return !this.#held && this.phase !== 'closed'
  }

  #publish(bytes: Uint8Array, header: number, body: number, end: number): void {
    const { publication, scratch, topics } = this.#workspace
    const problem = decodePublish(publication, bytes, header, body, end, this.version, scratch)
    if (problem !== undefined) {
      this.#fail(problem, bytes, body, end)
      return
    }
    if (publication.subscriptionIdentifiers !== undefined && this.#role === 'server') {
      const sentence = 'a Subscription Identifier in a PUBLISH from a client'
      this.#fail(fault(ReasonCode.protocolError, 'MQTT-3.3.4-6', sentence), bytes, body, end)
      return
    }
    let topic: TopicEntry<Route>
    if (publication.topicAlias === 0) {
      const found = topics.lookup(bytes, publication.topicStart, publication.topicEnd)
      if (found.type === 'fault') {
        this.#fail(found, bytes, body, end)
        return
      }
      topic = found
    } else {
      const found = this.#resolveAlias(publication, bytes)
      if (found.type === 'fault') {
        this.#fail(found, bytes, body, end)
        return
      }
      topic = found
    }
    publication.topicBytes = topic.bytes
    publication.topicStart = 0
    publication.topicEnd = topic.bytes.length
    // A receiver may look (section 3.3.2.3.2). A server does, and ends it at its source; a client must live with what others
    // published: if it hung up, a message kept for it would come again on every connection, and end each.
    if (
      publication.payloadFormatIndicator === 1 &&
      this.#role === 'server' &&
      !isWellFormedUtf8(bytes, publication.payloadStart, publication.payloadEnd, true)
    ) {
      this.#fail(
        fault(
          ReasonCode.payloadFormatInvalid,
          '3.3.2.3.2',
          'Payload Format Indicator is 1 and the payload is not UTF-8',
        ),
        bytes,
        body,
        end,
      )
      return
    }
    this.#handler.publish(publication, topic)
  }

  #resolveAlias(publication: Publication, bytes: Uint8Array): TopicEntry<Route> | Fault {
    const aliases = this.#aliases
    if (aliases === undefined) {
      // [MQTT-3.2.2-17] we announced a Topic Alias Maximum of 0.
      return fault(ReasonCode.topicAliasInvalid, 'MQTT-3.2.2-18', 'a Topic Alias, and our Topic Alias Maximum is 0')
    }
    if (publication.topicEnd === publication.topicStart) return aliases.get(publication.topicAlias)
    const found = this.#workspace.topics.lookup(bytes, publication.topicStart, publication.topicEnd)
    if (found.type === 'fault') return found
    return aliases.set(publication.topicAlias, found) ?? found
  }

  #ack(type: number, bytes: Uint8Array, header: number, body: number, end: number): void {
    const ack = this.#workspace.ack
    const problem = decodeAck(ack, bytes, header, body, end, this.version)
    if (problem !== undefined) {
      this.#fail(problem, bytes, body, end)
      return
    }
    this.#handler.acknowledgement(ackNames[type - PacketType.puback]!, ack)
  }

  #ping(bytes: Uint8Array, body: number, end: number): void {
    if (end !== body) {
      this.#fail(fault(ReasonCode.malformedPacket, '3.12', 'a PING packet has no content'), bytes, body, end)
    } else this.#handler.ping()
  }

  #control(bytes: Uint8Array, header: number, body: number, end: number): void {
    const packet = decodeControl(bytes, header, end, this.version, this.#workspace.topicFiltersMax)
    if (packet.type === 'fault') this.#fail(packet, bytes, body, end)
    else this.#handler.control(packet)
  }

  #fail(problem: Fault, bytes: Uint8Array | undefined, body: number, end: number): void {
    if (this.phase === 'closed') return
    this.#handler.fault(problem, bytes, body, end)
    this.phase = 'closed'
  }
}

/** With any number of Topic Filters in it: decoded it takes many times its bytes, and its time to act upon. */
function isAboutFilters(type: number): boolean {
  return type === PacketType.subscribe || type === PacketType.unsubscribe
}

const ackNames: readonly AckPacket['type'][] = ['puback', 'pubrec', 'pubrel', 'pubcomp']

/**
 * The writing half of a connection, for both roles: packets become bytes in the Writer, within what the peer said it
 * takes (Maximum Packet Size, Topic Alias Maximum, Request Problem Information) and in its version.
 *
 * This is the link of a Session: `publish` is the hot path, one call per delivery.
 */
import { encodeAck } from '../codec/acks.ts'
import { encodeControl } from '../codec/control.ts'
import { encodePublication, publicationSize } from '../codec/publish.ts'
import type { AckPacket, ControlPacket } from '../packet/packet.ts'
import type { ReasonProperties } from '../packet/properties.ts'
import type { Publication } from '../packet/publication.ts'
import type { SessionLink } from '../session/session-link.ts'
import { packetReasons } from '../spec/packet-reason.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion, QoS } from '../spec/version.ts'
import { OutboundTopicAliases } from '../topic/alias.ts'
import { createBufferWriter, type Outlet, Writer, writtenBytes } from '../wire/writer.ts'

const fourByteMax = 0xffff_ffff

export class Outgoing implements SessionLink {
  readonly writer: Writer
  version: ProtocolVersion = 4
  /** The driver's outbox takes more. Set by the driver, which calls `Session.pump` when it becomes true. */
  writable = true
  /** Bytes, the whole packet; Infinity where the peer named none [MQTT-3.1.2-24]. */
  maximumPacketSize: number = Number.POSITIVE_INFINITY
  /** Request Problem Information was 0: no Reason String or User Property where section 3.1.2.11.7 forbids it. */
  terse = false
  readonly #aliases = new OutboundTopicAliases()
  readonly #now: () => number

  constructor(outlet: Outlet, now: () => number) {
    this.writer = new Writer(outlet)
    this.#now = now
  }

  /** The peer's Topic Alias Maximum, or less [MQTT-3.1.2-26]. */
  set topicAliasMaximum(maximum: number) {
    this.#aliases.maximum = maximum
  }

  fits(publication: Publication, qos: QoS, subscriptionIdentifiers: readonly number[] | undefined): boolean {
    if (this.maximumPacketSize === Number.POSITIVE_INFINITY) return true
    const expiry = this.#remainingExpiry(publication)
    // Without an alias: `publish` uses one only where there is room for it, too.
    const size = publicationSize(publication, this.version, qos, 0, false, expiry, subscriptionIdentifiers)
    return size <= this.maximumPacketSize
  }

  publish(
    publication: Publication,
    qos: QoS,
    retain: boolean,
    dup: boolean,
    packetId: number,
    subscriptionIdentifiers: readonly number[] | undefined,
  ): void {
    let alias = 0
    let omitTopic = false
    const expiry = publication.expiresAtMs === Number.POSITIVE_INFINITY ? -1 : this.#remainingExpiry(publication)
    // Only an interned topic can come again; a one-off (a will) would push a useful alias out.
    if (
      this.#aliases.maximum > 0 &&
      publication.topicBytes !== publication.bytes &&
      this.#takesAlias(publication, qos, expiry, subscriptionIdentifiers)
    ) {
      alias = this.#aliases.use(publication.topicBytes)
      omitTopic = !this.#aliases.isNew
    }
    encodePublication(
      this.writer,
      publication,
      this.version,
      qos,
      retain,
      dup,
      packetId,
      alias,
      omitTopic,
      expiry,
      subscriptionIdentifiers,
    )
  }

  pubrel(packetId: number, reasonCode: ReasonCode): void {
    this.ack('pubrel', packetId, reasonCode, undefined)
  }

  ack(type: AckPacket['type'], packetId: number, reasonCode: ReasonCode, reasonString: string | undefined): void {
    if (reasonString === undefined || this.terse || this.version < 5) {
      encodeAck(this.writer, type, packetId, reasonCode, this.version)
    } else if (reasonString.length * 3 + 10 <= this.maximumPacketSize) {
      encodeAck(this.writer, type, packetId, reasonCode, this.version, { reasonString })
    } else {
      // [MQTT-3.4.2-2] and its siblings: the reason must not make the packet larger than the peer takes.
      encodeAck(this.writer, type, packetId, reasonCode, this.version)
    }
  }

  /** False: larger than the peer takes even without its explanations, and not sent. */
  control(packet: ControlPacket): boolean {
    const explains = packet.type === 'connack' || packet.type === 'disconnect'
    const allowed = withFittingReason(this.terse && !explains ? withoutExplanation(packet) : packet, this.version)
    if (this.maximumPacketSize === Number.POSITIVE_INFINITY) {
      encodeControl(this.writer, allowed, this.version)
      return true
    }
    for (const candidate of [allowed, withoutExplanation(allowed)]) {
      const trial = createBufferWriter()
      encodeControl(trial, candidate, this.version)
      if (trial.at > this.maximumPacketSize) continue
      this.writer.reserve(trial.at)
      this.writer.bytes.set(writtenBytes(trial), this.writer.at)
      this.writer.at += trial.at
      return true
    }
    return false
  }

  /** An alias must not make a packet larger than the peer takes: with the whole topic beside it, it is at its largest. */
  #takesAlias(
    publication: Publication,
    qos: QoS,
    expiry: number,
    subscriptionIdentifiers: readonly number[] | undefined,
  ): boolean {
    if (this.maximumPacketSize === Number.POSITIVE_INFINITY) return true
    const size = publicationSize(publication, this.version, qos, 1, false, expiry, subscriptionIdentifiers)
    return size <= this.maximumPacketSize
  }

  /**
   * Seconds that are left, rounded up, for Message Expiry Interval [MQTT-3.3.2-6]; -1 when the message does not expire.
   */
  #remainingExpiry(publication: Publication): number {
    if (publication.expiresAtMs === Number.POSITIVE_INFINITY) return -1
    // At most what fits: a clock may be set back, and the last bits of a time that far away are lost.
    return Math.min(fourByteMax, Math.max(0, Math.ceil((publication.expiresAtMs - this.#now()) / 1000)))
  }
}

/** The packet without Reason String and User Properties. */
function withoutExplanation<P extends ControlPacket>(packet: P): P {
  if (packet.properties === undefined) return packet
  const { reasonString, userProperties, ...rest } = packet.properties as ReasonProperties
  return reasonString === undefined && userProperties === undefined ? packet : { ...packet, properties: rest }
}

/**
 * Not every packet may carry every Reason Code [MQTT-3.2.2-8], [MQTT-3.14.2-1]: a server that shuts down says so in
 * DISCONNECT, and is "unavailable" in CONNACK. What has no counterpart becomes 0x80.
 */
function withFittingReason<P extends ControlPacket>(packet: P, version: ProtocolVersion): P {
  if (version < 5 || (packet.type !== 'connack' && packet.type !== 'disconnect')) return packet
  if (packetReasons[packet.type].includes(packet.reasonCode)) return packet
  const isShutdown = packet.type === 'connack' && packet.reasonCode === ReasonCode.serverShuttingDown
  return { ...packet, reasonCode: isShutdown ? ReasonCode.serverUnavailable : ReasonCode.unspecifiedError }
}

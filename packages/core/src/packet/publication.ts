/**
 * A PUBLISH as offsets into bytes, in the one form that the decoder fills, the router hands around and the encoder reads.
 *
 *     topicBytes      … | topic name | …           topicStart … topicEnd
 *     propertyBytes   … | properties | …           propertiesStart … propertiesEnd
 *     bytes           … | payload | …              payloadStart … payloadEnd
 *
 * (all three the same array as the decoder fills it, as a rule; then the topic is pointed to its interned bytes)
 *
 * The decoder's own Publication is filled anew for every packet and points into the chunk that was read (rule 1 of the hot
 * path: no object per packet). Both are written over as soon as the call is over. Whoever keeps the message longer takes
 * `keep()`: one copy with only the topic, the forwardable properties and the payload in it, shared by all keepers.
 *
 * `properties` are those that travel with the message (section 3.3.2.3), already validated, in wire form and without
 * Topic Alias and Subscription Identifier, which are made anew for each receiver. They usually lie in `bytes` too, right in
 * front of the payload; where one had to be cut out, the decoder put the rest in `propertyBytes`. A Message Expiry Interval
 * stays among them, and whoever sends the message writes what is left of it over the copy: at `expiryAt` is its place.
 *
 * Always holds: a kept Publication never changes; where `expiryAt` is -1 there is no Message Expiry Interval among the
 * properties, for a second one would be written beside it.
 */

import type { QoS } from '../spec/version.ts'
import { emptyBytes } from '../wire/writer.ts'

/** Who published a message, as far as it is remembered: one object for all messages of a connection. */
export interface Publisher {
  readonly clientId: string
  readonly userName: string | undefined
}

export class Publication {
  /** Where the payload lies. */
  bytes: Uint8Array = emptyBytes
  /**
   * Where the topic lies: the decoder sets `bytes`; who interns topics points it to the interned bytes, so that an alias
   * is resolved in one place and a kept message shares its topic. Encoders read the topic from here, never from `bytes`.
   */
  topicBytes: Uint8Array = emptyBytes
  /** The topic's bytes, without the two of its length. Empty when a Topic Alias stands for it. */
  topicStart = 0
  topicEnd = 0
  payloadStart = 0
  payloadEnd = 0
  propertyBytes: Uint8Array = emptyBytes
  propertiesStart = 0
  propertiesEnd = 0
  /**
   * Where in `propertyBytes` the four bytes of the Message Expiry Interval lie; -1 when they are not among the properties, and
   * `messageExpiryInterval` alone says whether there is one.
   */
  expiryAt = -1
  qos: QoS = 0
  retain = false
  dup = false
  /** 0 at QoS 0. */
  packetId = 0
  /** 0 when absent. */
  topicAlias = 0
  /** 1 promises that the payload is UTF-8. */
  payloadFormatIndicator: 0 | 1 = 0
  /** Seconds as the packet said, -1 when absent. */
  messageExpiryInterval = -1
  /** When the message ends, on the clock of whoever drives core; Infinity when it does not. Set by the receiver. */
  expiresAtMs: number = Number.POSITIVE_INFINITY
  /** Only a server sends these; undefined when there are none. */
  subscriptionIdentifiers: readonly number[] | undefined = undefined
  /** The kept copy, once somebody asked for one. A kept Publication is its own. */
  kept: Publication | undefined = undefined

  /** The copy to hold on to: made once, shared by all who ask during this packet. */
  keep(): Publication {
    if (this.kept !== undefined) return this.kept
    const copy = new Publication()
    const ownTopic = this.topicBytes === this.bytes
    const topicLength = ownTopic ? this.topicEnd - this.topicStart : 0
    const propertiesLength = this.propertiesEnd - this.propertiesStart
    const payloadLength = this.payloadEnd - this.payloadStart
    const bytes = new Uint8Array(topicLength + propertiesLength + payloadLength)
    if (ownTopic) bytes.set(this.bytes.subarray(this.topicStart, this.topicEnd), 0)
    if (propertiesLength > 0) {
      bytes.set(this.propertyBytes.subarray(this.propertiesStart, this.propertiesEnd), topicLength)
    }
    bytes.set(this.bytes.subarray(this.payloadStart, this.payloadEnd), topicLength + propertiesLength)
    copy.bytes = bytes
    copy.topicBytes = ownTopic ? bytes : this.topicBytes
    copy.topicStart = ownTopic ? 0 : this.topicStart
    copy.topicEnd = ownTopic ? topicLength : this.topicEnd
    copy.propertyBytes = bytes
    copy.propertiesStart = topicLength
    copy.propertiesEnd = topicLength + propertiesLength
    copy.expiryAt = this.expiryAt < 0 ? -1 : this.expiryAt - this.propertiesStart + topicLength
    copy.payloadStart = topicLength + propertiesLength
    copy.payloadEnd = bytes.length
    copy.qos = this.qos
    copy.retain = this.retain
    copy.dup = this.dup
    copy.packetId = this.packetId
    copy.payloadFormatIndicator = this.payloadFormatIndicator
    copy.messageExpiryInterval = this.messageExpiryInterval
    copy.expiresAtMs = this.expiresAtMs
    copy.subscriptionIdentifiers = this.subscriptionIdentifiers
    copy.kept = copy
    this.kept = copy
    return copy
  }
}

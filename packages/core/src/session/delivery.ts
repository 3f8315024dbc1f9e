import type { Publication } from '../packet/publication.ts'
import type { QoS } from '../spec/version.ts'

/** One message on its way to one receiver, kept until the receiver has taken it over. */
export interface Delivery {
  /** A kept one (`Publication.keep`). */
  readonly publication: Publication
  readonly qos: QoS
  readonly retain: boolean
  readonly subscriptionIdentifiers: readonly number[] | undefined
  /** Whatever the owner of the session needs to know it by: a promise to settle, the shared group it came through. */
  readonly token: unknown
}

/** Why a message did not reach its receiver. Each is counted under its name; nothing is dropped in silence. */
export type DropReason =
  /** The session's queue was full (messages or bytes). */
  | 'queue-full'
  /** QoS 0, and the receiver does not read fast enough. */
  | 'slow-receiver'
  /** QoS 0, and the server is overloaded. */
  | 'overload'
  /** QoS 0, and the receiver is not connected. */
  | 'offline'
  /** Message Expiry Interval passed while it was queued. */
  | 'expired'
  /** Larger than the receiver's Maximum Packet Size [MQTT-3.1.2-25]. */
  | 'too-large'
  /** The session ended while the message was queued or in flight. */
  | 'session-ended'
  /** QoS 2, and the session ended after it was sent and before PUBREC: nobody else may get it [MQTT-4.8.2-5]. */
  | 'interrupted'
  /** Whoever may not receive or publish it any more was allowed to when it was kept. */
  | 'revoked'
  /** The receiver refused it: PUBACK or PUBREC with 0x80 or above. */
  | 'refused'

/** What a delivery occupies in a queue bounded by bytes: what it carries, and what carrying it costs. */
export function deliveryBytes(publication: Publication): number {
  return (
    publication.topicEnd -
    publication.topicStart +
    (publication.propertiesEnd - publication.propertiesStart) +
    (publication.payloadEnd - publication.payloadStart) +
    deliveryOverheadBytes
  )
}

/** Objects and slots around the bytes of one kept message, roughly. */
const deliveryOverheadBytes = 200

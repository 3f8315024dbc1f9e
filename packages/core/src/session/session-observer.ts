import type { Publication } from '../packet/publication.ts'
import type { ReasonCode } from '../spec/reason-code.ts'
import type { QoS } from '../spec/version.ts'
import type { Delivery, DropReason } from './delivery.ts'
import type { Session } from './session.ts'

/** Whoever answers for the messages of a session: counts, stores, settles promises. */
export interface SessionObserver {
  /** A message will not reach the receiver. `delivery` is undefined for one that was never kept. */
  dropped(
    session: Session,
    reason: DropReason,
    publication: Publication,
    qos: QoS,
    token: unknown,
    delivery: Delivery | undefined,
  ): void
  /** The receiver has taken it over (PUBACK, PUBCOMP), or refused it. Only for messages that were kept. */
  settled?(session: Session, delivery: Delivery, packetId: number, reasonCode: ReasonCode): void
  /** QoS 2: the receiver has the message (PUBREC); only the identifier is left. For a store. */
  received?(session: Session, delivery: Delivery | undefined, packetId: number): void
  /** After `received`: false keeps PUBREL back until the owner calls `Session.release`. For a store that takes its time. */
  mayRelease?(session: Session, packetId: number): boolean
  /** It was kept: queued, or sent and awaiting its acknowledgement. For a store. */
  kept?(session: Session, delivery: Delivery): void
  /** A queued message is on its way under this identifier. For a store, and for who shows progress. */
  started?(session: Session, delivery: Delivery, packetId: number): void
}

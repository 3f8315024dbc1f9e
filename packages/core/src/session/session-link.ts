import type { Publication } from '../packet/publication.ts'
import type { ReasonCode } from '../spec/reason-code.ts'
import type { QoS } from '../spec/version.ts'

/** The connection, as its session sees it. */
export interface SessionLink {
  /** Its outbox takes more. Where it is false, the driver calls `Session.pump` when that changes. */
  readonly writable: boolean
  /** Is it within the peer's Maximum Packet Size? */
  fits(publication: Publication, qos: QoS, subscriptionIdentifiers: readonly number[] | undefined): boolean
  publish(
    publication: Publication,
    qos: QoS,
    retain: boolean,
    dup: boolean,
    packetId: number,
    subscriptionIdentifiers: readonly number[] | undefined,
  ): void
  pubrel(packetId: number, reasonCode: ReasonCode): void
}

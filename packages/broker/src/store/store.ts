/**
 * Where sessions and retained messages live beyond the process: the interface that every store implements and passes
 * `storeContract` with. Batch-shaped: operations are recorded as they happen, `commit` seals what was recorded since the
 * last one, and nothing that promises (PUBACK, PUBREC, PUBCOMP, SUBACK, CONNACK) leaves before its group is durable.
 *
 *     record, record, record ─► commit() ─► one fsync ─► the acknowledgements of that turn leave
 *
 * Only sessions that outlive their connection (`Session Expiry Interval` > 0) are stored. A Publication is immutable once
 * kept, so a store may hold on to it; it is the same object for all sessions that a message was queued for, and should be
 * written once. What a store gives back has all fields of what it was given, offsets adjusted to where the bytes lie now,
 * `expiryAt` among them: a message that lost it would leave with two Message Expiry Intervals.
 */
import type { Delivery, Publication, Publisher, QoS } from '@mq/core'

export interface StoredSubscription {
  /** As the client wrote it, `$share/name/` included. */
  readonly topicFilter: string
  readonly qos: QoS
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
  /** 0 when there is none. */
  readonly identifier: number
}

export interface StoredDelivery {
  readonly delivery: Delivery
  /** Set once it was sent: it must be sent again under this identifier [MQTT-4.4.0-1]. */
  readonly packetId: number | undefined
  /** QoS 2: PUBREC came, only PUBREL and PUBCOMP are left. */
  readonly received: boolean
}

export interface StoredSession {
  readonly clientId: string
  /** Seconds. */
  readonly expiryInterval: number
  readonly subscriptions: readonly StoredSubscription[]
  /** In the order of delivery. */
  readonly deliveries: readonly StoredDelivery[]
  /** QoS 2 identifiers that the client has not released. */
  readonly held: readonly number[]
}

/** `publisher`: undefined for a message of the broker's own. */
export type StoredRetained = readonly [topicName: string, publication: Publication, publisher: Publisher | undefined]

export interface StoredState {
  readonly sessions: readonly StoredSession[]
  readonly retained: readonly StoredRetained[]
}

export interface Store {
  /** What was durable when the store was last closed, or the process died. Called once, before anything else. */
  load(): Promise<StoredState>

  putSession(clientId: string, expiryInterval: number): void
  /** The session and all that belongs to it. */
  removeSession(clientId: string): void
  putSubscription(clientId: string, subscription: StoredSubscription): void
  removeSubscription(clientId: string, topicFilter: string): void
  /** A message is kept for the session, behind all earlier ones. */
  append(clientId: string, delivery: Delivery): void
  started(clientId: string, delivery: Delivery, packetId: number): void
  received(clientId: string, delivery: Delivery): void
  /** It is done, or dropped. */
  remove(clientId: string, delivery: Delivery): void
  hold(clientId: string, packetId: number): void
  forget(clientId: string, packetId: number): void
  /** `publisher` is as much a part of it as the message is: No Local and authorization need it after a restart, too. */
  putRetained(topicName: string, publication: Publication, publisher: Publisher | undefined): void
  removeRetained(topicName: string): void

  /** Something was recorded that no commit has sealed. Never true for a store that is durable as it records. */
  readonly dirty: boolean

  /**
   * Seal what was recorded. Undefined: it is durable already (or nothing was recorded). A rejection means that the promise
   * cannot be kept; the broker then stops rather than acknowledge what may be lost. Called again only after that.
   */
  commit(): Promise<void> | undefined
  close(): Promise<void>
}

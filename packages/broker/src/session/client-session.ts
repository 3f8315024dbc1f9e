/**
 * A client's Session on the server (section 4.1): the QoS engine of core, the subscriptions, and how long it lives without
 * a connection. It exists from the first CONNECT until it expires or a Clean Start ends it.
 *
 * It is the observer of its own QoS engine: what happens to a kept message goes to the store (if the session outlives its
 * connection), what is dropped is counted and logged.
 */

import type { SessionObserver } from '@mq/core'
import { type Delivery, type DropReason, type Publication, type Publisher, type QoS, Session } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import type { Deadline } from '../connection/deadlines.ts'
import type { BrokerContext } from '../context.ts'
import { DropTally } from '../metric/drop-tally.ts'
import type { RetainedFeed } from '../routing/retained-feed.ts'
import { SharedGroup } from '../routing/shared-group.ts'
import type { Subscription } from '../routing/subscription.ts'
import type { PendingWill } from './will.ts'

export class ClientSession implements Deadline, SessionObserver {
  readonly clientId: string
  readonly session: Session
  /** How many it has; which, the SubscriptionIndex knows. */
  subscriptionCount = 0
  /** Of their Topic Filters, as `filterBytes` counts them. */
  subscriptionBytes = 0
  /** How often they have changed, 32 bits. */
  subscriptionChanges = 0
  /** PlainSubscriptions': by what it knows the session, and its first row. 0: none. */
  subscriberNumber = 0
  firstSubscription = 0
  /** SharedSubscriptions': by the filter as the client wrote it. */
  shared: Map<string, Subscription> | undefined = undefined
  /** Whose it is, as the connection said that had it last; undefined for one of an earlier process until it is resumed. */
  identity: Publisher | undefined = undefined
  /** Retained messages that new subscriptions are still to get. */
  feed: RetainedFeed | undefined = undefined
  /** The one that carries it now. */
  connection: Connection | undefined = undefined
  /** Seconds; may be changed by DISCONNECT. */
  expiryInterval = 0
  /** A Will whose delay runs (section 3.1.3.2.2). */
  will: PendingWill | undefined = undefined
  ended = false
  /** `session.progress` when a publisher waited for it in vain; -1 if none did. Until that moves on, nobody waits for it. */
  stalledAt = -1
  /** Publishers have waited for it long enough; until then none does. */
  notAwaitedUntilMs = 0
  /** When it expires: Infinity while connected, or for ever. */
  deadlineMs: number = Number.POSITIVE_INFINITY
  heapIndex = -1
  filedMs = 0
  readonly #broker: BrokerContext
  #drops: Map<DropReason, DropTally> | undefined = undefined

  constructor(clientId: string, broker: BrokerContext) {
    this.clientId = clientId
    this.#broker = broker
    this.session = new Session({ queue: broker.queueLimits, observer: this, now: broker.clock.now })
    this.session.queuesQos0 = broker.limits.queueQos0
  }

  /** Does it outlive its connection? Then it is stored. */
  get persistent(): boolean {
    return this.expiryInterval > 0
  }

  due(): void {
    this.#broker.sessions.end(this, 'expired')
  }

  kept(_session: Session, delivery: Delivery): void {
    if (this.persistent) this.#broker.store.append(this.clientId, delivery)
  }

  started(_session: Session, delivery: Delivery, packetId: number): void {
    if (this.persistent) this.#broker.store.started(this.clientId, delivery, packetId)
  }

  received(_session: Session, delivery: Delivery | undefined): void {
    if (this.persistent && delivery !== undefined) this.#broker.store.received(this.clientId, delivery)
  }

  /** [MQTT-4.3.3-5] after PUBREL the message is not sent again, not even by a process that has forgotten the PUBREC. */
  mayRelease(session: Session, packetId: number): boolean {
    if (!this.persistent || this.#broker.gate.open) return true
    this.connection?.whenDurable(() => session.release(packetId))
    return false
  }

  settled(_session: Session, delivery: Delivery): void {
    if (this.persistent) this.#broker.store.remove(this.clientId, delivery)
  }

  dropped(
    _session: Session,
    reason: DropReason,
    publication: Publication,
    qos: QoS,
    token: unknown,
    delivery: Delivery | undefined,
  ): void {
    if (delivery !== undefined && this.persistent) this.#broker.store.remove(this.clientId, delivery)
    // What an ended member had not acknowledged goes to another member of its group (section 4.8.2), unless it has expired;
    // so does what waited for one that may not have it any more.
    // A QoS 2 message that had been sent does not: it is 'interrupted' [MQTT-4.8.2-5].
    const isAlive = publication.expiresAtMs > this.#broker.clock.now()
    const isLeft = reason === 'session-ended' || reason === 'revoked'
    if (isLeft && isAlive && token instanceof SharedGroup && token.isAlive) {
      this.#broker.router.deliverShared(token, publication)
      return
    }
    this.#broker.counters.dropped[reason]++
    this.#logDrop(reason, qos)
  }

  #logDrop(reason: DropReason, qos: QoS): void {
    // A receiver that is not there gets no QoS 0: that is the protocol, not an event.
    if (reason === 'offline') return
    // Made here: most sessions never lose a message.
    this.#drops ??= new Map()
    let tally = this.#drops.get(reason)
    if (tally === undefined) {
      tally = new DropTally(this.clientId, reason, () => this.session.queue.length)
      this.#drops.set(reason, tally)
    }
    if (tally.add(qos)) this.#broker.boundedLog.drops(tally)
  }
}

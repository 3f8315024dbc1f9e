import type { QoS } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'

/** What a client wants of the messages that match one of its Topic Filters (section 3.8.3.1). */
export interface SubscriptionOptions {
  readonly qos: QoS
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
  /** Subscription Identifier, 0 when there is none. */
  readonly identifier: number
}

/** A subscription without its filter. */
export interface Subscriber extends SubscriptionOptions {
  readonly session: ClientSession
  /** Which one of its session it is, in the order in which they were made, 32 bits. */
  readonly made: number
  /** The same, but that one which replaces another takes it over. So it equals `made` for one that is new. */
  readonly begun: number
}

/** Which one of its session a subscription is. */
export interface SubscriptionKey {
  /** As the client wrote it, `$share/name/` included: the key under which the session knows it. */
  readonly text: string
  /** What is matched: without `$share/name/`. */
  readonly filter: string
  readonly shareName: string | undefined
}

/** One client's subscription to one Topic Filter (section 4.7). */
export interface Subscription extends Subscriber, SubscriptionKey {}

/** The QoS that a message is sent with: its own, or the subscription's where that is lower [MQTT-3.8.4-8]. */
export function lowerQos(one: QoS, other: QoS): QoS {
  if (one < other) return one
  return other
}

import type { QoS } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'

/** One client's subscription to one Topic Filter (section 4.7, options in section 3.8.3.1). */
export interface Subscription {
  readonly session: ClientSession
  /** As the client wrote it, `$share/name/` included: the key under which the session knows it. */
  readonly text: string
  /** What is matched: without `$share/name/`. */
  readonly topicFilter: string
  readonly shareName: string | undefined
  readonly qos: QoS
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
  /** Subscription Identifier, 0 when there is none. */
  readonly identifier: number
  /** Which one of its session it is, in the order in which they began. One that replaces another takes it over. */
  readonly begun: number
}

/** The QoS that a message is sent with: its own, or the subscription's where that is lower [MQTT-3.8.4-8]. */
export function lowerQos(one: QoS, other: QoS): QoS {
  if (one < other) return one
  return other
}

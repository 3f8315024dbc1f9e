/** What the model keeps about messages, sessions and connections. */
import type { ProtocolVersion, PublishPacket, QoS } from '@mq/core'
import type { RawConnection } from '../world.ts'
import type { FilterWish } from './operation.ts'

export interface Message {
  /** Stands in the payload, unless that is empty, and in a User Property where the publisher speaks 5.0. */
  readonly id: string
  readonly topic: string
  readonly qos: QoS
  readonly retain: boolean
  readonly isEmpty: boolean
  readonly isBig: boolean
  /** Infinity when it does not expire. */
  readonly expiresAtMs: number
  readonly publisher: string
}

/** How one copy of a message is to be sent. */
export interface Copy {
  readonly message: Message
  readonly qos: QoS
  readonly retain: boolean
  readonly identifiers: readonly number[]
}

export interface Owed extends Copy {
  readonly kind: 'live' | 'retained'
  /** The subscriptions that it is owed to. */
  readonly filters: Set<string>
  required: boolean
  /** It was on its way when the connection broke: it may come with DUP although it never arrived. */
  mayBeSent: boolean
}

/** A message that one member of a shared subscription gets. */
export interface Obligation {
  readonly message: Message
  /** The filter, `$share/…` included. */
  readonly group: string
  /** Who may get it, and how. */
  readonly candidates: Map<Session, Copy>
  required: boolean
  mayBeSent: boolean
}

export interface InFlight {
  readonly packetId: number
  readonly copy: Copy
  obligation: Obligation | undefined
  /** `pubrec`: we have answered, and PUBREL has not come yet. */
  state: 'publish' | 'pubrec' | 'pubrel'
  /** On the connection that stands now. */
  isSent: boolean
  /** Its PUBLISH was, which is what Receive Maximum counts. */
  counts: boolean
  /** Too large for a connection that came later: it may have been discarded [MQTT-3.1.2-25]. */
  mayBeLost: boolean
}

export interface Subscription extends FilterWish {
  readonly identifier: number
}

export interface Unreleased {
  readonly packetId: number
  readonly packet: PublishPacket
  /** Before the last reconnect. */
  isOld: boolean
}

export interface Session {
  readonly clientId: string
  readonly client: number
  expiry: number
  readonly subscriptions: Map<string, Subscription>
  owed: Owed[]
  inFlight: InFlight[]
  unreleased: Unreleased[]
  connection: Connection | undefined
  endsAtMs: number
  will: { readonly message: Omit<Message, 'expiresAtMs'>; readonly dueMs: number } | undefined
}

export interface Connection {
  readonly raw: RawConnection
  readonly version: ProtocolVersion
  readonly receiveMaximum: number
  readonly isSmall: boolean
  readonly keepAlive: number
  will: { readonly message: Omit<Message, 'expiresAtMs'>; readonly delay: number } | undefined
  readonly aliases: Map<number, string>
  /** Answers that are to come, in order. */
  readonly expected: Expectation[]
  heardMs: number
  /** Of `raw.received`: how many have been looked at. */
  seen: number
}

/** What the next packet that is no message must be. */
export interface Expectation {
  readonly type: string
  readonly check: (packet: object) => void
}

export const smallMax = 120

/** More QoS > 0 messages can be sent to it now; what waited has gone out. */
export function hasQuota({ connection, inFlight }: Session): boolean {
  return connection !== undefined && inFlight.filter((each) => each.isSent).length < connection.receiveMaximum
}

/** [MQTT-3.1.2-22] */
export function silentUntilMs({ heardMs, keepAlive }: Connection): number {
  return heardMs + keepAlive * 1500
}

export function copyFor(message: Message, subscriptions: readonly Subscription[]): Copy {
  const highest =
    subscriptions
      .map((each) => each.qos)
      .sort()
      .at(-1) ?? 0
  return {
    message,
    // [MQTT-3.8.4-8]
    qos: lower(message.qos, highest),
    // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    retain: message.retain && subscriptions.some((each) => each.retainAsPublished),
    // [MQTT-3.3.4-3] [MQTT-3.3.4-4]
    identifiers: subscriptions.map((each) => each.identifier).filter((each) => each > 0),
  }
}

function lower(one: QoS, other: QoS): QoS {
  if (one < other) return one
  return other
}

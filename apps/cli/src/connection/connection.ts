/**
 * What the commands need of an MQTT client, and no more. `open.ts` makes one with @mq/client; the tests of the commands bring
 * their own. Refusals by the broker are values here, so that a command decides what they mean; only what ends the
 * connection is thrown, as a Failure that knows its exit code.
 */
import type { MessageProperties, PublishProperties, QoS, UserProperties } from '@mq/core'
import type { PropertyBag } from '../argv/property.ts'
import type { Failure } from '../failure.ts'

export interface OutgoingMessage {
  readonly topicName: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly properties?: MessageProperties
}

/** A message as it came. Whoever is done with it says so with `ack`, which is what lets the broker forget it. */
export interface ReceivedMessage {
  readonly topicName: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly dup: boolean
  /** Absent at QoS 0. */
  readonly packetId?: number
  readonly properties: PublishProperties
  ack(): void
}

/** What the broker said to a PUBLISH, SUBSCRIBE or UNSUBSCRIBE. From 0x80 on it is a refusal. */
export interface Answer {
  readonly reasonCode: number
  readonly reasonString?: string | undefined
}

export interface SubscribeWishes {
  readonly qos: QoS
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
  readonly userProperties?: UserProperties
}

export interface Connection {
  readonly clientId: string
  readonly protocolVersion: 3 | 4 | 5
  readonly sessionPresent: boolean
  publish(message: OutgoingMessage): Promise<Answer>
  /** One answer per filter, in order. */
  subscribe(topicFilters: readonly string[], wishes: SubscribeWishes): Promise<readonly Answer[]>
  unsubscribe(topicFilters: readonly string[]): Promise<readonly Answer[]>
  /** Everything that arrives, from CONNACK on and in order. Ends with the connection, see `ended`. */
  messages(): AsyncIterable<ReceivedMessage>
  /** Resolves when the connection is over for good: with why, or undefined after `disconnect`. */
  readonly ended: Promise<Failure | undefined>
  /** Waits for acknowledgements under way, says DISCONNECT and closes. */
  disconnect(): Promise<void>
}

export interface WillWishes {
  readonly topicName: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly properties?: PropertyBag
}

/** How to connect, all values checked. */
export interface ConnectWishes {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, with host and port. */
  readonly url: string
  readonly clientId: string
  readonly protocolVersion: 3 | 4 | 5 | 'auto'
  readonly cleanStart: boolean
  /** Seconds. */
  readonly sessionExpiryInterval: number
  /** Seconds. */
  readonly keepAlive: number
  readonly userName?: string
  readonly password?: Uint8Array
  readonly will?: WillWishes
  readonly properties?: PropertyBag
  readonly disconnectProperties?: PropertyBag
  readonly tls?: TlsWishes
  /** `sub` comes back after a lost connection, `pub` says that it failed. */
  readonly reconnect: boolean
}

export interface TlsWishes {
  readonly ca?: Uint8Array
  readonly cert?: Uint8Array
  readonly key?: Uint8Array
  readonly rejectUnauthorized: boolean
}

/** What happens on the way, for stderr. */
export interface ConnectionNews {
  debug(sentence: string): void
  warn(sentence: string): void
}

/** @throws Failure */
export type OpenConnection = (wishes: ConnectWishes, news: ConnectionNews, signal: AbortSignal) => Promise<Connection>

/** What `@mq/client` takes and gives. Seconds where the specification counts in seconds, milliseconds everywhere else. */
import type {
  DisconnectProperties,
  MessageProperties,
  PublishProperties,
  QoS,
  ReasonCode,
  UserProperties,
} from '@mq/core'
import type { ConnectError, MqttError, SubscribeResult } from './errors.ts'
import type { Abortable, Payload } from './options.ts'
import type { SessionInfo } from './session-info.ts'
import type { TopicParams } from './topic-params.ts'

export interface PublishOptions {
  /** Default 0. */
  readonly qos?: QoS | undefined
  readonly retain?: boolean | undefined
  /** Only sent in 5.0. `messageExpiryInterval` also counts while the message waits here. */
  readonly properties?: MessageProperties | undefined
}

export interface OutgoingMessage extends PublishOptions {
  readonly topic: string
  readonly payload?: Payload | undefined
}

export interface PublishResult {
  readonly qos: QoS
  /** At QoS 1 and 2. */
  readonly packetId: number | undefined
  readonly reasonCode: ReasonCode
  /** What the server added. */
  readonly reasonString: string | undefined
  /** False where the server said that nobody was subscribed (0x10). */
  readonly matched: boolean
}

export interface SubscribeOptions {
  /** The largest QoS to receive with. Default 0. */
  readonly qos?: QoS | undefined
  readonly noLocal?: boolean | undefined
  readonly retainAsPublished?: boolean | undefined
  /** 0 send retained messages (default), 1 only if the subscription is new, 2 never. */
  readonly retainHandling?: 0 | 1 | 2 | undefined
  /** The ShareName of a Shared Subscription: `$share/{shared}/{filter}`. */
  readonly shared?: string | undefined
  readonly userProperties?: UserProperties | undefined
  /** Messages that wait here for the reader. Default 256. */
  readonly buffer?: number | undefined
  /**
   * When `buffer` is full of messages that no acknowledgement holds back: QoS 0, acknowledged when received, all before 5.0.
   * 'pause' (default): stop reading the connection; nothing is lost, and nothing else arrives either. The others lose messages
   * and count them in `dropped`, but never one that is not acknowledged yet: full of these, they pause, too.
   */
  readonly overflow?: 'pause' | 'drop-oldest' | 'drop-newest' | undefined
  /**
   * When a QoS 1 or 2 message is acknowledged. 'processed' (default): the handler has returned, or the loop asks for the
   * next message. 'received': at once, if there is room in `buffer`. 'manual': `message.ack()`.
   */
  readonly ack?: 'processed' | 'received' | 'manual' | undefined
  /** Handler form: how many messages are handled at a time. Default 1. */
  readonly concurrency?: number | undefined
  /**
   * Handler form, when the handler throws or rejects, besides the event 'error'. 'refuse' (default): the message is refused
   * with 0x80; before 5.0, which has no refusal, the connection is dropped and the server sends it again if there is a
   * Session. 'acknowledge': it counts as processed.
   */
  readonly onHandlerError?: 'refuse' | 'acknowledge' | undefined
}

export interface SubscribeRequest<T extends string = string> extends SubscribeOptions {
  readonly filter: T
}

export interface UnsubscribeResult {
  readonly filter: string
  /** 0x11: there was no such subscription. Always 0 before 5.0. */
  readonly reasonCode: ReasonCode
  /** What the server added; UNSUBACK has one for all its filters. */
  readonly reasonString: string | undefined
}

export interface Message<P = Record<never, never>> {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly dup: boolean
  /** The named levels of the filter: 'house/+room' gives `params.room`. */
  readonly params: P
  readonly properties: PublishProperties
  /** The payload as UTF-8. */
  text(): string
  json<T = unknown>(): T
  /** With `ack: 'manual'`; otherwise, and at QoS 0, without effect. */
  ack(): void
  /**
   * Refuse it: PUBACK or PUBREC with this code: 0x80, 0x83, 0x87, 0x90, 0x91, 0x97 or 0x99. Before 5.0 there is no refusal,
   * and it is acknowledged.
   */
  nack(reasonCode: ReasonCode): void
  /** Publish to the message's Response Topic, with its Correlation Data. */
  respond(payload?: Payload, options?: PublishOptions): Promise<PublishResult>
}

export type MessageHandler<P = Record<never, never>> = (message: Message<P>) => unknown

/** One reader of one filter. `break` out of its loop, or `await using`, unsubscribes. */
export interface Subscription<P = Record<never, never>> extends AsyncIterable<Message<P>>, AsyncDisposable {
  /** As it was sent: names of levels taken out, `$share/…` put in front. */
  readonly filter: string
  readonly grantedQos: QoS
  /** What the server said to each filter. */
  readonly results: readonly SubscribeResult[]
  /** Messages that wait here. */
  readonly pending: number
  /** Messages that `overflow` cost. */
  readonly dropped: number
  /** Ends the loop at once. The server hears of it when this was the last reader of the filter. */
  unsubscribe(options?: Abortable): Promise<void>
  /** Unsubscribe, and end the loop when what waits here has been read. */
  drain(options?: Abortable): Promise<void>
}

export interface RequestOptions extends PublishOptions, Abortable {
  /** Default: a topic of this client's own, under the server's Response Information where it sends one. */
  readonly responseTopic?: string | undefined
}

export interface RequestManyOptions extends RequestOptions {
  /** The loop ends when no answer came for so many milliseconds. Default 1000. */
  readonly idle?: number | undefined
  /** The loop ends after so many answers. Default: no end. */
  readonly max?: number | undefined
}

export interface RetainedOptions extends Abortable, Pick<SubscribeOptions, 'qos' | 'userProperties' | 'buffer'> {
  /** The loop ends when no retained message came for so many milliseconds. Default 500. */
  readonly idle?: number | undefined
}

export interface DisconnectOptions {
  /**
   * 0x04 asks the server to publish the Will. Default 0. Before 5.0 there are no reasons: with any but 0 the connection is
   * closed without DISCONNECT, so that the server publishes the Will.
   */
  readonly reasonCode?: ReasonCode | undefined
  /**
   * True (default): first send what waits and receive what is unacknowledged, for at most 5 s. A number: for that many
   * milliseconds. False: now; unfinished publishes reject with 'client-closed'.
   */
  readonly drain?: boolean | number | undefined
  readonly properties?: DisconnectProperties | undefined
}

export type CloseReason =
  /** `disconnect` was called. */
  | { readonly type: 'disconnect' }
  /** The client gave up: refused for good, out of attempts, aborted, or `reconnect: false`. */
  | { readonly type: 'error'; readonly error: unknown }

export type ClientState = 'idle' | 'connecting' | 'connected' | 'waiting' | 'closing' | 'closed'

export type StatusEvent =
  | { readonly type: 'connecting'; readonly attempt: number; readonly url: string }
  | { readonly type: 'connected'; readonly session: SessionInfo }
  /** The connection ended and was not meant to. */
  | { readonly type: 'disconnected'; readonly error: ConnectError }
  /** The next attempt is `delay` milliseconds away; `error` is why the last one failed. */
  | { readonly type: 'waiting'; readonly attempt: number; readonly delay: number; readonly error: MqttError }
  | { readonly type: 'closing' }
  | { readonly type: 'closed'; readonly reason: CloseReason }

/** What each event carries. */
export interface ClientEventDetails {
  connect: SessionInfo
  /** The server sent DISCONNECT. */
  disconnect: { readonly reasonCode: ReasonCode; readonly properties: DisconnectProperties }
  reconnecting: { readonly attempt: number; readonly delay: number; readonly error: MqttError }
  /** The client is done. */
  close: CloseReason
  /** Something failed that no promise tells: a lost connection, a handler that threw, a resubscription refused. */
  error: unknown
  message: Message
}

export type ClientEvents = { [K in keyof ClientEventDetails]: (detail: ClientEventDetails[K]) => void }

export interface Stats {
  /** Since the client was made. */
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Messages that wait for a connection, or for send quota. */
  readonly queued: number
  /** Sent, not yet acknowledged. */
  readonly inFlight: number
  /** Received messages that were lost here, with the reason. */
  readonly dropped: { readonly overflow: number; readonly unclaimed: number }
  /** Connections lost. */
  readonly reconnects: number
}

/** An MQTT client: one Session, and at any time at most one connection that carries it. */
export interface Client extends AsyncDisposable {
  readonly state: ClientState
  /** Of the connection, or the last one; undefined before the first. */
  readonly session: SessionInfo | undefined
  /** Resolves when the client is done, for whatever reason; never rejects. */
  readonly closed: Promise<CloseReason>
  /** Starts to connect. Resolves with the first CONNACK that accepts; rejects when the client gives up. */
  connect(options?: Abortable): Promise<SessionInfo>
  /** Resolves at QoS 0 when it is handed to the socket, at QoS 1 and 2 when the server has taken it over. */
  publish(topic: string, payload?: Payload, options?: PublishOptions & Abortable): Promise<PublishResult>
  publish(message: OutgoingMessage, options?: Abortable): Promise<PublishResult>
  /** Resolves on SUBACK. A filter may name its wildcards: 'house/+room/#rest'. */
  subscribe<const T extends string>(
    filter: T | SubscribeRequest<T>,
    options?: SubscribeOptions & Abortable,
  ): Promise<Subscription<TopicParams<T>>>
  subscribe<const T extends string>(
    filter: T | SubscribeRequest<T>,
    handler: MessageHandler<TopicParams<T>>,
    options?: SubscribeOptions & Abortable,
  ): Promise<Subscription<TopicParams<T>>>
  /**
   * Several filters in one SUBSCRIBE, read as one. Rejects with a SubscribeError if any is refused; the others stay, and are
   * read through `error.subscription`.
   */
  subscribe(
    filters: readonly (string | SubscribeRequest)[],
    options?: SubscribeOptions & Abortable,
  ): Promise<Subscription<Record<string, string>>>
  /** Ends all subscriptions to these filters. */
  unsubscribe(filter: string | readonly string[], options?: Abortable): Promise<UnsubscribeResult[]>
  disconnect(options?: DisconnectOptions): Promise<void>
  /** Publish with a Response Topic, and wait for the answer with the same Correlation Data. Only in 5.0. */
  request(topic: string, payload?: Payload, options?: RequestOptions): Promise<Message>
  /**
   * As `request`, for several answers: a loop over them, which ends by `idle` or `max`. `timeout` and `signal` reject. The
   * request is sent when the loop begins. Only in 5.0.
   */
  requestMany(topic: string, payload?: Payload, options?: RequestManyOptions): AsyncIterable<Message>
  /** Answer requests: what `handler` returns is published to the request's Response Topic. Only in 5.0. */
  respond(
    filter: string,
    handler: (message: Message<Record<string, string>>) => Payload | Promise<Payload>,
    options?: SubscribeOptions & Abortable,
  ): Promise<Subscription<Record<string, string>>>
  /**
   * Authenticate again on the connection that stands, with the option `auth`. Rejects where there is none; where it fails
   * the connection ends, too. Only in 5.0 (section 4.12.1).
   */
  reauthenticate(options?: Abortable): Promise<void>
  /** The first message to a filter. */
  once(filter: string, options?: Abortable & SubscribeOptions): Promise<Message>
  /**
   * The retained messages that the server has for a filter now: a loop that ends by itself, as the protocol does not say
   * which is the last, when none came for `idle` milliseconds.
   *
   * @example
   * for await (const message of client.retained('house/#')) console.log(message.topic, message.text())
   */
  retained(filter: string, options?: RetainedOptions): AsyncIterable<Message<Record<string, string>>>
  /** Every message, also those that no subscription of this process asked for. */
  messages(options?: Pick<SubscribeOptions, 'buffer' | 'overflow' | 'ack'>): AsyncIterable<Message>
  status(): AsyncIterable<StatusEvent>
  stats(): Stats
  on<K extends keyof ClientEvents>(
    event: K,
    listener: ClientEvents[K],
    options?: { signal?: AbortSignal | undefined; once?: boolean | undefined },
  ): this
}

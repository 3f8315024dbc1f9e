/** The five verbs and what is made of them: the public face of {@link ClientCore}. */

import { isList, publishArguments, subscribeArguments } from './call-arguments.ts'
import { ClientCore } from './client-core.ts'
import { Deferred } from './deferred.ts'
import { described } from './described.ts'
import { MqttError } from './errors.ts'
import type { ReceivedMessage } from './message.ts'
import { checkOptions } from './option-check.ts'
import {
  abortableTable,
  connectTable,
  disconnectTable,
  listenTable,
  messagesTable,
  requestManyTable,
  requestTable,
  retainedTable,
  subscribeTable,
} from './option-tables.ts'
import type { Abortable, ConnectOptions, Payload, TransportFactory } from './options.ts'
import { noPayload } from './payload.ts'
import { Reader } from './reader.ts'
import type { SessionInfo } from './session-info.ts'
import { iterate } from './subscription.ts'
import type {
  Client,
  ClientEventDetails,
  ClientEvents,
  ClientState,
  CloseReason,
  DisconnectOptions,
  Message,
  OutgoingMessage,
  PublishOptions,
  PublishResult,
  RequestManyOptions,
  RequestOptions,
  RetainedOptions,
  Stats,
  StatusEvent,
  SubscribeOptions,
  SubscribeRequest,
  Subscription,
  UnsubscribeResult,
} from './types.ts'
import { wantedFilter } from './wire-subscription.ts'

type Params = Record<string, string>
type Options = SubscribeOptions & Abortable

export class MqttClient implements Client {
  readonly closed: Promise<CloseReason>
  readonly #core: ClientCore
  readonly #options: ConnectOptions

  constructor(url: string | URL, options: ConnectOptions, openTransport: TransportFactory) {
    checkOptions(options, connectTable)
    this.#options = options
    this.#core = new ClientCore(url, options, openTransport)
    this.closed = this.#core.closed
  }

  get state(): ClientState {
    return this.#core.state
  }

  get session(): SessionInfo | undefined {
    return this.#core.session
  }

  async connect(options?: Abortable): Promise<SessionInfo> {
    checkOptions(options, abortableTable)
    return this.#open(options ?? this.#options, false)
  }

  /** As `connect`, but what cannot be reached now is an error: no second round. */
  connectOnce(): Promise<SessionInfo> {
    return this.#open(this.#options, true)
  }

  publish(
    topic: string | OutgoingMessage,
    payload?: Payload | Abortable,
    options?: PublishOptions & Abortable,
  ): Promise<PublishResult> {
    try {
      this.#core.checkOpen()
      const [message, abortable] = publishArguments(topic, payload, options)
      return this.#core.publisher.publish(message, abortable)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async subscribe(
    filter: string | SubscribeRequest | readonly (string | SubscribeRequest)[],
    handlerOrOptions?: ((message: ReceivedMessage) => unknown) | Options,
    more?: Options,
  ): Promise<Subscription<Params>> {
    this.#core.checkOpen()
    const [filters, handler, options] = subscribeArguments(filter, handlerOrOptions, more)
    return this.#core.subscriber.subscribe(filters, handler, options)
  }

  async unsubscribe(filter: string | readonly string[], options?: Abortable): Promise<UnsubscribeResult[]> {
    this.#core.checkOpen()
    checkOptions(options, abortableTable)
    const filters = isList(filter) ? filter : [filter]
    if (filters.length === 0) throw new MqttError('invalid-argument', 'no filter to unsubscribe from')
    const texts = filters.map((each) => wantedFilter(each, {}).parsed.text)
    return this.#core.subscriptions.unsubscribe(texts, options)
  }

  async disconnect(options: DisconnectOptions = {}): Promise<void> {
    checkOptions(options, disconnectTable)
    return this.#core.disconnect(options)
  }

  async request(topic: string, payload?: Payload, options: RequestOptions = {}): Promise<Message> {
    this.#core.checkOpen()
    checkOptions(options, requestTable)
    return this.#core.requester.request(topic, payload, options)
  }

  async *requestMany(topic: string, payload?: Payload, options: RequestManyOptions = {}): AsyncIterable<Message> {
    this.#core.checkOpen()
    checkOptions(options, requestManyTable)
    yield* this.#core.requester.requestMany(topic, payload, options)
  }

  async respond(
    filter: string,
    handler: (message: Message<Params>) => Payload | Promise<Payload>,
    options: Options = {},
  ): Promise<Subscription<Params>> {
    if (typeof handler !== 'function') {
      throw new MqttError('invalid-argument', `the handler is ${described(handler)}; give a function`)
    }
    checkOptions(options, subscribeTable)
    const answer = async (message: ReceivedMessage) => {
      const payload = await handler(message)
      // A handler that forgot to return something did not mean to answer with nothing.
      if (payload === undefined) throw noPayload(payload, 'what the handler returned')
      return message.respond(payload)
    }
    return this.subscribe(filter, answer, { qos: 1, ...options })
  }

  async reauthenticate(options?: Abortable): Promise<void> {
    this.#core.checkOpen()
    checkOptions(options, abortableTable)
    return this.#core.reauthenticate(options)
  }

  async once(filter: string, options: Options = {}): Promise<Message> {
    checkOptions(options, subscribeTable)
    const subscription = await this.subscribe(filter, options)
    const { signal, timeout } = options
    const stop = () => void subscription.unsubscribe().catch(() => {})
    signal?.addEventListener('abort', stop, { once: true })
    const cancel = timeout === undefined ? undefined : this.#core.clock.schedule(timeout, stop)
    try {
      for await (const message of subscription) return message
      signal?.throwIfAborted()
      throw new MqttError('timeout', `no message to "${filter}" came`)
    } finally {
      cancel?.()
      signal?.removeEventListener('abort', stop)
    }
  }

  async *retained(filter: string, options: RetainedOptions = {}): AsyncIterable<Message<Params>> {
    checkOptions(options, retainedTable)
    const { idle = 500, signal, timeout, ...rest } = options
    const { clock } = this.#core
    const over = new Deferred<void>()
    over.limit(clock, `reading what is retained for "${filter}"`, { signal, timeout })
    over.promise.catch(() => {})
    const subscription = await this.subscribe(filter, { ...rest, signal, timeout })
    const stop = () => void subscription.unsubscribe().catch(() => {})
    over.finally(stop)
    let cancel = clock.schedule(idle, stop)
    try {
      for await (const message of subscription) {
        if (!message.retain) continue
        cancel()
        yield message
        cancel = clock.schedule(idle, stop)
      }
      // Ended by `signal` or `timeout`: its error.
      if (over.settled) await over.promise
    } finally {
      cancel()
      over.resolve()
    }
  }

  messages(
    options: Pick<SubscribeOptions, 'buffer' | 'overflow' | 'ack'> = {},
  ): AsyncIterableIterator<ReceivedMessage> {
    checkOptions(options, messagesTable)
    const { inbox, flow } = this.#core
    const reader = new Reader({ ...options, fullChanged: flow.fullChanged })
    inbox.readAll(reader)
    return iterate(reader, () => inbox.stopReadAll(reader))
  }

  status(): AsyncIterableIterator<StatusEvent> {
    return this.#core.status.read()
  }

  stats(): Stats {
    return this.#core.stats()
  }

  on<K extends keyof ClientEvents>(
    event: K,
    listener: (detail: ClientEventDetails[K]) => void,
    options?: { signal?: AbortSignal | undefined; once?: boolean | undefined },
  ): this {
    checkOptions(options, listenTable)
    this.#core.events.on(event, listener, options)
    return this
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect({ drain: true })
  }

  #open(options: Abortable, once: boolean): Promise<SessionInfo> {
    const wasIdle = this.#core.state === 'idle'
    const opening = this.#core.connect(options, once)
    // Aborted or timed out before the first connection: the caller wants none any more.
    if (wasIdle) {
      opening.catch((error) => {
        if (this.#core.session === undefined) this.#core.abandon(error)
      })
    }
    return opening
  }
}

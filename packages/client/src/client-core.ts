/**
 * The client: one Session, its subscriptions, and the lifecycle that gives it connections. This file only joins the parts;
 * each part's own file says what always holds for it.
 *
 *     publish ───► Publisher ────────────────┐
 *     subscribe ─► Subscriptions ─► Requests ─┼─► NetworkConnection ◄── Lifecycle
 *     readers ◄─── Inbox ◄────────────────────┘
 */
import {
  type ClientCloseReason,
  type ClientLimits,
  type ConnackPacket,
  createWorkspace,
  ReasonCode,
  type SubackPacket,
  TopicTable,
  type UnsubackPacket,
} from '@mq/core'
import { Authenticator } from './authenticator.ts'
import { Broadcast } from './broadcast.ts'
import { type Clock, systemClock } from './clock.ts'
import { connectPacket, randomClientId, sessionExpiryOf } from './connect-packet.ts'
import { Deferred } from './deferred.ts'
import { checkDisconnect } from './disconnect-check.ts'
import type { Route } from './dispatch.ts'
import { ConnectError, MqttError } from './errors.ts'
import { Events } from './events.ts'
import { Flow } from './flow.ts'
import { Inbox } from './inbox.ts'
import { Lifecycle } from './lifecycle.ts'
import type { Abortable, ConnectOptions, TransportFactory } from './options.ts'
import { Publisher } from './publisher.ts'
import { blamesPacket, reconnectPolicy } from './reconnect.ts'
import { Requester } from './request-response.ts'
import { Requests } from './requests.ts'
import { Servers } from './servers.ts'
import { type SessionInfo, sessionInfo } from './session-info.ts'
import { Subscriber } from './subscriber.ts'
import { Subscriptions } from './subscriptions.ts'
import type { ClientState, CloseReason, DisconnectOptions, Stats, StatusEvent } from './types.ts'

/** What a client is made of, for the facade in facade.ts. */
export class ClientCore {
  readonly clock: Clock
  readonly events: Events
  readonly status: Broadcast<StatusEvent> = new Broadcast<StatusEvent>()
  readonly publisher: Publisher
  readonly subscriber: Subscriber
  readonly subscriptions: Subscriptions
  readonly inbox: Inbox
  readonly requester: Requester
  readonly flow: Flow
  readonly closed: Promise<CloseReason>
  session: SessionInfo | undefined = undefined
  readonly #requests = new Requests<Route>(() => this.publisher.isOnTrial)
  readonly #lifecycle: Lifecycle<Route>
  readonly #authenticator: Authenticator<Route> | undefined
  readonly #options: ConnectOptions
  readonly #traffic = { bytesReceived: 0, bytesSent: 0, reconnects: 0 }
  readonly #first = new Deferred<SessionInfo>()
  readonly #closed = new Deferred<CloseReason>()
  #clientId: string
  #closing: Promise<void> | undefined = undefined
  #idleWaiter: Deferred<void> | undefined = undefined
  #overflow = 0

  constructor(url: string | URL, options: ConnectOptions, openTransport: TransportFactory) {
    const { clock = systemClock, random = Math.random, logger } = options
    this.#options = options
    this.clock = clock
    this.closed = this.#closed.promise
    // Whoever does not call connect() hears of a failure through `closed`.
    this.#first.promise.catch(() => {})
    this.#clientId = options.clientId ?? ''
    this.events = new Events((error) => logger?.error('a listener failed', error))
    this.publisher = new Publisher({
      queue: options.queue,
      clock,
      usesAliases: options.topicAlias?.outbound === 'lru',
      changed: () => this.#changed(),
    })
    this.subscriptions = new Subscriptions(this.#requests, clock)
    const send = this.publisher.publish.bind(this.publisher)
    this.inbox = new Inbox({
      subscriptions: this.subscriptions,
      events: this.events,
      clock,
      send: (message) => send(message, undefined),
    })
    const { auth, connectTimeout: stepTimeout = 10_000 } = options
    this.#authenticator =
      auth && new Authenticator<Route>({ auth, clock, stepTimeout, failed: (error) => this.#lifecycle.fail(error) })
    this.#lifecycle = this.#createLifecycle(url, openTransport, random)
    this.flow = new Flow(
      () => this.#lifecycle.connection,
      () => !this.publisher.isIdle || this.#requests.awaited > 0 || this.#authenticator?.isRenewing === true,
    )
    this.subscriber = new Subscriber({
      subscriptions: this.subscriptions,
      inbox: this.inbox,
      fullChanged: this.flow.fullChanged,
      failed: (error) => this.failed(error),
      canRefuse: () => this.#lifecycle.connection?.machine.version === 5,
      drop: (sentence) => this.#lifecycle.drop(sentence),
    })
    this.requester = new Requester({
      clock,
      random,
      session: () => this.session,
      publish: (message) => send(message, undefined),
      subscribe: (filter, handler, subscribeOptions) => this.subscriber.subscribe([filter], handler, subscribeOptions),
    })
  }

  get state(): ClientState {
    if (this.#closed.settled) return 'closed'
    return this.#closing === undefined ? this.#lifecycle.state : 'closing'
  }

  /** @throws MqttError 'client-closed' */
  checkOpen(): void {
    if (this.#closing !== undefined || this.#closed.settled) throw closedError()
  }

  /** `once`: give up when each URL has been tried. */
  connect(options: Abortable | undefined, once: boolean): Promise<SessionInfo> {
    const connected = new Deferred<SessionInfo>()
    connected.limit(this.clock, 'connecting', options)
    this.#first.promise.then(
      (session) => connected.resolve(session),
      (error) => connected.reject(error),
    )
    this.#lifecycle.start(once)
    return connected.promise
  }

  disconnect(options: DisconnectOptions): Promise<void> {
    if (this.#closed.settled) return Promise.resolve()
    checkDisconnect(options, sessionExpiryOf(this.#options))
    this.#closing ??= this.#disconnect(options)
    return this.#closing
  }

  /** @throws MqttError 'invalid-argument', 'offline', 'authentication-failed', or why the connection ended */
  reauthenticate(options: Abortable | undefined): Promise<void> {
    const authenticator = this.#authenticator
    if (authenticator === undefined) throw new MqttError('invalid-argument', 'there is no `auth` to authenticate with')
    if (this.#lifecycle.connection === undefined) throw new MqttError('offline', 'there is no connection')
    const done = new Deferred<void>()
    done.limit(this.clock, 'authenticating', options)
    authenticator.reauthenticate().then(
      () => done.resolve(),
      (error) => done.reject(error),
    )
    this.flow.check()
    return done.promise
  }

  /** End with an error: the first connect was aborted. */
  abandon(error: unknown): void {
    void this.#lifecycle.stop((connection) => connection.machine.disconnect(0))
    this.#finish({ type: 'error', error })
  }

  /** Something went wrong that no promise tells. */
  failed(error: unknown): void {
    if (this.events.has('error')) this.events.emit('error', error)
    else this.#options.logger?.error(error instanceof Error ? error.message : 'an error', error)
  }

  stats(): Stats {
    const overflow = [...this.subscriptions.readers()].reduce((sum, { dropped }) => sum + dropped, this.#overflow)
    return {
      ...this.#traffic,
      queued: this.publisher.queued,
      inFlight: this.publisher.session.outbound.inFlight,
      dropped: { overflow, unclaimed: this.inbox.unclaimed },
    }
  }

  async #disconnect({ reasonCode = 0, drain = true, properties }: DisconnectOptions): Promise<void> {
    this.#tell({ type: 'closing' })
    const patience = drain === true ? 5000 : drain === false ? 0 : drain
    if (patience > 0 && this.#lifecycle.state !== 'idle' && !this.publisher.isIdle) {
      const idle = new Deferred<void>()
      this.#idleWaiter = idle
      idle.finally(this.clock.schedule(patience, () => idle.resolve()))
      this.#closed.finally(() => idle.resolve())
      await idle.promise
    }
    try {
      await this.#lifecycle.stop((connection) => connection.machine.disconnect(reasonCode, properties))
    } finally {
      this.#finish({ type: 'disconnect' })
    }
  }

  #finish(reason: CloseReason): void {
    if (this.#closed.settled) return
    const error = reason.type === 'error' ? reason.error : closedError()
    this.#overflow = this.stats().dropped.overflow
    this.#requests.close(error)
    this.publisher.close(error)
    this.requester.close(error)
    this.subscriptions.close(reason.type === 'error' ? error : undefined)
    this.inbox.close(reason.type === 'error' ? error : undefined)
    this.#first.reject(error)
    this.#closed.resolve(reason)
    this.#tell({ type: 'closed', reason })
    this.status.end()
    this.events.emit('close', reason)
  }

  #connected(packet: ConnackPacket, limits: ClientLimits): void {
    const connection = this.#lifecycle.connection
    if (connection === undefined) return
    this.#clientId = packet.properties?.assignedClientIdentifier ?? this.#clientId
    const present = packet.sessionPresent
    // MQTT 3.1 does not say whether it has a Session: with Clean Session 0 we go on as if it had, and subscribe again.
    const mayHaveSession = present || (limits.protocolVersion === 3 && this.#options.cleanStart === false)
    this.inbox.connected(connection, !mayHaveSession)
    const again = this.subscriptions.connected(limits, !present, (results) =>
      this.failed(new MqttError('subscribe-refused', `not subscribed again: ${JSON.stringify(results)}`)),
    )
    this.publisher.attach(connection, !mayHaveSession)
    this.#requests.attach(connection.machine, this.publisher.session, again)
    const session = sessionInfo(packet, limits, this.#clientId)
    this.session = session
    this.#first.resolve(session)
    this.#tell({ type: 'connected', session })
    this.events.emit('connect', session)
    this.flow.check()
  }

  #disconnected(reason: ClientCloseReason, error: ConnectError): void {
    this.#requests.detach(blamesPacket(error) ? error : undefined)
    this.publisher.detach(error)
    if (reason.by === 'server') {
      const { reasonCode, properties = {} } = reason.packet
      this.events.emit('disconnect', { reasonCode, properties })
    }
    this.failed(error)
  }

  #tell(event: StatusEvent): void {
    this.#options.logger?.debug(`mqtt: ${event.type}`, event)
    this.status.send(event)
    if (event.type !== 'waiting') return
    const { attempt, delay, error } = event
    this.events.emit('reconnecting', { attempt, delay, error })
  }

  #changed(): void {
    this.#requests.pump()
    this.flow.check()
    if (this.publisher.isIdle) this.#idleWaiter?.resolve()
  }

  #createLifecycle(url: string | URL, openTransport: TransportFactory, random: () => number): Lifecycle<Route> {
    const options = this.#options
    return new Lifecycle<Route>({
      servers: new Servers(url, options),
      options,
      policy: options.reconnect === false ? undefined : reconnectPolicy(options.reconnect),
      openTransport: options.transport ?? openTransport,
      authenticator: this.#authenticator,
      clock: this.clock,
      random,
      workspace: createWorkspace(new TopicTable<Route>()),
      traffic: this.#traffic,
      handler: {
        connectPacket: (version, credentials, data) => {
          // Before 5.0 a server assigns no identifier that we would hear of.
          if (version < 5 && this.#clientId === '') this.#clientId = randomClientId(random)
          return connectPacket(options, version, this.#clientId, credentials, this.session === undefined, data)
        },
        connected: (packet, limits) => this.#connected(packet, limits),
        publish: (publication, topic) => this.inbox.publish(publication, topic),
        handlesStill: (packetId) => this.inbox.handlesStill(packetId),
        answered: (packet: SubackPacket | UnsubackPacket) => {
          if (this.#requests.answered(packet)) this.#changed()
          else this.#lifecycle.fail(noAnswer(packet), ReasonCode.protocolError)
        },
        auth: (packet) => this.#authenticator?.received(packet),
        status: (event) => this.#tell(event),
        disconnected: (reason, error) => this.#disconnected(reason, error),
        gaveUp: (error) => this.#finish({ type: 'error', error }),
      },
    })
  }
}

function noAnswer({ type, packetId }: SubackPacket | UnsubackPacket): ConnectError {
  const sentence = `${type.toUpperCase()} ${packetId} does not answer what was asked`
  return new ConnectError('protocol-error', `the server broke the protocol: ${sentence}`)
}

function closedError(): MqttError {
  return new MqttError('client-closed', 'the client was disconnected')
}

/**
 * When there is a connection, when there will be the next one, and when there will be none any more.
 *
 *     idle ──start──► connecting ──CONNACK 0──► connected
 *                      ▲   │  ▲ └──refused, no answer──┐ │ lost
 *                      │   │  └─── older version ──────┤ │
 *                    waiting ◄────────────────────────┴─┘
 *                      └── stop, or nothing left to try, from every state ──► closed
 *
 * Always holds: at most one attempt or connection is current, and whatever an earlier one still says is ignored; `waiting`
 * has exactly one timer, `connecting` is bounded by the connect timeout, so from every state but `closed` the next attempt
 * is at most maxDelay + connectTimeout away.
 */

import type {
  ClientCloseReason,
  ClientHandler,
  ClientLimits,
  ConnackPacket,
  ConnectPacket,
  ProtocolVersion,
  Transport,
  Workspace,
} from '@mq/core'
import { createBufferWriter, encodePacket, ReasonCode } from '@mq/core'
import { openAttempt } from './attempt.ts'
import type { AuthData } from './auth-method.ts'
import type { Authenticator, Begun } from './authenticator.ts'
import type { Clock } from './clock.ts'
import { closeError, isUnknownVersion } from './close-error.ts'
import { ConnectError, MqttError } from './errors.ts'
import { NetworkConnection } from './network-connection.ts'
import type { ConnectOptions, Credentials, TransportFactory } from './options.ts'
import { nextDelay, type ReconnectPolicy } from './reconnect.ts'
import type { Servers } from './servers.ts'
import type { StatusEvent } from './types.ts'

export interface LifecycleHandler<Route> extends Omit<ClientHandler<Route>, 'closed'> {
  connectPacket(version: ProtocolVersion, credentials: Credentials, data: AuthData): ConnectPacket
  status(event: Exclude<StatusEvent, { type: 'connected' | 'closing' | 'closed' }>): void
  /** A connection that was accepted is over. */
  disconnected(reason: ClientCloseReason, error: ConnectError): void
  /** Nothing more will be tried. */
  gaveUp(error: unknown): void
}

export interface LifecycleOptions<Route> {
  readonly servers: Servers
  readonly options: ConnectOptions
  readonly policy: ReconnectPolicy | undefined
  readonly openTransport: TransportFactory
  readonly authenticator: Authenticator<Route> | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly workspace: Workspace<Route>
  readonly handler: LifecycleHandler<Route>
  readonly traffic: { bytesReceived: number; bytesSent: number; reconnects: number }
}

export class Lifecycle<Route> {
  state: 'idle' | 'connecting' | 'connected' | 'waiting' | 'closed' = 'idle'
  readonly #options: LifecycleOptions<Route>
  readonly #connectTimeout: number
  #connection: NetworkConnection<Route> | undefined = undefined
  #controller: AbortController | undefined = undefined
  #cancelWait: (() => void) | undefined = undefined
  #version: ProtocolVersion
  /** A server has accepted this version, so no other is tried. */
  #versionKnown: boolean
  /** Attempts, and what went wrong, since the last connection that lasted. */
  #attempts = 0
  #failures = 0
  #delay = 0
  #connectedAtMs = 0
  /** Each URL once, and then give up, as long as no connection has been accepted. */
  #once = false
  /** Why we ended the connection ourselves, and the reconnect goes on. */
  #ownError: ConnectError | undefined = undefined

  constructor(options: LifecycleOptions<Route>) {
    this.#options = options
    const { protocolVersion = 'auto', connectTimeout = 10_000 } = options.options
    this.#version = protocolVersion === 'auto' ? 5 : protocolVersion
    // What needs 5.0 is not given up for a server that does not know it.
    this.#versionKnown = protocolVersion !== 'auto' || options.authenticator !== undefined
    this.#connectTimeout = connectTimeout
  }

  /** The one that was accepted and has not ended. */
  get connection(): NetworkConnection<Route> | undefined {
    return this.state === 'connected' ? this.#connection : undefined
  }

  start(once: boolean): void {
    if (this.state !== 'idle') return
    this.#once = once
    void this.#attempt()
  }

  /** End for good, without a word if there is no connection. Resolves when nothing is left of it. */
  async stop(goodbye: (connection: NetworkConnection<Route>) => void): Promise<void> {
    const connection = this.#connection
    const isUp = this.state === 'connected'
    this.state = 'closed'
    this.#cancelWait?.()
    this.#controller?.abort(new MqttError('client-closed', 'the client was disconnected'))
    if (connection === undefined) return
    try {
      if (isUp) goodbye(connection)
    } finally {
      // No effect after a goodbye.
      connection.machine.lost('the client was disconnected')
    }
    await connection.gone
  }

  /** Cut the connection without a word; the next attempt follows as after any loss. */
  drop(sentence: string): void {
    this.connection?.machine.lost(sentence)
  }

  /** End the connection with DISCONNECT and this error, whose words are not for the server; then as after any loss. */
  fail(error: ConnectError, reasonCode: ReasonCode = ReasonCode.unspecifiedError): void {
    const connection = this.#connection
    if (connection === undefined || connection.machine.isClosed) return
    this.#ownError = error
    connection.machine.disconnect(reasonCode)
  }

  async #attempt(): Promise<void> {
    const { options, clock, openTransport, handler, authenticator, servers } = this.#options
    this.state = 'connecting'
    this.#attempts++
    const attempt = this.#attempts
    const controller = new AbortController()
    this.#controller = controller
    const startedMs = clock.now()
    const isCurrent = () => this.#controller === controller && this.state === 'connecting'
    try {
      const { transport, credentials, authentication } = await openAttempt({
        url: () => servers.next(attempt),
        options,
        openTransport,
        authenticate: authenticator && (() => authenticator.begin()),
        protocolVersion: this.#version,
        attempt,
        clock,
        connectTimeout: this.#connectTimeout,
        controller,
        started: (url) => handler.status({ type: 'connecting', attempt, url: withoutSecrets(url) }),
      })
      if (!isCurrent()) {
        transport.destroy()
        return
      }
      const connect = this.#connectPacket(transport, credentials, authentication?.data)
      const left = Math.max(1, this.#connectTimeout - (clock.now() - startedMs))
      this.#carry(transport, connect, left, authentication)
    } catch (error) {
      if (isCurrent()) this.#failed(error instanceof MqttError ? error : new ConnectError('network', String(error)))
    }
  }

  /** @throws MqttError 'invalid-argument', with the transport closed, where the options make no packet */
  #connectPacket(transport: Transport, credentials: Credentials, data: AuthData): ConnectPacket {
    try {
      const connect = this.#options.handler.connectPacket(this.#version, credentials, data)
      // Written once for nothing: what cannot be encoded must not fail later, half-way through a connection.
      encodePacket(createBufferWriter(), connect, this.#version)
      return connect
    } catch (error) {
      transport.destroy()
      if (error instanceof MqttError) throw error
      throw new MqttError('invalid-argument', `the options make no CONNECT: ${String(error)}`, { cause: error })
    }
  }

  #carry(transport: Transport, connect: ConnectPacket, connackTimeoutMs: number, begun: Begun | undefined): void {
    const { options, clock, workspace, handler, traffic, authenticator } = this.#options
    // Before 5.0 no server says how much it takes: Mosquitto acknowledges, and loses, what is above 20 at QoS 2.
    const { topicAlias, sendMaximum = connect.protocolVersion === 5 ? 65_535 : 20 } = options
    const connection: NetworkConnection<Route> = new NetworkConnection<Route>({
      transport,
      connect,
      workspace,
      clock,
      connackTimeoutMs,
      traffic,
      topicAliasMaximum: topicAlias?.outbound === 'lru' ? 65_535 : 0,
      sendMaximum,
      handler: {
        connected: (packet, limits) => {
          if (authenticator === undefined) {
            this.#connected(packet, limits)
            return
          }
          connection.hold()
          authenticator.accepted(packet, () => {
            this.#connected(packet, limits)
            connection.release()
          })
        },
        publish: (publication, topic) => handler.publish(publication, topic),
        handlesStill: (packetId) => handler.handlesStill(packetId),
        answered: (packet) => handler.answered(packet),
        auth: (packet) => handler.auth(packet),
        closed: (reason) => {
          if (this.#connection === connection) this.#closed(reason)
        },
      },
    })
    this.#connection = connection
    if (begun !== undefined) authenticator?.attach(connection, begun.exchange)
    connection.start()
  }

  #connected(packet: ConnackPacket, limits: ClientLimits): void {
    this.state = 'connected'
    this.#versionKnown = true
    this.#once = false
    this.#connectedAtMs = this.#options.clock.now()
    this.#options.handler.connected(packet, limits)
  }

  #closed(reason: ClientCloseReason): void {
    const { handler, policy, clock, traffic, authenticator, servers } = this.#options
    const error = this.#ownError ?? closeError(reason)
    this.#ownError = undefined
    authenticator?.detach(error)
    if (this.state === 'closed') return
    if (this.state !== 'connected') {
      this.#failed(error, reason)
      return
    }
    this.state = 'waiting'
    traffic.reconnects++
    if (clock.now() - this.#connectedAtMs >= (policy?.stableAfter ?? 0)) {
      this.#attempts = 0
      this.#failures = 0
      servers.rested()
    }
    handler.disconnected(reason, error)
    handler.status({ type: 'disconnected', error })
    // Who hears of it may have ended the client.
    if (this.state !== 'waiting') return
    if (policy !== undefined && servers.follow(error)) void this.#attempt()
    else this.#wait(error)
  }

  #failed(error: MqttError, reason?: ClientCloseReason): void {
    if (!this.#versionKnown) {
      if (this.#version === 5 && isUnknownVersion(reason)) {
        this.#version = 4
        this.#attempts--
        void this.#attempt()
        return
      }
      this.#version = 5
    }
    const { servers } = this.#options
    if (servers.follow(error)) {
      void this.#attempt()
      return
    }
    const isLast = !servers.skip()
    if (this.#once && isLast) this.#giveUp(error)
    else if (this.#once) void this.#attempt()
    else this.#wait(error)
  }

  #wait(error: MqttError): void {
    const { policy, clock, random, handler, servers } = this.#options
    this.#failures++
    const delay = policy && nextDelay(policy, error, this.#failures, this.#delay, random())
    if (delay === undefined) {
      this.#giveUp(error)
      return
    }
    this.state = 'waiting'
    this.#delay = delay
    this.#cancelWait = clock.schedule(delay, () => {
      this.#cancelWait = undefined
      servers.rested()
      void this.#attempt()
    })
    handler.status({ type: 'waiting', attempt: this.#attempts + 1, delay, error })
  }

  #giveUp(error: unknown): void {
    this.state = 'closed'
    this.#options.handler.gaveUp(error)
  }
}

function withoutSecrets(url: URL): string {
  const shown = new URL(url)
  if (shown.password !== '') shown.password = '***'
  return shown.href
}

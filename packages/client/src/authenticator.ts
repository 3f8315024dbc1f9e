/**
 * Enhanced authentication, between the program's AuthMethod and a connection. Whose turn it is, core knows (client-auth.ts);
 * here is the waiting: a step of the method may take its time, and the connection may be gone when it is done.
 *
 *     begin ─► CONNECT ─► [AUTH ─► next ─► AUTH]… ─► CONNACK ─► verify ─► the client is connected
 *     reauthenticate ─► AUTH 0x19 ─► [AUTH ─► next ─► AUTH]… ─► AUTH 0x00 ─► verify ─► the promise
 *
 * Always holds: a step that comes too late says nothing on a later connection; an authentication that fails here, once the
 * server has heard of it, ends the connection [MQTT-4.12.1-2]; the promise of a re-authentication settles.
 */
import { type AuthPacket, type ConnackPacket, ReasonCode } from '@mq/core'
import type { AuthData, AuthExchange, AuthMethod } from './auth-method.ts'
import type { Clock } from './clock.ts'
import { Deferred } from './deferred.ts'
import { ConnectError } from './errors.ts'
import type { NetworkConnection } from './network-connection.ts'

export interface AuthenticatorOptions {
  readonly auth: AuthMethod
  readonly clock: Clock
  /** Milliseconds that one step of the method may take. */
  readonly stepTimeout: number
  /** End the connection with this error. */
  readonly failed: (error: ConnectError) => void
}

/** An exchange, and its first words. */
export interface Begun {
  readonly exchange: AuthExchange
  readonly data: AuthData
}

export class Authenticator<Route> {
  readonly #options: AuthenticatorOptions
  #connection: NetworkConnection<Route> | undefined = undefined
  #exchange: AuthExchange | undefined = undefined
  #renewal: Deferred<void> | undefined = undefined

  constructor(options: AuthenticatorOptions) {
    this.#options = options
  }

  get method(): string {
    return this.#options.auth.method
  }

  get isRenewing(): boolean {
    return this.#renewal !== undefined
  }

  /** Rejects with what the method does: nobody was told anything, so another attempt may do better. */
  async begin(): Promise<Begun> {
    const exchange = await this.#options.auth.start()
    return { exchange, data: await exchange.first() }
  }

  /** CONNECT with the first words of `exchange` is about to leave on this connection. */
  attach(connection: NetworkConnection<Route>, exchange: AuthExchange): void {
    this.#connection = connection
    this.#exchange = exchange
  }

  /** AUTH has come, and it is a welcome one. */
  received({ reasonCode, properties }: AuthPacket): void {
    const data = properties?.authenticationData
    if (reasonCode === ReasonCode.success) {
      this.#step(
        (exchange) => exchange.verify(data),
        () => this.#renewal?.resolve(),
      )
      return
    }
    this.#step(
      (exchange) => exchange.next(data),
      (answer, connection) => {
        const packet = connection.machine.auth.answer(answer)
        if (packet !== undefined && !connection.machine.request(packet)) this.#fail(tooLarge)
      },
    )
  }

  /** CONNACK accepts us. `verified` is called when we accept the server, too. */
  accepted({ properties }: ConnackPacket, verified: () => void): void {
    this.#step((exchange) => exchange.verify(properties?.authenticationData), verified)
  }

  /** Resolves when both sides are satisfied. A second call while one goes on joins it. */
  reauthenticate(): Promise<void> {
    const known = this.#renewal
    if (known !== undefined) return known.promise
    const renewal = new Deferred<void>()
    this.#renewal = renewal
    renewal.finally(() => {
      this.#renewal = undefined
    })
    const connection = this.#connection
    this.#limited(this.begin()).then(
      ({ exchange, data }) => {
        if (renewal.settled || connection === undefined) return
        const packet = connection.machine.auth.renew(data)
        // The server has heard nothing: the connection goes on as it was.
        if (packet === undefined || !connection.machine.request(packet)) renewal.reject(asFailure(tooLarge))
        else this.#exchange = exchange
      },
      (error) => renewal.reject(asFailure(error)),
    )
    return renewal.promise
  }

  /** The connection has ended, for this reason. */
  detach(error: unknown): void {
    this.#connection = undefined
    this.#exchange = undefined
    this.#renewal?.reject(error)
  }

  #step<T>(
    step: (exchange: AuthExchange) => T | Promise<T>,
    then: (value: T, connection: NetworkConnection<Route>) => void,
  ): void {
    const exchange = this.#exchange
    const connection = this.#connection
    if (exchange === undefined || connection === undefined) return
    const isCurrent = () => this.#connection === connection && !connection.machine.isClosed
    this.#limited(Promise.resolve().then(() => step(exchange))).then(
      (value) => {
        if (isCurrent()) then(value, connection)
      },
      (error) => {
        if (isCurrent()) this.#fail(error)
      },
    )
  }

  #limited<T>(step: Promise<T>): Promise<T> {
    const { clock, stepTimeout } = this.#options
    const limited = new Deferred<T>()
    limited.limit(clock, 'authenticating', { timeout: stepTimeout })
    step.then(
      (value) => limited.resolve(value),
      (error) => limited.reject(error),
    )
    return limited.promise
  }

  #fail(error: unknown): void {
    const failure = asFailure(error)
    this.#renewal?.reject(failure)
    this.#options.failed(failure)
  }
}

const tooLarge = new ConnectError('authentication-failed', 'the server takes no AUTH packet of this size now')

function asFailure(cause: unknown): ConnectError {
  if (cause instanceof ConnectError && cause.code === 'authentication-failed') return cause
  const sentence = cause instanceof Error ? cause.message : String(cause)
  return new ConnectError('authentication-failed', `authentication failed: ${sentence}`, { cause })
}

/** Enhanced authentication (MQTT 5.0, section 4.12), as a program provides it. */

/** Authentication Data; what it says is the method's own affair. */
export type AuthData = Uint8Array | undefined

/**
 * One run of a method: for a CONNECT, or for a re-authentication. Where `start` or `first` fail, the attempt to connect has
 * failed, and the next one follows as usual. What `next` or `verify` throw or reject with ends the connection (DISCONNECT
 * 0x80) and is the `cause` of a ConnectError 'authentication-failed', after which the client does not try again unless
 * `reconnect.retry` says so. Each step has `connectTimeout` milliseconds.
 */
export interface AuthExchange {
  /** What goes out with CONNECT, or with the AUTH that asks for re-authentication. Undefined where the server speaks first. */
  first(): AuthData | Promise<AuthData>
  /** The answer to an AUTH packet of the server. */
  next(data: AuthData): AuthData | Promise<AuthData>
  /**
   * The server says that all is well, with these last words (of CONNACK, or AUTH 0x00). Throw where they do not prove that
   * it is the right server; nothing is sent to it, and nothing taken from it, before this has returned.
   */
  verify(data: AuthData): void | Promise<void>
}

/**
 * @example
 * const token: AuthMethod = {
 *   method: 'TOKEN',
 *   start: () => ({ first: async () => encode(await fetchToken()), next: refuse, verify() {} }),
 * }
 */
export interface AuthMethod {
  /** Authentication Method, by the name that the server knows it by. */
  readonly method: string
  /** Called for each attempt to connect and each re-authentication. */
  start(): AuthExchange | Promise<AuthExchange>
}

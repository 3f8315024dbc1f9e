/** What a client wants to do. */
export interface AuthorizationRequest {
  readonly clientId: string
  readonly userName: string | undefined
  /**
   * `publish` is asked for every message, and for a retained one again when it is sent to a new subscription, about the
   * client that published it. `subscribe` is asked at SUBSCRIBE, when a session is resumed, and by `broker.reauthorize`.
   * `will` is asked at CONNECT for the Will Message's topic, and again when the Will is to be published.
   */
  readonly action: 'publish' | 'subscribe' | 'will'
  /** The Topic Name, or the Topic Filter; of a shared subscription the filter behind `$share/name/`, as it is what counts. */
  readonly topic: string
  /** Of a shared subscription (section 4.8.2). */
  readonly shareName?: string
}

/**
 * True allows it. False refuses it with 0x87 Not authorized (before 5.0 a PUBLISH is acknowledged and dropped, and a
 * subscription answered with 0x80). A rejected promise or a throw refuses, and is logged. While a promise is pending nothing
 * more is read from that client, so its order stays; if it is pending for `limits.answerTimeoutMs`, the client's connection
 * is ended.
 */
export type Authorizer = (request: AuthorizationRequest) => boolean | Promise<boolean>

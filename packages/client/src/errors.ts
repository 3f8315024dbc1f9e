import { ReasonCode } from '@mq/core'

/** What an {@link MqttError} is about; stable, for programs. */
export type MqttErrorCode =
  /** The server answered CONNECT with a failure, for a wrong password, say; see {@link ConnectError.reasonCode}. */
  | 'connect-refused'
  /**
   * Enhanced authentication (`auth`) failed on our side: `cause` says how, a server that does not prove who it is, for one.
   * Where the server refuses us it is 'connect-refused', and 'server-disconnect' when we authenticate again.
   */
  | 'authentication-failed'
  /** No connection to the server: name, address, socket, WebSocket upgrade. `cause` has the platform's error. */
  | 'network'
  /** The TLS handshake failed. */
  | 'tls'
  /** The server closed the connection without saying why. */
  | 'connection-lost'
  /** The server ended the connection with DISCONNECT; see {@link ConnectError.reasonCode}. */
  | 'server-disconnect'
  /** Nothing came from the server for longer than Keep Alive allows. */
  | 'keep-alive-timeout'
  /** The server broke the protocol. */
  | 'protocol-error'
  /** PUBACK, PUBREC with a failure, or the end of two connections over this message; see {@link PublishError.reasonCode}. */
  | 'publish-refused'
  /** At least one filter was refused; see `SubscribeError.results`. */
  | 'subscribe-refused'
  /** Not used: `unsubscribe` resolves with what the server said to each filter. */
  | 'unsubscribe-refused'
  /** The bound of `queue` was reached. */
  | 'queue-full'
  /** Message Expiry Interval passed before the message could be sent. */
  | 'expired'
  /** Larger than the server's Maximum Packet Size. */
  | 'packet-too-large'
  /** QoS 0 with `queue.qos0: 'reject'`, or `reauthenticate`, and no connection. */
  | 'offline'
  /** A request that nobody was subscribed to (0x10). */
  | 'no-responder'
  | 'timeout'
  /** The client was disconnected, or gave up, before the operation was done. */
  | 'client-closed'
  /** An argument that the protocol has no place for: a topic, a filter, an option. */
  | 'invalid-argument'
  /** The server of this connection does not offer what was asked for. */
  | 'not-supported'

/** Everything that the client throws or rejects with, but for an abort: that is `signal.reason`, as it is. */
export class MqttError extends Error {
  readonly code: MqttErrorCode

  constructor(code: MqttErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'MqttError'
    this.code = code
  }
}

/** The connection did not come about, or ended. */
export class ConnectError extends MqttError {
  /** Of CONNACK or DISCONNECT; 5.0's, also where 3.1.1 sent a Connect Return code (1 to 5 are 0x84, 0x85, 0x88, 0x86, 0x87). */
  readonly reasonCode: ReasonCode | undefined
  readonly reasonString: string | undefined
  /** Another server to use (section 4.13), with 0x9C and 0x9D. */
  readonly serverReference: string | undefined

  constructor(
    code: MqttErrorCode,
    message: string,
    options: {
      reasonCode?: ReasonCode | undefined
      reasonString?: string | undefined
      serverReference?: string | undefined
      cause?: unknown
    } = {},
  ) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ConnectError'
    this.reasonCode = options.reasonCode
    this.reasonString = options.reasonString
    this.serverReference = options.serverReference
  }
}

/** The server refused a message: PUBACK or PUBREC of 0x80 and above, or DISCONNECT twice, the second time with it alone. */
export class PublishError extends MqttError {
  readonly reasonCode: ReasonCode
  /** Why, in the server's words. */
  readonly reasonString: string | undefined
  readonly packetId: number

  constructor(topic: string, packetId: number, reasonCode: ReasonCode, reasonString?: string) {
    super('publish-refused', `the server refused the message to "${topic}": ${reasonText(reasonCode, reasonString)}`)
    this.name = 'PublishError'
    this.reasonCode = reasonCode
    this.reasonString = reasonString
    this.packetId = packetId
  }
}

export interface SubscribeResult {
  readonly filter: string
  /** 0, 1, 2: the QoS granted; 0x80 and above: refused. */
  readonly reasonCode: ReasonCode
  /** What the server added; SUBACK has one for all its filters. */
  readonly reasonString: string | undefined
}

/** The queue is full (`overflow: 'reject'`), or the message was pushed out of it (`'drop-oldest'`). */
export class QueueFullError extends MqttError {
  constructor(message = 'the queue of messages to send is full') {
    super('queue-full', message)
    this.name = 'QueueFullError'
  }
}

export class TimeoutError extends MqttError {
  constructor(operation: string, milliseconds: number) {
    super('timeout', `${operation} did not finish within ${milliseconds} ms`)
    this.name = 'TimeoutError'
  }
}

const reasonNames: ReadonlyMap<number, string> = new Map(
  Object.entries(ReasonCode).map(([name, code]) => [
    code,
    name.replaceAll(/[A-Z0-9]+/g, (part) => ` ${part.toLowerCase()}`),
  ]),
)

/** `0x87 (not authorized)`, and what the server added: `0x87 (not authorized: not yours)`. */
export function reasonText(reasonCode: ReasonCode, reasonString: string | undefined): string {
  const name = reasonNames.get(reasonCode)
  const words = [name, reasonString === name ? undefined : reasonString].filter((each) => each !== undefined)
  const code = `0x${reasonCode.toString(16).padStart(2, '0')}`
  return words.length === 0 ? code : `${code} (${words.join(': ')})`
}

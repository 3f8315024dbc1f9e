/** How a client is made. Seconds where the specification counts in seconds, milliseconds everywhere else. */
import type { ProtocolVersion, QoS, Transport, UserProperties, WillProperties } from '@mq/core'
import type { AuthMethod } from './auth-method.ts'
import type { Clock } from './clock.ts'
import type { MqttError } from './errors.ts'

export type Payload = string | Uint8Array

export interface Abortable {
  /** The operation rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; the operation rejects with a TimeoutError. Default: none. */
  readonly timeout?: number | undefined
}

export interface Credentials {
  readonly userName?: string | undefined
  readonly password?: string | Uint8Array | undefined
}

export interface Will {
  readonly topic: string
  readonly payload?: Payload | undefined
  readonly qos?: QoS | undefined
  readonly retain?: boolean | undefined
  readonly properties?: WillProperties | undefined
}

export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none'

export interface ReconnectOptions {
  /** Milliseconds before the first attempt after a loss, before jitter. Default 500. */
  readonly initialDelay?: number | undefined
  /** Milliseconds. Default 30 000. */
  readonly maxDelay?: number | undefined
  /** Default 2. */
  readonly factor?: number | undefined
  /** Default 'full': anything from 0 to the delay. */
  readonly jitter?: Jitter | undefined
  /** Attempts without success before the client gives up. Default: none, it goes on for ever. */
  readonly maxAttempts?: number | undefined
  /** The delay starts from `initialDelay` again after a connection that lasted this many milliseconds. Default 10 000. */
  readonly stableAfter?: number | undefined
  /**
   * False: give up. A number: that many milliseconds instead. Default: {@link isWorthAnotherTry}, which gives up on 0x84 to
   * 0x87, 0x8A, 0x8C and 0x8E.
   */
  readonly retry?: ((error: MqttError, attempt: number) => boolean | number) | undefined
}

export interface QueueOptions {
  /** Default 1000. */
  readonly maxMessages?: number | undefined
  /** Default 8 MiB. */
  readonly maxBytes?: number | undefined
  /**
   * When it is full. 'reject' (default): the new message rejects. 'wait': `publish` waits for room. 'drop-oldest': the oldest
   * that was not sent rejects. Always with a QueueFullError.
   */
  readonly overflow?: 'reject' | 'wait' | 'drop-oldest' | undefined
  /** QoS 0 while there is no connection. Default 'queue'. 'drop' resolves with `reasonCode` 0 and nothing sent. */
  readonly qos0?: 'queue' | 'drop' | 'reject' | undefined
}

/** As `node:tls` takes it; keys and certificates are PEM. No effect in browsers. */
export interface TlsOptions {
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined
  readonly cert?: string | Uint8Array | undefined
  readonly key?: string | Uint8Array | undefined
  /** PKCS #12, instead of `cert` and `key`. */
  readonly pfx?: string | Uint8Array | undefined
  readonly passphrase?: string | undefined
  /** For SNI and the check of the certificate. Default: the host of the URL. */
  readonly servername?: string | undefined
  /** False accepts any certificate: for tests only. Default true. */
  readonly rejectUnauthorized?: boolean | undefined
  readonly ALPNProtocols?: readonly string[] | undefined
  readonly ciphers?: string | undefined
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | undefined
  readonly maxVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | undefined
}

export interface WebSocketOptions {
  /** Not in browsers. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Default ['mqtt'] [MQTT-6.0.0-3]; ['mqttv3.1'] with protocol version 3. */
  readonly protocols?: readonly string[] | undefined
}

/** What a {@link TransportFactory} gets to open one connection with. */
export interface TransportTarget {
  readonly url: URL
  /** Aborted when the attempt is given up: close what is half open, and reject. */
  readonly signal: AbortSignal
  readonly protocolVersion: ProtocolVersion
  readonly tls: TlsOptions | undefined
  readonly ws: WebSocketOptions | undefined
  /** Where the connection is to come from, an address of this machine; absent leaves that to the system. Node.js only. */
  readonly localAddress?: string | undefined
}

/** Opens a connection: resolves when bytes can be written, rejects with whatever the platform says. */
export type TransportFactory = (target: TransportTarget) => Transport | Promise<Transport>

/** `console` is one. */
export interface Logger {
  debug(message: string, detail?: unknown): void
  info(message: string, detail?: unknown): void
  warn(message: string, detail?: unknown): void
  error(message: string, detail?: unknown): void
}

export interface ConnectOptions extends Abortable {
  /** Default: none, and the server assigns one (5.0); `mq-` and 16 random characters before 5.0. */
  readonly clientId?: string | undefined
  /** 5 is 5.0, 4 is 3.1.1, 3 is 3.1. Default 'auto': 5.0, and 3.1.1 where the server does not know it. */
  readonly protocolVersion?: ProtocolVersion | 'auto' | undefined
  /** False: go on with the Session that the server has. Default true. Reconnects always try to go on. */
  readonly cleanStart?: boolean | undefined
  /** Seconds, 0xFFFFFFFF for ever. Default 0; for ever where `cleanStart` is false, as in 3.1.1. */
  readonly sessionExpiryInterval?: number | undefined
  /** Seconds, 0 for none. Default 60. The server may set another (5.0). */
  readonly keepAlive?: number | undefined
  /** Milliseconds for one attempt, from opening the socket to CONNACK. Default 10 000. */
  readonly connectTimeout?: number | undefined
  /** Default: those in the URL. A function is asked before every attempt. */
  readonly credentials?:
    | Credentials
    | ((context: { attempt: number; signal: AbortSignal }) => Credentials | Promise<Credentials>)
    | undefined
  /** Enhanced authentication (5.0 only, section 4.12): `scram(…)`, or a method of your own. */
  readonly auth?: AuthMethod | undefined
  /** Tried in turn after the first URL, or asked before every attempt. */
  readonly urls?: readonly (string | URL)[] | ((attempt: number) => string | URL | Promise<string | URL>) | undefined
  /**
   * Go where the server says when it refuses or ends a connection with 0x9C (use another server) or 0x9D (server moved) and
   * a Server Reference (section 4.13), with the same credentials. Default false: a ConnectError with `serverReference`.
   */
  readonly followServerReference?: boolean | undefined
  readonly will?: Will | (() => Will) | undefined
  /** False: the first loss of the connection ends the client. */
  readonly reconnect?: false | ReconnectOptions | undefined
  readonly queue?: QueueOptions | undefined
  /** QoS 1 and 2 messages that the server may send before we acknowledged them. Default 1024. */
  readonly receiveMaximum?: number | undefined
  /**
   * QoS 1 and 2 messages that we send before the server acknowledged them, at most; the server's Receive Maximum also
   * counts. Default 65,535, and 20 before 5.0, where no server can say what it takes (Mosquitto takes 20 at QoS 2).
   */
  readonly sendMaximum?: number | undefined
  /** Bytes; the largest packet we take. Default: none. */
  readonly maximumPacketSize?: number | undefined
  readonly topicAlias?:
    | {
        /** 'lru': replace topics by numbers where the server allows it. Default 'off'. */
        readonly outbound?: 'lru' | 'off' | undefined
        /** How many aliases the server may use. Default 0. */
        readonly inboundMaximum?: number | undefined
      }
    | undefined
  /** User Properties of CONNECT. */
  readonly userProperties?: UserProperties | undefined
  readonly transport?: TransportFactory | undefined
  readonly tls?: TlsOptions | undefined
  readonly ws?: WebSocketOptions | undefined
  readonly clock?: Clock | undefined
  /** Random numbers in [0, 1), for jitter and client identifiers. Default Math.random. */
  readonly random?: (() => number) | undefined
  readonly logger?: Logger | undefined
}

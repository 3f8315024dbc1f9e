/**
 * Enhanced authentication (section 4.12): a mechanism is an exchange of data in AUTH packets, started by CONNECT (or by a
 * client that re-authenticates), ended by success or failure.
 */
import type { ReasonCode } from '@mq/core'

export interface Mechanism {
  /** The Authentication Method that it answers to, e.g. `SCRAM-SHA-256`. */
  readonly method: string
  /** A new exchange. `clientId` is the one that CONNECT gave, or that was assigned. */
  start(client: { readonly clientId: string; readonly peer: string }): Exchange
}

export interface Exchange {
  /**
   * The client's next message. `data` is undefined where the packet had no Authentication Data. May be asynchronous; a throw
   * or rejection refuses the client and is logged.
   */
  step(data: Uint8Array | undefined): ExchangeStep | Promise<ExchangeStep>
}

export type ExchangeStep =
  /** More is needed: AUTH 0x18 with `data` goes to the client. */
  | { readonly type: 'continue'; readonly data?: Uint8Array }
  /** The client is `userName`. `data` goes with CONNACK (or AUTH 0x00), for the client to check the server. */
  | { readonly type: 'success'; readonly userName: string; readonly data?: Uint8Array }
  | { readonly type: 'failure'; readonly reasonCode: ReasonCode; readonly reason: string }

import type { Fault } from '../packet/fault.ts'
import type {
  AuthPacket,
  ConnectPacket,
  DisconnectPacket,
  SubscribePacket,
  UnsubscribePacket,
} from '../packet/packet.ts'
import type { Publication } from '../packet/publication.ts'
import type { ReasonCode } from '../spec/reason-code.ts'
import type { TopicEntry } from '../topic/topic-table.ts'
import type { Outlet } from '../wire/writer.ts'
import type { Workspace } from './incoming.ts'
import type { ServerLimits } from './negotiation.ts'
import type { Unread } from './unread.ts'

/** Why a connection ended. */
export type CloseReason =
  /** The client said goodbye. Its Will is deleted unless the code is 0x04 (or above) [MQTT-3.14.4-3]. */
  | { readonly by: 'client'; readonly packet: DisconnectPacket }
  /** The client broke the protocol. */
  | { readonly by: 'fault'; readonly fault: Fault }
  /** We ended or refused it. */
  | { readonly by: 'server'; readonly reasonCode: ReasonCode; readonly sentence: string }
  /** The network connection went away. */
  | { readonly by: 'network'; readonly sentence: string }

/** What the broker does about each packet. Each call may be answered at once or later, through the connection. */
export interface ServerHandler<Route> {
  /** Answer with `accept` or `refuse`. Nothing more is read until then. */
  connect(packet: ConnectPacket): void
  /**
   * QoS > 0: answer with `acknowledge`. The Publication is valid during this call only; `keep()` it otherwise.
   *
   * Who returns without an answer has taken the message over, and only the promise is still to come. Who cannot tell yet
   * calls `hold` first, and `release` once it is taken over or refused: if the connection ends in between, it was never
   * taken, and a QoS 2 message that comes again is new. Who has taken it over and wants no more for now calls `holdBack`.
   */
  publish(publication: Publication, topic: TopicEntry<Route>): void
  /** The client has released a QoS 2 message; `known` says whether we held it. Answer with `complete`. */
  released(packetId: number, known: boolean): void
  /** Whether SUBSCRIBE or UNSUBSCRIBE may come now. False: it waits, and all that follows it, until `release`. */
  hasRoom?(): boolean
  subscribe(packet: SubscribePacket): void
  unsubscribe(packet: UnsubscribePacket): void
  auth(packet: AuthPacket): void
  /**
   * The last call. What was written is to be flushed, then the network connection closed. `unread`: it was held, and this is
   * what its client had sent and will not be read; a DISCONNECT among it was said, whatever ended the connection.
   */
  closed(reason: CloseReason, unread: Unread | undefined): void
}

export interface ServerConnectionOptions<Route> {
  readonly limits: ServerLimits
  readonly workspace: Workspace<Route>
  readonly handler: ServerHandler<Route>
  readonly outlet: Outlet
  /** Milliseconds, a clock that does not go back. */
  readonly now: () => number
  /** How long a client may take from the network connection to its CONNECT, in milliseconds. */
  readonly connectTimeoutMs: number
}

import type { Fault } from '../packet/fault.ts'
import type {
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  SubackPacket,
  UnsubackPacket,
} from '../packet/packet.ts'
import type { Publication } from '../packet/publication.ts'
import type { ReasonCode } from '../spec/reason-code.ts'
import type { TopicEntry } from '../topic/topic-table.ts'
import type { Outlet } from '../wire/writer.ts'
import type { Workspace } from './incoming.ts'
import type { ClientLimits } from './negotiation-client.ts'

/** Why a connection ended, from the client's side. */
export type ClientCloseReason =
  /** The server said goodbye (5.0). */
  | { readonly by: 'server'; readonly packet: DisconnectPacket }
  /** CONNACK with a failure; `reasonCode` is 5.0's in every version. */
  | { readonly by: 'refusal'; readonly reasonCode: ReasonCode; readonly packet: ConnackPacket }
  /** The server broke the protocol. */
  | { readonly by: 'fault'; readonly fault: Fault }
  /** We ended it. */
  | { readonly by: 'client'; readonly reasonCode: ReasonCode }
  /** The server did not answer in time: CONNECT, or PINGREQ. */
  | { readonly by: 'timeout'; readonly sentence: string }
  /** The network connection went away. `answered`: a CONNACK had come before. */
  | { readonly by: 'network'; readonly sentence: string; readonly answered: boolean }

/** What the client does about each packet. */
export interface ClientHandler<Route> {
  /** The server accepts. Answer with `carry`; what is written before it goes out before what the session holds. */
  connected(packet: ConnackPacket, limits: ClientLimits): void
  /** QoS > 0: answer with `acknowledge`. The Publication is valid during this call only; `keep()` it otherwise. */
  publish(publication: Publication, topic: TopicEntry<Route>): void
  /**
   * A QoS 2 message that we hold came again on a new connection. True: it is still being handled, and `acknowledge` will
   * come. False: it was handled before, and PUBREC goes out at once.
   */
  handlesStill(packetId: number): boolean
  answered(packet: SubackPacket | UnsubackPacket): void
  auth(packet: AuthPacket): void
  /** The last call. What was written is to be flushed, then the network connection closed. */
  closed(reason: ClientCloseReason): void
}

export interface ClientConnectionOptions<Route> {
  readonly connect: ConnectPacket
  readonly workspace: Workspace<Route>
  readonly handler: ClientHandler<Route>
  readonly outlet: Outlet
  /** Milliseconds, a clock that does not go back. */
  readonly now: () => number
  /** How long the server may take from CONNECT to CONNACK, in milliseconds. */
  readonly connackTimeoutMs: number
  /** How many Topic Aliases we use towards the server at most. */
  readonly topicAliasMaximum: number
  /** How many QoS > 0 PUBLISH we have unanswered at most, whatever the server takes. */
  readonly sendMaximum: number
}

/**
 * MQTT Control Packets (chapter 3) as one discriminated union, in the specification's words. A packet of an older version
 * is the same type with fewer fields: version is data. The codec is the only place that knows bytes; see ../codec.
 *
 * On the hot path a PUBLISH is not this object but a `Publication` (publication.ts): offsets into the bytes that were read.
 */
import type { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion, QoS } from '../spec/version.ts'
import type {
  AuthProperties,
  ConnackProperties,
  ConnectProperties,
  DisconnectProperties,
  PublishProperties,
  ReasonProperties,
  SubscribeProperties,
  UnsubscribeProperties,
  WillProperties,
} from './properties.ts'

export interface Will {
  readonly topicName: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly properties?: WillProperties
}

export interface ConnectPacket {
  readonly type: 'connect'
  readonly protocolVersion: ProtocolVersion
  /** "Clean Session" in 3.1.1. */
  readonly cleanStart: boolean
  /** Seconds; 0 turns it off. */
  readonly keepAlive: number
  readonly clientId: string
  readonly will?: Will
  readonly userName?: string
  readonly password?: Uint8Array
  readonly properties?: ConnectProperties
}

export interface ConnackPacket {
  readonly type: 'connack'
  readonly sessionPresent: boolean
  /** A Reason Code of 5.0 in 5.0; a Connect Return code, 0 to 5, before it. */
  readonly reasonCode: ReasonCode
  readonly properties?: ConnackProperties
}

export interface PublishPacket {
  readonly type: 'publish'
  readonly topicName: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly dup: boolean
  /** 1 to 65,535 at QoS 1 and 2, absent at QoS 0. */
  readonly packetId?: number
  readonly properties?: PublishProperties
}

export interface AckPacket {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'
  readonly packetId: number
  /** Always 0 before 5.0. */
  readonly reasonCode: ReasonCode
  readonly properties?: ReasonProperties
}

export interface SubscriptionRequest {
  readonly topicFilter: string
  readonly qos: QoS
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** 0 send retained messages, 1 only if the subscription is new, 2 never (section 3.8.3.1). */
  readonly retainHandling: 0 | 1 | 2
}

export interface SubscribePacket {
  readonly type: 'subscribe'
  readonly packetId: number
  readonly subscriptions: readonly SubscriptionRequest[]
  readonly properties?: SubscribeProperties
}

export interface SubackPacket {
  readonly type: 'suback'
  readonly packetId: number
  /** One per subscription, in order. Before 5.0: 0, 1, 2 or 0x80. */
  readonly reasonCodes: readonly ReasonCode[]
  readonly properties?: ReasonProperties
}

export interface UnsubscribePacket {
  readonly type: 'unsubscribe'
  readonly packetId: number
  readonly topicFilters: readonly string[]
  readonly properties?: UnsubscribeProperties
}

export interface UnsubackPacket {
  readonly type: 'unsuback'
  readonly packetId: number
  /** One per filter in 5.0; empty before it. */
  readonly reasonCodes: readonly ReasonCode[]
  readonly properties?: ReasonProperties
}

export interface PingreqPacket {
  readonly type: 'pingreq'
}

export interface PingrespPacket {
  readonly type: 'pingresp'
}

export interface DisconnectPacket {
  readonly type: 'disconnect'
  /** 0 before 5.0. */
  readonly reasonCode: ReasonCode
  readonly properties?: DisconnectProperties
}

export interface AuthPacket {
  readonly type: 'auth'
  readonly reasonCode: ReasonCode
  readonly properties?: AuthProperties
}

/** The packets that are not on the hot path: codec/control.ts reads and writes them. */
export type ControlPacket =
  | ConnectPacket
  | ConnackPacket
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | UnsubackPacket
  | DisconnectPacket
  | AuthPacket

export type Packet = ControlPacket | PublishPacket | AckPacket | PingreqPacket | PingrespPacket

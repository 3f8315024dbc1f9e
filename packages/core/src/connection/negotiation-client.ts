import type { ConnackPacket, ConnectPacket } from '../packet/packet.ts'
import { receiveMaximumDefault, sessionExpiryNever } from '../spec/limits.ts'
import type { ProtocolVersion, QoS } from '../spec/version.ts'

/** What a client may do on one connection: CONNACK's word (section 3.2.2.3), or what the version itself says. */
export interface ClientLimits {
  readonly protocolVersion: ProtocolVersion
  /** QoS > 0 PUBLISH that we may have unanswered. */
  readonly receiveMaximum: number
  /** Bytes; Infinity where the server names none. */
  readonly maximumPacketSize: number
  readonly maximumQos: QoS
  readonly retainAvailable: boolean
  /** Aliases that we use towards the server. */
  readonly topicAliasMaximum: number
  /** Seconds, 0 is off. */
  readonly keepAlive: number
  /** Seconds the Session outlives the connection. */
  readonly sessionExpiryInterval: number
  readonly wildcardSubscriptionAvailable: boolean
  readonly subscriptionIdentifierAvailable: boolean
  readonly sharedSubscriptionAvailable: boolean
}

/** `own`: what we keep to although the server would take more. */
export function negotiateAsClient(
  connect: ConnectPacket,
  connack: ConnackPacket,
  own: { readonly topicAliasMaximum: number; readonly sendMaximum: number },
): ClientLimits {
  const is5 = connect.protocolVersion === 5
  const properties = (is5 ? connack.properties : undefined) ?? {}
  const asked = is5
    ? (connect.properties?.sessionExpiryInterval ?? 0)
    : // Clean Session 0 before 5.0 is a Session without an end.
      connect.cleanStart
      ? 0
      : sessionExpiryNever
  return {
    protocolVersion: connect.protocolVersion,
    receiveMaximum: Math.max(1, Math.min(properties.receiveMaximum ?? receiveMaximumDefault, own.sendMaximum)),
    maximumPacketSize: properties.maximumPacketSize ?? Number.POSITIVE_INFINITY,
    maximumQos: properties.maximumQoS ?? 2,
    retainAvailable: properties.retainAvailable !== 0,
    // [MQTT-3.2.2-18] absent means none.
    topicAliasMaximum: Math.min(properties.topicAliasMaximum ?? 0, own.topicAliasMaximum),
    // [MQTT-3.2.2-21]
    keepAlive: properties.serverKeepAlive ?? connect.keepAlive,
    sessionExpiryInterval: properties.sessionExpiryInterval ?? asked,
    wildcardSubscriptionAvailable: properties.wildcardSubscriptionAvailable !== 0,
    subscriptionIdentifierAvailable: is5 && properties.subscriptionIdentifierAvailable !== 0,
    sharedSubscriptionAvailable: is5 && properties.sharedSubscriptionAvailable !== 0,
  }
}

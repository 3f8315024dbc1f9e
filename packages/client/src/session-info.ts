import type { ClientLimits, ConnackPacket, ProtocolVersion, QoS, UserProperties } from '@mq/core'

/** What this connection may be used for: CONNACK's word, or what the version itself says. */
export interface NegotiatedLimits {
  readonly protocolVersion: ProtocolVersion
  /** The smaller of the server's Receive Maximum and `sendMaximum`. */
  readonly receiveMaximum: number
  /** Bytes; Infinity where the server names none. */
  readonly maximumPacketSize: number
  readonly maximumQos: QoS
  readonly retainAvailable: boolean
  readonly topicAliasMaximum: number
  /** Seconds. */
  readonly keepAlive: number
  /** Seconds. */
  readonly sessionExpiryInterval: number
  readonly wildcardSubscriptionAvailable: boolean
  readonly subscriptionIdentifierAvailable: boolean
  readonly sharedSubscriptionAvailable: boolean
}

export interface SessionInfo {
  /** The server had a Session of ours. */
  readonly present: boolean
  /** The one in use: ours, or what the server assigned. */
  readonly clientId: string
  readonly limits: NegotiatedLimits
  readonly responseInformation: string | undefined
  readonly userProperties: UserProperties
}

export function sessionInfo(packet: ConnackPacket, limits: ClientLimits, clientId: string): SessionInfo {
  const { responseInformation, userProperties = [] } = packet.properties ?? {}
  return { present: packet.sessionPresent, clientId, limits, responseInformation, userProperties }
}

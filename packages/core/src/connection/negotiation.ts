/**
 * What each side may send, settled once per connection by CONNECT and CONNACK (sections 3.1.2.11 and 3.2.2.3). Limits are
 * named by the side that takes: a server's limits are what it takes from clients.
 */
import type { ConnectPacket } from '../packet/packet.ts'
import type { ConnackProperties } from '../packet/properties.ts'
import { receiveMaximumDefault, variableByteIntegerMax } from '../spec/limits.ts'

export interface ServerLimits {
  /**
   * QoS 1 and 2 PUBLISH that a client may have unanswered. Default 65,535, all that there can be: an unanswered one costs a bit,
   * and there are clients that do not count theirs (MQTT.js 5), which a smaller one throws out with 0x93.
   */
  readonly receiveMaximum: number
  /** Bytes, the whole packet. Default 1 MiB. */
  readonly maximumPacketSize: number
  /** Aliases a client may use towards us, and we towards it at most. Default 16. */
  readonly topicAliasMaximum: number
  /** Seconds; a longer Session Expiry Interval is cut to this and the client told. Default one day. */
  readonly sessionExpiryMaximum: number
  /** Seconds; a longer (or no) Keep Alive is cut to this and a 5.0 client told. 0 leaves it to the client. Default 0. */
  readonly keepAliveMaximum: number
}

export const defaultServerLimits: ServerLimits = {
  receiveMaximum: receiveMaximumDefault,
  maximumPacketSize: 1024 * 1024,
  topicAliasMaximum: 16,
  sessionExpiryMaximum: 86_400,
  keepAliveMaximum: 0,
}

/** What holds for one connection, worked out from both sides. */
export interface Negotiated {
  /** Seconds the Session outlives its connection; 0 ends with it. */
  readonly sessionExpiryInterval: number
  /** Seconds, 0 is off. */
  readonly keepAlive: number
  /** QoS > 0 PUBLISH that we may have unanswered at the client. */
  readonly sendQuota: number
  /** The largest packet that the client takes; Infinity where it named none. */
  readonly clientMaximumPacketSize: number
  /** Aliases that we may use towards the client. */
  readonly clientTopicAliasMaximum: number
}

export function negotiate(connect: ConnectPacket, limits: ServerLimits): Negotiated {
  const properties = connect.properties ?? {}
  // Before 5.0 a session with Clean Session 0 has no end of its own (3.1.1, section 3.1.2.4): our cap is its end.
  const wanted =
    connect.protocolVersion === 5
      ? (properties.sessionExpiryInterval ?? 0)
      : connect.cleanStart
        ? 0
        : limits.sessionExpiryMaximum
  const cap = limits.keepAliveMaximum
  return {
    sessionExpiryInterval: Math.min(wanted, limits.sessionExpiryMaximum),
    // Before 5.0 the server cannot tell the client another interval, so it must live with the client's.
    keepAlive:
      connect.protocolVersion === 5 && cap > 0 && (connect.keepAlive === 0 || connect.keepAlive > cap)
        ? cap
        : connect.keepAlive,
    sendQuota: properties.receiveMaximum ?? receiveMaximumDefault,
    clientMaximumPacketSize: properties.maximumPacketSize ?? Number.POSITIVE_INFINITY,
    clientTopicAliasMaximum: Math.min(properties.topicAliasMaximum ?? 0, limits.topicAliasMaximum),
  }
}

/**
 * A CONNECT without what its handler needs once: User Properties, which take ten times their bytes when decoded, credentials
 * and the Will. This much may be kept for as long as the connection lasts.
 */
export function essentials(connect: ConnectPacket): ConnectPacket {
  const { will: _will, password: _password, properties, ...kept } = connect
  if (properties === undefined) return kept
  const { userProperties: _userProperties, authenticationData: _authenticationData, ...keptProperties } = properties
  return { ...kept, properties: keptProperties }
}

/** The CONNACK properties that announce the limits, and what differs from what the client asked for. */
export function announce(connect: ConnectPacket, limits: ServerLimits, negotiated: Negotiated): ConnackProperties {
  const asked = connect.properties?.sessionExpiryInterval ?? 0
  return {
    // Section 3.2.2.3.2: the session ends earlier than asked for.
    ...(negotiated.sessionExpiryInterval !== asked && { sessionExpiryInterval: negotiated.sessionExpiryInterval }),
    ...(limits.receiveMaximum !== receiveMaximumDefault && { receiveMaximum: limits.receiveMaximum }),
    ...(limits.maximumPacketSize < variableByteIntegerMax + 5 && { maximumPacketSize: limits.maximumPacketSize }),
    ...(limits.topicAliasMaximum > 0 && { topicAliasMaximum: limits.topicAliasMaximum }),
    // [MQTT-3.1.2-21] the client must use this one instead of its own.
    ...(negotiated.keepAlive !== connect.keepAlive && { serverKeepAlive: negotiated.keepAlive }),
  }
}

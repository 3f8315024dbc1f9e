import type { QoS } from '../spec/version.ts'

/** User Property pairs in the order of the wire, duplicates kept (section 3.1.2.11.8). */
export type UserProperties = readonly (readonly [name: string, value: string])[]

/** Properties of a message, which travel with it from publisher to subscriber (section 3.3.2.3). */
export interface MessageProperties {
  readonly payloadFormatIndicator?: 0 | 1
  /** Seconds. */
  readonly messageExpiryInterval?: number
  readonly contentType?: string
  readonly responseTopic?: string
  readonly correlationData?: Uint8Array
  readonly userProperties?: UserProperties
}

/** Properties of a PUBLISH packet: the message's, and those that belong to this one hop. */
export interface PublishProperties extends MessageProperties {
  readonly topicAlias?: number
  /** More than one where several overlapping subscriptions match (section 3.3.4). */
  readonly subscriptionIdentifiers?: readonly number[]
}

/** Every packet that answers or ends something may say why (section 3.x.2.2). */
export interface ReasonProperties {
  readonly reasonString?: string
  readonly userProperties?: UserProperties
}

export interface ConnectProperties {
  /** Seconds; 0xFFFFFFFF never ends. Absent means 0. */
  readonly sessionExpiryInterval?: number
  readonly receiveMaximum?: number
  /** Bytes. */
  readonly maximumPacketSize?: number
  readonly topicAliasMaximum?: number
  readonly requestResponseInformation?: 0 | 1
  readonly requestProblemInformation?: 0 | 1
  readonly userProperties?: UserProperties
  readonly authenticationMethod?: string
  readonly authenticationData?: Uint8Array
}

export interface WillProperties extends MessageProperties {
  /** Seconds. */
  readonly willDelayInterval?: number
}

export interface ConnackProperties extends ReasonProperties {
  readonly sessionExpiryInterval?: number
  readonly receiveMaximum?: number
  readonly maximumQoS?: Exclude<QoS, 2>
  readonly retainAvailable?: 0 | 1
  readonly maximumPacketSize?: number
  readonly assignedClientIdentifier?: string
  readonly topicAliasMaximum?: number
  readonly wildcardSubscriptionAvailable?: 0 | 1
  readonly subscriptionIdentifierAvailable?: 0 | 1
  readonly sharedSubscriptionAvailable?: 0 | 1
  /** Seconds. */
  readonly serverKeepAlive?: number
  readonly responseInformation?: string
  readonly serverReference?: string
  readonly authenticationMethod?: string
  readonly authenticationData?: Uint8Array
}

export interface SubscribeProperties {
  readonly subscriptionIdentifier?: number
  readonly userProperties?: UserProperties
}

export interface UnsubscribeProperties {
  readonly userProperties?: UserProperties
}

export interface DisconnectProperties extends ReasonProperties {
  readonly sessionExpiryInterval?: number
  readonly serverReference?: string
}

export interface AuthProperties extends ReasonProperties {
  readonly authenticationMethod?: string
  readonly authenticationData?: Uint8Array
}

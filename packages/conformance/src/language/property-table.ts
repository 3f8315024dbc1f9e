/** Properties by name: identifier and data type (MQTT 5.0, table 2-4). The suite's own, so that it shares no mistake. */

export type PropertyType = 'byte' | 'u16' | 'u32' | 'var' | 'string' | 'binary' | 'pair'

export const propertyIds: ReadonlyMap<string, readonly [id: number, type: PropertyType]> = new Map([
  ['payloadFormatIndicator', [0x01, 'byte']],
  ['messageExpiryInterval', [0x02, 'u32']],
  ['contentType', [0x03, 'string']],
  ['responseTopic', [0x08, 'string']],
  ['correlationData', [0x09, 'binary']],
  ['subscriptionIdentifier', [0x0b, 'var']],
  ['sessionExpiryInterval', [0x11, 'u32']],
  ['assignedClientIdentifier', [0x12, 'string']],
  ['serverKeepAlive', [0x13, 'u16']],
  ['authenticationMethod', [0x15, 'string']],
  ['authenticationData', [0x16, 'binary']],
  ['requestProblemInformation', [0x17, 'byte']],
  ['willDelayInterval', [0x18, 'u32']],
  ['requestResponseInformation', [0x19, 'byte']],
  ['responseInformation', [0x1a, 'string']],
  ['serverReference', [0x1c, 'string']],
  ['reasonString', [0x1f, 'string']],
  ['receiveMaximum', [0x21, 'u16']],
  ['topicAliasMaximum', [0x22, 'u16']],
  ['topicAlias', [0x23, 'u16']],
  ['maximumQoS', [0x24, 'byte']],
  ['retainAvailable', [0x25, 'byte']],
  ['userProperty', [0x26, 'pair']],
  ['maximumPacketSize', [0x27, 'u32']],
  ['wildcardSubscriptionAvailable', [0x28, 'byte']],
  ['subscriptionIdentifierAvailable', [0x29, 'byte']],
  ['sharedSubscriptionAvailable', [0x2a, 'byte']],
])

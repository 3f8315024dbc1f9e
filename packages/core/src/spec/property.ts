/**
 * Properties (MQTT 5.0, section 2.2.2.2, table 2-4): identifier, the name it has here, data type, and which packets may
 * carry it. `will` is the Will Properties of CONNECT. `min` is what the text of chapter 3 adds to the data type.
 *
 * Only User Property may repeat everywhere; Subscription Identifier may in PUBLISH, where it is `subscriptionIdentifiers`.
 */
import type { PacketTypeName } from './packet-type.ts'

/** Who can have properties. */
export type PropertyOwner = Exclude<PacketTypeName, 'pingreq' | 'pingresp'> | 'will'

interface Row<DataType, Name> {
  readonly id: number
  readonly name: Name
  readonly dataType: DataType
  readonly in: readonly PropertyOwner[]
  readonly min?: number
}

/** One row of {@link propertyTable}; `name` narrows with `dataType`. */
export type Property =
  // A byte that may only be 0 or 1.
  | Row<
      'flag',
      | 'payloadFormatIndicator'
      | 'requestProblemInformation'
      | 'requestResponseInformation'
      | 'maximumQoS'
      | 'retainAvailable'
      | 'wildcardSubscriptionAvailable'
      | 'subscriptionIdentifierAvailable'
      | 'sharedSubscriptionAvailable'
    >
  | Row<'twoByteInteger', 'serverKeepAlive' | 'receiveMaximum' | 'topicAliasMaximum' | 'topicAlias'>
  | Row<
      'fourByteInteger',
      'messageExpiryInterval' | 'sessionExpiryInterval' | 'willDelayInterval' | 'maximumPacketSize'
    >
  | Row<'variableByteInteger', 'subscriptionIdentifier'>
  | Row<
      'string',
      | 'contentType'
      | 'responseTopic'
      | 'assignedClientIdentifier'
      | 'authenticationMethod'
      | 'responseInformation'
      | 'serverReference'
      | 'reasonString'
    >
  | Row<'binary', 'correlationData' | 'authenticationData'>
  | Row<'stringPairs', 'userProperties'>

export const propertyTable: readonly Property[] = [
  { id: 0x01, name: 'payloadFormatIndicator', dataType: 'flag', in: ['publish', 'will'] },
  { id: 0x02, name: 'messageExpiryInterval', dataType: 'fourByteInteger', in: ['publish', 'will'] },
  { id: 0x03, name: 'contentType', dataType: 'string', in: ['publish', 'will'] },
  { id: 0x08, name: 'responseTopic', dataType: 'string', in: ['publish', 'will'] },
  { id: 0x09, name: 'correlationData', dataType: 'binary', in: ['publish', 'will'] },
  { id: 0x0b, name: 'subscriptionIdentifier', dataType: 'variableByteInteger', in: ['publish', 'subscribe'], min: 1 },
  { id: 0x11, name: 'sessionExpiryInterval', dataType: 'fourByteInteger', in: ['connect', 'connack', 'disconnect'] },
  { id: 0x12, name: 'assignedClientIdentifier', dataType: 'string', in: ['connack'] },
  { id: 0x13, name: 'serverKeepAlive', dataType: 'twoByteInteger', in: ['connack'] },
  { id: 0x15, name: 'authenticationMethod', dataType: 'string', in: ['connect', 'connack', 'auth'] },
  { id: 0x16, name: 'authenticationData', dataType: 'binary', in: ['connect', 'connack', 'auth'] },
  { id: 0x17, name: 'requestProblemInformation', dataType: 'flag', in: ['connect'] },
  { id: 0x18, name: 'willDelayInterval', dataType: 'fourByteInteger', in: ['will'] },
  { id: 0x19, name: 'requestResponseInformation', dataType: 'flag', in: ['connect'] },
  { id: 0x1a, name: 'responseInformation', dataType: 'string', in: ['connack'] },
  { id: 0x1c, name: 'serverReference', dataType: 'string', in: ['connack', 'disconnect'] },
  {
    id: 0x1f,
    name: 'reasonString',
    dataType: 'string',
    in: ['connack', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback', 'disconnect', 'auth'],
  },
  { id: 0x21, name: 'receiveMaximum', dataType: 'twoByteInteger', in: ['connect', 'connack'], min: 1 },
  { id: 0x22, name: 'topicAliasMaximum', dataType: 'twoByteInteger', in: ['connect', 'connack'] },
  { id: 0x23, name: 'topicAlias', dataType: 'twoByteInteger', in: ['publish'], min: 1 },
  { id: 0x24, name: 'maximumQoS', dataType: 'flag', in: ['connack'] },
  { id: 0x25, name: 'retainAvailable', dataType: 'flag', in: ['connack'] },
  {
    id: 0x26,
    name: 'userProperties',
    dataType: 'stringPairs',
    in: [
      'connect',
      'connack',
      'publish',
      'will',
      'puback',
      'pubrec',
      'pubrel',
      'pubcomp',
      'subscribe',
      'suback',
      'unsubscribe',
      'unsuback',
      'disconnect',
      'auth',
    ],
  },
  { id: 0x27, name: 'maximumPacketSize', dataType: 'fourByteInteger', in: ['connect', 'connack'], min: 1 },
  { id: 0x28, name: 'wildcardSubscriptionAvailable', dataType: 'flag', in: ['connack'] },
  { id: 0x29, name: 'subscriptionIdentifierAvailable', dataType: 'flag', in: ['connack'] },
  { id: 0x2a, name: 'sharedSubscriptionAvailable', dataType: 'flag', in: ['connack'] },
]

/** Property Identifiers that the hot path reads and writes by hand. */
export const PropertyId = {
  payloadFormatIndicator: 0x01,
  messageExpiryInterval: 0x02,
  contentType: 0x03,
  responseTopic: 0x08,
  correlationData: 0x09,
  subscriptionIdentifier: 0x0b,
  topicAlias: 0x23,
  userProperty: 0x26,
} as const

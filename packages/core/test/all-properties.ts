/** Every property that a packet can have, with values at the edges. */
import type {
  ConnackProperties,
  ConnectProperties,
  PublishProperties,
  ReasonProperties,
  UserProperties,
  WillProperties,
} from '../src/packet/properties.ts'

export const userProperties: UserProperties = [
  ['b', '1'],
  ['a', ''],
  ['b', '1'],
  ['b', ''],
  ['__proto__', 'x'],
  ['\ufeff漢', '🙂'],
]
export const reason: ReasonProperties = { reasonString: 'why', userProperties }
export const connectProperties: ConnectProperties = {
  sessionExpiryInterval: 0xffff_ffff,
  receiveMaximum: 65_535,
  maximumPacketSize: 0xffff_ffff,
  topicAliasMaximum: 0,
  requestResponseInformation: 1,
  requestProblemInformation: 0,
  userProperties,
  authenticationMethod: 'SCRAM',
  authenticationData: Uint8Array.of(0, 255),
}
export const connackProperties: ConnackProperties = {
  ...reason,
  sessionExpiryInterval: 1,
  receiveMaximum: 1,
  maximumQoS: 1,
  retainAvailable: 0,
  maximumPacketSize: 1,
  assignedClientIdentifier: 'you',
  topicAliasMaximum: 9,
  wildcardSubscriptionAvailable: 1,
  subscriptionIdentifierAvailable: 0,
  sharedSubscriptionAvailable: 1,
  serverKeepAlive: 7,
  responseInformation: 'r',
  serverReference: 's',
  authenticationMethod: 'm',
  authenticationData: new Uint8Array(0),
}
export const willProperties: WillProperties = {
  payloadFormatIndicator: 1,
  messageExpiryInterval: 1,
  contentType: 'text',
  responseTopic: 'r/t',
  correlationData: Uint8Array.of(1),
  userProperties,
  willDelayInterval: 5,
}
export const publishProperties: PublishProperties = {
  payloadFormatIndicator: 0,
  messageExpiryInterval: 0,
  contentType: '',
  responseTopic: 'r',
  correlationData: new Uint8Array(0),
  userProperties,
  topicAlias: 65_535,
  subscriptionIdentifiers: [1, 268_435_455, 1],
}

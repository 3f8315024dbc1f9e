import type { ConnectPacket, ConnectProperties, ProtocolVersion } from '@mq/core'
import { sessionExpiryNever, type Will as WillOfPacket } from '@mq/core'
import type { AuthData } from './auth-method.ts'
import { MqttError } from './errors.ts'
import { checkOptions } from './option-check.ts'
import { willTable } from './option-tables.ts'
import type { ConnectOptions, Credentials, Will } from './options.ts'
import { payloadBytes } from './payload.ts'
import { checkTopicName } from './topic-name.ts'

const receiveMaximumDefault = 1024

/** `isFirst`: no connection of this client was accepted before, so `cleanStart` is as asked for. */
export function connectPacket(
  options: ConnectOptions,
  version: ProtocolVersion,
  clientId: string,
  credentials: Credentials,
  isFirst: boolean,
  authenticationData?: AuthData,
): ConnectPacket {
  const { cleanStart = true, keepAlive = 60, auth } = options
  if (auth !== undefined && version < 5) {
    throw new MqttError('invalid-argument', 'enhanced authentication (`auth`) needs MQTT 5.0')
  }
  if (!Number.isInteger(keepAlive) || keepAlive < 0 || keepAlive > 65_535) {
    throw new MqttError('invalid-argument', `keepAlive is ${keepAlive}; 0 to 65535 seconds are possible`)
  }
  const { userName, password } = credentials
  const will = typeof options.will === 'function' ? options.will() : options.will
  checkOptions(will, willTable, 'what `will` returned')
  return {
    type: 'connect',
    protocolVersion: version,
    // In 5.0 a reconnect goes on with the Session as long as there is one; before it, Clean Session 1 is for good.
    cleanStart: version === 5 ? cleanStart && isFirst : cleanStart,
    keepAlive,
    clientId,
    ...(will && { will: willOf(will, version) }),
    ...(userName !== undefined && { userName }),
    ...(password !== undefined && { password: payloadBytes(password) }),
    ...(version === 5 && { properties: propertiesOf(options, authenticationData) }),
  }
}

function propertiesOf(options: ConnectOptions, authenticationData: AuthData): ConnectProperties {
  const { receiveMaximum = receiveMaximumDefault, maximumPacketSize, topicAlias, userProperties, auth } = options
  const sessionExpiryInterval = sessionExpiryOf(options)
  const { inboundMaximum = 0 } = topicAlias ?? {}
  return {
    receiveMaximum,
    ...(sessionExpiryInterval > 0 && { sessionExpiryInterval }),
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
    ...(inboundMaximum > 0 && { topicAliasMaximum: inboundMaximum }),
    requestResponseInformation: 1,
    ...(userProperties && { userProperties }),
    ...(auth && { authenticationMethod: auth.method }),
    ...(authenticationData && { authenticationData }),
  }
}

function willOf({ topic, payload, qos = 0, retain = false, properties }: Will, version: ProtocolVersion): WillOfPacket {
  checkTopicName(topic, 'the Will Topic ')
  if (properties?.responseTopic !== undefined) checkTopicName(properties.responseTopic, 'the Response Topic ')
  return {
    topicName: topic,
    payload: payloadBytes(payload, 'the payload of the Will'),
    qos,
    retain,
    ...(version === 5 && properties && { properties }),
  }
}

/** Seconds. Clean Start 0 without an end of the Session is what Clean Session 0 means before 5.0 (section 3.1.2.11.2). */
export function sessionExpiryOf({ cleanStart = true, sessionExpiryInterval }: ConnectOptions): number {
  return sessionExpiryInterval ?? (cleanStart ? 0 : sessionExpiryNever)
}

/** For servers that assign none: allowed by every version (1 to 23 letters and digits, 3.1.1, section 3.1.3.1). */
export function randomClientId(random: () => number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
  let id = 'mq'
  for (let i = 0; i < 18; i++) id += letters[Math.floor(random() * letters.length)]
  return id
}

/** What an encoder refuses before it writes: our own mistakes, so they are thrown. */
import type { ConnectPacket, ControlPacket, SubscribePacket } from '../packet/packet.ts'
import { packetIdMax, stringBytesMax } from '../spec/limits.ts'
import { packetReasons, type ReasonCarrier } from '../spec/packet-reason.ts'
import type { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { isEncodableString, utf8Length } from '../wire/utf8.ts'

/** @throws RangeError, TypeError; see encodeControl. */
export function checkControl(packet: ControlPacket, version: ProtocolVersion): void {
  switch (packet.type) {
    case 'connect':
      checkConnect(packet)
      break
    case 'connack':
      // [MQTT-3.2.2-6]
      if (packet.sessionPresent && packet.reasonCode !== 0) {
        throw new TypeError('a CONNACK that refuses the connection has no Session Present')
      }
      if (version === 5) checkReason('connack', packet.reasonCode)
      else checkInteger('Connect Return code', packet.reasonCode, 0, 5)
      break
    case 'subscribe':
      checkPacketId(packet.packetId)
      checkSubscriptions(packet, version)
      break
    case 'unsubscribe':
      checkPacketId(packet.packetId)
      if (packet.topicFilters.length === 0) throw new TypeError('an UNSUBSCRIBE without Topic Filter [MQTT-3.10.3-2]')
      for (const topicFilter of packet.topicFilters) checkString('Topic Filter', topicFilter)
      break
    case 'suback':
    case 'unsuback':
      checkPacketId(packet.packetId)
      if (packet.type === 'unsuback' && version !== 5) break
      if (packet.reasonCodes.length === 0) throw new TypeError(`a ${packet.type} without Reason Code`)
      for (const reasonCode of packet.reasonCodes) checkReason(packet.type, reasonCode)
      break
    case 'disconnect':
      if (version === 5) checkReason('disconnect', packet.reasonCode)
      break
    case 'auth':
      if (version !== 5) throw new TypeError('there is no AUTH before 5.0')
      checkReason('auth', packet.reasonCode)
      if (packet.properties?.authenticationMethod === undefined && (packet.reasonCode !== 0 || packet.properties)) {
        throw new TypeError('an AUTH without Authentication Method')
      }
      break
    default:
      unreachable(packet)
  }
}

function checkConnect(packet: ConnectPacket): void {
  checkInteger('Keep Alive', packet.keepAlive, 0, 0xffff)
  checkString('Client Identifier', packet.clientId)
  if (packet.clientId === '' && packet.protocolVersion === 3) throw new TypeError('3.1 wants a Client Identifier')
  if (packet.userName !== undefined) checkString('User Name', packet.userName)
  else if (packet.password !== undefined && packet.protocolVersion !== 5) {
    throw new TypeError('before 5.0 a password needs a user name [MQTT311-3.1.2-22]')
  }
  if (packet.password !== undefined) checkBinary('Password', packet.password)
  if (packet.properties?.authenticationData !== undefined && packet.properties.authenticationMethod === undefined) {
    throw new TypeError('Authentication Data without Authentication Method')
  }
  if (packet.will === undefined) return
  checkString('Will Topic', packet.will.topicName)
  if (packet.will.topicName === '') throw new TypeError('the Will Topic is empty [MQTT-4.7.3-1]')
  checkBinary('Will Payload', packet.will.payload)
  checkInteger('Will QoS', packet.will.qos, 0, 2)
}

function checkSubscriptions(packet: SubscribePacket, version: ProtocolVersion): void {
  if (packet.subscriptions.length === 0) throw new TypeError('a SUBSCRIBE without Topic Filter [MQTT-3.8.3-2]')
  for (const { topicFilter, qos, retainHandling, noLocal } of packet.subscriptions) {
    checkString('Topic Filter', topicFilter)
    checkInteger('Maximum QoS', qos, 0, 2)
    checkInteger('Retain Handling', retainHandling, 0, 2)
    if (version === 5 && noLocal && topicFilter.startsWith('$share/')) {
      throw new TypeError('No Local on a Shared Subscription [MQTT-3.8.3-4]')
    }
  }
}

export function checkPacketId(packetId: number): void {
  checkInteger('Packet Identifier', packetId, 1, packetIdMax)
}

function checkReason(carrier: ReasonCarrier, reasonCode: ReasonCode): void {
  if (packetReasons[carrier].includes(reasonCode)) return
  throw new RangeError(`${carrier} does not carry Reason Code 0x${reasonCode.toString(16)}`)
}

export function checkInteger(what: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new RangeError(`${what} is ${value}, it may be ${min} to ${max}`)
}

function checkString(what: string, value: string): void {
  if (!isEncodableString(value)) throw new TypeError(`${what} contains U+0000 or a lone surrogate`)
  if (utf8Length(value) > stringBytesMax) throw new RangeError(`${what} takes more than ${stringBytesMax} bytes`)
}

function checkBinary(what: string, value: Uint8Array): void {
  if (value.length > stringBytesMax) throw new RangeError(`${what} takes more than ${stringBytesMax} bytes`)
}

function unreachable(packet: never): never {
  throw new TypeError(`no such control packet: ${JSON.stringify(packet)}`)
}

/**
 * CONNECT from bytes to packet, by our own hand: when the network comes back a whole fleet sends one at once, and this one
 * takes a tenth of the time that mqtt-packet takes (docs/performance.md, "The parts").
 *
 * Which fault is which: see control-walk.ts. The form of Client Identifier and Will Topic is not checked here: their answer
 * is a Reason Code in CONNACK.
 */
import { type Fault, fault } from '../packet/fault.ts'
import type { ConnectPacket, Will } from '../packet/packet.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion, QoS } from '../spec/version.ts'
import { decodeProperties } from './properties.ts'
import { Reader } from './reader.ts'

const flag = {
  reserved: 0x01,
  cleanStart: 0x02,
  will: 0x04,
  willQos: 0x18,
  willRetain: 0x20,
  password: 0x40,
  userName: 0x80,
}

/** `body`…`end` is what follows the fixed header. */
export function decodeConnect(bytes: Uint8Array, body: number, end: number): ConnectPacket | Fault {
  const reader = new Reader(bytes, body, end)
  const name = reader.string('MQTT-3.1.2-1')
  const level = reader.byte()
  if (reader.fault !== undefined) return reader.fault
  const protocolVersion = protocolVersionOf(name, level)
  // Anything else of a protocol that is not ours cannot be judged.
  if (protocolVersion === undefined) return unsupported(name, level)

  const flags = reader.byte()
  checkFlags(reader, flags, protocolVersion)
  const keepAlive = reader.twoByteInteger()
  const properties = protocolVersion === 5 ? decodeProperties(reader, 'connect') : undefined
  if (properties?.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    reader.protocolError('3.1.2.11.10', 'Authentication Data without Authentication Method')
  }
  // [MQTT-3.1.3-1] The order of the payload.
  const clientId = reader.string('MQTT-3.1.3-4')
  const will = (flags & flag.will) !== 0 ? decodeWill(reader, flags, protocolVersion) : undefined
  // 3.1 lets both be missing at the end, whatever the flags say: "Remaining Length takes precedence" (3.1, section 3.1).
  const mayLack = protocolVersion === 3
  const hasUserName = (flags & flag.userName) !== 0 && !(mayLack && reader.remaining === 0)
  const userName = hasUserName ? reader.string('MQTT-3.1.3-12') : undefined
  const hasPassword = (flags & flag.password) !== 0 && !(mayLack && reader.remaining === 0)
  const password = hasPassword ? reader.binary() : undefined
  const wrong = reader.finish()
  if (wrong !== undefined) return wrong
  return {
    type: 'connect',
    protocolVersion,
    cleanStart: (flags & flag.cleanStart) !== 0,
    keepAlive,
    clientId,
    ...(will !== undefined && { will }),
    ...(userName !== undefined && { userName }),
    ...(password !== undefined && { password }),
    ...(properties !== undefined && { properties }),
  }
}

function protocolVersionOf(name: string, level: number): ProtocolVersion | undefined {
  if (name === 'MQIsdp') return level === 3 ? 3 : undefined
  if (name !== 'MQTT') return undefined
  return level === 4 || level === 5 ? level : undefined
}

function unsupported(name: string, level: number): Fault {
  const clause = name === 'MQTT' || name === 'MQIsdp' ? 'MQTT-3.1.2-2' : 'MQTT-3.1.2-1'
  return fault(ReasonCode.unsupportedProtocolVersion, clause, `protocol ${JSON.stringify(name)}, version ${level}`)
}

function checkFlags(reader: Reader, flags: number, version: ProtocolVersion): void {
  if ((flags & flag.reserved) !== 0) reader.malformed('MQTT-3.1.2-3', 'the reserved Connect Flag is set')
  if ((flags & flag.willQos) === flag.willQos) reader.malformed('MQTT-3.1.2-12', 'Will QoS is 3')
  if ((flags & flag.will) === 0) {
    if ((flags & flag.willQos) !== 0) reader.protocolError('MQTT-3.1.2-11', 'Will QoS without Will Flag')
    if ((flags & flag.willRetain) !== 0) reader.protocolError('MQTT-3.1.2-13', 'Will Retain without Will Flag')
  }
  // 5.0 took this one back (3.1.2.9).
  if (version !== 5 && (flags & flag.password) !== 0 && (flags & flag.userName) === 0) {
    reader.protocolError('MQTT311-3.1.2-22', 'a password without a user name')
  }
}

function decodeWill(reader: Reader, flags: number, version: ProtocolVersion): Will {
  const properties = version === 5 ? decodeProperties(reader, 'will') : undefined
  const topicName = reader.string('MQTT-3.1.3-11')
  const payload = reader.binary()
  return {
    topicName,
    payload,
    qos: ((flags & flag.willQos) >> 3) as QoS,
    retain: (flags & flag.willRetain) !== 0,
    ...(properties !== undefined && { properties }),
  }
}

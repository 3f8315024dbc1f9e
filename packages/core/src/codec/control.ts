/**
 * CONNECT, CONNACK, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, DISCONNECT and AUTH, one whole frame at a time, through
 * mqtt-packet. Seldom sent, so what counts is that they are right, not what they cost; but for what a server reads and
 * writes when a fleet reconnects: CONNECT (connect.ts), SUBSCRIBE and UNSUBSCRIBE (subscribe.ts) and answers (answer.ts).
 *
 *     decode   frame ── walk: every check, properties ──► frame without properties ── mqtt-packet ──► fields
 *     encode   fields ── mqtt-packet ──► frame without properties ── our property blocks put in ──► frame
 *
 * Both ways mqtt-packet sees packets without properties: it loses the order of User Properties, and this way nothing of
 * its handling of them has to be trusted. Its types and its errors do not leave this file. It is the only file that
 * imports it: mqtt-packet brings `bl` and `readable-stream` along and wants a global Buffer, so a build for browsers
 * replaces this module, which has two functions.
 */
import mqttPacket, { type Packet as WirePacket } from 'mqtt-packet'
import { type Fault, fault } from '../packet/fault.ts'
import type { ConnackPacket, ConnectPacket, ControlPacket, SubackPacket } from '../packet/packet.ts'
import { PacketType } from '../spec/packet-type.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { utf8Length } from '../wire/utf8.ts'
import { readVarInt, varIntSize } from '../wire/var-int.ts'
import type { Writer } from '../wire/writer.ts'
import { encodeConnack, encodeSuback } from './answer.ts'
import { decodeConnect } from './connect.ts'
import { checkControl } from './control-limits.ts'
import { ControlWalk, walkControl } from './control-walk.ts'
import { joinPacket, writePacket } from './packet-parts.ts'
import { encodeProperties } from './properties.ts'
import { decodeSubscribe, decodeUnsubscribe } from './subscribe.ts'

/**
 * The packet in `bytes` from `header` to `end`, which is one whole frame. In CONNECT `version` plays no part: the packet
 * says its own. A SUBSCRIBE or UNSUBSCRIBE of more than `topicFiltersMax` is refused with 0x97.
 */
export function decodeControl(
  bytes: Uint8Array,
  header: number,
  end: number,
  version: ProtocolVersion,
  topicFiltersMax: number = Number.POSITIVE_INFINITY,
): ControlPacket | Fault {
  const body = header + 1 + varIntSize(readVarInt(bytes, header + 1, end))
  const type = bytes[header]! >> 4
  if (type === PacketType.connect) return decodeConnect(bytes, body, end)
  if (type === PacketType.subscribe) return decodeSubscribe(bytes, body, end, version, topicFiltersMax)
  if (type === PacketType.unsubscribe) return decodeUnsubscribe(bytes, body, end, version, topicFiltersMax)
  const walk = new ControlWalk(bytes, body, end, version)
  const wrong = walkControl(walk, type)
  if (wrong !== undefined) return wrong
  const read = parse(withoutProperties(bytes, header, body, end, walk.blocks), version)
  if (read instanceof Error) return refused(read.message)
  return toControlPacket(read, walk)
}

/**
 * Writes a whole packet; returns its size in bytes. In CONNECT its own `protocolVersion` counts. Before 5.0 properties are
 * left out.
 * @throws RangeError for a length or number out of range, TypeError for what the version does not have or a string that
 * cannot be encoded
 */
export function encodeControl(writer: Writer, packet: ControlPacket, version: ProtocolVersion): number {
  const effective = packet.type === 'connect' ? packet.protocolVersion : version
  checkControl(packet, effective)
  if (packet.type === 'connack') return encodeConnack(writer, packet, effective)
  if (packet.type === 'suback') return encodeSuback(writer, packet, effective)
  const bare = generate(toWirePacket(packet), effective)
  const body = bare.subarray(1 + varIntSize(readVarInt(bare, 1, bare.length)))
  return writePacket(writer, bare[0]!, bodyParts(packet, body, effective))
}

function withoutProperties(
  bytes: Uint8Array,
  header: number,
  body: number,
  end: number,
  blocks: readonly number[],
): Uint8Array {
  // mqtt-packet does not know the AUTH that is empty because it says success and nothing else (3.15.2.1).
  if (body === end && bytes[header]! >> 4 === PacketType.auth) return joinPacket(bytes[header]!, [Uint8Array.of(0, 0)])
  const parts: Uint8Array[] = []
  let from = body
  for (let index = 0; index < blocks.length; index += 2) {
    parts.push(bytes.subarray(from, blocks[index]), Uint8Array.of(0))
    from = blocks[index + 1]!
  }
  parts.push(bytes.subarray(from, end))
  // Without the DUP that 3.1 allows, which mqtt-packet does not know.
  return joinPacket(bytes[header]! & ~0x08, parts)
}

/** mqtt-packet reports through events, at once. */
function parse(frame: Uint8Array, protocolVersion: ProtocolVersion): WirePacket | Error {
  let result: WirePacket | Error = new Error('the packet ends early')
  const parser = mqttPacket.parser({ protocolVersion })
  parser.on('packet', (packet) => {
    result = packet
  })
  parser.on('error', (error: Error) => {
    result = error
  })
  try {
    parser.parse(asBuffer(frame))
  } catch (error) {
    result = error instanceof Error ? error : new Error(String(error))
  }
  return result
}

function toControlPacket(read: WirePacket, walk: ControlWalk): ControlPacket | Fault {
  const properties = walk.properties === undefined ? {} : { properties: walk.properties }
  const packetId = read.messageId ?? 0
  switch (read.cmd) {
    case 'connack':
      return {
        type: 'connack',
        sessionPresent: read.sessionPresent,
        reasonCode: read.reasonCode ?? read.returnCode ?? 0,
        ...properties,
      }
    case 'suback': {
      const reasonCodes = [...read.granted].filter((code) => typeof code === 'number')
      return { type: 'suback', packetId, reasonCodes, ...properties }
    }
    case 'unsuback':
      return { type: 'unsuback', packetId, reasonCodes: walk.version === 5 ? read.granted : [], ...properties }
    case 'disconnect':
      return { type: 'disconnect', reasonCode: read.reasonCode ?? 0, ...properties }
    case 'auth':
      return { type: 'auth', reasonCode: read.reasonCode, ...properties }
    default:
      return refused(`an unexpected ${read.cmd}`)
  }
}

/** mqtt-packet objected to something that the walk let through. */
function refused(message: string): Fault {
  return fault(ReasonCode.malformedPacket, '2.1', `a control packet cannot be read: ${message}`)
}

function toWirePacket(packet: Exclude<ControlPacket, ConnackPacket | SubackPacket>): WirePacket {
  switch (packet.type) {
    case 'connect':
      return toWireConnect(packet)
    case 'subscribe':
      return {
        cmd: 'subscribe',
        messageId: packet.packetId,
        subscriptions: packet.subscriptions.map((one) => ({
          topic: one.topicFilter,
          qos: one.qos,
          nl: one.noLocal,
          rap: one.retainAsPublished,
          rh: one.retainHandling,
        })),
      }
    case 'unsubscribe':
      return { cmd: 'unsubscribe', messageId: packet.packetId, unsubscriptions: [...packet.topicFilters] }
    case 'unsuback':
      return { cmd: 'unsuback', messageId: packet.packetId, granted: [...packet.reasonCodes] }
    case 'disconnect':
      return { cmd: 'disconnect', reasonCode: packet.reasonCode }
    case 'auth':
      return { cmd: 'auth', reasonCode: packet.reasonCode }
    default:
      return unreachable(packet)
  }
}

function toWireConnect(packet: ConnectPacket): WirePacket {
  const { will, password } = packet
  return {
    cmd: 'connect',
    protocolId: packet.protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: packet.protocolVersion,
    // It refuses an empty Client Identifier with Clean Start 0, which 5.0 allows: see bodyParts.
    clean: true,
    keepalive: packet.keepAlive,
    clientId: packet.clientId,
    // And a password without a user name.
    ...((packet.userName !== undefined || password !== undefined) && { username: packet.userName ?? '' }),
    ...(password !== undefined && { password: asBuffer(password) }),
    ...(will && {
      will: { topic: will.topicName, payload: asBuffer(will.payload), qos: will.qos, retain: will.retain },
    }),
  }
}

function generate(packet: WirePacket, protocolVersion: ProtocolVersion): Uint8Array {
  // Its cache of numbers is 65,536 Buffers, made at the first packet. Not put back: that would look through them all.
  mqttPacket.writeToStream.cacheNumbers = false
  try {
    return mqttPacket.generate(packet, { protocolVersion })
  } catch (error) {
    throw new TypeError(`a ${packet.cmd} cannot be written`, { cause: error })
  }
}

/** `body` with the property blocks in the place of the zeros that mqtt-packet wrote for them. */
function bodyParts(packet: ControlPacket, body: Uint8Array, version: ProtocolVersion): Uint8Array[] {
  switch (packet.type) {
    case 'connect':
      return connectParts(packet, body)
    case 'disconnect':
    case 'auth': {
      if (version !== 5) return []
      const block = encodeProperties(packet.properties, packet.type)
      if (block.length > 1) return [body.subarray(0, 1), block]
      // The shortest form (3.14.2.1, 3.15.2.1). AUTH has no form without Property Length but the empty one.
      if (packet.reasonCode === ReasonCode.success) return []
      return packet.type === 'auth' ? [body] : [body.subarray(0, 1)]
    }
    default:
      // Two bytes of Packet Identifier come before.
      if (version !== 5) return [body]
      return [body.subarray(0, 2), encodeProperties(packet.properties, packet.type), body.subarray(3)]
  }
}

function connectParts(packet: ConnectPacket, body: Uint8Array): Uint8Array[] {
  const flagsAt = packet.protocolVersion === 3 ? 9 : 7
  if (!packet.cleanStart) body[flagsAt]! &= ~0x02
  const parts: Uint8Array[] = []
  let at = 0
  if (packet.protocolVersion === 5) {
    const propertiesAt = flagsAt + 3
    parts.push(body.subarray(0, propertiesAt), encodeProperties(packet.properties, 'connect'))
    at = propertiesAt + 1
    if (packet.will) {
      const willPropertiesAt = at + 2 + utf8Length(packet.clientId)
      parts.push(body.subarray(at, willPropertiesAt), encodeProperties(packet.will.properties, 'will'))
      at = willPropertiesAt + 1
    }
  }
  if (packet.password !== undefined && packet.userName === undefined) {
    body[flagsAt]! &= ~0x80
    const passwordAt = body.length - packet.password.length - 2
    parts.push(body.subarray(at, passwordAt - 2))
    at = passwordAt
  }
  parts.push(body.subarray(at))
  return parts
}

function asBuffer(bytes: Uint8Array): Buffer {
  return globalThis.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function unreachable(packet: never): never {
  throw new TypeError(`no such control packet: ${JSON.stringify(packet)}`)
}

/**
 * CONNACK and SUBACK from packet to bytes, by our own hand, as CONNECT and SUBSCRIBE are read and for the same reason: a
 * fleet that reconnects waits for them. What they may say has been checked.
 */
import type { ConnackPacket, SubackPacket } from '../packet/packet.ts'
import { PacketType } from '../spec/packet-type.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import type { Writer } from '../wire/writer.ts'
import { writePacket } from './packet-parts.ts'
import { encodeProperties } from './properties.ts'

/** Writes the whole packet; returns its size in bytes. */
export function encodeConnack(writer: Writer, packet: ConnackPacket, version: ProtocolVersion): number {
  const parts: Uint8Array[] = [Uint8Array.of(packet.sessionPresent ? 1 : 0, packet.reasonCode)]
  if (version === 5) parts.push(encodeProperties(packet.properties, 'connack'))
  return writePacket(writer, PacketType.connack << 4, parts)
}

/** Writes the whole packet; returns its size in bytes. */
export function encodeSuback(writer: Writer, packet: SubackPacket, version: ProtocolVersion): number {
  const parts: Uint8Array[] = [Uint8Array.of(packet.packetId >>> 8, packet.packetId)]
  if (version === 5) parts.push(encodeProperties(packet.properties, 'suback'), Uint8Array.from(packet.reasonCodes))
  // Before 5.0 there is one failure [MQTT311-3.9.3-2].
  else parts.push(Uint8Array.from(packet.reasonCodes, (code) => (code > 2 ? 0x80 : code)))
  return writePacket(writer, PacketType.suback << 4, parts)
}

/**
 * What a client had sent, and nobody has read, when its connection ended while it was held. None of it was answered, so nothing
 * was promised; but somebody should count it, and its last word may be DISCONNECT.
 *
 * Looked through, not served: a packet is taken for what its fixed header says, until one that may not come here.
 */
import { decodeControl } from '../codec/control.ts'
import type { FrameSink } from '../codec/frames.ts'
import type { DisconnectPacket } from '../packet/packet.ts'
import { PacketType } from '../spec/packet-type.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { forbids, type Role } from './legality.ts'

export interface Unread {
  /** Whole packets, DISCONNECT not counted. */
  readonly packets: number
  /** The PUBLISH packets among them. */
  readonly messages: number
  /** The client had said goodbye. */
  readonly disconnect: DisconnectPacket | undefined
}

export class UnreadPackets implements Unread, FrameSink {
  packets = 0
  messages = 0
  disconnect: DisconnectPacket | undefined = undefined
  readonly #role: Role
  readonly #version: ProtocolVersion

  constructor(role: Role, version: ProtocolVersion) {
    this.#role = role
    this.#version = version
  }

  frame(bytes: Uint8Array, header: number, _body: number, end: number): boolean {
    const type = bytes[header]! >> 4
    if (forbids(this.#role, 'connected', type, this.#version) !== undefined) return false
    if (type === PacketType.disconnect) {
      // [MQTT-3.14.4-1] It is the last one, whatever follows.
      const packet = decodeControl(bytes, header, end, this.#version)
      if (packet.type === 'disconnect') this.disconnect = packet
      return false
    }
    this.packets++
    if (type === PacketType.publish) this.messages++
    return true
  }
}

/**
 * Which packet may arrive when (chapters 3 and 4): role of the receiver x phase of the connection x packet type.
 * A cell is undefined where the packet is welcome, and otherwise the statement that forbids it.
 */
import { PacketType } from '../spec/packet-type.ts'
import type { ProtocolVersion } from '../spec/version.ts'

/**
 *     opening        the network connection stands, the first packet (CONNECT, CONNACK) is awaited
 *     authenticating CONNECT has come, AUTH packets go to and fro until CONNACK (section 4.12)
 *     connected      from CONNACK on
 *     closed         nothing is read any more
 */
export type Phase = 'opening' | 'authenticating' | 'connected' | 'closed'
export type Role = 'server' | 'client'

type Row = { readonly [P in Exclude<Phase, 'closed'>]: string | undefined }

const never = (clause: string): Row => ({ opening: clause, authenticating: clause, connected: clause })
const connected = (opening: string): Row => ({ opening, authenticating: opening, connected: undefined })

/** Indexed by packet type; 0 does not exist. */
const tables: { readonly [R in Role]: readonly Row[] } = {
  server: [
    never('2.1.2'),
    { opening: undefined, authenticating: 'MQTT-3.1.0-2', connected: 'MQTT-3.1.0-2' }, // connect
    never('3.2'), // connack
    connected('MQTT-3.1.0-1'), // publish
    connected('MQTT-3.1.0-1'), // puback
    connected('MQTT-3.1.0-1'), // pubrec
    connected('MQTT-3.1.0-1'), // pubrel
    connected('MQTT-3.1.0-1'), // pubcomp
    connected('MQTT-3.1.0-1'), // subscribe
    never('3.9'), // suback
    connected('MQTT-3.1.0-1'), // unsubscribe
    never('3.11'), // unsuback
    connected('MQTT-3.1.0-1'), // pingreq
    never('3.13'), // pingresp
    { opening: 'MQTT-3.1.0-1', authenticating: undefined, connected: undefined }, // disconnect
    { opening: 'MQTT-3.1.0-1', authenticating: undefined, connected: undefined }, // auth
  ],
  client: [
    never('2.1.2'),
    never('3.1'), // connect
    { opening: undefined, authenticating: undefined, connected: 'MQTT-3.2.0-2' }, // connack
    connected('MQTT-3.2.0-1'), // publish
    connected('MQTT-3.2.0-1'), // puback
    connected('MQTT-3.2.0-1'), // pubrec
    connected('MQTT-3.2.0-1'), // pubrel
    connected('MQTT-3.2.0-1'), // pubcomp
    never('3.8'), // subscribe
    connected('MQTT-3.2.0-1'), // suback
    never('3.10'), // unsubscribe
    connected('MQTT-3.2.0-1'), // unsuback
    never('3.12'), // pingreq
    connected('MQTT-3.2.0-1'), // pingresp
    connected('MQTT-3.14.0-1'), // disconnect
    { opening: undefined, authenticating: undefined, connected: undefined }, // auth
  ],
}

/** Undefined if a packet of `type` (1 to 15) may arrive now, else the statement, or the section, that it breaks. */
export function forbids(role: Role, phase: Phase, type: number, version: ProtocolVersion): string | undefined {
  if (phase === 'closed') return 'closed'
  // Before 5.0 type 15 is reserved (3.1.1, section 2.2.1), and only a client sends DISCONNECT (3.1.1, section 3.14).
  if (version < 5 && phase === 'connected') {
    if (type === PacketType.auth) return 'MQTT311-2.2.1'
    if (type === PacketType.disconnect && role === 'client') return 'MQTT311-3.14'
  }
  const row = tables[role][type]
  return row === undefined ? '2.1.2' : row[phase]
}

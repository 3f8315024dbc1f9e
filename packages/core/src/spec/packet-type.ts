/** MQTT Control Packet types (MQTT 5.0, section 2.1.2): the upper half of a packet's first byte. */
export const PacketType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const

export type PacketTypeName = keyof typeof PacketType
export type PacketType = (typeof PacketType)[PacketTypeName]

/**
 * The first byte of a packet (section 2.1): packet type in the upper half, flags in the lower. Only PUBLISH has flags to
 * choose; for the others the lower half is reserved with a fixed value [MQTT-2.1.3-1].
 */

/** The flags of PUBREL, SUBSCRIBE and UNSUBSCRIBE are 0010, of all other packets but PUBLISH 0000. */
const reservedFlags: readonly number[] = [-1, 0, 0, -1, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0]

const legal: readonly boolean[] = Array.from({ length: 256 }, (_, byte) => {
  const flags = byte & 0x0f
  // [MQTT-3.3.1-4] Both QoS bits set is no QoS.
  return byte >> 4 === 3 ? (flags & 6) !== 6 : reservedFlags[byte >> 4] === flags
})

/** Whether a packet may begin with this byte. */
export function isLegalFirstByte(byte: number): boolean {
  return legal[byte] === true
}

/**
 * Whether 3.1 lets a packet begin with this byte, and later versions do not: DUP (bit 3) tells there that a PUBREL, SUBSCRIBE
 * or UNSUBSCRIBE is sent again (3.1, section 2.1).
 */
export function isDupOf31(byte: number): boolean {
  return byte === 0x6a || byte === 0x8a || byte === 0xaa
}

/** The statement that an illegal first byte breaks. */
export function firstByteClause(byte: number): string {
  switch (byte >> 4) {
    case 3:
      return 'MQTT-3.3.1-4'
    case 6:
      return 'MQTT-3.6.1-1'
    case 8:
      return 'MQTT-3.8.1-1'
    case 10:
      return 'MQTT-3.10.1-1'
    case 14:
      return 'MQTT-3.14.1-1'
    case 15:
      return 'MQTT-3.15.1-1'
    case 0:
      return '2.1.2'
    default:
      return 'MQTT-2.1.3-1'
  }
}

/** Numbers that the wire format itself sets. What a broker or client chooses to allow lies below them. */

/** The largest value of a Variable Byte Integer (section 1.5.5), and so of Remaining Length. */
export const variableByteIntegerMax = 268_435_455
/** The longest UTF-8 Encoded String or Binary Data, in bytes (sections 1.5.4 and 1.5.6). */
export const stringBytesMax = 65_535
/** Packet Identifiers run from 1 to this (section 2.2.1). */
export const packetIdMax = 65_535
/** Receive Maximum of a peer that names none (section 3.1.2.11.3). */
export const receiveMaximumDefault = 65_535
/** A Session Expiry Interval that never ends (section 3.1.2.11.2). */
export const sessionExpiryNever = 0xffff_ffff

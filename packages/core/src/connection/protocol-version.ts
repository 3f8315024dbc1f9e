import type { ProtocolVersion } from '../spec/version.ts'

/**
 * The Protocol Version of a CONNECT that could not be decoded, as far as it can be told, so that the refusal is written in
 * a form that its sender reads. Undefined where these bytes do not begin as a CONNECT does.
 */
export function peekProtocolVersion(bytes: Uint8Array, body: number, end: number): ProtocolVersion | undefined {
  const nameLength = (bytes[body]! << 8) | bytes[body + 1]!
  const at = body + 2 + nameLength
  if (end - body < 3 || nameLength > 6 || at >= end) return undefined
  const name = String.fromCharCode(...bytes.subarray(body + 2, at))
  const level = bytes[at]! & 0x7f
  if (name === 'MQTT') return level < 5 ? 4 : 5
  // [MQTT311-3.1.2-2] an unknown level of 3.1 is refused with a return code, too.
  return name === 'MQIsdp' ? 3 : undefined
}

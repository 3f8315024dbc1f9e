import { MqttError } from './errors.ts'
import type { DisconnectOptions } from './types.ts'

/** What a client may say (section 3.14.2.1); the other codes of DISCONNECT are a server's. */
const clientReasons: ReadonlySet<number> = new Set([
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
])

/**
 * `sessionExpiryInterval`: that of CONNECT.
 *
 * @throws MqttError 'invalid-argument' for what a client must not say
 */
export function checkDisconnect(
  { reasonCode = 0, properties }: DisconnectOptions,
  sessionExpiryInterval: number,
): void {
  const refuse = (sentence: string) => new MqttError('invalid-argument', sentence)
  if (!clientReasons.has(reasonCode))
    throw refuse(`0x${reasonCode.toString(16)} is no reason of a client to disconnect`)
  if (properties?.serverReference !== undefined) throw refuse('only a server sends a Server Reference')
  // Section 3.14.2.2.2: a Session that was to end with its connection cannot be kept after all.
  if (sessionExpiryInterval === 0 && (properties?.sessionExpiryInterval ?? 0) > 0) {
    throw refuse('a Session Expiry Interval of 0 in CONNECT cannot be raised by DISCONNECT')
  }
}

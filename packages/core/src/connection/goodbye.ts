/** DISCONNECT (section 3.14), as a server says it and hears it. */
import { type Fault, fault } from '../packet/fault.ts'
import type { ConnectPacket, DisconnectPacket } from '../packet/packet.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { Outgoing } from './outgoing.ts'

/** Only in 5.0: before that only a client says it. */
export function writeDisconnect(
  outgoing: Outgoing,
  reasonCode: ReasonCode,
  reasonString: string,
  serverReference: string | undefined,
): void {
  if (outgoing.version < 5) return
  const properties = { reasonString, ...(serverReference !== undefined && { serverReference }) }
  outgoing.control({ type: 'disconnect', reasonCode, properties })
}

/** What is wrong with how long its session is to live on. */
export function forbiddenExpiry(connect: ConnectPacket | undefined, packet: DisconnectPacket): Fault | undefined {
  const expiry = packet.properties?.sessionExpiryInterval ?? 0
  const asked = connect?.properties?.sessionExpiryInterval ?? 0
  if (expiry === 0 || asked !== 0) return undefined
  const sentence = 'a Session Expiry Interval cannot be set on DISCONNECT when it was 0 in CONNECT'
  return fault(ReasonCode.protocolError, '3.14.2.2.2', sentence)
}

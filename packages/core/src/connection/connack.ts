/** How a server answers a CONNECT, in the words of the version that asked. */
import type { Fault } from '../packet/fault.ts'
import type { ConnectPacket } from '../packet/packet.ts'
import type { ConnackProperties } from '../packet/properties.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { connectReturnCode } from './connect-return-code.ts'
import { announce, type Negotiated, type ServerLimits } from './negotiation.ts'
import type { Outgoing } from './outgoing.ts'
import { peekProtocolVersion } from './protocol-version.ts'

/** CONNACK with success. False: it is larger than the client takes, and was not sent. */
export function writeAcceptance(
  outgoing: Outgoing,
  connect: ConnectPacket,
  limits: ServerLimits,
  negotiated: Negotiated,
  sessionPresent: boolean,
  extra: ConnackProperties | undefined,
): boolean {
  const { protocolVersion } = connect
  return outgoing.control({
    type: 'connack',
    // 3.1 has no Session Present flag.
    sessionPresent: sessionPresent && protocolVersion !== 3,
    reasonCode: ReasonCode.success,
    ...(protocolVersion === 5 && { properties: { ...announce(connect, limits, negotiated), ...extra } }),
  })
}

/** CONNACK with a failure; nothing where the version has no code for it. The connection is to be closed behind it. */
export function writeRefusal(
  outgoing: Outgoing,
  reasonCode: ReasonCode,
  properties: ConnackProperties | undefined,
): void {
  if (outgoing.version === 5) {
    outgoing.control({ type: 'connack', sessionPresent: false, reasonCode, ...(properties && { properties }) })
    return
  }
  const returnCode = connectReturnCode(reasonCode)
  if (returnCode !== undefined) outgoing.control({ type: 'connack', sessionPresent: false, reasonCode: returnCode })
}

/**
 * The answer to a CONNECT that could not be read, whose bytes are `body`…`end`: its sender may hear why (section 4.13.1), if
 * it can be told which version it speaks. Returns that version.
 */
export function refuseUnreadable(
  outgoing: Outgoing,
  problem: Fault,
  bytes: Uint8Array,
  body: number,
  end: number,
): ProtocolVersion | undefined {
  const version = peekProtocolVersion(bytes, body, end)
  if (version === undefined) return undefined
  outgoing.version = version
  writeRefusal(outgoing, problem.reasonCode, undefined)
  return version
}

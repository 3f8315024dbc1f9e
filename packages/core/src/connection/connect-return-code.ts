import { ReasonCode } from '../spec/reason-code.ts'
import type { ClientCloseReason } from './client-handler.ts'

/** The Reason Code of 5.0 for a Connect Return code 1 to 5 (3.1.1, table 3.1); undefined for others. */
export function reasonOfReturnCode(returnCode: number): ReasonCode | undefined {
  switch (returnCode) {
    case 1:
      return ReasonCode.unsupportedProtocolVersion
    case 2:
      return ReasonCode.clientIdentifierNotValid
    case 3:
      return ReasonCode.serverUnavailable
    case 4:
      return ReasonCode.badUserNameOrPassword
    case 5:
      return ReasonCode.notAuthorized
    default:
      return undefined
  }
}

/** A server before 5.0 answers a CONNECT of 5.0 in its own form: two bytes, no properties (3.1.1, section 3.2). */
export function refusalBefore5(bytes: Uint8Array, body: number, end: number): ClientCloseReason | undefined {
  if (end - body !== 2 || bytes[body - 2] !== 0x20) return undefined
  const returnCode = bytes[body + 1]!
  const reasonCode = reasonOfReturnCode(returnCode)
  if (reasonCode === undefined) return undefined
  return { by: 'refusal', reasonCode, packet: { type: 'connack', sessionPresent: false, reasonCode: returnCode } }
}

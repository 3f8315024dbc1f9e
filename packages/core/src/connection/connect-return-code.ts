import { ReasonCode } from '../spec/reason-code.ts'
import type { ClientCloseReason } from './client-handler.ts'

/** Return codes of CONNACK before 5.0 (3.1.1, table 3.1) for the Reason Codes that have one; undefined closes unanswered. */
export function connectReturnCode(reasonCode: ReasonCode): number | undefined {
  switch (reasonCode) {
    case ReasonCode.success:
      return 0
    case ReasonCode.unsupportedProtocolVersion:
      return 1
    case ReasonCode.clientIdentifierNotValid:
      return 2
    case ReasonCode.serverUnavailable:
    case ReasonCode.serverBusy:
    case ReasonCode.quotaExceeded:
    case ReasonCode.connectionRateExceeded:
    case ReasonCode.useAnotherServer:
    case ReasonCode.serverMoved:
    case ReasonCode.serverShuttingDown:
      return 3
    case ReasonCode.badUserNameOrPassword:
    case ReasonCode.badAuthenticationMethod:
      return 4
    case ReasonCode.notAuthorized:
    case ReasonCode.banned:
      return 5
    default:
      return undefined
  }
}

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

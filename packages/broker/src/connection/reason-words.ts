/** Reason Codes that the broker decides on, in the words of the packet that carries them. */
import { ReasonCode } from '@mq/core'

/** What a CONNACK says in the place of Reason Codes that only DISCONNECT has (section 3.2.2.2). */
const connackCodes: ReadonlyMap<ReasonCode, ReasonCode> = new Map([
  [ReasonCode.serverShuttingDown, ReasonCode.serverUnavailable],
  [ReasonCode.sessionTakenOver, ReasonCode.unspecifiedError],
])

/** And the reverse: a client that authenticates again, and fails, is told in words of DISCONNECT (section 3.14.2.1). */
const disconnectCodes: ReadonlyMap<ReasonCode, ReasonCode> = new Map([
  [ReasonCode.badUserNameOrPassword, ReasonCode.notAuthorized],
  [ReasonCode.serverUnavailable, ReasonCode.serverBusy],
])

export function inConnack(reasonCode: ReasonCode): ReasonCode {
  return connackCodes.get(reasonCode) ?? reasonCode
}

export function inDisconnect(reasonCode: ReasonCode): ReasonCode {
  return disconnectCodes.get(reasonCode) ?? reasonCode
}

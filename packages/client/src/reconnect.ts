/** When to try again: pure arithmetic. Jitter keeps a thousand clients that lost one server from coming back as one. */
import { ReasonCode } from '@mq/core'
import { ConnectError, type MqttError, TimeoutError } from './errors.ts'
import type { Jitter, ReconnectOptions } from './options.ts'

export interface ReconnectPolicy {
  readonly initialDelay: number
  readonly maxDelay: number
  readonly factor: number
  readonly jitter: Jitter
  readonly maxAttempts: number
  readonly stableAfter: number
  readonly retry: (error: MqttError, attempt: number) => boolean | number
}

export function reconnectPolicy(options: ReconnectOptions = {}): ReconnectPolicy {
  return {
    initialDelay: options.initialDelay ?? 500,
    maxDelay: options.maxDelay ?? 30_000,
    factor: options.factor ?? 2,
    jitter: options.jitter ?? 'full',
    maxAttempts: options.maxAttempts ?? Number.POSITIVE_INFINITY,
    stableAfter: options.stableAfter ?? 10_000,
    retry: options.retry ?? isWorthAnotherTry,
  }
}

/**
 * Milliseconds until the attempt that follows `attempt` failed ones (1, 2, …), or undefined to give up. `previous` is the
 * delay before the last attempt; `random` is in [0, 1).
 */
export function nextDelay(
  policy: ReconnectPolicy,
  error: MqttError,
  attempt: number,
  previous: number,
  random: number,
): number | undefined {
  if (attempt > policy.maxAttempts) return undefined
  const verdict = policy.retry(error, attempt)
  if (verdict === false) return undefined
  if (verdict !== true) return Math.max(0, verdict)
  const { initialDelay, maxDelay, factor } = policy
  const delay = Math.min(maxDelay, initialDelay * factor ** Math.min(attempt - 1, 64))
  switch (policy.jitter) {
    case 'full':
      return delay * random
    case 'equal':
      return delay / 2 + (delay / 2) * random
    case 'decorrelated':
      return Math.min(maxDelay, initialDelay + (Math.max(previous, initialDelay) * 3 - initialDelay) * random)
    case 'none':
      return delay
  }
}

/** What no second try will change: who we are, and that somebody else is connected under our identifier. */
const finalReasons: ReadonlySet<number> = new Set([
  ReasonCode.unsupportedProtocolVersion,
  ReasonCode.clientIdentifierNotValid,
  ReasonCode.badUserNameOrPassword,
  ReasonCode.notAuthorized,
  ReasonCode.banned,
  ReasonCode.badAuthenticationMethod,
  ReasonCode.sessionTakenOver,
])

/** What is wrong with a packet of ours, whoever sends it and when. */
const packetReasons: ReadonlySet<number> = new Set([
  ReasonCode.malformedPacket,
  ReasonCode.protocolError,
  ReasonCode.topicFilterInvalid,
  ReasonCode.topicNameInvalid,
  ReasonCode.packetTooLarge,
  ReasonCode.payloadFormatInvalid,
  ReasonCode.retainNotSupported,
  ReasonCode.qosNotSupported,
  ReasonCode.sharedSubscriptionsNotSupported,
  ReasonCode.subscriptionIdentifiersNotSupported,
  ReasonCode.wildcardSubscriptionsNotSupported,
])

/** Of these, what is wrong with a PUBLISH. */
const messageReasons: ReadonlySet<number> = new Set([
  ReasonCode.topicNameInvalid,
  ReasonCode.packetTooLarge,
  ReasonCode.payloadFormatInvalid,
  ReasonCode.retainNotSupported,
  ReasonCode.qosNotSupported,
])

/** The server ended the connection over a packet of ours, and it may have been a PUBLISH. */
export function blamesMessage(error: unknown): boolean {
  return blamesPacket(error) && error instanceof ConnectError && messageReasons.has(error.reasonCode ?? 0)
}

/** The server ended the connection over a packet of ours: the same packet would end the next connection, too. */
export function blamesPacket(error: unknown): boolean {
  return error instanceof ConnectError && error.code === 'server-disconnect' && packetReasons.has(error.reasonCode ?? 0)
}

/** The default of `retry`: false where who we are, or who else is connected as us, would have to change first. */
export function isWorthAnotherTry(error: MqttError): boolean {
  if (error.code === 'invalid-argument' || error.code === 'not-supported') return false
  // What took too long may be faster next time; a server that failed to prove itself is not asked again.
  if (error.code === 'authentication-failed') return error.cause instanceof TimeoutError
  return !(error instanceof ConnectError && error.reasonCode !== undefined && finalReasons.has(error.reasonCode))
}

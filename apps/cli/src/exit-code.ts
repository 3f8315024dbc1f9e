/**
 * The exit codes of `mq`. Reason codes of the broker (0x80 to 0xA2, 128 to 162) are passed on as they are, so that a script
 * can tell "not authorized" from "quota exceeded". 130 and 143, which shells use for signals, would be 0x82 and 0x8F, and
 * are therefore never used for a signal.
 */
export const ExitCode = {
  done: 0,
  unexpected: 1,
  usage: 2,
  /** DNS, TCP or WebSocket. */
  unreachable: 3,
  tls: 4,
  /** The connection was lost, and trying again was given up or not wanted. */
  connectionLost: 5,
  /** A file, stdin or a payload that could not be read, or a file that could not be written. */
  input: 6,
  /** `--require-subscriber`, and nobody subscribes: 0x10, No matching subscribers. */
  noSubscriber: 16,
  /** Mosquitto's number for the same thing. */
  timeout: 27,
} as const

/** Connect Return codes of 3.1.1 (1 to 5, [3.2.2.3]) as the Reason Codes of 5.0 that mean the same. */
const connectReturnCodes: readonly number[] = [0, 132, 133, 136, 134, 135]

/** The exit code for a refusal by the broker: its reason code, 3.1.1's CONNACK codes translated. */
export function exitCodeOfReason(reasonCode: number): number {
  if (reasonCode >= 0x80 && reasonCode <= 0xff) return reasonCode
  return connectReturnCodes[reasonCode] ?? ExitCode.unexpected
}

/**
 * Which message the server ends the connection over, where it says what is wrong with one (0x90, 0x95, 0x99, 0x9A, 0x9B)
 * and cannot say with which: sent again with the others, it would end every connection that follows.
 *
 *     ended over a message, some in flight ─► on trial: each of them is sent when the one before is answered
 *          ├── all of them are answered, or have gone ──► over
 *          ├── ended over a message while one was out ──► it is found, and the trial over
 *          └── ended otherwise ─────────────────────────► goes on with the next connection
 *
 * Always holds: a message that is found was the only one out. While the trial is on, no QoS 0 message leaves, as nobody
 * answers it, and no SUBSCRIBE or UNSUBSCRIBE, as these may be what is too large.
 */
import { OutboundState, type Session } from '@mq/core'
import { blamesMessage } from './reconnect.ts'

export class Trial {
  /** The tokens of the deliveries that are still to be answered. */
  readonly #suspects = new Set<unknown>()
  /** The identifier of the one that is out. */
  #out: number | undefined = undefined

  get isOn(): boolean {
    return this.#suspects.size > 0
  }

  /** One is out, and nothing may follow it. */
  get isWaiting(): boolean {
    return this.#out !== undefined
  }

  sent(packetId: number): void {
    if (this.isOn) this.#out = packetId
  }

  answered(token: unknown, packetId: number): void {
    if (packetId === this.#out) this.#out = undefined
    this.#suspects.delete(token)
  }

  /** It will not be sent again. */
  gone(token: unknown): void {
    this.#suspects.delete(token)
  }

  /** The connection that carried `session` has ended. Returns the identifier of the message that this is for, if it is found. */
  ended(error: unknown, { outbound }: Session): number | undefined {
    const out = this.#out
    this.#out = undefined
    if (!blamesMessage(error)) return undefined
    this.#suspects.clear()
    // With PUBREC the server took it over: there was nothing wrong with it.
    if (out !== undefined && !outbound.awaitsPubcomp(out)) return out
    for (const { state, delivery } of outbound.entries()) {
      const isUnanswered = state === OutboundState.awaitingPuback || state === OutboundState.awaitingPubrec
      if (isUnanswered && delivery !== undefined) this.#suspects.add(delivery.token)
    }
    return undefined
  }
}

/**
 * QoS 1 and 2, receiver side (section 4.3).
 *
 *              PUBLISH QoS 2       PUBREL
 *   unknown    hold, deliver       PUBCOMP 0x92
 *   held       do not deliver      forget, PUBCOMP
 *
 * The peer chooses the identifiers, any of 65,535, so the held ones are a bit each: 8 KiB for a peer that uses QoS 2, and
 * nothing for all others. They outlive the connection. What counts towards Receive Maximum does not: only what this
 * connection has received and not answered for good.
 *
 * Always holds: held identifiers are only ever forgotten through PUBREL, a refusal, or the end of the session.
 */
import { packetIdMax } from '../spec/limits.ts'

export class InboundQos {
  #held: Uint8Array | undefined = undefined
  #heldCount = 0
  #unanswered = 0

  get heldCount(): number {
    return this.#heldCount
  }

  /** QoS 1 and 2 PUBLISH of this connection that await our PUBACK, PUBCOMP or refusing PUBREC (section 3.3.4). */
  get unanswered(): number {
    return this.#unanswered
  }

  isHeld(packetId: number): boolean {
    return this.#held !== undefined && ((this.#held[packetId >> 3] ?? 0) & (1 << (packetId & 7))) !== 0
  }

  /** A PUBLISH with QoS > 0 came that was not sent before. */
  begin(): void {
    this.#unanswered++
  }

  /** QoS 1 was acknowledged, or QoS 2 refused: the exchange is over. */
  finish(): void {
    if (this.#unanswered > 0) this.#unanswered--
  }

  /** QoS 2 PUBLISH: true if it is new and must be delivered, false if it is held already [MQTT-4.3.3-10]. */
  hold(packetId: number): boolean {
    if (this.isHeld(packetId)) return false
    this.#held ??= new Uint8Array((packetIdMax >> 3) + 1)
    this.#held[packetId >> 3]! |= 1 << (packetId & 7)
    this.#heldCount++
    return true
  }

  /** PUBREL, or a refusal: true if it was held. From here the identifier is free again [MQTT-4.3.3-12]. */
  forget(packetId: number): boolean {
    if (!this.isHeld(packetId) || this.#held === undefined) return false
    this.#held[packetId >> 3]! &= ~(1 << (packetId & 7))
    this.#heldCount--
    return true
  }

  /** A new connection carries on: the held ones stay, the count of unanswered ones starts again. */
  resume(): void {
    this.#unanswered = 0
  }

  *held(): IterableIterator<number> {
    if (this.#held === undefined) return
    for (let packetId = 1; packetId <= packetIdMax; packetId++) if (this.isHeld(packetId)) yield packetId
  }
}

/**
 * Keep Alive, the client's side (section 3.1.2.10), as arithmetic: times in, a deadline out.
 *
 *     awaiting CONNACK     deadline = start + time allowed
 *     idle                 deadline = the older of what was sent and what was heard last, + interval: then PINGREQ
 *     pinged               deadline = PINGREQ + time to answer: then the server is gone
 *
 * Silence in either direction asks for a PINGREQ: a client that only publishes at QoS 0 would otherwise never notice that
 * the other end has vanished. Whatever arrives is an answer, not only PINGRESP, and each byte counts: PINGRESP may stand
 * behind a large PUBLISH that takes its time. (A server counts packets, as [MQTT-3.1.2-22] says.)
 *
 * While nothing is read (`deaf`), the server's silence proves nothing: PINGREQ goes out, and no answer is expected.
 */
export class PingTimer {
  /** Nothing is read: no answer can come. */
  deaf = false
  #intervalMs = Number.POSITIVE_INFINITY
  #answerMs = Number.POSITIVE_INFINITY
  #sentMs: number
  #heardMs: number
  #pingedMs = -1

  constructor(nowMs: number, connackTimeoutMs: number) {
    this.#sentMs = nowMs
    this.#heardMs = nowMs
    this.#pingedMs = nowMs
    this.#answerMs = connackTimeoutMs
  }

  /** CONNACK came: `keepAlive` seconds, 0 for none. */
  start(keepAlive: number, nowMs: number): void {
    // A little before the time is up, as the packet still has to arrive [MQTT-3.1.2-20].
    this.#intervalMs = keepAlive === 0 ? Number.POSITIVE_INFINITY : keepAlive * 900
    this.#answerMs = Math.min(10_000, Math.max(1000, keepAlive * 500))
    this.#pingedMs = -1
    this.sent(nowMs)
    this.heard(nowMs)
  }

  sent(nowMs: number): void {
    this.#sentMs = nowMs
  }

  heard(nowMs: number): void {
    this.#heardMs = nowMs
    if (this.#intervalMs !== Number.POSITIVE_INFINITY) this.#pingedMs = -1
  }

  pinged(nowMs: number): void {
    this.#sentMs = nowMs
    this.#pingedMs = nowMs
  }

  /** An answer is awaited, and it is late once the deadline has passed. */
  get unanswered(): boolean {
    return this.#pingedMs >= 0 && !this.deaf
  }

  get deadlineMs(): number {
    if (this.unanswered) return this.#pingedMs + this.#answerMs
    return (this.deaf ? this.#sentMs : Math.min(this.#sentMs, this.#heardMs)) + this.#intervalMs
  }
}

/**
 * Keep Alive (section 3.1.2.10) as arithmetic: times in, a deadline out. The driver has one timer for all connections and
 * asks; nothing here runs by itself.
 */
export class KeepAlive {
  /** Milliseconds of silence that are allowed; Infinity where Keep Alive is 0. */
  #allowedMs = Number.POSITIVE_INFINITY
  #heardMs = 0

  /** `factor`: a server waits one and a half times the interval [MQTT-3.1.2-22]; a client pings after one. */
  start(seconds: number, factor: number, nowMs: number): void {
    this.#allowedMs = seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000 * factor
    this.#heardMs = nowMs
  }

  /** A Control Packet arrived. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs
  }

  get deadlineMs(): number {
    return this.#heardMs + this.#allowedMs
  }
}

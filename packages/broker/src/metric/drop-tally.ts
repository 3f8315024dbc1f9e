/**
 * How many messages of one receiver were dropped for one reason, until somebody asks. Dropping is what an overloaded broker
 * does most, so it costs an addition here; the log is told once, and asks for the number when it has a line to write.
 */
import type { DropReason, QoS } from '@mq/core'

export class DropTally {
  readonly message = 'messages for this client are being dropped'
  readonly clientId: string
  readonly reason: DropReason
  readonly #queued: () => number
  /** Of the last one. */
  #qos: QoS = 0
  #dropped = 0

  constructor(clientId: string, reason: DropReason, queued: () => number) {
    this.clientId = clientId
    this.reason = reason
    this.#queued = queued
  }

  /** True: it is the first one since it was asked, so the log should be told. */
  add(qos: QoS): boolean {
    this.#qos = qos
    this.#dropped++
    return this.#dropped === 1
  }

  /** How many, and begin anew. */
  take(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  fields(): object {
    return { clientId: this.clientId, reason: this.reason, qos: this.#qos, queued: this.#queued() }
  }
}

/**
 * PUBACK and PUBREC leave in the order in which their PUBLISH packets came [MQTT-4.6.0-2], [MQTT-4.6.0-3], whatever the
 * order in which the answers are ready: one may wait for a disk, the next for nothing.
 *
 *     arrived ──► [ gone | gone | 7 ready | 9 waiting | 10 ready ]      7 leaves at once, 10 waits for 9
 *                                 ^head
 *
 * Always holds: the entry at the head is never ready (it would have left). Empty nearly always, so the common case is one
 * comparison and no allocation; where a whole batch waits for its disk, each answer is found at the head.
 */
import type { ReasonCode } from '../spec/reason-code.ts'

export type PublishAnswer = 'puback' | 'pubrec'

interface Waiting {
  readonly packetId: number
  readonly answer: PublishAnswer
  reasonCode: ReasonCode | undefined
  reasonString: string | undefined
}

export interface AnswerSink {
  send(answer: PublishAnswer, packetId: number, reasonCode: ReasonCode, reasonString: string | undefined): void
}

export class AckOrder {
  #waiting: Waiting[] = []
  #head = 0

  get length(): number {
    return this.#waiting.length - this.#head
  }

  /** A PUBLISH was taken in whose answer is not ready yet. */
  expect(answer: PublishAnswer, packetId: number): void {
    this.#waiting.push({ answer, packetId, reasonCode: undefined, reasonString: undefined })
  }

  /** An answer for `packetId` is still to leave. */
  awaits(packetId: number): boolean {
    return this.#waiting.some((entry, at) => at >= this.#head && entry.packetId === packetId)
  }

  /** The answer for `packetId` is ready: send it and what waited behind it, or note it. False: nobody awaits it. */
  ready(packetId: number, reasonCode: ReasonCode, reasonString: string | undefined, to: AnswerSink): boolean {
    const entry = this.#find(packetId)
    if (entry === undefined) return false
    entry.reasonCode = reasonCode
    entry.reasonString = reasonString
    for (let first = this.#waiting[this.#head]; first?.reasonCode !== undefined; first = this.#waiting[this.#head]) {
      this.#head++
      to.send(first.answer, first.packetId, first.reasonCode, first.reasonString)
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting.length = 0
      this.#head = 0
    } else if (this.#head >= 1024) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    return true
  }

  clear(): void {
    this.#waiting = []
    this.#head = 0
  }

  #find(packetId: number): Waiting | undefined {
    for (let at = this.#head; at < this.#waiting.length; at++) {
      const entry = this.#waiting[at]
      if (entry?.packetId === packetId && entry.reasonCode === undefined) return entry
    }
    return undefined
  }
}

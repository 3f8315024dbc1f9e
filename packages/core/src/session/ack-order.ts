/**
 * PUBACK and PUBREC leave in the order in which their PUBLISH packets came [MQTT-4.6.0-2], [MQTT-4.6.0-3], whatever the
 * order in which the answers are ready: one may wait for a disk, the next for nothing.
 *
 *     arrived ──► [ 7 ready | 9 waiting | 10 ready ]      7 leaves at once, 10 waits for 9
 *
 * Always holds: the first entry is never ready (it would have left). Empty nearly always, so the common case is one
 * comparison and no allocation.
 */
import type { ReasonCode } from '../spec/reason-code.ts'

export type PublishAnswer = 'puback' | 'pubrec'

interface Waiting {
  readonly packetId: number
  readonly answer: PublishAnswer
  reasonCode: ReasonCode | undefined
  reasonString: string | undefined
}

export type SendAnswer = (
  answer: PublishAnswer,
  packetId: number,
  reasonCode: ReasonCode,
  reasonString: string | undefined,
) => void

export class AckOrder {
  readonly #waiting: Waiting[] = []

  get length(): number {
    return this.#waiting.length
  }

  /** A PUBLISH was taken in whose answer is not ready yet. */
  expect(answer: PublishAnswer, packetId: number): void {
    this.#waiting.push({ answer, packetId, reasonCode: undefined, reasonString: undefined })
  }

  awaits(packetId: number): boolean {
    return this.#waiting.some((entry) => entry.packetId === packetId && entry.reasonCode === undefined)
  }

  /** The answer for `packetId` is ready: send it and what waited behind it, or note it. False: nobody awaits it. */
  ready(packetId: number, reasonCode: ReasonCode, reasonString: string | undefined, send: SendAnswer): boolean {
    const entry = this.#waiting.find((each) => each.packetId === packetId && each.reasonCode === undefined)
    if (entry === undefined) return false
    entry.reasonCode = reasonCode
    entry.reasonString = reasonString
    let leaving = 0
    for (const each of this.#waiting) {
      if (each.reasonCode === undefined) break
      send(each.answer, each.packetId, each.reasonCode, each.reasonString)
      leaving++
    }
    this.#waiting.splice(0, leaving)
    return true
  }

  clear(): void {
    this.#waiting.length = 0
  }
}

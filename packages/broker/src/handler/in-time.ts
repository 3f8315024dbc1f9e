/**
 * An answer that no connection waits for: about a Will that is to be published, about a retained message on its way, about
 * every subscription when rights have changed. It has `answerTimeoutMs` like the others (asked.ts); after that the answer is
 * `late`, and the log says what was asked.
 *
 * Always holds: once it has been answered, either way, the promise that was asked refers to nobody who waited for it. It may be
 * kept by somebody and never settle.
 */

import type { Deadline } from '../connection/deadlines.ts'
import type { BrokerContext } from '../context.ts'
import type { Question } from './asked.ts'

export interface AskedAbout {
  readonly clientId: string
  readonly question: Question
  /** The Topic Name or Topic Filter. */
  readonly about: string
}

/** `answer`, or `late` if it does not come in time. `answer` never rejects (ask.ts). */
export function inTime<Answer>(
  broker: BrokerContext,
  asked: AskedAbout,
  answer: Promise<Answer>,
  late: Answer,
): Promise<Answer> {
  return new Promise((resolve) => {
    const waiting = new Waiting(broker, asked, resolve, late)
    broker.deadlines.file(waiting)
    answer.then((given) => waiting.answered(given))
  })
}

class Waiting<Answer> implements Deadline {
  readonly deadlineMs: number
  heapIndex = -1
  filedMs = 0
  readonly #broker: BrokerContext
  readonly #asked: AskedAbout
  readonly #late: Answer
  #resolve: ((answer: Answer) => void) | undefined

  constructor(broker: BrokerContext, asked: AskedAbout, resolve: (answer: Answer) => void, late: Answer) {
    this.#broker = broker
    this.#asked = asked
    this.#late = late
    this.#resolve = resolve
    this.deadlineMs = broker.clock.now() + broker.limits.answerTimeoutMs
  }

  answered(answer: Answer): void {
    this.#broker.deadlines.remove(this)
    this.#resolve?.(answer)
    this.#resolve = undefined
  }

  due(): void {
    this.#broker.boundedLog.error(this.#asked.clientId, { ...this.#asked }, 'asking failed: no answer in time')
    this.answered(this.#late)
  }
}

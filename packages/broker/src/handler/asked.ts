/**
 * A question about a client that is being answered outside the broker, while its client is not read.
 *
 *     asked ─┬─ answered ──────────────────► it goes on
 *            ├─ answerTimeoutMs has passed ─► not available: the connection is ended, and the log says what was asked
 *            └─ the connection has ended ───► forgotten: an answer that comes later finds nobody
 *
 * Its deadline is the connection's. A connection that is filed for an earlier time is not filed anew, so one that is asked
 * about for every message costs the heap nothing for most of them.
 *
 * Always holds: one at a time for each connection, which is held meanwhile; one that is forgotten refers to no connection, so
 * a promise that is kept by somebody and never resolved keeps none of it.
 */
import { ReasonCode } from '@mq/core'
import type { AuthorizationRequest } from '../auth/authorize.ts'
import type { Connection } from '../connection/connection.ts'

/** Whom: the authenticator, a mechanism, or the authorizer about one of its actions. */
export type Question = 'authenticate' | 'mechanism' | AuthorizationRequest['action']

/** What a connection knows of it. */
export interface Pending {
  readonly question: Question
  readonly untilMs: number
  readonly fields: object
  forget(): void
}

export class Asked<Answer> implements Pending {
  readonly question: Question
  readonly untilMs: number
  readonly #about: string
  /** Asked for now: the system forgets the address of a client that has gone, and what is said of it then names it. */
  readonly #peer: string
  #connection: Connection | undefined
  #go: ((answer: Answer) => void) | undefined

  /** `about`: the Topic Name, the Topic Filter or the Authentication Method, for the log. */
  constructor(connection: Connection, question: Question, about: string, go: (answer: Answer) => void) {
    const { clock, deadlines, limits } = connection.broker
    this.question = question
    this.untilMs = clock.now() + limits.answerTimeoutMs
    this.#about = about
    this.#peer = connection.transport.peer
    this.#connection = connection
    this.#go = go
    connection.asked = this
    deadlines.file(connection)
  }

  get fields(): object {
    return { peer: this.#peer, question: this.question, about: this.#about }
  }

  answered(answer: Answer): void {
    const connection = this.#connection
    const go = this.#go
    if (connection === undefined || go === undefined) return
    this.forget()
    connection.guard(() => go(answer))
  }

  forget(): void {
    if (this.#connection?.asked === this) this.#connection.asked = undefined
    this.#connection = undefined
    this.#go = undefined
  }
}

/** When a connection is due: for its client's sake, or because an answer has not come. */
export function dueMs({ asked, machine }: Connection): number {
  return asked === undefined ? machine.deadlineMs : Math.min(machine.deadlineMs, asked.untilMs)
}

/** End a connection that has waited for an answer for too long; before CONNACK `connectTimeoutMs` is a bound, too. */
export function endUnanswered(connection: Connection, nowMs: number): void {
  const { asked, broker, clientId, machine } = connection
  if (asked === undefined) return
  const isIn = machine.session !== undefined
  if (nowMs < asked.untilMs && (isIn || nowMs < machine.deadlineMs)) return
  broker.boundedLog.error(clientId, { clientId, ...asked.fields }, 'asking failed: no answer in time')
  connection.disconnect(ReasonCode.serverUnavailable, 'what had to be asked was not answered within the time allowed')
}

/**
 * The questions that are answered outside the broker. They never throw and never reject: an authenticator or authorizer
 * that is broken lets nobody in and nothing through, and the log says so. An answer that is not one of those that the types
 * allow is broken, too: JavaScript does not keep anybody from answering 'no', and only true is yes.
 */
import { type ConnectPacket, type Publisher, ReasonCode } from '@mq/core'
import type { AuthenticationAnswer } from '../auth/authenticate.ts'
import type { AuthorizationRequest } from '../auth/authorize.ts'
import type { Connection } from '../connection/connection.ts'
import type { BrokerContext } from '../context.ts'
import { Asked, type Question } from './asked.ts'

export type Later<Answer> = Answer | Promise<Answer>

export function askAuthenticator(connection: Connection, packet: ConnectPacket): Later<AuthenticationAnswer> {
  const { broker, clientId, transport } = connection
  const { authenticate } = broker
  if (authenticate === undefined) return true
  const { password, protocolVersion, userName } = packet
  const broken = { reasonCode: ReasonCode.serverUnavailable, reason: 'authentication is not available' }
  return ask(
    broker,
    clientId,
    () => authenticate({ clientId, userName, password, protocolVersion, peer: transport.peer }),
    isAuthenticationAnswer,
    broken,
  )
}

/** May `who` do it? */
export function askAuthorizer(
  broker: BrokerContext,
  who: Publisher,
  action: AuthorizationRequest['action'],
  topic: string,
  shareName?: string,
): Later<boolean> {
  // For every message: what makes no closure costs nothing.
  return broker.authorize === undefined || askAgain(broker, who, action, topic, shareName, false)
}

/** The same, and `broken` where there is no answer: what was granted before is not taken back for that. */
export function askAgain<Broken extends false | undefined>(
  broker: BrokerContext,
  { clientId, userName }: Publisher,
  action: AuthorizationRequest['action'],
  topic: string,
  shareName: string | undefined,
  broken: Broken,
): Later<boolean | Broken> {
  const { authorize } = broker
  if (authorize === undefined) return true
  const request = { clientId, userName, action, topic, ...(shareName !== undefined && { shareName }) }
  const question = (): Later<boolean | Broken> => authorize(request)
  return ask(broker, clientId, question, isBoolean, broken)
}

/** Ask, and get an answer for sure: what was answered if it is one, `broken` otherwise. Later only if it must be. */
export function ask<Answer>(
  broker: BrokerContext,
  clientId: string,
  question: () => Later<Answer>,
  isAnswer: (answer: unknown) => boolean,
  broken: Answer,
): Later<Answer> {
  const failed = (error: unknown): Answer => {
    broker.boundedLog.error(clientId, { err: error, clientId }, 'asking failed: refused')
    return broken
  }
  const checked = (answer: Answer): Answer =>
    isAnswer(answer) ? answer : failed(new TypeError(`${String(answer)} is no answer`))
  try {
    const answer = question()
    // Any thenable, not only a Promise of this realm: taken for an answer it would be truthy.
    return isThenable(answer) ? Promise.resolve(answer).then(checked).catch(failed) : checked(answer)
  } catch (error) {
    return failed(error)
  }
}

/**
 * Go on with an answer, now where it is there, so that what needs no waiting keeps its place. One that comes when the
 * connection has ended is not wanted any more; one that does not come in time ends it (asked.ts).
 */
export function whenAnswered<Answer>(
  connection: Connection,
  answer: Later<Answer>,
  question: Question,
  about: string,
  go: (answer: Answer) => void,
): void {
  if (!(answer instanceof Promise)) go(answer)
  else if (!connection.machine.isClosed) {
    const asked = new Asked(connection, question, about, go)
    answer.then((result) => asked.answered(result))
  }
}

function isThenable<Answer>(answer: Later<Answer>): answer is Promise<Answer> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function'
}

function isBoolean(answer: unknown): boolean {
  return typeof answer === 'boolean'
}

function isAuthenticationAnswer(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return typeof answer === 'boolean'
  // A refusal with a Reason Code of success would let nobody in and say the opposite.
  return 'reasonCode' in answer && typeof answer.reasonCode === 'number' && answer.reasonCode >= 0x80
}

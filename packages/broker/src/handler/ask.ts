/**
 * The questions that are answered outside the broker. They never throw and never reject: an authenticator or authorizer
 * that is broken lets nobody in and nothing through, and the log says so.
 */
import { type ConnectPacket, ReasonCode } from '@mq/core'
import type { AuthenticationAnswer } from '../auth/authenticate.ts'
import type { AuthorizationRequest } from '../auth/authorize.ts'
import type { Connection } from '../connection/connection.ts'

type Later<Answer> = Answer | Promise<Answer>

export function askAuthenticator(connection: Connection, packet: ConnectPacket): Later<AuthenticationAnswer> {
  const { authenticate } = connection.broker
  if (authenticate === undefined) return true
  const { clientId, transport } = connection
  const { password, protocolVersion, userName } = packet
  const broken = { reasonCode: ReasonCode.serverUnavailable, reason: 'authentication is not available' }
  return ask(
    connection,
    () => authenticate({ clientId, userName, password, protocolVersion, peer: transport.peer }),
    broken,
  )
}

export function askAuthorizer(
  connection: Connection,
  action: AuthorizationRequest['action'],
  topic: string,
): Later<boolean> {
  const { authorize } = connection.broker
  if (authorize === undefined) return true
  const { clientId, userName } = connection
  return ask(connection, () => authorize({ clientId, userName, action, topic }), false)
}

/** Go on with an answer, now where it is there, so that what needs no waiting keeps its place. */
export function then<Answer>(answer: Later<Answer>, go: (answer: Answer) => void): void {
  if (answer instanceof Promise) answer.then(go)
  else go(answer)
}

function ask<Answer>(connection: Connection, question: () => Later<Answer>, broken: Answer): Later<Answer> {
  const failed = (error: unknown): Answer => {
    connection.broker.logger.error({ err: error, clientId: connection.clientId }, 'asking failed: refused')
    return broken
  }
  try {
    const answer = question()
    return answer instanceof Promise ? answer.catch(failed) : answer
  } catch (error) {
    return failed(error)
  }
}

/**
 * CONNECT (section 3.1.4): is the identifier acceptable, who is it, may its Will be published, which session does it get.
 * Each question may be answered later; the machine reads nothing until `accept` or `refuse`.
 */
import { type ConnectPacket, parseTopicName, ReasonCode } from '@mq/core'
import type { AuthenticationAnswer } from '../auth/authenticate.ts'
import type { Connection } from '../connection/connection.ts'
import { askAuthenticator, askAuthorizer, then } from './ask.ts'

export function onConnect(connection: Connection, packet: ConnectPacket): void {
  const problem = unacceptable(connection, packet)
  if (problem !== undefined) {
    refuse(connection, problem.reasonCode, problem.sentence)
    return
  }
  const assigned = packet.clientId === '' ? assignClientId(connection) : undefined
  connection.clientId = assigned ?? packet.clientId
  then(askAuthenticator(connection, packet), (answer) => authenticated(connection, packet, assigned, answer))
}

function authenticated(
  connection: Connection,
  packet: ConnectPacket,
  assigned: string | undefined,
  answer: AuthenticationAnswer,
): void {
  if (answer !== true) {
    const { reasonCode, reason } =
      answer === false ? { reasonCode: ReasonCode.badUserNameOrPassword, reason: 'bad user name or password' } : answer
    refuse(connection, reasonCode, reason)
    return
  }
  const { will } = packet
  then(will === undefined ? true : askAuthorizer(connection, 'will', will.topicName), (allowed) => {
    if (allowed) accept(connection, packet, assigned)
    else refuse(connection, ReasonCode.notAuthorized, 'not allowed to publish its Will')
  })
}

function accept(connection: Connection, packet: ConnectPacket, assigned: string | undefined): void {
  const { broker, machine } = connection
  const expiryInterval = machine.negotiated?.sessionExpiryInterval ?? 0
  if (machine.isClosed) return
  if (broker.closing) {
    refuse(connection, ReasonCode.serverShuttingDown, 'the server is shutting down')
    return
  }
  const opened = broker.sessions.open(connection, connection.clientId, packet.cleanStart, expiryInterval)
  connection.session = opened.session
  broker.counters.connectionsAccepted++
  broker.logger.info(
    {
      clientId: connection.clientId,
      peer: connection.transport.peer,
      protocolVersion: packet.protocolVersion,
      keepAlive: packet.keepAlive,
      sessionPresent: opened.present,
    },
    'client connected',
  )
  // CONNACK promises a session; it goes when the session is durable.
  broker.gate.after(() => {
    machine.accept(
      opened.session.session,
      opened.present,
      assigned === undefined ? undefined : { assignedClientIdentifier: assigned },
    )
    // Its keep-alive may be shorter than the time allowed for CONNECT.
    if (!machine.isClosed) broker.deadlines.file(connection)
    if (!machine.held) connection.transport.resume()
  })
}

function refuse(connection: Connection, reasonCode: number, sentence: string): void {
  const { broker, machine } = connection
  if (machine.isClosed) return
  broker.counters.connectionsRefused++
  broker.logger.warn(
    { clientId: connection.clientId, peer: connection.transport.peer, reasonCode, reason: sentence },
    'client refused',
  )
  machine.refuse(reasonCode, sentence)
}

interface Problem {
  readonly reasonCode: number
  readonly sentence: string
}

function unacceptable(connection: Connection, packet: ConnectPacket): Problem | undefined {
  const { clientId, protocolVersion, will } = packet
  const invalid = (sentence: string): Problem => ({ reasonCode: ReasonCode.clientIdentifierNotValid, sentence })
  if (protocolVersion === 3 && (clientId.length < 1 || clientId.length > 23)) {
    return invalid('a Client Identifier of MQTT 3.1 has 1 to 23 characters')
  }
  // [MQTT311-3.1.3-8]
  if (protocolVersion === 4 && clientId === '' && !packet.cleanStart) {
    return invalid('a Client Identifier is needed where Clean Session is 0')
  }
  // [MQTT-4.12.0-1]
  if (packet.properties?.authenticationMethod !== undefined) {
    return { reasonCode: ReasonCode.badAuthenticationMethod, sentence: 'no such Authentication Method here' }
  }
  if (will !== undefined) {
    const { topicBytesMax: bytesMax, topicLevelsMax: levelsMax } = connection.broker.limits
    const name = parseTopicName(will.topicName, { bytesMax, levelsMax })
    if (typeof name !== 'string')
      return { reasonCode: ReasonCode.topicNameInvalid, sentence: `Will Topic: ${name.sentence}` }
    if (isReserved(will.topicName)) {
      return { reasonCode: ReasonCode.notAuthorized, sentence: 'a Will cannot be published under $SYS/' }
    }
  }
  if (connection.broker.connections.size > connection.broker.limits.connectionsMax) {
    return { reasonCode: ReasonCode.quotaExceeded, sentence: 'the server has as many connections as it takes' }
  }
  return undefined
}

/** The server's own topics (section 4.7.2): clients read them and do not write them. */
export function isReserved(topicName: string): boolean {
  return topicName.startsWith('$SYS/') || topicName === '$SYS'
}

/** An identifier that nobody has [MQTT-3.1.3-6]. */
function assignClientId(connection: Connection): string {
  for (;;) {
    const clientId = `mq-${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`
    if (connection.broker.sessions.find(clientId) === undefined) return clientId
  }
}

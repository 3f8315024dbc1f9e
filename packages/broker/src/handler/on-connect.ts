/**
 * CONNECT (section 3.1.4): is the identifier acceptable, who is it, may its Will be published, which session does it get.
 * Each question may be answered later; the machine reads nothing until `accept` or `refuse`.
 */
import { type ConnackProperties, type ConnectPacket, isWellFormedUtf8, parseTopicName, ReasonCode } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import { reauthorize } from '../session/reauthorize.ts'
import { storeWill } from '../session/will.ts'
import { askAuthenticator, askAuthorizer, whenAnswered } from './ask.ts'
import { beginAuthentication } from './on-auth.ts'

export function onConnect(connection: Connection, packet: ConnectPacket): void {
  // Before anything is asked or worked out: who is overloaded says no cheaply.
  if (connection.broker.overload.refuses) {
    connection.broker.overload.turnAway(connection)
    return
  }
  const problem = unacceptable(connection, packet)
  if (problem !== undefined) {
    connection.refuse(problem.reasonCode, problem.sentence)
    return
  }
  const assigned = packet.clientId === '' ? assignClientId(connection) : undefined
  connection.identify(assigned ?? packet.clientId, packet.userName)
  if (packet.properties?.authenticationMethod !== undefined) {
    beginAuthentication(connection, packet, (authenticationData) => {
      const authenticationMethod = packet.properties?.authenticationMethod ?? ''
      admit(connection, packet, {
        ...(assigned !== undefined && { assignedClientIdentifier: assigned }),
        authenticationMethod,
        ...(authenticationData !== undefined && { authenticationData }),
      })
    })
    return
  }
  whenAnswered(connection, askAuthenticator(connection, packet), 'authenticate', '', (answer) => {
    if (answer === true) {
      admit(connection, packet, assigned === undefined ? {} : { assignedClientIdentifier: assigned })
    } else if (answer === false) {
      connection.refuse(ReasonCode.badUserNameOrPassword, 'bad user name or password')
    } else {
      const { serverReference } = answer
      connection.refuse(answer.reasonCode, answer.reason, serverReference === undefined ? {} : { serverReference })
    }
  })
}

/** It is who it says. May it publish its Will? Then it is in. */
function admit(connection: Connection, packet: ConnectPacket, extra: ConnackProperties): void {
  const { will } = packet
  const answer =
    will === undefined ? true : askAuthorizer(connection.broker, connection.identity, 'will', will.topicName)
  whenAnswered(connection, answer, 'will', will?.topicName ?? '', (allowed) => {
    if (allowed) accept(connection, packet, extra)
    else connection.refuse(ReasonCode.notAuthorized, 'not allowed to publish its Will')
  })
}

function accept(connection: Connection, packet: ConnectPacket, extra: ConnackProperties): void {
  const { broker, clientId, machine, transport } = connection
  const expiryInterval = machine.negotiated?.sessionExpiryInterval ?? 0
  if (machine.isClosed) return
  if (broker.closing) {
    connection.refuse(ReasonCode.serverShuttingDown, 'the server is shutting down')
    return
  }
  if (broker.sessions.count >= broker.limits.sessionsMax && broker.sessions.find(clientId) === undefined) {
    connection.refuse(ReasonCode.quotaExceeded, 'the server has as many sessions as it takes')
    return
  }
  const opened = broker.sessions.open(connection, clientId, packet.cleanStart, expiryInterval)
  connection.session = opened.session
  opened.session.identity = connection.identity
  connection.will = packet.will && storeWill(packet.will, connection.identity)
  broker.counters.connectionsAccepted++
  const { keepAlive, protocolVersion } = packet
  if (broker.logger.writes('info')) {
    broker.logger.info(
      { clientId, peer: transport.peer, protocolVersion, keepAlive, sessionPresent: opened.present },
      'client connected',
    )
  }
  const wantsResponseInformation = packet.properties?.requestResponseInformation === 1
  const responseInformation = wantsResponseInformation ? broker.responseInformation?.(clientId) : undefined
  // What it was subscribed to it may have lost the right to. Nothing reaches it before CONNACK.
  const removed = opened.present ? reauthorize(broker, opened.session, true) : 0
  whenAnswered(connection, removed, 'subscribe', '', () => {
    // CONNACK promises a session; it goes when the session is durable.
    connection.whenDurable(() => {
      machine.accept(opened.session.session, opened.present, {
        ...extra,
        ...(responseInformation !== undefined && { responseInformation }),
      })
      if (machine.isClosed) return
      // Its keep-alive may be shorter than the time allowed for CONNECT.
      broker.deadlines.file(connection)
      opened.session.feed?.go()
      connection.readOn()
    })
  })
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
  if (will !== undefined) {
    const { topicBytesMax: bytesMax, topicLevelsMax: levelsMax } = connection.broker.limits
    const name = parseTopicName(will.topicName, { bytesMax, levelsMax })
    if (typeof name !== 'string')
      return { reasonCode: ReasonCode.topicNameInvalid, sentence: `Will Topic: ${name.sentence}` }
    if (isReserved(will.topicName)) {
      return { reasonCode: ReasonCode.notAuthorized, sentence: 'a Will cannot be published under $SYS/' }
    }
    const { payload, properties } = will
    if (properties?.payloadFormatIndicator === 1 && !isWellFormedUtf8(payload, 0, payload.length, true)) {
      const sentence = 'the Payload Format Indicator of the Will is 1 and its payload is not UTF-8'
      return { reasonCode: ReasonCode.payloadFormatInvalid, sentence }
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

/**
 * AUTH (section 3.15) and enhanced authentication (section 4.12).
 *
 *     CONNECT(method) ─► step ─┬─ continue ─► AUTH 0x18 ─► client ─► AUTH 0x18 ─► step …
 *                              ├─ success ──► CONNACK 0x00 with data
 *                              └─ failure ──► CONNACK 0x80+
 *
 *     later: AUTH 0x19 ─► step ─┬─ continue ─► AUTH 0x18 …
 *                               ├─ success ──► AUTH 0x00 with data
 *                               └─ failure ──► DISCONNECT 0x80+           [MQTT-4.12.1-2]
 *
 * While a step is being worked out nothing is read from the client.
 */
import { type AuthPacket, type ConnectPacket, ReasonCode } from '@mq/core'
import type { Exchange, ExchangeStep } from '../auth/mechanism.ts'
import type { Connection } from '../connection/connection.ts'
import { ask, whenAnswered } from './ask.ts'

/** One run of a mechanism, for CONNECT or for re-authentication. */
export interface Authentication {
  readonly method: string
  readonly exchange: Exchange
  /** What follows success; undefined once the client is in and re-authenticates. */
  readonly admitted: ((data: Uint8Array | undefined) => void) | undefined
}

/** CONNECT named an Authentication Method. `admitted` goes on when it has succeeded; failures are answered here. */
export function beginAuthentication(
  connection: Connection,
  packet: ConnectPacket,
  admitted: (data: Uint8Array | undefined) => void,
): void {
  const method = packet.properties?.authenticationMethod ?? ''
  const mechanism = connection.broker.mechanisms.find((each) => each.method === method)
  if (mechanism === undefined) {
    // [MQTT-4.12.0-1]
    connection.refuse(ReasonCode.badAuthenticationMethod, `Authentication Method ${method} is not known here`)
    return
  }
  const { clientId, transport } = connection
  connection.authentication = { method, exchange: mechanism.start({ clientId, peer: transport.peer }), admitted }
  step(connection, connection.authentication, packet.properties?.authenticationData)
}

export function onAuth(connection: Connection, packet: AuthPacket): void {
  const method = connection.machine.connectPacket?.properties?.authenticationMethod
  // [MQTT-4.12.0-5], [MQTT-4.12.0-6], [MQTT-4.12.1-1]
  if (method === undefined || packet.properties?.authenticationMethod !== method) {
    fail(connection, ReasonCode.protocolError, 'AUTH must name the Authentication Method of CONNECT')
    return
  }
  const data = packet.properties.authenticationData
  if (packet.reasonCode === ReasonCode.continueAuthentication && connection.authentication !== undefined) {
    step(connection, connection.authentication, data)
    return
  }
  const mechanism = connection.broker.mechanisms.find((each) => each.method === method)
  if (packet.reasonCode !== ReasonCode.reAuthenticate || connection.session === undefined || mechanism === undefined) {
    fail(connection, ReasonCode.protocolError, 'AUTH with this Reason Code was not awaited')
    return
  }
  const { clientId, transport } = connection
  const exchange = mechanism.start({ clientId, peer: transport.peer })
  connection.authentication = { method, exchange, admitted: undefined }
  step(connection, connection.authentication, data)
}

function step(connection: Connection, authentication: Authentication, data: Uint8Array | undefined): void {
  connection.machine.hold()
  const broken: ExchangeStep = {
    type: 'failure',
    reasonCode: ReasonCode.serverUnavailable,
    reason: 'authentication is not available',
  }
  const { broker, clientId } = connection
  const answer = ask(broker, clientId, () => authentication.exchange.step(data), isStep, broken)
  whenAnswered(connection, answer, 'mechanism', authentication.method, (result) => {
    if (!connection.machine.isClosed) proceed(connection, authentication, result)
  })
}

function isStep(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('type' in answer)) return false
  switch (answer.type) {
    case 'continue':
      return true
    case 'success':
      return 'userName' in answer && typeof answer.userName === 'string'
    case 'failure':
      return 'reasonCode' in answer && typeof answer.reasonCode === 'number' && answer.reasonCode >= 0x80
    default:
      return false
  }
}

function proceed(connection: Connection, authentication: Authentication, result: ExchangeStep): void {
  const { machine } = connection
  const { method } = authentication
  if (result.type === 'failure') {
    fail(connection, result.reasonCode, result.reason)
    return
  }
  const data = result.data
  const properties = { authenticationMethod: method, ...(data !== undefined && { authenticationData: data }) }
  if (result.type === 'continue') {
    machine.answer({ type: 'auth', reasonCode: ReasonCode.continueAuthentication, properties })
    connection.release()
    return
  }
  connection.authentication = undefined
  connection.identify(connection.clientId, result.userName)
  if (authentication.admitted !== undefined) {
    authentication.admitted(data)
    return
  }
  machine.answer({ type: 'auth', reasonCode: ReasonCode.success, properties })
  connection.release()
}

function fail(connection: Connection, reasonCode: ReasonCode, reason: string): void {
  connection.authentication = undefined
  if (connection.session === undefined) connection.refuse(reasonCode, reason)
  else connection.disconnect(reasonCode, reason)
}

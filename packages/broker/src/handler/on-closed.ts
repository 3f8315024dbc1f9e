/** A connection has ended, one way or another: what becomes of its Will and of its session (sections 3.1.2.5, 3.14.4). */
import { type CloseReason, ReasonCode, type Unread } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import { addressOf } from '../metric/bounded-log.ts'

export function onClosed(connection: Connection, reason: CloseReason, unread: Unread | undefined): void {
  const { broker, clientId, session, transport } = connection
  log(connection, reason)
  discard(connection, unread)
  if (session === undefined || session.connection !== connection) return
  // It counts though nobody came to read it: we did not listen, and its client may be back already.
  const goodbye = reason.by === 'client' ? reason.packet : unread?.disconnect
  // Section 3.14.2.2.2: the interval may be changed on the way out, in 5.0.
  const expiry = goodbye?.properties?.sessionExpiryInterval
  if (expiry !== undefined) session.expiryInterval = Math.min(expiry, broker.limits.sessionExpiryMaximum)
  // [MQTT-3.14.4-3] only a normal DISCONNECT deletes the Will. A server that stops says nothing in its clients' names.
  // One that got no CONNACK of success was never stored [MQTT-3.1.2-7].
  const isNormal = goodbye?.reasonCode === ReasonCode.success
  const publishWill = !isNormal && !broker.closing && connection.machine.session !== undefined
  if (broker.logger.writes('debug')) {
    const aboutWill = connection.will === undefined ? {} : { publishWill }
    broker.logger.debug({ clientId, peer: transport.peer, ...aboutWill }, 'session detached')
  }
  broker.sessions.detached(session, publishWill, session.expiryInterval)
}

/** Nothing of it was acknowledged, so nobody was promised anything: but it came, and it is gone. */
function discard({ asked, broker, clientId, transport }: Connection, unread: Unread | undefined): void {
  // And the one that was being asked about.
  const undecided = asked?.question === 'publish' ? 1 : 0
  const messages = (unread?.messages ?? 0) + undecided
  const packets = (unread?.packets ?? 0) + undecided
  if (packets === 0) return
  broker.counters.messagesDiscarded += messages
  const fields = { clientId, peer: transport.peer, packets, messages }
  broker.boundedLog.warn(clientId, fields, 'the connection ended before all was served that had come')
}

function log(connection: Connection, reason: CloseReason): void {
  const { broker, clientId, transport } = connection
  if (reason.by === 'fault') {
    broker.counters.connectionsFaulted++
    const { clause, reasonCode, sentence } = reason.fault
    broker.boundedLog.warn(
      addressOf(transport.peer),
      { clientId, peer: transport.peer, reasonCode, clause, reason: sentence },
      'client broke the protocol: connection closed',
    )
    return
  }
  // One line for each would be a load of its own; how many there were is logged at intervals.
  const level = connection.isShed ? 'debug' : 'info'
  if (!broker.logger.writes(level)) return
  const who = { clientId, peer: transport.peer }
  switch (reason.by) {
    case 'client':
      broker.logger[level]({ ...who, reasonCode: reason.packet.reasonCode }, 'client disconnected')
      break
    case 'network':
      broker.logger[level]({ ...who, reason: reason.sentence }, 'connection lost')
      break
    case 'server':
      broker.logger[level](
        { ...who, reasonCode: reason.reasonCode, reason: reason.sentence },
        'client was disconnected',
      )
  }
}

/**
 * SUBSCRIBE (section 3.8): each filter is granted or refused by itself; SUBACK goes once what was granted is durable, and
 * the retained messages follow it.
 */
import {
  type Fault,
  type ParsedTopicFilter,
  type ProtocolVersion,
  parseTopicFilter,
  type QoS,
  ReasonCode,
  type SubscribePacket,
} from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import { subscriptionUnits } from '../limit/turn.ts'
import { RetainedFeed, type RetainedWalk } from '../routing/retained-feed.ts'
import type { Subscription } from '../routing/subscription.ts'
import type { ClientSession } from '../session/client-session.ts'
import { askAuthorizer, whenAnswered } from './ask.ts'

export function onSubscribe(connection: Connection, packet: SubscribePacket): void {
  const { broker, session } = connection
  if (session === undefined) return
  const parsed: ParsedTopicFilter[] = []
  for (const request of packet.subscriptions) {
    const filter = parseFilter(connection, request.topicFilter)
    if (filter === undefined) return
    parsed.push(filter)
  }
  const answers = parsed.map(({ filter, shareName }) =>
    askAuthorizer(broker, connection.identity, 'subscribe', filter, shareName),
  )
  const ready = answers.filter((answer) => typeof answer === 'boolean')
  if (ready.length === answers.length) {
    grant(connection, session, packet, parsed, ready)
    return
  }
  connection.machine.hold()
  const about = packet.subscriptions.slice(0, 10).map((each) => each.topicFilter)
  whenAnswered(connection, Promise.all(answers), 'subscribe', about.join(' '), (allowed) => {
    const finish = (): void => {
      if (connection.machine.isClosed) return
      grant(connection, session, packet, parsed, allowed)
      connection.release()
    }
    // Many may get their answers together.
    if (broker.turn.isSpent) broker.turn.later(() => connection.guard(finish))
    else finish()
  })
}

/** The filter, or undefined after the connection has been ended for it. */
export function parseFilter(connection: Connection, text: string): ParsedTopicFilter | undefined {
  const { topicBytesMax: bytesMax, topicLevelsMax: levelsMax } = connection.broker.limits
  const filter: ParsedTopicFilter | Fault = parseTopicFilter(text, { bytesMax, levelsMax })
  if ('sentence' in filter) {
    connection.machine.fault(filter, undefined, 0, 0)
    return undefined
  }
  return filter
}

function grant(
  connection: Connection,
  session: ClientSession,
  packet: SubscribePacket,
  filters: readonly ParsedTopicFilter[],
  allowed: readonly boolean[],
): void {
  const { broker, machine } = connection
  broker.turn.spend(packet.subscriptions.length * subscriptionUnits)
  const feed: RetainedWalk[] = []
  // One line each, whatever the number of filters: there may be a quarter of a million in a packet.
  const unauthorized: string[] = []
  const tooMany: string[] = []
  const reasonCodes = packet.subscriptions.map((request, i) => {
    const filter = filters[i]!
    if (allowed[i] !== true) {
      unauthorized.push(request.topicFilter)
      return refusal(machine.version, ReasonCode.notAuthorized, request.qos)
    }
    const earlier = session.subscriptions.get(request.topicFilter)
    const isNew = earlier === undefined
    if (isNew && session.subscriptions.size >= broker.limits.subscriptionsMax) {
      tooMany.push(request.topicFilter)
      return refusal(machine.version, ReasonCode.quotaExceeded, request.qos)
    }
    const subscription: Subscription = {
      session,
      text: request.topicFilter,
      topicFilter: filter.filter,
      shareName: filter.shareName,
      qos: request.qos,
      noLocal: request.noLocal,
      retainAsPublished: request.retainAsPublished,
      retainHandling: request.retainHandling,
      identifier: packet.properties?.subscriptionIdentifier ?? 0,
      begun: earlier?.begun ?? ++session.subscriptionsBegun,
    }
    session.subscriptions.set(request.topicFilter, subscription)
    broker.index.put(subscription)
    if (session.persistent) {
      broker.store.putSubscription(session.clientId, {
        topicFilter: request.topicFilter,
        qos: request.qos,
        noLocal: request.noLocal,
        retainAsPublished: request.retainAsPublished,
        retainHandling: request.retainHandling,
        identifier: subscription.identifier,
      })
    }
    // [MQTT-3.3.1-9..11]; a shared subscription gets none (section 4.8.2).
    const wantsRetained = request.retainHandling === 0 || (request.retainHandling === 1 && isNew)
    if (wantsRetained && subscription.shareName === undefined && broker.retained.count > 0) {
      feed.push({ subscription, matches: broker.retained.matching(subscription.topicFilter) })
    }
    return request.qos
  })
  logRefused(connection, unauthorized, 'subscription refused: not authorized')
  logRefused(connection, tooMany, 'subscription refused: too many')
  broker.logger.debug(
    { clientId: connection.clientId, topicFilters: packet.subscriptions.map((each) => each.topicFilter), reasonCodes },
    'subscribed',
  )
  connection.whenDurable(() => {
    machine.answer({ type: 'suback', packetId: packet.packetId, reasonCodes })
    // The subscription stands even if its connection has gone, and is made again as one that is not new.
    if (feed.length === 0 || session.ended) return
    session.feed ??= new RetainedFeed(session, broker)
    session.feed.add(feed)
    session.feed.go()
  })
}

function logRefused({ broker, clientId }: Connection, refused: readonly string[], message: string): void {
  if (refused.length === 0) return
  const topicFilters = refused.slice(0, 10)
  broker.boundedLog.warn(clientId, { clientId, topicFilters, refused: refused.length }, message)
}

/** 3.1.1 has one failure, and 3.1 none: it wants a positive answer even so (3.1, section 3.8). */
function refusal(version: ProtocolVersion, reasonCode: ReasonCode, requested: QoS): ReasonCode {
  if (version === 3) return requested
  return version === 5 ? reasonCode : ReasonCode.unspecifiedError
}

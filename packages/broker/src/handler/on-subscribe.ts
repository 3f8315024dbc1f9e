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
import type { BrokerLimits } from '../config/limits.ts'
import type { Connection } from '../connection/connection.ts'
import { inTurns } from '../limit/in-turns.ts'
import { subscriptionUnits } from '../limit/turn.ts'
import { RetainedFeed, RetainedWalk } from '../routing/retained-feed.ts'
import { filterBytes } from '../routing/subscription-index.ts'
import type { ClientSession } from '../session/client-session.ts'
import { askAuthorizer, whenAnswered } from './ask.ts'

export function onSubscribe(connection: Connection, packet: SubscribePacket): void {
  const { broker, session } = connection
  if (session === undefined) return
  const parsed = parseFilters(
    connection,
    packet.subscriptions.map((each) => each.topicFilter),
  )
  if (parsed === undefined) return
  const answers = parsed.map((each) => {
    const { filter, shareName } = each
    // It is refused anyhow.
    if (isBeyond(each, broker.limits)) return false
    return askAuthorizer(broker, connection.identity, 'subscribe', filter, shareName)
  })
  const ready = answers.filter((answer) => typeof answer === 'boolean')
  if (ready.length === answers.length) {
    grant(connection, session, packet, parsed, ready)
    return
  }
  connection.machine.hold()
  const about = packet.subscriptions.slice(0, 10).map((each) => each.topicFilter)
  whenAnswered(connection, Promise.all(answers), 'subscribe', about.join(' '), (allowed) => {
    const finish = (): void => grant(connection, session, packet, parsed, allowed)
    // Many may get their answers together.
    if (broker.turn.isSpent) broker.turn.later(() => connection.guard(finish))
    else finish()
  })
}

/** The filters, or undefined after the connection has been ended for one of them that is none. */
export function parseFilters(connection: Connection, texts: readonly string[]): ParsedTopicFilter[] | undefined {
  const filters: ParsedTopicFilter[] = []
  for (const text of texts) {
    const filter: ParsedTopicFilter | Fault = parseTopicFilter(text)
    if ('sentence' in filter) {
      connection.machine.fault(filter, undefined, 0, 0)
      return undefined
    }
    filters.push(filter)
  }
  return filters
}

function grant(
  connection: Connection,
  session: ClientSession,
  packet: SubscribePacket,
  filters: readonly ParsedTopicFilter[],
  allowed: readonly boolean[],
): void {
  const { broker, machine } = connection
  const feed: RetainedWalk[] = []
  // One line each, whatever the number of filters: there may be a quarter of a million in a packet.
  const unauthorized: string[] = []
  const tooLarge: string[] = []
  const tooMany: string[] = []
  const identifier = packet.properties?.subscriptionIdentifier ?? 0
  const reasonCodes: ReasonCode[] = []
  const grantOne = (i: number): ReasonCode => {
    const request = packet.subscriptions[i]!
    const filter = filters[i]!
    if (isBeyond(filter, broker.limits)) {
      tooLarge.push(request.topicFilter)
      return refusal(machine.version, ReasonCode.topicFilterInvalid, request.qos)
    }
    if (allowed[i] !== true) {
      unauthorized.push(request.topicFilter)
      return refusal(machine.version, ReasonCode.notAuthorized, request.qos)
    }
    if (isFull(session, filter, broker.limits) && broker.index.find(session, filter) === undefined) {
      tooMany.push(request.topicFilter)
      return refusal(machine.version, ReasonCode.quotaExceeded, request.qos)
    }
    const { noLocal, qos, retainAsPublished, retainHandling } = request
    const options = { noLocal, qos, retainAsPublished, retainHandling, identifier }
    const subscriber = broker.index.put(session, filter, options)
    if (session.persistent) {
      broker.store.putSubscription(session.clientId, { topicFilter: request.topicFilter, ...options })
    }
    // [MQTT-3.3.1-9..11]; a shared subscription gets none (section 4.8.2).
    const wantsRetained = retainHandling === 0 || (retainHandling === 1 && subscriber.begun === subscriber.made)
    if (wantsRetained && filter.shareName === undefined && broker.retained.count > 0) {
      feed.push(new RetainedWalk(filter, subscriber, broker.retained.matching(filter.filter)))
    }
    return request.qos
  }
  // The subscriptions stand even if their connection has gone, and are made again as ones that are not new.
  const feedRetained = (): void => {
    if (feed.length === 0 || session.ended) return
    session.feed ??= new RetainedFeed(session, broker)
    session.feed.add(feed)
    session.feed.go()
  }
  const done = (): void => {
    logRefused(connection, unauthorized, 'subscription refused: not authorized')
    logRefused(connection, tooLarge, 'subscription refused: beyond topicLevelsMax or topicBytesMax')
    logRefused(connection, tooMany, 'subscription refused: too many')
    const topicFilters = packet.subscriptions.map((each) => each.topicFilter)
    broker.logger.debug({ clientId: connection.clientId, topicFilters, reasonCodes }, 'subscribed')
    connection.whenDurable(() => {
      machine.answer({ type: 'suback', packetId: packet.packetId, reasonCodes })
      feedRetained()
    })
  }
  const grantNext = (i: number): void => void reasonCodes.push(grantOne(i))
  inTurns(connection, filters.length, subscriptionUnits, grantNext, done, feedRetained)
}

/** Correctly formed, and not taken by this broker (section 3.9.3, 0x8F). */
function isBeyond({ levels, text }: ParsedTopicFilter, { topicBytesMax, topicLevelsMax }: BrokerLimits): boolean {
  return levels > topicLevelsMax || (3 * text.length > topicBytesMax && Buffer.byteLength(text) > topicBytesMax)
}

function isFull(session: ClientSession, filter: ParsedTopicFilter, limits: BrokerLimits): boolean {
  const { subscriptionBytes, subscriptionCount } = session
  return (
    subscriptionCount >= limits.subscriptionsMax ||
    subscriptionBytes + filterBytes(filter) > limits.subscriptionBytesMax
  )
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

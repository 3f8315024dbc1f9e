/**
 * From a message to its receivers: the hot path of the broker. One call per PUBLISH, one `deliver` per receiver; what can
 * be known before a message comes is in the topic's Route.
 */
import type { Publication, QoS, Session, TopicEntry, TopicTable } from '@mq/core'
import type { Flusher } from '../connection/flusher.ts'
import { isCongested } from '../limit/congestion.ts'
import { fewReceivers } from '../limit/turn.ts'
import type { Counters } from '../metric/counters.ts'
import type { ClientSession } from '../session/client-session.ts'
import type { Route } from './route.ts'
import type { SharedGroup } from './shared-group.ts'
import { lowerQos } from './subscription.ts'
import type { SubscriptionIndex } from './subscription-index.ts'

/** What became of a message: nobody wanted it, somebody took it, or all who wanted it had no room. */
export type Routed = 'unmatched' | 'taken' | 'refused'

export class Router {
  readonly #index: SubscriptionIndex
  readonly #topics: TopicTable<Route>
  readonly #counters: Counters
  readonly #flusher: Flusher
  /** Of the last message routed: every connected receiver is behind (and there is one). See limit/back-pressure.ts. */
  congested = false

  constructor(index: SubscriptionIndex, topics: TopicTable<Route>, counters: Counters, flusher: Flusher) {
    this.#index = index
    this.#topics = topics
    this.#counters = counters
    this.#flusher = flusher
  }

  /** `publisher`: whose No Local subscriptions do not hear it; undefined for the broker itself. */
  route(publication: Publication, topic: TopicEntry<Route>, publisher: Session | undefined): Routed {
    const route = this.#index.route(topic)
    if (route.targets.length + route.groups.length <= fewReceivers) return this.#handOut(publication, route, publisher)
    this.#flusher.isBulk = true
    try {
      return this.#handOut(publication, route, publisher)
    } finally {
      this.#flusher.isBulk = false
    }
  }

  #handOut(publication: Publication, { targets, groups }: Route, publisher: Session | undefined): Routed {
    const { qos, retain } = publication
    let matched = false
    let taken = false
    let behind = 0
    let connected = 0
    for (let i = 0; i < targets.length; i++) {
      let target = targets[i]!
      if (target.session === publisher) {
        if (target.own === undefined) continue
        target = target.own
      }
      matched = true
      // [MQTT-3.8.4-8] at the lower of the message's QoS and the subscription's.
      const granted: QoS = lowerQos(qos, target.qos)
      // [MQTT-3.3.1-12], [MQTT-3.3.1-13]
      const keepsRetain = retain && target.retainAsPublished
      if (target.session.deliver(publication, granted, keepsRetain, target.subscriptionIdentifiers, undefined)) {
        taken = true
        this.#counters.messagesDelivered++
      } else if (granted === 0 && target.session.link === undefined) {
        // Nothing was promised to who is away, so nothing is missing that its publisher could send again.
        taken = true
      }
      if (target.session.link === undefined) continue
      connected++
      if (isCongested(target.session)) behind++
    }
    for (let i = 0; i < groups.length; i++) {
      matched = true
      if (this.deliverShared(groups[i]!, publication)) taken = true
    }
    this.congested = behind > 0 && behind === connected && groups.length === 0
    if (!matched) return 'unmatched'
    return taken || qos === 0 ? 'taken' : 'refused'
  }

  /** The sessions that `congested` spoke of. */
  receivers(topic: TopicEntry<Route>, publisher: Session | undefined): ClientSession[] {
    const { targets } = this.#index.route(topic)
    return targets.filter((each) => each.session !== publisher && isCongested(each.session)).map((each) => each.owner)
  }

  /** How many would get a message, if it were routed. */
  countReceivers(topic: TopicEntry<Route>, publisher: Session | undefined): number {
    const { targets, groups } = this.#index.route(topic)
    let count = targets.length + groups.length
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!
      if (target.session === publisher && target.own === undefined) count--
    }
    return count
  }

  /** A message of the broker's own making (a Will), whose topic has not been interned. */
  routeOwn(publication: Publication, publisher: ClientSession | undefined): Routed {
    const topic = this.#topics.lookup(publication.topicBytes, publication.topicStart, publication.topicEnd)
    if (topic.type === 'fault') return 'unmatched'
    return this.route(publication, topic, publisher?.session)
  }

  /**
   * To one member of a shared subscription (section 4.8.2). The group goes along, for the case that the member ends. False:
   * no member had room.
   */
  deliverShared(group: SharedGroup, publication: Publication): boolean {
    const member = group.choose(publication)
    if (member === undefined) {
      const reason = group.reason(publication)
      this.#counters.dropped[reason]++
      return reason === 'offline'
    }
    // [MQTT-4.8.2-3]
    const qos: QoS = lowerQos(publication.qos, member.qos)
    const identifiers = member.identifier > 0 ? [member.identifier] : undefined
    const retain = publication.retain && member.retainAsPublished
    if (!member.session.session.deliver(publication, qos, retain, identifiers, qos > 0 ? group : undefined))
      return false
    this.#counters.messagesDelivered++
    return true
  }
}

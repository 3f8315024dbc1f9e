/**
 * All subscriptions, by Topic Filter. It answers one question, "who gets a message on this topic", and the answer is kept on
 * the topic's entry until it may have changed:
 *
 *   a subscription without wildcards comes or goes   that topic's own entry forgets its route
 *   one with a wildcard comes or goes                every route is of an older epoch now
 *
 * Most filters have one subscriber, so a filter's value is the Subscription itself until there is a second one.
 *
 * Always holds: a Subscription is in the index exactly once, under its filter, while its session has it.
 */
import { FilterTree, type TopicEntry, type TopicTable } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import { type Route, targetsOf } from './route.ts'
import { SharedGroup } from './shared-group.ts'
import { type SharedStrategy, strategies } from './shared-strategy.ts'
import type { Subscription } from './subscription.ts'

type Subscribers = Subscription | Map<ClientSession, Subscription>

export class SubscriptionIndex {
  readonly #topics: TopicTable<Route>
  readonly #subscribers = new FilterTree<Subscribers>()
  /** Share Name -> group, by Topic Filter. */
  readonly #shared = new FilterTree<Map<string, SharedGroup>>()
  readonly #strategy: SharedStrategy
  #epoch = 0
  #count = 0

  constructor(topics: TopicTable<Route>, strategy: SharedStrategy) {
    this.#topics = topics
    this.#strategy = strategy
  }

  /** How many subscriptions there are. */
  get count(): number {
    return this.#count
  }

  /** Put it in, in place of the same session's earlier one to the same filter [MQTT-3.8.4-3]. */
  put(subscription: Subscription): void {
    if (subscription.shareName === undefined) this.#putPlain(subscription)
    else this.#putShared(subscription, subscription.shareName)
    this.#changed(subscription.topicFilter)
  }

  remove(subscription: Subscription): void {
    if (subscription.shareName === undefined) this.#removePlain(subscription)
    else this.#removeShared(subscription, subscription.shareName)
    this.#changed(subscription.topicFilter)
  }

  /** The route of a topic, from its entry if it still holds. */
  route(topic: TopicEntry<Route>): Route {
    const known = topic.route
    if (known !== undefined && known.epoch === this.#epoch) return known
    const route = this.#resolve(topic.name)
    // An entry that left the table cannot be told when an exact subscription changes.
    if (topic.interned) topic.route = route
    return route
  }

  /** The group that a Subscription belongs to. */
  group(subscription: Subscription): SharedGroup | undefined {
    const { shareName, topicFilter } = subscription
    return shareName === undefined ? undefined : this.#shared.get(topicFilter)?.get(shareName)
  }

  #resolve(topicName: string): Route {
    const matches: Subscription[] = []
    this.#subscribers.match(topicName, (subscribers) => {
      if (subscribers instanceof Map) for (const each of subscribers.values()) matches.push(each)
      else matches.push(subscribers)
    })
    const groups: SharedGroup[] = []
    this.#shared.match(topicName, (byName) => {
      for (const group of byName.values()) groups.push(group)
    })
    return { targets: targetsOf(matches), groups, epoch: this.#epoch }
  }

  #putPlain(subscription: Subscription): void {
    const { topicFilter, session } = subscription
    const present = this.#subscribers.add(topicFilter, subscription)
    if (present === undefined) {
      this.#count++
    } else if (present instanceof Map) {
      if (!present.has(session)) this.#count++
      present.set(session, subscription)
    } else if (present.session === session) {
      this.#subscribers.set(topicFilter, subscription)
    } else {
      this.#subscribers.set(
        topicFilter,
        new Map([
          [present.session, present],
          [session, subscription],
        ]),
      )
      this.#count++
    }
  }

  #removePlain(subscription: Subscription): void {
    const { topicFilter, session } = subscription
    const present = this.#subscribers.get(topicFilter)
    if (present === undefined) return
    if (present instanceof Map) {
      if (!present.delete(session)) return
      if (present.size === 0) this.#subscribers.delete(topicFilter)
    } else {
      if (present.session !== session) return
      this.#subscribers.delete(topicFilter)
    }
    this.#count--
  }

  #putShared(subscription: Subscription, shareName: string): void {
    const { topicFilter } = subscription
    let byName = this.#shared.get(topicFilter)
    if (byName === undefined) {
      byName = new Map()
      this.#shared.set(topicFilter, byName)
    }
    let group = byName.get(shareName)
    if (group === undefined) {
      group = new SharedGroup(strategies[this.#strategy])
      byName.set(shareName, group)
    }
    const before = group.size
    group.put(subscription)
    this.#count += group.size - before
  }

  #removeShared(subscription: Subscription, shareName: string): void {
    const byName = this.#shared.get(subscription.topicFilter)
    const group = byName?.get(shareName)
    if (byName === undefined || group === undefined) return
    const before = group.size
    group.remove(subscription.session)
    this.#count += group.size - before
    if (group.size === 0) byName.delete(shareName)
    if (byName.size === 0) this.#shared.delete(subscription.topicFilter)
  }

  #changed(topicFilter: string): void {
    if (topicFilter.includes('#') || topicFilter.includes('+')) {
      this.#epoch++
      return
    }
    const entry = this.#topics.find(topicFilter)
    if (entry !== undefined) entry.route = undefined
  }
}

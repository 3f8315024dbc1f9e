/**
 * All subscriptions. It answers one question, "who gets a message on this topic", and the answer is kept on the topic's entry
 * until it may have changed:
 *
 *   a subscription without wildcards comes or goes   that topic's own entry forgets its route
 *   one with a wildcard comes or goes                every route is of an older epoch now
 *
 * What is kept is bounded: where it grows too much all of it is forgotten.
 */
import type { TopicEntry, TopicTable } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import { PlainSubscriptions } from './plain-subscriptions.ts'
import { type Route, targetsOf } from './route.ts'
import type { SharedGroup } from './shared-group.ts'
import type { SharedStrategy } from './shared-strategy.ts'
import { SharedSubscriptions } from './shared-subscriptions.ts'
import type { Subscriber, Subscription, SubscriptionKey, SubscriptionOptions } from './subscription.ts'

export class SubscriptionIndex {
  readonly #topics: TopicTable<Route>
  readonly #plain = new PlainSubscriptions()
  readonly #shared: SharedSubscriptions
  #epoch = 0
  /** Those in the table whose sessions have ended. */
  #left = 0
  /** Of the routes that were worked out since all of them were forgotten. */
  #cachedParts = 0

  constructor(topics: TopicTable<Route>, strategy: SharedStrategy) {
    this.#topics = topics
    this.#shared = new SharedSubscriptions(strategy)
  }

  /** How many subscriptions there are. */
  get count(): number {
    return this.#plain.count - this.#left + this.#shared.count
  }

  find(session: ClientSession, key: SubscriptionKey): Subscriber | undefined {
    if (key.shareName === undefined) return this.#plain.find(session, key.filter)
    return this.#shared.find(session, key)
  }

  /** Those of a session, the shared ones last. */
  of(session: ClientSession): Subscription[] {
    const plain = this.#plain.of(session)
    return session.shared === undefined ? plain : [...plain, ...session.shared.values()]
  }

  /** Put it in, in place of the same session's earlier one to the same filter [MQTT-3.8.4-3]. */
  put(session: ClientSession, key: SubscriptionKey, options: SubscriptionOptions): Subscriber {
    const { filter, shareName } = key
    const made = numberChange(session)
    const begun =
      shareName === undefined
        ? this.#plain.put(session, filter, options, made)
        : this.#shared.put(session, key, options, made)
    if (begun === made) {
      session.subscriptionCount++
      session.subscriptionBytes += filterBytes(key)
    }
    this.#changed(filter)
    return { session, ...options, begun, made }
  }

  /** Whether there was one. */
  remove(session: ClientSession, key: SubscriptionKey): boolean {
    const { filter, shareName } = key
    const removed = shareName === undefined ? this.#plain.remove(session, filter) : this.#shared.remove(session, key)
    if (!removed) return false
    numberChange(session)
    session.subscriptionCount--
    session.subscriptionBytes -= filterBytes(key)
    this.#changed(filter)
    return true
  }

  /** All of a session. */
  removeAll(session: ClientSession): void {
    this.#plain.removeAll(session, (filter) => this.#changed(filter))
    this.#removeShared(session)
    session.subscriptionCount = 0
    session.subscriptionBytes = 0
  }

  /** As `removeAll`, of a session that has ended: nobody gets a message for them any more, and they are still to `forget`. */
  leave(session: ClientSession): void {
    this.#left += session.subscriptionCount
    session.subscriptionCount = 0
    session.subscriptionBytes = 0
    this.#epoch++
  }

  /** Up to `most` of a session that has ended. Returns whether there are more. */
  forget(session: ClientSession, most: number): boolean {
    const before = this.#plain.count + this.#shared.count
    let more = this.#plain.forget(session, most)
    if (!more && session.shared !== undefined) more = this.#shared.forget(session, most)
    this.#left -= before - this.#plain.count - this.#shared.count
    return more
  }

  /** The route of a topic, from its entry if it still holds. */
  route(topic: TopicEntry<Route>): Route {
    const known = topic.route
    if (known !== undefined && known.epoch === this.#epoch) return known
    const route = this.#resolve(topic.name)
    // An entry that left the table cannot be told when an exact subscription changes.
    if (topic.interned) {
      this.#makeRoom(1 + route.targets.length + route.groups.length)
      topic.route = route
    }
    return route
  }

  /** For the parts of a route. One that was forgotten is worked out again with the next message, which goes to each of them anyhow. */
  #makeRoom(parts: number): void {
    this.#cachedParts += parts
    if (this.#cachedParts <= cachedPartsMax) return
    this.#topics.forEach((entry) => {
      entry.route = undefined
    })
    this.#cachedParts = parts
  }

  /** The group that a Subscription belongs to. */
  group(key: SubscriptionKey): SharedGroup | undefined {
    return key.shareName === undefined ? undefined : this.#shared.group(key)
  }

  #removeShared(session: ClientSession): void {
    if (session.shared !== undefined) for (const each of [...session.shared.values()]) this.remove(session, each)
  }

  #resolve(topicName: string): Route {
    const matches: Subscriber[] = []
    this.#plain.match(topicName, (subscriber) => {
      if (!subscriber.session.ended) matches.push(subscriber)
    })
    const groups: SharedGroup[] = []
    this.#shared.match(topicName, (group) => {
      if (group.isAlive) groups.push(group)
    })
    return { targets: targetsOf(matches), groups, epoch: this.#epoch }
  }

  #changed(filter: string): void {
    if (filter.includes('#') || filter.includes('+')) {
      this.#epoch++
      return
    }
    const entry = this.#topics.find(filter)
    if (entry !== undefined) entry.route = undefined
  }
}

/**
 * Routes are kept on as many topics as the table holds, and each has an object of 80 bytes for each of its receivers: a few
 * thousand that want everything and some thousand topics would fill any memory. So much is 40 MB.
 */
const cachedPartsMax = 500_000

/** What a Topic Filter takes, but for what its levels do. */
export function filterBytes({ text }: SubscriptionKey): number {
  return 2 * text.length
}

function numberChange(session: ClientSession): number {
  session.subscriptionChanges = (session.subscriptionChanges + 1) | 0
  return session.subscriptionChanges
}

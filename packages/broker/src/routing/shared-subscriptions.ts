/**
 * The Shared Subscriptions (section 4.8.2). A message looks through the members of its group, so these are objects; there are
 * seldom many.
 *
 * Always holds: a Subscription is in its session's `shared` and in the group of its filter and ShareName. No group is empty.
 */
import { FilterTree } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import { SharedGroup } from './shared-group.ts'
import { type SharedStrategy, strategies } from './shared-strategy.ts'
import type { Subscription, SubscriptionKey, SubscriptionOptions } from './subscription.ts'

export class SharedSubscriptions {
  /** Share Name -> group, by Topic Filter. */
  readonly #groups = new FilterTree<Map<string, SharedGroup>>()
  readonly #strategy: SharedStrategy
  #count = 0

  constructor(strategy: SharedStrategy) {
    this.#strategy = strategy
  }

  get count(): number {
    return this.#count
  }

  find(session: ClientSession, { text }: SubscriptionKey): Subscription | undefined {
    return session.shared?.get(text)
  }

  /** Put it in, in place of an earlier one to the same filter. Returns which one began here. */
  put(session: ClientSession, key: SubscriptionKey, options: SubscriptionOptions, made: number): number {
    const { filter, shareName = '', text } = key
    session.shared ??= new Map()
    const begun = session.shared.get(text)?.begun ?? made
    const subscription: Subscription = { session, ...key, ...options, begun, made }
    session.shared.set(text, subscription)
    if (begun === made) this.#count++
    let byName = this.#groups.get(filter)
    if (byName === undefined) {
      byName = new Map()
      this.#groups.set(filter, byName)
    }
    let group = byName.get(shareName)
    if (group === undefined) {
      group = new SharedGroup(strategies[this.#strategy])
      byName.set(shareName, group)
    }
    group.put(subscription)
    return begun
  }

  /** Whether there was one. */
  remove(session: ClientSession, { filter, shareName = '', text }: SubscriptionKey): boolean {
    if (session.shared?.delete(text) !== true) return false
    if (session.shared.size === 0) session.shared = undefined
    this.#count--
    const byName = this.#groups.get(filter)
    const group = byName?.get(shareName)
    if (byName === undefined || group === undefined) return true
    group.remove(session)
    if (group.size === 0) byName.delete(shareName)
    if (byName.size === 0) this.#groups.delete(filter)
    return true
  }

  /** Up to `most` of a session that has ended. Returns whether there are more. */
  forget(session: ClientSession, most: number): boolean {
    let forgotten = 0
    for (const subscription of session.shared?.values() ?? []) {
      if (forgotten === most) return true
      this.remove(session, subscription)
      forgotten++
    }
    return false
  }

  group({ filter, shareName = '' }: SubscriptionKey): SharedGroup | undefined {
    return this.#groups.get(filter)?.get(shareName)
  }

  /** Calls `visit` for each group whose filter matches. */
  match(topicName: string, visit: (group: SharedGroup) => void): void {
    this.#groups.match(topicName, (byName) => {
      for (const group of byName.values()) visit(group)
    })
  }
}

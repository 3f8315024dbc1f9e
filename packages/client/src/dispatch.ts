/**
 * Which readers get a message. By Subscription Identifier where the server repeats ours, as it then says exactly which
 * subscription this copy is for; otherwise by matching the topic here.
 *
 * An identifier is believed only together with a filter that matches: a Session that was begun by an earlier process has
 * identifiers of that process.
 */
import { FilterTree, type Publication, type TopicEntry } from '@mq/core'
import type { WireSubscription } from './wire-subscription.ts'

/** What matching found for a topic, as long as `generation` is the current one. */
export interface Route {
  readonly generation: number
  readonly matches: readonly WireSubscription[]
}

export class Dispatch {
  /** Several where a filter is subscribed to both plainly and shared. */
  readonly #tree = new FilterTree<readonly WireSubscription[]>()
  #generation = 0

  add(wire: WireSubscription): void {
    const { filter } = wire.parsed
    const others = this.#tree.get(filter) ?? []
    if (others.includes(wire)) return
    this.#tree.set(filter, [...others, wire])
    this.#generation++
  }

  delete(wire: WireSubscription): void {
    const { filter } = wire.parsed
    const others = (this.#tree.get(filter) ?? []).filter((each) => each !== wire)
    if (others.length > 0) this.#tree.set(filter, others)
    else this.#tree.delete(filter)
    this.#generation++
  }

  find(publication: Publication, topic: TopicEntry<Route>): readonly WireSubscription[] {
    let route = topic.route
    if (route === undefined || route.generation !== this.#generation) {
      const matches: WireSubscription[] = []
      this.#tree.match(topic.name, (wires) => matches.push(...wires))
      route = { generation: this.#generation, matches }
      // An entry that the table does not hold would keep its route for ever.
      if (topic.interned) topic.route = route
    }
    const identifiers = publication.subscriptionIdentifiers
    if (identifiers === undefined || route.matches.length < 2) return route.matches
    const meant = route.matches.filter(({ identifier }) => identifiers.includes(identifier))
    return meant.length > 0 ? meant : route.matches
  }
}

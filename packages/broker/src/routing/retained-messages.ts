/**
 * Retained messages (section 3.3.1.3): the last one of each topic, for whoever subscribes later.
 *
 * Expired ones are dropped when they are come across; they are never sent [MQTT-3.3.2-5].
 *
 * Bounded in messages and bytes, as topics are invented by clients: what has no room is refused, never something that is
 * there already.
 */
import { deliveryBytes, NameTree, type Publication, publicationTopic } from '@mq/core'
import type { Store } from '../store/store.ts'

export interface RetainedLimits {
  readonly retainedMessagesMax: number
  readonly retainedBytesMax: number
}

export class RetainedMessages {
  readonly #tree = new NameTree<Publication>()
  readonly #store: Store
  readonly #limits: RetainedLimits
  readonly #now: () => number
  #bytes = 0
  #updates = 0

  constructor(store: Store, limits: RetainedLimits, now: () => number) {
    this.#store = store
    this.#limits = limits
    this.#now = now
  }

  get count(): number {
    return this.#tree.size
  }

  restore(topicName: string, publication: Publication): void {
    // A store in memory gives back the object that another broker numbered.
    publication.retainedAt = 0
    this.#set(topicName, publication)
  }

  /** May `update` be called with it? */
  hasRoom(topicName: string, publication: Publication): boolean {
    if (publication.payloadEnd === publication.payloadStart) return true
    const { retainedBytesMax, retainedMessagesMax } = this.#limits
    const size = deliveryBytes(publication)
    // Looked up only where it matters: near the bounds.
    if (this.#tree.size < retainedMessagesMax && this.#bytes + size <= retainedBytesMax) return true
    const earlier = this.#tree.get(topicName)
    if (earlier === undefined) return false
    return this.#tree.size <= retainedMessagesMax && this.#bytes + size - deliveryBytes(earlier) <= retainedBytesMax
  }

  /** A PUBLISH with RETAIN 1: it replaces the topic's message [MQTT-3.3.1-5]; an empty one removes it [MQTT-3.3.1-6, -7]. */
  update(topicName: string, publication: Publication): void {
    if (publication.payloadEnd === publication.payloadStart) {
      this.#remove(topicName)
      return
    }
    const kept = publication.keep()
    kept.retainedAt = ++this.#updates
    this.#set(topicName, kept)
    this.#store.putRetained(topicName, kept)
  }

  /**
   * Those of now whose topic matches, one by one, so that a caller can stop in between. What changes meanwhile is left out:
   * who subscribed before the change hears of it as it happens, and would get it twice.
   */
  matching(topicFilter: string): IterableIterator<Publication> {
    return this.#walk(topicFilter, this.#updates)
  }

  *#walk(topicFilter: string, updates: number): IterableIterator<Publication> {
    for (const publication of this.#tree.walk(topicFilter)) {
      // Asked each time: a slow client may take hours.
      if (publication.expiresAtMs <= this.#now()) this.#drop(publication)
      else if (publication.retainedAt <= updates) yield publication
    }
  }

  #drop(publication: Publication): void {
    const topicName = publicationTopic(publication)
    if (this.#tree.get(topicName) === publication) this.#remove(topicName)
  }

  #set(topicName: string, publication: Publication): void {
    const earlier = this.#tree.get(topicName)
    if (earlier !== undefined) this.#bytes -= deliveryBytes(earlier)
    this.#bytes += deliveryBytes(publication)
    this.#tree.set(topicName, publication)
  }

  #remove(topicName: string): void {
    const publication = this.#tree.get(topicName)
    if (publication === undefined) return
    this.#bytes -= deliveryBytes(publication)
    this.#tree.delete(topicName)
    this.#store.removeRetained(topicName)
  }
}

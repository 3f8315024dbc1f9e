/**
 * Retained messages (section 3.3.1.3): the last one of each topic, for whoever subscribes later.
 *
 * Expired ones are dropped when they are come across; they are never sent [MQTT-3.3.2-5].
 */
import { NameTree, type Publication, publicationTopic } from '@mq/core'
import type { Store } from '../store/store.ts'

export class RetainedMessages {
  readonly #tree = new NameTree<Publication>()
  readonly #store: Store
  readonly #now: () => number
  #updates = 0

  constructor(store: Store, now: () => number) {
    this.#store = store
    this.#now = now
  }

  get count(): number {
    return this.#tree.size
  }

  restore(topicName: string, publication: Publication): void {
    // A store in memory gives back the object that another broker numbered.
    publication.retainedAt = 0
    this.#tree.set(topicName, publication)
  }

  /** A PUBLISH with RETAIN 1: it replaces the topic's message [MQTT-3.3.1-5]; an empty one removes it [MQTT-3.3.1-6, -7]. */
  update(topicName: string, publication: Publication): void {
    if (publication.payloadEnd === publication.payloadStart) {
      if (this.#tree.delete(topicName)) this.#store.removeRetained(topicName)
      return
    }
    const kept = publication.keep()
    kept.retainedAt = ++this.#updates
    this.#tree.set(topicName, kept)
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
    if (this.#tree.get(topicName) !== publication) return
    this.#tree.delete(topicName)
    this.#store.removeRetained(topicName)
  }
}

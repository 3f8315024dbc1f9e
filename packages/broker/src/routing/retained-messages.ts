/**
 * Retained messages (section 3.3.1.3): the last one of each topic, for whoever subscribes later.
 *
 * Expired ones are dropped when they are come across; they are never sent [MQTT-3.3.2-5]. So that they are come across
 * though nobody subscribes, every update looks at a few, in turns, and one that finds no room at some more.
 *
 * Bounded in messages and bytes, as topics are invented by clients: what has no room is refused, never something that is
 * there already.
 */
import { deliveryBytes, NameTree, type Publication, type Publisher, publicationTopic } from '@mq/core'
import type { Store } from '../store/store.ts'

export interface RetainedLimits {
  readonly retainedMessagesMax: number
  readonly retainedBytesMax: number
}

/** The messages that a new subscription is to get, looked for name by name, so that a caller can stop in between. */
export interface RetainedMatches {
  /** Look at one name. `visit` gets its message if there is one to send. False: that was the last name. */
  step(visit: (publication: Publication) => void): boolean
}

/** Names that an update looks at in passing, and that one without room looks at before it is refused. */
const sweepSteps = 4
const sweepStepsForRoom = 256

export class RetainedMessages {
  readonly #tree = new NameTree<Publication>()
  readonly #store: Store
  readonly #limits: RetainedLimits
  readonly #now: () => number
  #bytes = 0
  #updates = 0
  /** Those that will expire. */
  #mortal = 0
  #sweeping: ReturnType<NameTree<Publication>['walk']> | undefined = undefined

  constructor(store: Store, limits: RetainedLimits, now: () => number) {
    this.#store = store
    this.#limits = limits
    this.#now = now
  }

  get count(): number {
    return this.#tree.size
  }

  restore(topicName: string, publication: Publication, publisher: Publisher | undefined): void {
    // A store in memory gives back the object that another broker numbered.
    publication.retainedAt = 0
    publication.retainedBy = publisher
    this.#set(topicName, publication)
  }

  /** May `update` be called with it? */
  hasRoom(topicName: string, publication: Publication): boolean {
    if (publication.payloadEnd === publication.payloadStart) return true
    const { retainedBytesMax, retainedMessagesMax } = this.#limits
    const size = retainedBytes(publication)
    const fits = (): boolean => this.#tree.size < retainedMessagesMax && this.#bytes + size <= retainedBytesMax
    if (fits()) return true
    // What follows costs more, and matters only near the bounds.
    this.#sweep(sweepStepsForRoom)
    if (fits()) return true
    const earlier = this.#tree.get(topicName)
    if (earlier === undefined) return false
    return this.#tree.size <= retainedMessagesMax && this.#bytes + size - retainedBytes(earlier) <= retainedBytesMax
  }

  /** A PUBLISH with RETAIN 1: it replaces the topic's message [MQTT-3.3.1-5]; an empty one removes it [MQTT-3.3.1-6, -7]. */
  update(topicName: string, publication: Publication, publisher: Publisher | undefined): void {
    if (publication.payloadEnd === publication.payloadStart) {
      this.#remove(topicName)
      return
    }
    const kept = publication.keep()
    kept.retainedAt = ++this.#updates
    kept.retainedBy = publisher
    this.#set(topicName, kept)
    this.#store.putRetained(topicName, kept, publisher)
    this.#sweep(sweepSteps)
  }

  /**
   * Those of now whose topic matches. What changes meanwhile is left out: who subscribed before the change hears of it as it
   * happens, and would get it twice.
   */
  matching(topicFilter: string): RetainedMatches {
    const walk = this.#tree.walk(topicFilter)
    const updates = this.#updates
    return {
      step: (visit) =>
        walk.take(1, (publication) => {
          if (!this.#dropExpired(publication) && publication.retainedAt <= updates) visit(publication)
        }),
    }
  }

  /** It is still its topic's message, and has not expired. */
  holds(publication: Publication): boolean {
    return this.#tree.get(publicationTopic(publication)) === publication && publication.expiresAtMs > this.#now()
  }

  #sweep(steps: number): void {
    if (this.#mortal === 0) return
    this.#sweeping ??= this.#tree.walk('#')
    if (!this.#sweeping.take(steps, (publication) => this.#dropExpired(publication))) this.#sweeping = undefined
  }

  #dropExpired(publication: Publication): boolean {
    if (publication.expiresAtMs > this.#now()) return false
    const topicName = publicationTopic(publication)
    if (this.#tree.get(topicName) === publication) this.#remove(topicName)
    return true
  }

  #set(topicName: string, publication: Publication): void {
    const earlier = this.#tree.get(topicName)
    if (earlier !== undefined) this.#count(earlier, -1)
    this.#count(publication, 1)
    this.#tree.set(topicName, publication)
  }

  #remove(topicName: string): void {
    const publication = this.#tree.get(topicName)
    if (publication === undefined) return
    this.#count(publication, -1)
    this.#tree.delete(topicName)
    this.#store.removeRetained(topicName)
  }

  #count(publication: Publication, difference: 1 | -1): void {
    this.#bytes += difference * retainedBytes(publication)
    if (publication.expiresAtMs !== Number.POSITIVE_INFINITY) this.#mortal += difference
  }
}

/** What keeping it costs: the message, and a node of the tree for each level, of which a name of 255 bytes may have 128. */
function retainedBytes(publication: Publication): number {
  const { topicBytes, topicEnd, topicStart } = publication
  let levels = 1
  for (let at = topicStart; at < topicEnd; at++) if (topicBytes[at] === slash) levels++
  return deliveryBytes(publication) + levels * levelBytes
}

const slash = 0x2f
/** A level's node, roughly. */
const levelBytes = 150

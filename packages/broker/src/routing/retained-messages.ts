/**
 * Retained messages (section 3.3.1.3): the last one of each topic, for whoever subscribes later.
 *
 * Expired ones are dropped when they are come across; they are never sent [MQTT-3.3.2-5]. So that they are come across
 * though nobody subscribes, every update looks at a few, in turns, and one that finds no room at some more.
 *
 * Bounded in messages and bytes, as topics are invented by clients: what has no room is refused, never something that is
 * there already.
 */
import { NameTable, type NameWalk, type Publication, type Publisher, publicationTopic } from '@mq/core'
import { noStore } from '../store/no-store.ts'
import type { Store } from '../store/store.ts'
import { RetainedCells, type RetainedMessage } from './retained-cells.ts'

export interface RetainedLimits {
  readonly retainedMessagesMax: number
  readonly retainedBytesMax: number
}

/** The messages that a new subscription is to get, looked for name by name, so that a caller can stop in between. */
export interface RetainedMatches {
  /** Look at one name. `visit` gets its message if there is one to send. False: that was the last name. */
  step(visit: (message: RetainedMessage, cell: number) => void): boolean
}

/** Names that an update looks at in passing, and that one without room looks at before it is refused. */
const sweepSteps = 4
const sweepStepsForRoom = 256

export class RetainedMessages {
  /** A name's value is its message's cell. */
  readonly #names = new NameTable()
  readonly #cells = new RetainedCells()
  readonly #store: Store
  readonly #limits: RetainedLimits
  readonly #now: () => number
  #updates = 0
  /** Those that will expire. */
  #mortal = 0
  #sweeping: NameWalk | undefined = undefined

  constructor(store: Store, limits: RetainedLimits, now: () => number) {
    this.#store = store
    this.#limits = limits
    this.#now = now
  }

  get count(): number {
    return this.#names.size
  }

  restore(topicName: string, publication: Publication, publisher: Publisher | undefined): void {
    this.#set(topicName, publication, publisher)
  }

  /** May `update` be called with it? */
  hasRoom(topicName: string, publication: Publication, publisher: Publisher | undefined): boolean {
    if (publication.payloadEnd === publication.payloadStart) return true
    const { retainedBytesMax, retainedMessagesMax } = this.#limits
    const bytes = this.#cells.bytesFor(publication, publisher)
    const most = bytes + NameTable.bytesFor(topicName)
    const fits = (): boolean => this.count < retainedMessagesMax && this.#bytes + most <= retainedBytesMax
    if (fits()) return true
    // What follows costs more, and matters only near the bounds.
    this.#sweep(sweepStepsForRoom)
    if (fits()) return true
    const earlier = this.#cellOf(topicName)
    if (earlier === 0) return false
    const more = bytes - this.#cells.bytesOf(earlier)
    return more <= 0 || (this.count <= retainedMessagesMax && this.#bytes + more <= retainedBytesMax)
  }

  /** A PUBLISH with RETAIN 1: it replaces the topic's message [MQTT-3.3.1-5]; an empty one removes it [MQTT-3.3.1-6, -7]. */
  update(topicName: string, publication: Publication, publisher: Publisher | undefined): void {
    if (publication.payloadEnd === publication.payloadStart) {
      const name = this.#names.find(topicName)
      if (name !== 0) this.#remove(name)
      return
    }
    this.#set(topicName, publication, publisher)
    // Only a store that does something with it is worth a copy.
    if (this.#store !== noStore) this.#store.putRetained(topicName, publication.keep(), publisher)
    this.#sweep(sweepSteps)
  }

  /**
   * Those of now whose topic matches. What changes meanwhile is left out: who subscribed before the change hears of it as it
   * happens, and would get it twice.
   */
  matching(topicFilter: string): RetainedMatches {
    const walk = this.#names.walk(topicFilter)
    const updates = this.#updates
    return {
      step: (visit) =>
        walk.take(1, (cell, name) => {
          if (!this.#dropExpired(cell, name) && this.#cells.serialOf(cell) <= updates) {
            visit(this.#cells.load(cell), cell)
          }
        }),
    }
  }

  /** Who published the message of a cell that is being visited: No Local and authorization go by it. */
  publisherOf(cell: number): Publisher | undefined {
    return this.#cells.publisherOf(cell)
  }

  /** It is still its topic's message, and has not expired. */
  holds({ publication, serial }: RetainedMessage): boolean {
    const cell = this.#cellOf(publicationTopic(publication))
    return cell !== 0 && this.#cells.serialOf(cell) === serial && publication.expiresAtMs > this.#now()
  }

  get #bytes(): number {
    return this.#names.bytes + this.#cells.bytes
  }

  #cellOf(topicName: string): number {
    const name = this.#names.find(topicName)
    return name === 0 ? 0 : this.#names.valueOf(name)
  }

  #sweep(steps: number): void {
    if (this.#mortal === 0) return
    this.#sweeping ??= this.#names.walk('#')
    if (!this.#sweeping.take(steps, (cell, name) => this.#dropExpired(cell, name))) this.#sweeping = undefined
  }

  #dropExpired(cell: number, name: number): boolean {
    if (this.#cells.expiresAtOf(cell) > this.#now()) return false
    this.#remove(name)
    return true
  }

  #set(topicName: string, publication: Publication, publisher: Publisher | undefined): void {
    const cell = this.#cells.add(publication, publisher, ++this.#updates)
    if (publication.expiresAtMs !== Number.POSITIVE_INFINITY) this.#mortal++
    const name = this.#names.add(topicName, cell)
    const present = this.#names.valueOf(name)
    if (present === cell) return
    this.#names.setValue(name, cell)
    this.#free(present)
  }

  #remove(name: number): void {
    const cell = this.#names.valueOf(name)
    // Its text takes long where it is long, and only a store wants it.
    if (this.#store !== noStore) this.#store.removeRetained(publicationTopic(this.#cells.load(cell).publication))
    this.#names.remove(name)
    this.#free(cell)
  }

  #free(cell: number): void {
    if (this.#cells.expiresAtOf(cell) !== Number.POSITIVE_INFINITY) this.#mortal--
    this.#cells.remove(cell)
  }
}

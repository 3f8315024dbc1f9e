/**
 * The subscriptions that are not shared. There may be a million, so none is an object: each is a row of twelve words, in two
 * lists, and is found by its session and its filter.
 *
 *     hash │ next │ filter │ session │ options │ identifier │ begun │ made │ of the filter: next, last │ of the session: next, last
 *
 *     filter, a number of FilterTable ── its first row ── row ── row       who gets a message
 *     session, a number of ours ──────── its first row ── row ── row       what ends with a session
 *
 * Always holds: a row is in both lists and in the index; a filter without rows is not in the table, and a session without
 * rows has no number.
 */
import { FilterTable, type QoS, RowIndex, Rows } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import type { Subscriber, Subscription, SubscriptionOptions } from './subscription.ts'

export class PlainSubscriptions {
  readonly #filters = new FilterTable()
  readonly #rows = new Rows(width)
  readonly #index = new RowIndex(this.#rows)
  /** By their numbers; 0 is none. */
  readonly #sessions: (ClientSession | undefined)[] = [undefined]
  readonly #freeNumbers: number[] = []

  get count(): number {
    return this.#rows.count
  }

  find(session: ClientSession, filter: string): Subscriber | undefined {
    const row = this.#find(session, filter)
    return row === 0 ? undefined : this.#subscriber(row)
  }

  /** Put it in, in place of an earlier one to the same filter. Returns which one began here. */
  put(session: ClientSession, filter: string, options: SubscriptionOptions, made: number): number {
    if (session.subscriberNumber === 0) this.#enter(session)
    const row = this.#rows.take()
    // A filter that was not there has it as its first.
    const number = this.#filters.add(filter, row)
    const first = this.#filters.valueOf(number)
    const earlier = first === row ? 0 : this.#search(session.subscriberNumber, number)
    if (earlier !== 0) {
      this.#rows.give(row)
      this.#write(earlier, options, made)
      return this.#rows.get(earlier, begunWord)
    }
    this.#write(row, options, made)
    this.#rows.set(row, begunWord, made)
    this.#rows.set(row, filterWord, number)
    this.#rows.set(row, sessionWord, session.subscriberNumber)
    this.#index.add(row, hashOf(session.subscriberNumber, number))
    if (first !== row) {
      this.#link(ofFilter, first, row)
      this.#filters.setValue(number, row)
    }
    if (session.firstSubscription !== 0) this.#link(ofSession, session.firstSubscription, row)
    session.firstSubscription = row
    return made
  }

  /** Whether there was one. */
  remove(session: ClientSession, filter: string): boolean {
    const row = this.#find(session, filter)
    if (row === 0) return false
    this.#remove(row, session)
    return true
  }

  /** All of a session. `removed` is called with the filter of each. */
  removeAll(session: ClientSession, removed: (filter: string) => void): void {
    for (let row = session.firstSubscription; row !== 0; row = session.firstSubscription) {
      const filter = this.#filters.textOf(this.#rows.get(row, filterWord))
      this.#remove(row, session)
      removed(filter)
    }
  }

  /** Up to `most` of a session. Returns whether there are more. */
  forget(session: ClientSession, most: number): boolean {
    for (let n = 0; n < most && session.firstSubscription !== 0; n++) this.#remove(session.firstSubscription, session)
    return session.firstSubscription !== 0
  }

  /** Those of a session, the oldest first. */
  of(session: ClientSession): Subscription[] {
    const found: Subscription[] = []
    for (let row = session.firstSubscription; row !== 0; row = this.#rows.get(row, ofSession)) {
      const filter = this.#filters.textOf(this.#rows.get(row, filterWord))
      found.push({ ...this.#subscriber(row), text: filter, filter, shareName: undefined })
    }
    return found.reverse()
  }

  /** Calls `visit` for each whose filter matches. */
  match(topicName: string, visit: (subscriber: Subscriber) => void): void {
    this.#filters.match(topicName, (first) => {
      for (let row = first; row !== 0; row = this.#rows.get(row, ofFilter)) visit(this.#subscriber(row))
    })
  }

  #find(session: ClientSession, filter: string): number {
    if (session.subscriberNumber === 0) return 0
    const number = this.#filters.find(filter)
    return number === 0 ? 0 : this.#search(session.subscriberNumber, number)
  }

  #search(session: number, filter: number): number {
    const rows = this.#rows
    let row = this.#index.first(hashOf(session, filter))
    while (row !== 0 && (rows.get(row, filterWord) !== filter || rows.get(row, sessionWord) !== session)) {
      row = this.#index.next(row)
    }
    return row
  }

  #remove(row: number, session: ClientSession): void {
    const rows = this.#rows
    this.#index.delete(row)
    const filter = rows.get(row, filterWord)
    if (this.#filters.valueOf(filter) === row) {
      const next = rows.get(row, ofFilter)
      if (next === 0) this.#filters.remove(filter)
      else this.#filters.setValue(filter, next)
    }
    this.#unlink(ofFilter, row)
    if (session.firstSubscription === row) session.firstSubscription = rows.get(row, ofSession)
    this.#unlink(ofSession, row)
    rows.give(row)
    if (session.firstSubscription === 0) this.#leave(session)
  }

  #enter(session: ClientSession): void {
    session.subscriberNumber = this.#freeNumbers.pop() ?? this.#sessions.length
    this.#sessions[session.subscriberNumber] = session
  }

  #leave(session: ClientSession): void {
    this.#sessions[session.subscriberNumber] = undefined
    this.#freeNumbers.push(session.subscriberNumber)
    session.subscriberNumber = 0
  }

  /** `added` is the first of a list from now on. */
  #link(list: number, first: number, added: number): void {
    this.#rows.set(added, list, first)
    this.#rows.set(first, list + 1, added)
  }

  #unlink(list: number, row: number): void {
    const next = this.#rows.get(row, list)
    const last = this.#rows.get(row, list + 1)
    if (next !== 0) this.#rows.set(next, list + 1, last)
    if (last !== 0) this.#rows.set(last, list, next)
  }

  #write(row: number, options: SubscriptionOptions, made: number): void {
    const { identifier, noLocal, qos, retainAsPublished, retainHandling } = options
    const rows = this.#rows
    const flags = (noLocal ? noLocalFlag : 0) | (retainAsPublished ? retainAsPublishedFlag : 0)
    rows.set(row, optionsWord, qos | flags | (retainHandling << retainHandlingShift))
    rows.set(row, identifierWord, identifier)
    rows.set(row, madeWord, made)
  }

  #subscriber(row: number): Subscriber {
    const rows = this.#rows
    const options = rows.get(row, optionsWord)
    return {
      session: this.#sessions[rows.get(row, sessionWord)]!,
      qos: (options & qosMask) as QoS,
      noLocal: (options & noLocalFlag) !== 0,
      retainAsPublished: (options & retainAsPublishedFlag) !== 0,
      retainHandling: (options >>> retainHandlingShift) as 0 | 1 | 2,
      identifier: rows.get(row, identifierWord),
      begun: rows.get(row, begunWord),
      made: rows.get(row, madeWord),
    }
  }
}

/** Both are numbers that we gave, so no peer chooses the hash. */
function hashOf(session: number, filter: number): number {
  const mixed = Math.imul(Math.imul(session, 0x9e37_79b1) ^ filter, 0x85eb_ca6b)
  return mixed ^ (mixed >>> 15)
}

/** The words of a row; 0 and 1 belong to RowIndex. */
const filterWord = 2
const sessionWord = 3
const optionsWord = 4
const identifierWord = 5
const begunWord = 6
const madeWord = 7
/** The next of the list; the word behind it is the one before. */
const ofFilter = 8
const ofSession = 10
const width = 12

/** Of `optionsWord`, as in SUBSCRIBE (section 3.8.3.1). */
const qosMask = 0b11
const noLocalFlag = 0b100
const retainAsPublishedFlag = 0b1000
const retainHandlingShift = 4

/**
 * What the specification says a broker must do, written naively: maps and lists, and no code shared with the broker. It
 * predicts who is owed which message; which of several legal things happens, it learns from what is received.
 *
 *     publish ─► owe(session) ─► owed ──received──► inFlight ──acknowledged──► (gone)
 *                shared ──────► Obligation: one member of the group, whichever
 *
 * An owed message is `required` when nothing allows the broker to lose it: no full queue, no expiry, no end of the session.
 * Where the specification leaves a choice that cannot be seen from outside, `required` becomes false, never the reverse.
 */
import { matches, splitShare } from './matching.ts'
import type { Scenario } from './operation.ts'
import {
  type Copy,
  copyFor,
  type Message,
  type Obligation,
  type Owed,
  type Session,
  type Subscription,
  silentUntilMs,
} from './state.ts'

export class Model {
  nowMs: number
  readonly sessions: Map<string, Session> = new Map()
  readonly retained: Map<string, Message> = new Map()
  obligations: Obligation[] = []
  readonly #scenario: Scenario

  constructor(scenario: Scenario, nowMs: number) {
    this.#scenario = scenario
    this.nowMs = nowMs
  }

  /** Route a message; the copies that are owed for it, and whether anybody matched. */
  publish(
    message: Message,
    publisher: Session | undefined,
  ): { matched: boolean; owed: Owed[]; shared: Obligation[]; replaced: Message | undefined } {
    const replaced = this.retained.get(message.topic)
    if (message.retain) {
      // [MQTT-3.3.1-5] [MQTT-3.3.1-6]
      if (message.isEmpty) this.retained.delete(message.topic)
      else this.retained.set(message.topic, message)
      // A new subscription that has not got the old one yet gets the new one as it comes.
      for (const session of this.sessions.values()) {
        for (const each of session.owed) {
          if (each.kind === 'retained' && each.message.topic === message.topic) each.required = false
        }
      }
    }
    const owed: Owed[] = []
    const groups = new Map<string, Map<Session, Copy>>()
    let matched = false
    for (const session of this.sessions.values()) {
      const plain: Subscription[] = []
      for (const subscription of session.subscriptions.values()) {
        const { share, filter } = splitShare(subscription.filter)
        if (!matches(filter, message.topic)) continue
        if (share === undefined) {
          // [MQTT-3.8.3-3]
          if (!(subscription.noLocal && session === publisher)) plain.push(subscription)
        } else {
          const members = groups.get(subscription.filter) ?? new Map<Session, Copy>()
          members.set(session, copyFor(message, [subscription]))
          groups.set(subscription.filter, members)
        }
      }
      if (plain.length === 0) continue
      matched = true
      const copy = copyFor(message, plain)
      const filters = new Set(plain.map((each) => each.filter))
      const entry = this.#owe(session, { ...copy, kind: 'live', filters, required: true, mayBeSent: false })
      if (entry !== undefined) owed.push(entry)
    }
    const shared: Obligation[] = []
    for (const [group, candidates] of groups) {
      matched = true
      const required = this.#someoneMust(candidates)
      const obligation: Obligation = { message, group, candidates, required, mayBeSent: false }
      shared.push(obligation)
    }
    for (const each of shared) {
      const crowded = [...each.candidates.keys()].filter((session) => !this.#canTake(session))
      this.obligations.push(each)
      for (const session of crowded) this.#crowd(session, message)
    }
    return { matched, owed, shared, replaced }
  }

  subscribe(session: Session, subscription: Subscription): void {
    const { filter, retainHandling } = subscription
    const isNew = !session.subscriptions.has(filter)
    const replaced = session.owed.filter((each) => each.kind === 'retained' && each.filters.has(filter))
    for (const each of replaced) each.required = false
    session.subscriptions.set(filter, subscription)
    if (splitShare(filter).share !== undefined) return
    // [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]
    const isWanted = retainHandling === 0 || (retainHandling === 1 && isNew)
    // What the replaced subscription was still owed may come on the terms of the new one, or not at all.
    if (isWanted || replaced.length > 0) this.#oweRetained(session, subscription, isWanted)
  }

  #oweRetained(session: Session, subscription: Subscription, isWanted: boolean): void {
    for (const message of this.retained.values()) {
      if (!matches(subscription.filter, message.topic) || message.expiresAtMs <= this.nowMs) continue
      const copy = { ...copyFor(message, [subscription]), retain: true }
      // [MQTT-3.8.3-3]
      if (subscription.noLocal && message.publisher === session.clientId) continue
      const required = isWanted && !(message.isBig && session.connection?.isSmall === true)
      const filters = new Set([subscription.filter])
      session.owed.push({ ...copy, kind: 'retained', filters, required, mayBeSent: false })
    }
  }

  /** May be lost from now on: what only `filter` was owed. */
  unsubscribed(session: Session, filter: string): void {
    for (const each of session.owed) {
      if (each.filters.delete(filter) && each.filters.size === 0) each.required = false
    }
    for (const each of this.obligations) if (each.candidates.has(session)) each.required = false
  }

  /**
   * Whatever waited here has gone out, or was lost where that is allowed. Returns what nobody is left for who might still
   * get it.
   */
  drained(session: Session): Obligation[] {
    session.owed = []
    for (const each of this.obligations) each.candidates.delete(session)
    const lost = this.obligations.filter((each) => each.candidates.size === 0)
    this.obligations = this.obligations.filter((each) => each.candidates.size > 0)
    return lost
  }

  /**
   * Its publisher was told that nobody could take it: then nobody may have been sure to get it, nobody gets it, and what it
   * would have replaced stays.
   */
  refused(message: Message, { owed, replaced, shared }: ReturnType<Model['publish']>): boolean {
    if (message.retain) {
      if (replaced === undefined) this.retained.delete(message.topic)
      else this.retained.set(message.topic, replaced)
    }
    for (const session of this.sessions.values()) session.owed = session.owed.filter((each) => !owed.includes(each))
    this.obligations = this.obligations.filter((each) => !shared.includes(each))
    return ![...owed, ...shared].some((each) => each.required)
  }

  /** The connection has ended. */
  detach(session: Session, publishWill: boolean): void {
    const { connection } = session
    session.connection = undefined
    for (const each of session.inFlight) {
      each.isSent = false
      each.counts = false
    }
    for (const each of session.unreleased) each.isOld = true
    // Retained messages that had not begun are not part of the Session (4.1 does not list them). But SUBACK was given: they
    // are still owed.
    if (publishWill && connection?.will !== undefined) {
      const { message, delay } = connection.will
      session.will = { message, dueMs: this.nowMs + Math.min(delay, session.expiry) * 1000 }
      if (session.will.dueMs <= this.nowMs) this.#publishWill(session)
    }
    if (session.expiry === 0) this.end(session)
    else session.endsAtMs = this.nowMs + session.expiry * 1000
  }

  end(session: Session): void {
    this.sessions.delete(session.clientId)
    session.subscriptions.clear()
    const held = this.obligations.filter((each) => each.candidates.has(session))
    for (const { copy, obligation, state } of session.inFlight) {
      // [MQTT-4.8.2-5] QoS 2 that was begun goes to nobody else.
      if (obligation === undefined || copy.qos === 2 || state !== 'publish') continue
      obligation.candidates.clear()
      this.obligations.push(obligation)
      held.push(obligation)
    }
    for (const each of held) this.#reassign(each, session)
    this.obligations = this.obligations.filter((each) => each.candidates.size > 0)
    if (session.will !== undefined) this.#publishWill(session)
  }

  /** The next moment at which something happens by itself. */
  nextEventMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { connection, endsAtMs, will } of this.sessions.values()) {
      if (will !== undefined) next = Math.min(next, will.dueMs)
      if (connection === undefined) next = Math.min(next, endsAtMs)
      else if (connection.keepAlive > 0) next = Math.min(next, silentUntilMs(connection))
    }
    return next
  }

  /** Wills and sessions whose time has come. Keep-alives are the driver's. */
  due(): void {
    const isDue = ({ will }: Session): boolean => will !== undefined && will.dueMs <= this.nowMs
    // Of several at one time none is said to be the first, so which of them a full queue loses is open.
    const areSeveral = [...this.sessions.values()].filter(isDue).length > 1 && this.#scenario.queueMessagesMax < 10
    for (const session of [...this.sessions.values()]) {
      if (isDue(session)) {
        const published = this.#publishWill(session)
        if (areSeveral) for (const each of [...published.owed, ...published.shared]) each.required = false
      }
      if (session.connection === undefined && session.endsAtMs <= this.nowMs) this.end(session)
    }
  }

  #publishWill(session: Session): Pick<ReturnType<Model['publish']>, 'owed' | 'shared'> {
    const { will } = session
    if (will === undefined) return { owed: [], shared: [] }
    session.will = undefined
    return this.publish({ ...will.message, expiresAtMs: Number.POSITIVE_INFINITY }, session)
  }

  /** `session` is gone: another member may get what it held, and need not. */
  #reassign(obligation: Obligation, session: Session): void {
    obligation.candidates.delete(session)
    obligation.required = false
    for (const other of this.sessions.values()) {
      const subscription = other.subscriptions.get(obligation.group)
      if (subscription === undefined) continue
      obligation.candidates.set(other, copyFor(obligation.message, [subscription]))
      if (!this.#canTake(other)) this.#crowd(other, obligation.message)
    }
  }

  #owe(session: Session, entry: Owed): Owed | undefined {
    const { connection } = session
    // The server may keep QoS 0 for who is away (4.1); this one does when it is told to.
    if (entry.qos === 0 && connection === undefined && !this.#scenario.queueQos0) return undefined
    if (entry.message.isBig && connection?.isSmall === true) entry.required = false
    const mustWait = !this.#canTake(session)
    session.owed.push(entry)
    if (mustWait) this.#crowd(session, entry.message)
    return entry
  }

  /** It may have to wait there. When the queue may be full, something may be lost: which, is the policy's. */
  #crowd(session: Session, message: Message): void {
    const tooMany = this.#waiting(session) - this.#scenario.queueMessagesMax
    if (tooMany <= 0) return
    const waiting = [...session.owed, ...this.obligations.filter((each) => each.candidates.has(session))]
    if (this.#scenario.queuePolicy === 'drop-newest') {
      // Which of its copies is the last one is not said.
      for (const each of waiting) if (each.message === message) each.required = false
    } else
      for (const [at, each] of waiting.entries()) if (at < tooMany || at >= session.owed.length) each.required = false
  }

  /** Even if all that it is owed goes out first. */
  #canTake(session: Session): boolean {
    const { connection, inFlight } = session
    if (connection === undefined) return false
    return inFlight.filter((each) => each.isSent).length + this.#waiting(session) < connection.receiveMaximum
  }

  /** As many as may be in the session's queue. */
  #waiting(session: Session): number {
    return session.owed.length + this.obligations.filter((each) => each.candidates.has(session)).length
  }

  #someoneMust(candidates: ReadonlyMap<Session, Copy>): boolean {
    const all = [...candidates]
    const surely = ([session, copy]: [Session, Copy]): boolean => {
      if (copy.message.isBig) return false
      if (this.#canTake(session)) return true
      return copy.qos > 0 && session.expiry > 0 && this.#waiting(session) < this.#scenario.queueMessagesMax
    }
    return all.every(surely)
  }
}

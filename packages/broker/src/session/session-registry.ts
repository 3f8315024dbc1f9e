/**
 * All sessions, by Client Identifier: begun, carried on, taken over, ended (sections 3.1.2.4, 3.1.4, 4.1).
 *
 *            CONNECT                       connection ends                 expires, or Clean Start
 *   (none) ───────────► connected ───────────────────────► waiting ───────────────────────────────► ended
 *                          ▲  │ expiry 0 ──────────────────────────────────────────────────────────►
 *                          │  └─ CONNECT again: the old connection gets 0x8E [MQTT-3.1.4-3]
 *                          └──── CONNECT with Clean Start 0
 *
 * Always holds: one session per Client Identifier; a session has at most one connection; an ended session is in no index,
 * no deadline and no store.
 */
import { ReasonCode, SegmentedMap } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import type { BrokerContext } from '../context.ts'
import { askAuthorizer } from '../handler/ask.ts'
import { inTime } from '../handler/in-time.ts'
import { unsubscriptionUnits } from '../limit/turn.ts'
import type { StoredSession } from '../store/store.ts'
import { ClientSession } from './client-session.ts'
import { restoreSession } from './restore.ts'
import { PendingWill, type StoredWill, willPublication } from './will.ts'

/** More subscriptions than that take long to remove. */
const fewSubscriptions = 64
const forgottenAtOnce = 512

export class SessionRegistry {
  readonly #sessions = new SegmentedMap<ClientSession>()
  readonly #broker: BrokerContext

  constructor(broker: BrokerContext) {
    this.#broker = broker
  }

  get count(): number {
    return this.#sessions.size
  }

  all(): Iterable<ClientSession> {
    return this.#sessions.values()
  }

  find(clientId: string): ClientSession | undefined {
    return this.#sessions.get(clientId)
  }

  /** The session for a new connection; `present`: it was there before [MQTT-3.1.2-5], [MQTT-3.2.2-2], [MQTT-3.2.2-3]. */
  open(connection: Connection, clientId: string, cleanStart: boolean, expiryInterval: number): OpenedSession {
    const earlier = this.#sessions.get(clientId)
    if (earlier?.connection !== undefined) {
      // [MQTT-3.1.4-3] 0x8E, and [MQTT-3.1.3-9] decides about the Will when that connection reports its end.
      earlier.connection.disconnect(ReasonCode.sessionTakenOver, 'another client connected with this Client Identifier')
    }
    let session = this.#sessions.get(clientId)
    if (session !== undefined && cleanStart) {
      // [MQTT-3.1.2-4]
      this.end(session, 'clean start')
      session = undefined
    }
    const present = session !== undefined
    if (session === undefined) {
      session = new ClientSession(clientId, this.#broker)
      this.#sessions.set(clientId, session)
    }
    this.#broker.deadlines.remove(session)
    session.deadlineMs = Number.POSITIVE_INFINITY
    this.#cancelWill(session)
    session.connection = connection
    session.expiryInterval = expiryInterval
    session.session.keeps = session.persistent
    if (session.persistent) this.#broker.store.putSession(clientId, expiryInterval)
    else if (present) this.#broker.store.removeSession(clientId)
    return { session, present }
  }

  /** The connection of a session has ended. `will`: it is to be published, at once or after its delay. */
  detached(session: ClientSession, publishWill: boolean, delayMaxSeconds: number): void {
    const { connection } = session
    session.connection = undefined
    const will = connection?.will
    const nowMs = this.#broker.clock.now()
    if (will !== undefined && publishWill) {
      const delay = Math.min(will.delayInterval, delayMaxSeconds)
      session.will = new PendingWill(will, nowMs + delay * 1000, () => this.#publishWill(session))
      if (delay === 0) this.#publishWill(session)
      else this.#broker.deadlines.file(session.will)
    }
    if (!session.persistent) {
      this.end(session, 'connection ended')
      return
    }
    // 0xFFFFFFFF never expires (section 3.1.2.11.2).
    session.deadlineMs =
      session.expiryInterval === 0xffff_ffff ? Number.POSITIVE_INFINITY : nowMs + session.expiryInterval * 1000
    this.#broker.store.putSession(session.clientId, session.expiryInterval)
    this.#broker.deadlines.file(session)
  }

  end(session: ClientSession, why: string): void {
    if (session.ended) return
    session.ended = true
    this.#sessions.delete(session.clientId)
    this.#broker.deadlines.remove(session)
    this.#removeSubscriptions(session)
    session.feed = undefined
    // After its subscriptions, so that a shared message goes to another member.
    session.session.end()
    this.#broker.store.removeSession(session.clientId)
    // [MQTT-3.1.2-8] a Will does not wait longer than the session lives.
    if (session.will !== undefined) this.#publishWill(session)
    this.#broker.logger.debug({ clientId: session.clientId, why }, 'session ended')
  }

  /** Sessions of an earlier process. They begin to expire now. */
  restore(stored: readonly StoredSession[]): void {
    const nowMs = this.#broker.clock.now()
    for (const each of stored) {
      const session = restoreSession(each, this.#broker)
      this.#sessions.set(session.clientId, session)
      session.deadlineMs =
        each.expiryInterval === 0xffff_ffff ? Number.POSITIVE_INFINITY : nowMs + each.expiryInterval * 1000
      this.#broker.deadlines.file(session)
    }
  }

  /** At once, or where it takes long or much has been done in this turn of the event loop, in as many as it takes. */
  #removeSubscriptions(session: ClientSession): void {
    const { index, turn } = this.#broker
    const { subscriptionCount } = session
    if (subscriptionCount <= fewSubscriptions && !turn.isSpent) {
      turn.spend(subscriptionCount * unsubscriptionUnits)
      index.removeAll(session)
    } else if (subscriptionCount > 0) {
      index.leave(session)
      turn.later(() => this.#forget(session))
    }
  }

  #forget(session: ClientSession): void {
    const { index, turn } = this.#broker
    turn.spend(forgottenAtOnce * unsubscriptionUnits)
    if (index.forget(session, forgottenAtOnce)) turn.later(() => this.#forget(session))
  }

  #cancelWill(session: ClientSession): void {
    if (session.will === undefined) return
    this.#broker.deadlines.remove(session.will)
    session.will = undefined
  }

  #publishWill(session: ClientSession): void {
    const pending = session.will
    if (pending === undefined) return
    this.#cancelWill(session)
    // The right to it may have been taken back since CONNECT.
    const { publisher, topicName } = pending.will
    const answer = askAuthorizer(this.#broker, publisher, 'will', topicName)
    if (answer instanceof Promise) {
      const failed = (error: unknown): void => this.#broker.logger.error({ err: error }, 'internal error')
      inTime(this.#broker, { clientId: publisher.clientId, question: 'will', about: topicName }, answer, false)
        .then((allowed) => this.#sendWill(session, pending.will, allowed))
        .catch(failed)
    } else this.#sendWill(session, pending.will, answer)
  }

  #sendWill(session: ClientSession, will: StoredWill, allowed: boolean): void {
    const { boundedLog, counters, logger, retained, router } = this.#broker
    const { publisher, topicName } = will
    const { clientId } = publisher
    if (!allowed) {
      counters.messagesRefused++
      boundedLog.warn(clientId, { clientId, topicName }, 'will refused: not authorized any more')
      return
    }
    if (this.#broker.closing) return
    const publication = willPublication(will, this.#broker.clock.now())
    if (publication.retain) {
      // The Will is published all the same, to those who are there.
      if (retained.hasRoom(topicName, publication, publisher)) retained.update(topicName, publication, publisher)
      else boundedLog.warn(clientId, { clientId, topicName }, 'no room to retain a will')
    }
    router.routeOwn(publication, session)
    logger.debug({ clientId, topicName }, 'will published')
  }
}

export interface OpenedSession {
  readonly session: ClientSession
  readonly present: boolean
}

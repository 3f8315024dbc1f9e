/**
 * Retained messages on their way to new subscriptions of one connection. A subscription to `#` may match a million, so they
 * are sent in slices, as the client takes them, and other connections are served in between. A name that is looked at and
 * not sent counts as well: a filter may match nothing, and only a million looks tell.
 *
 * It goes on when the outbox is writable and nothing waits in the session's queue; it is asked to (`go`) after SUBACK, when
 * the outbox has drained, and when something arrived from the client (an acknowledgement gives quota back).
 */
import type { Publication, QoS } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import type { RetainedMatches } from './retained-messages.ts'
import { lowerQos, type Subscription } from './subscription.ts'

/** Begun with the subscription: what is published after it comes as it is published, and not from here. */
export interface RetainedWalk {
  readonly subscription: Subscription
  readonly matches: RetainedMatches
}

/** Messages that are sent, and names that are looked at, in one turn of the event loop. */
const sliceMessages = 200
const sliceNames = 2000

export class RetainedFeed {
  readonly #connection: Connection
  /** A subscription that is made again begins anew, so there is never more than one walk per subscription. */
  readonly #pending = new Map<string, RetainedWalk>()
  #scheduled = false
  /** What the last step found. */
  #found: Publication | undefined = undefined
  readonly #visit = (publication: Publication): void => {
    this.#found = publication
  }
  readonly #again = (): void => {
    this.#scheduled = false
    this.#connection.guard(() => this.go())
  }

  constructor(connection: Connection) {
    this.#connection = connection
  }

  add(walks: readonly RetainedWalk[]): void {
    for (const walk of walks) this.#pending.set(walk.subscription.text, walk)
  }

  go(): void {
    if (this.#scheduled || this.#connection.feed !== this) return
    const owner = this.#connection.session
    if (owner === undefined) return
    const { session } = owner
    let looked = 0
    for (
      let sent = 0;
      session.link?.writable === true && session.queue.length === 0 && session.sendQuota > 0;
      looked++
    ) {
      const first = this.#pending.values().next().value
      if (first === undefined) {
        this.#connection.feed = undefined
        return
      }
      if (sent === sliceMessages || looked === sliceNames) {
        this.#scheduled = true
        setImmediate(this.#again)
        return
      }
      const { matches, subscription } = first
      // If it was replaced meanwhile, what it asked for is owed all the same, as if it had been sent at once.
      const isThere = owner.subscriptions.get(subscription.text)?.begun === subscription.begun
      this.#found = undefined
      if (!isThere || !matches.step(this.#visit)) this.#pending.delete(subscription.text)
      if (this.#found === undefined) continue
      this.#send(subscription, this.#found)
      sent++
    }
  }

  #send(subscription: Subscription, publication: Publication): void {
    const { session } = subscription.session
    const qos: QoS = lowerQos(publication.qos, subscription.qos)
    const identifiers = subscription.identifier > 0 ? [subscription.identifier] : undefined
    // [MQTT311-3.3.1-8] RETAIN is 1 on what is sent because of a new subscription.
    session.deliver(publication, qos, true, identifiers, undefined)
  }
}

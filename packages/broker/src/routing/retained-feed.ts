/**
 * Retained messages on their way to new subscriptions of one connection. A subscription to `#` may match a million, so they
 * are sent in slices, as the client takes them, and other connections are served in between.
 *
 * It goes on when the outbox is writable and nothing waits in the session's queue; it is asked to (`go`) after SUBACK, when
 * the outbox has drained, and when something arrived from the client (an acknowledgement gives quota back).
 */
import type { Publication, QoS } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import { lowerQos, type Subscription } from './subscription.ts'

/** Begun with the subscription: what is published after it comes as it is published, and not from here. */
export interface RetainedWalk {
  readonly subscription: Subscription
  readonly messages: IterableIterator<Publication>
}

/** Messages in one turn of the event loop. */
const sliceMessages = 200

export class RetainedFeed {
  readonly #connection: Connection
  /** A subscription that is made again begins anew, so there is never more than one walk per subscription. */
  readonly #pending = new Map<string, RetainedWalk>()
  #scheduled = false
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
    for (let sent = 0; session.link?.writable === true && session.queue.length === 0 && session.sendQuota > 0; sent++) {
      const first = this.#pending.values().next().value
      if (first === undefined) {
        this.#connection.feed = undefined
        return
      }
      if (sent === sliceMessages) {
        this.#scheduled = true
        setImmediate(this.#again)
        return
      }
      const { value: publication, done } = first.messages.next()
      if (done === true) this.#pending.delete(first.subscription.text)
      else this.#send(first.subscription, publication)
    }
  }

  #send(subscription: Subscription, publication: Publication): void {
    const { session } = subscription.session
    // Unsubscribed meanwhile, or replaced by one that wants no retained messages.
    if (subscription.session.subscriptions.get(subscription.text) !== subscription) {
      this.#pending.delete(subscription.text)
      return
    }
    const qos: QoS = lowerQos(publication.qos, subscription.qos)
    const identifiers = subscription.identifier > 0 ? [subscription.identifier] : undefined
    // [MQTT311-3.3.1-8] RETAIN is 1 on what is sent because of a new subscription.
    session.deliver(publication, qos, true, identifiers, undefined)
  }
}

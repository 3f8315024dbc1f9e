/**
 * Retained messages on their way to new subscriptions of one session. A subscription to `#` may match a million, so they
 * are sent in slices, as the client takes them, and other connections are served in between. A name that is looked at and
 * not sent counts as well: a filter may match nothing, and only a million looks tell.
 *
 * It goes on when the outbox is writable and nothing waits in the session's queue; it is asked to (`go`) after SUBACK, when
 * the outbox has drained, when something arrived from the client (an acknowledgement gives quota back), and when the session
 * is resumed: SUBACK was given, so what a lost connection left over is still owed. It is in no store, so a broker that is
 * made again over one has forgotten it.
 *
 * Whose right to publish a message has been taken back since, his message is not sent: the authorizer is asked once more.
 * While it thinks, this client's other retained messages wait.
 */
import { type Publication, publicationTopic, type QoS } from '@mq/core'
import type { BrokerContext } from '../context.ts'
import { askAuthorizer, type Later } from '../handler/ask.ts'
import { inTime } from '../handler/in-time.ts'
import type { ClientSession } from '../session/client-session.ts'
import type { RetainedMessage } from './retained-cells.ts'
import type { RetainedMatches } from './retained-messages.ts'
import { lowerQos, type Subscriber, type SubscriptionKey } from './subscription.ts'

/** Begun with the subscription: what is published after it comes as it is published, and not from here. */
export class RetainedWalk {
  readonly key: SubscriptionKey
  readonly subscriber: Subscriber
  readonly matches: RetainedMatches
  /** As its session's, when the subscription was last seen to be there. */
  subscriptionChanges: number

  constructor(key: SubscriptionKey, subscriber: Subscriber, matches: RetainedMatches) {
    this.key = key
    this.subscriber = subscriber
    this.matches = matches
    this.subscriptionChanges = subscriber.made
  }
}

/** Messages that are sent, and names that are looked at, in one turn of the event loop. */
const sliceMessages = 200
const sliceNames = 2000

export class RetainedFeed {
  readonly #owner: ClientSession
  readonly #broker: BrokerContext
  /** A subscription that is made again begins anew, so there is never more than one walk per subscription. */
  readonly #pending = new Map<string, RetainedWalk>()
  #scheduled = false
  /** In this slice. An authorizer that answers in a microtask does not begin a new one. */
  #sent = 0
  #looked = 0
  /** The authorizer thinks. */
  #asking = false
  /** What the authorizer took its time to allow, and is still to be sent. */
  #allowed: { readonly walk: RetainedWalk; readonly message: RetainedMessage } | undefined = undefined
  /** What the last step found, in which cell. */
  #found: RetainedMessage | undefined = undefined
  #cell = 0
  readonly #visit = (message: RetainedMessage, cell: number): void => {
    this.#found = message
    this.#cell = cell
  }
  readonly #again = (): void => {
    this.#scheduled = false
    this.#sent = 0
    this.#looked = 0
    this.#goOn()
  }

  constructor(owner: ClientSession, broker: BrokerContext) {
    this.#owner = owner
    this.#broker = broker
  }

  add(walks: readonly RetainedWalk[]): void {
    for (const walk of walks) this.#pending.set(walk.key.text, walk)
  }

  go(): void {
    if (this.#scheduled || this.#asking || this.#owner.feed !== this) return
    const { session } = this.#owner
    while (session.link?.writable === true && session.queue.length === 0 && session.sendQuota > 0) {
      if (this.#allowed !== undefined) {
        const { message, walk } = this.#allowed
        this.#allowed = undefined
        // It may have been replaced meanwhile, and the newer one be there already.
        if (this.#isThere(walk) && this.#broker.retained.holds(message)) {
          this.#send(walk.subscriber, message.publication)
          this.#sent++
        }
        continue
      }
      const first = this.#pending.values().next().value
      if (first === undefined) {
        this.#owner.feed = undefined
        return
      }
      if (this.#sent >= sliceMessages || this.#looked >= sliceNames) {
        this.#scheduled = true
        setImmediate(this.#again)
        return
      }
      this.#looked++
      const { key, matches, subscriber } = first
      this.#found = undefined
      if (!this.#isThere(first) || !matches.step(this.#visit)) this.#pending.delete(key.text)
      if (this.#found === undefined) continue
      // Who answers might publish meanwhile, and its place be another message's.
      const message = this.#broker.authorize === undefined ? this.#found : keep(this.#found)
      const answer = this.#mayBeSent(subscriber, message.publication, this.#cell)
      if (answer instanceof Promise) {
        this.#await(answer, first, message)
        return
      }
      if (!answer) continue
      this.#send(subscriber, message.publication)
      this.#sent++
    }
  }

  /** If it was replaced meanwhile, what it asked for is owed all the same, as if it had been sent at once. */
  #isThere(walk: RetainedWalk): boolean {
    const { subscriptionChanges } = this.#owner
    if (walk.subscriptionChanges === subscriptionChanges) return true
    if (this.#broker.index.find(this.#owner, walk.key)?.begun !== walk.subscriber.begun) return false
    walk.subscriptionChanges = subscriptionChanges
    return true
  }

  #mayBeSent(subscriber: Subscriber, publication: Publication, cell: number): Later<boolean> {
    if (!subscriber.noLocal && this.#broker.authorize === undefined) return true
    const publisher = this.#broker.retained.publisherOf(cell)
    if (publisher === undefined) return true
    // [MQTT-3.8.3-3]
    if (subscriber.noLocal && publisher.clientId === this.#owner.clientId) return false
    if (this.#broker.authorize === undefined) return true
    const about = publicationTopic(publication)
    const answer = askAuthorizer(this.#broker, publisher, 'publish', about)
    if (!(answer instanceof Promise)) return this.#counted(answer)
    const { clientId } = publisher
    return inTime(this.#broker, { clientId, question: 'publish', about }, answer, false).then((allowed) =>
      this.#counted(allowed),
    )
  }

  #counted(allowed: boolean): boolean {
    if (!allowed) this.#broker.counters.dropped.revoked++
    return allowed
  }

  #await(answer: Promise<boolean>, walk: RetainedWalk, message: RetainedMessage): void {
    this.#asking = true
    answer.then((allowed) => {
      this.#asking = false
      if (allowed) this.#allowed = { walk, message }
      this.#goOn()
    })
  }

  /** Later, when nobody is there to catch what goes wrong. */
  #goOn(): void {
    this.#owner.connection?.guard(() => this.go())
  }

  #send(subscriber: Subscriber, publication: Publication): void {
    const qos: QoS = lowerQos(publication.qos, subscriber.qos)
    const identifiers = subscriber.identifier > 0 ? [subscriber.identifier] : undefined
    // [MQTT311-3.3.1-8] RETAIN is 1 on what is sent because of a new subscription.
    this.#owner.session.deliver(publication, qos, true, identifiers, undefined)
  }
}

function keep({ publication, serial }: RetainedMessage): RetainedMessage {
  return { publication: publication.keep(), serial }
}

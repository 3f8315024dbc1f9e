/**
 * A Shared Subscription (section 4.8.2): each message goes to one of its members.
 *
 * Members take turns. One that is connected and can take the message now is preferred; failing that, one whose session
 * queues it. A message that a member had not acknowledged when its session ended goes to another member [MQTT-4.8.2-5].
 */
import type { Publication } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import type { Subscription } from './subscription.ts'

export class SharedGroup {
  readonly shareName: string
  readonly topicFilter: string
  readonly #members: Subscription[] = []
  #turn = 0

  constructor(shareName: string, topicFilter: string) {
    this.shareName = shareName
    this.topicFilter = topicFilter
  }

  get size(): number {
    return this.#members.length
  }

  put(subscription: Subscription): void {
    const at = this.#members.findIndex((member) => member.session === subscription.session)
    if (at >= 0) this.#members[at] = subscription
    else this.#members.push(subscription)
  }

  remove(session: ClientSession): void {
    const at = this.#members.findIndex((member) => member.session === session)
    if (at < 0) return
    this.#members.splice(at, 1)
    // The turn stays with the member whose turn it was.
    if (at < this.#turn) this.#turn--
  }

  /** Whose turn it is for this message; undefined when no member takes it. */
  choose(publication: Publication): Subscription | undefined {
    const members = this.#members
    let fallback: number | undefined
    for (let i = 0; i < members.length; i++) {
      const at = (this.#turn + i) % members.length
      const { session } = members[at]!.session
      if (session.link?.writable === true && session.queue.length === 0 && session.sendQuota > 0) {
        return this.#take(at)
      }
      if (
        fallback === undefined &&
        (session.link !== undefined || publication.qos > 0) &&
        session.hasRoom(publication)
      ) {
        fallback = at
      }
    }
    return fallback === undefined ? undefined : this.#take(fallback)
  }

  #take(at: number): Subscription | undefined {
    this.#turn = (at + 1) % this.#members.length
    return this.#members[at]
  }
}

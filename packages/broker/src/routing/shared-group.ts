/**
 * A Shared Subscription (section 4.8.2): each message goes to one of its members, chosen by a strategy.
 *
 * A member that is connected and can take the message now is preferred; failing that, one whose session queues it. A message
 * that a member had not acknowledged when its session ended goes to another member [MQTT-4.8.2-5].
 */
import type { Publication } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import type { Begin } from './shared-strategy.ts'
import type { Subscription } from './subscription.ts'

export class SharedGroup {
  readonly #members: Subscription[] = []
  readonly #begin: Begin
  /** The member that got the last message, -1 before the first. */
  #last = -1

  constructor(begin: Begin) {
    this.#begin = begin
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
    // The turn stays where it was.
    if (at <= this.#last) this.#last--
  }

  /** Who gets this message; undefined when no member takes it. */
  choose(publication: Publication): Subscription | undefined {
    const members = this.#members
    if (members.length === 0) return undefined
    const begin = this.#begin(members, this.#last)
    let fallback = -1
    for (let i = 0; i < members.length; i++) {
      const at = (begin + i) % members.length
      const { session } = members[at]!.session
      if (session.link?.writable === true && session.queue.length === 0 && session.sendQuota > 0) {
        this.#last = at
        return members[at]
      }
      const queues = session.link !== undefined || (publication.qos > 0 && session.keeps)
      if (fallback < 0 && queues && session.hasRoom(publication)) fallback = at
    }
    if (fallback < 0) return undefined
    this.#last = fallback
    return members[fallback]
  }
}

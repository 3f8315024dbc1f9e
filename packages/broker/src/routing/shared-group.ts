/**
 * A Shared Subscription (section 4.8.2): each message goes to one of its members, chosen by a strategy.
 *
 * A member that is connected and can take the message now is preferred; failing that, a connected one whose session queues
 * it; failing that, one that is away and whose session queues it. A message that a member had not acknowledged when its
 * session ended goes to another member; one at QoS 2 that was sent does not [MQTT-4.8.2-5]. One that it is too large for gets
 * it only if nobody else does, and then it is discarded [MQTT-3.1.2-25].
 */
import type { DropReason, Publication } from '@mq/core'
import type { ClientSession } from '../session/client-session.ts'
import type { Begin } from './shared-strategy.ts'
import { lowerQos, type Subscription } from './subscription.ts'

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

  /** It has a member whose session has not ended. */
  get isAlive(): boolean {
    return this.#members.some((member) => !member.session.ended)
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
    let best = -1
    let bestRank = 0
    for (let i = 0; i < members.length && bestRank < takesNow; i++) {
      const at = (begin + i) % members.length
      const rank = rankOf(members[at]!, publication)
      if (rank > bestRank) {
        best = at
        bestRank = rank
      }
    }
    if (best < 0) return undefined
    this.#last = best
    return members[best]
  }

  /** Why nobody was chosen. */
  reason(publication: Publication): DropReason {
    if (this.#members.some((member) => lowerQos(publication.qos, member.qos) > 0)) return 'queue-full'
    return this.#members.some((member) => member.session.session.link !== undefined) ? 'slow-receiver' : 'offline'
  }
}

const takesNow = 3
/** Section 3.1.2.11.4: discarded for a member that it is too large for, if nobody else takes it. */
const tooLarge = 0.5

/** 0: cannot take it. */
function rankOf(member: Subscription, publication: Publication): number {
  // It is still to be removed (SubscriptionIndex.forget).
  if (member.session.ended) return 0
  const { session } = member.session
  const { link } = session
  const qos = lowerQos(publication.qos, member.qos)
  const identifiers = member.identifier > 0 ? [member.identifier] : undefined
  if (link !== undefined && !link.fits(publication, qos, identifiers)) return tooLarge
  const isFree = link?.writable === true && session.queue.length === 0
  if (isFree && (qos === 0 || session.sendQuota > 0)) return takesNow
  // QoS 0 needs no quota, so it does not wait behind what does, unless it is queued like the rest.
  if (qos === 0 && link !== undefined && !session.queuesQos0) return link.writable ? 2 : 0
  const queues = qos > 0 ? link !== undefined || session.keeps : session.queuesQos0
  if (!queues || !session.hasRoom(publication)) return 0
  return link === undefined ? 1 : 2
}

/**
 * Which member of a shared subscription gets the next message (section 4.8.2 leaves it to the server). A strategy orders
 * the members; the group takes the first of them that can take the message.
 */
import type { Subscription } from './subscription.ts'

/**
 * - `round-robin`  members take turns
 * - `random`       each message to any of them
 * - `sticky`       the same member as long as it can take messages
 * - `least-busy`   the one with the fewest messages in flight and queued
 */
export type SharedStrategy = 'round-robin' | 'random' | 'sticky' | 'least-busy'

/** Where among `members` to begin; from there the group goes round. `last` is the one that was chosen last, -1 at first. */
export type Begin = (members: readonly Subscription[], last: number) => number

export const strategies: { readonly [S in SharedStrategy]: Begin } = {
  'round-robin': (members, last) => (last + 1) % members.length,
  random: (members) => Math.floor(Math.random() * members.length),
  sticky: (_members, last) => Math.max(0, last),
  'least-busy': (members, last) => {
    let least = 0
    let leastLoad = Number.POSITIVE_INFINITY
    // Begins behind the last one, so that equally busy members take turns.
    for (let i = 1; i <= members.length; i++) {
      const at = (last + i + members.length) % members.length
      const load = loadOf(members[at]!)
      if (load < leastLoad) {
        least = at
        leastLoad = load
      }
    }
    return least
  },
}

function loadOf(member: Subscription): number {
  const { outbound, queue } = member.session.session
  return outbound.inFlight + queue.length
}

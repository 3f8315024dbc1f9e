/** When a receiver counts as behind, and when as caught up: two marks some distance apart, or it would change all the time. */
import type { Session } from '@mq/core'

/** Above this part of its bound a queue counts as congested, with room left for what is on its way already. */
const congestedFill = 0.5
const caughtUpFill = 0.25

/** The receiver is connected and behind: its outbox is full, or its queue nearly is. Bringing more would mean dropping. */
export function isCongested({ link, queue }: Session): boolean {
  return link !== undefined && (!link.writable || (queue.length > 0 && queue.fill > congestedFill))
}

/** It was congested, and is not any more, by some distance; or it is not there. */
export function hasCaughtUp({ link, queue }: Session): boolean {
  return link === undefined || (link.writable && queue.fill <= caughtUpFill)
}

/** A session as a store remembers it, made live again: subscriptions, what was in flight, what waits. */
import { parseTopicFilter } from '@mq/core'
import type { BrokerContext } from '../context.ts'
import type { StoredDelivery, StoredSession } from '../store/store.ts'
import { ClientSession } from './client-session.ts'

export function restoreSession(stored: StoredSession, broker: BrokerContext): ClientSession {
  const session = new ClientSession(stored.clientId, broker)
  for (const each of stored.subscriptions) {
    const parsed = parseTopicFilter(each.topicFilter)
    if ('sentence' in parsed) {
      broker.logger.error({ clientId: stored.clientId, topicFilter: each.topicFilter }, 'stored subscription left out')
      continue
    }
    const { identifier, noLocal, qos, retainAsPublished, retainHandling } = each
    broker.index.put(session, parsed, { identifier, noLocal, qos, retainAsPublished, retainHandling })
  }
  // Before what waits, of which too much may be there by now: what is dropped leaves the store as well.
  session.expiryInterval = stored.expiryInterval
  const wasSent = (each: StoredDelivery): each is StoredDelivery & { packetId: number } => each.packetId !== undefined
  session.session.restore(
    stored.deliveries.filter(wasSent),
    stored.deliveries.filter((each) => !wasSent(each)).map((each) => each.delivery),
    stored.held,
  )
  return session
}

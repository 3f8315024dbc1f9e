/**
 * The reference store: everything in memory, durable as soon as it is recorded, gone with the process. A broker that is
 * closed and made again over the same store finds its sessions and retained messages, which is how the contract is tested.
 */
import { type Delivery, SegmentedMap } from '@mq/core'
import type { Store, StoredDelivery, StoredRetained, StoredSession, StoredState, StoredSubscription } from './store.ts'

interface MemorySession {
  expiryInterval: number
  readonly subscriptions: Map<string, StoredSubscription>
  /** A Map keeps the order in which they were appended. */
  readonly deliveries: Map<Delivery, { packetId: number | undefined; received: boolean }>
  readonly held: Set<number>
}

export function memoryStore(): Store {
  // A Map would grow by moving a million entries at once, while nobody is served.
  const sessions = new SegmentedMap<MemorySession>()
  const retained = new SegmentedMap<StoredRetained>()
  return {
    load: async () => snapshot(sessions, retained),
    putSession(clientId, expiryInterval) {
      const session = sessions.get(clientId)
      if (session !== undefined) session.expiryInterval = expiryInterval
      else {
        sessions.set(clientId, { expiryInterval, subscriptions: new Map(), deliveries: new Map(), held: new Set() })
      }
    },
    removeSession: (clientId) => void sessions.delete(clientId),
    putSubscription: (clientId, each) => void sessions.get(clientId)?.subscriptions.set(each.topicFilter, each),
    removeSubscription: (clientId, topicFilter) => void sessions.get(clientId)?.subscriptions.delete(topicFilter),
    append(clientId, delivery) {
      sessions.get(clientId)?.deliveries.set(delivery, { packetId: undefined, received: false })
    },
    started(clientId, delivery, packetId) {
      const entry = sessions.get(clientId)?.deliveries.get(delivery)
      if (entry !== undefined) entry.packetId = packetId
    },
    received(clientId, delivery) {
      const entry = sessions.get(clientId)?.deliveries.get(delivery)
      if (entry !== undefined) entry.received = true
    },
    remove: (clientId, delivery) => void sessions.get(clientId)?.deliveries.delete(delivery),
    hold: (clientId, packetId) => void sessions.get(clientId)?.held.add(packetId),
    forget: (clientId, packetId) => void sessions.get(clientId)?.held.delete(packetId),
    putRetained: (...message) => void retained.set(message[0], message),
    removeRetained: (topicName) => void retained.delete(topicName),
    dirty: false,
    commit: () => undefined,
    close: async () => undefined,
  }
}

function snapshot(sessions: SegmentedMap<MemorySession>, retained: SegmentedMap<StoredRetained>): StoredState {
  return {
    sessions: [...sessions.entries()].map(
      ([clientId, session]): StoredSession => ({
        clientId,
        expiryInterval: session.expiryInterval,
        subscriptions: [...session.subscriptions.values()],
        deliveries: [...session.deliveries].map(([delivery, state]): StoredDelivery => ({ delivery, ...state })),
        held: [...session.held],
      }),
    ),
    retained: [...retained.entries()].map(([, message]) => message),
  }
}

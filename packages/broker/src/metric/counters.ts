import type { DropReason } from '@mq/core'

/** What the broker has done since it was made. Plain numbers, read at any time. */
export interface Counters {
  connectionsAccepted: number
  connectionsRefused: number
  /** Of those refused, the ones that came while the broker was overloaded. */
  connectionsShed: number
  /** Ended because the client broke the protocol. */
  connectionsFaulted: number
  messagesReceived: number
  messagesDelivered: number
  /** A message that a client may not publish, or that nobody could take. */
  messagesRefused: number
  /** A message that had come and was not served when its connection ended. It was not acknowledged either. */
  messagesDiscarded: number
  /** Times that the broker became overloaded. */
  overloads: number
  /** Times that a publisher was not read for a while because the broker was overloaded. */
  publishersPaused: number
  /** Subscriptions that were granted and that the authorizer refused when it was asked again. */
  subscriptionsRevoked: number
  /** Messages that did not reach a receiver, by reason. Nothing is dropped in silence. */
  readonly dropped: { [R in DropReason]: number }
}

export function createCounters(): Counters {
  return {
    connectionsAccepted: 0,
    connectionsRefused: 0,
    connectionsShed: 0,
    connectionsFaulted: 0,
    messagesReceived: 0,
    messagesDelivered: 0,
    messagesRefused: 0,
    messagesDiscarded: 0,
    overloads: 0,
    publishersPaused: 0,
    subscriptionsRevoked: 0,
    dropped: {
      'queue-full': 0,
      'slow-receiver': 0,
      overload: 0,
      offline: 0,
      expired: 0,
      'too-large': 0,
      'session-ended': 0,
      interrupted: 0,
      revoked: 0,
      refused: 0,
    },
  }
}

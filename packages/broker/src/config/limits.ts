import { defaultServerLimits, MqError, type QueuePolicy, type ServerLimits } from '@mq/core'

/** What the broker takes and holds. Every queue has a bound and a policy; what is dropped is counted. */
export interface BrokerLimits extends ServerLimits {
  /** Milliseconds from accepting a network connection to its CONNECT. Default 10,000. */
  readonly connectTimeoutMs: number
  /**
   * Milliseconds that an authenticator, an authorizer or a mechanism may take for an answer that a client waits for; then the
   * client's connection is ended. Default 30,000.
   */
  readonly answerTimeoutMs: number
  /** Messages that wait for one session. Default 1,000. */
  readonly queueMessagesMax: number
  /** Bytes that wait for one session, and that may be in flight to it. Default 8 MiB. */
  readonly queueBytesMax: number
  /** Which message goes when a session's queue is full. Default 'drop-newest', so that a publisher can be told. */
  readonly queuePolicy: QueuePolicy
  /** Bytes that a connection may be owed before it counts as slow: QoS 0 to it is dropped. Default 4 MiB. */
  readonly outboxBytesMax: number
  /** Levels of a Topic Name or Topic Filter. Default 128. */
  readonly topicLevelsMax: number
  /** Bytes of a Topic Name or Topic Filter. Default 65,535, all that can be. */
  readonly topicBytesMax: number
  /** Connections at one time. Default 100,000. */
  readonly connectionsMax: number
  /** Sessions at one time, those included that wait for their client. Default 1,000,000. */
  readonly sessionsMax: number
  /** Retained messages. Default 1,000,000. */
  readonly retainedMessagesMax: number
  /** Bytes of all retained messages. Default 1 GiB. */
  readonly retainedBytesMax: number
  /** Subscriptions of one session. Default 10,000. */
  readonly subscriptionsMax: number
  /** Bytes of all Topic Filters of one session, two for each character. Default 8 MiB. */
  readonly subscriptionBytesMax: number
  /** Queue QoS 0 messages for sessions that are away, like the rest. Default false. */
  readonly queueQos0: boolean
  /**
   * Milliseconds that the event loop may be late, on average over some samples, before the broker counts as overloaded and
   * does less (limit/overload-level.ts says what). 0 never does. Default 1,000: a broker that is merely busy is a tenth of a
   * second late at most, and clients give up after some seconds.
   */
  readonly eventLoopDelayMaxMs: number
}

export const defaultLimits: BrokerLimits = {
  ...defaultServerLimits,
  connectTimeoutMs: 10_000,
  answerTimeoutMs: 30_000,
  queueMessagesMax: 1000,
  queueBytesMax: 8 * 1024 * 1024,
  queuePolicy: 'drop-newest',
  outboxBytesMax: 4 * 1024 * 1024,
  topicLevelsMax: 128,
  topicBytesMax: 65_535,
  connectionsMax: 100_000,
  sessionsMax: 1_000_000,
  retainedMessagesMax: 1_000_000,
  retainedBytesMax: 1024 * 1024 * 1024,
  subscriptionsMax: 10_000,
  subscriptionBytesMax: 8 * 1024 * 1024,
  queueQos0: false,
  eventLoopDelayMaxMs: 1000,
}

const ranges: { readonly [K in keyof BrokerLimits]?: readonly [min: number, max: number] } = {
  receiveMaximum: [1, 65_535],
  maximumPacketSize: [64, 268_435_460],
  topicAliasMaximum: [0, 65_535],
  sessionExpiryMaximum: [0, 0xffff_ffff],
  keepAliveMaximum: [0, 65_535],
  connectTimeoutMs: [1, 3_600_000],
  answerTimeoutMs: [1, 3_600_000],
  queueMessagesMax: [0, 10_000_000],
  queueBytesMax: [1024, Number.MAX_SAFE_INTEGER],
  outboxBytesMax: [1024, Number.MAX_SAFE_INTEGER],
  topicLevelsMax: [1, 65_536],
  topicBytesMax: [1, 65_535],
  connectionsMax: [1, Number.MAX_SAFE_INTEGER],
  sessionsMax: [1, Number.MAX_SAFE_INTEGER],
  retainedMessagesMax: [0, Number.MAX_SAFE_INTEGER],
  retainedBytesMax: [0, Number.MAX_SAFE_INTEGER],
  subscriptionsMax: [1, Number.MAX_SAFE_INTEGER],
  subscriptionBytesMax: [1024, Number.MAX_SAFE_INTEGER],
  eventLoopDelayMaxMs: [0, 60_000],
}

/** The defaults with what was given on top. @throws MqError `MQ_BAD_OPTION`, naming the limit and its range. */
export function resolveLimits(given: Partial<BrokerLimits> | undefined): BrokerLimits {
  const limits = { ...defaultLimits, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      throw new MqError(
        'MQ_BAD_OPTION',
        `limits.${name} does not exist; the limits are ${Object.keys(defaultLimits).join(', ')}`,
      )
    }
    const range = Object.entries(ranges).find(([key]) => key === name)?.[1]
    if (range === undefined) continue
    if (typeof value !== 'number' || !Number.isInteger(value) || value < range[0] || value > range[1]) {
      throw new MqError(
        'MQ_BAD_OPTION',
        `limits.${name} is ${shown(value)}; a whole number from ${range[0]} to ${range[1]} is allowed`,
      )
    }
  }
  if (limits.queuePolicy !== 'drop-newest' && limits.queuePolicy !== 'drop-oldest') {
    throw new MqError(
      'MQ_BAD_OPTION',
      `limits.queuePolicy is ${shown(limits.queuePolicy)}; 'drop-newest' and 'drop-oldest' are allowed`,
    )
  }
  if (typeof limits.queueQos0 !== 'boolean') {
    throw new MqError('MQ_BAD_OPTION', `limits.queueQos0 is ${shown(limits.queueQos0)}; true and false are allowed`)
  }
  return limits
}

/** A text in quotes, so that '3' is not taken for 3. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

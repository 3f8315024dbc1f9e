/** What clients do, as data: a sequence of these is generated, carried out, and shrunk when broker and model disagree. */
import type { ProtocolVersion, QoS, QueuePolicy } from '@mq/core'
import fc from 'fast-check'
import { splitShare } from './matching.ts'

export interface WillWish {
  readonly topic: string
  readonly qos: QoS
  readonly retain: boolean
  /** Seconds; before 5.0 there is none. */
  readonly delay: number
}

export interface ConnectOperation {
  readonly type: 'connect'
  readonly client: number
  readonly version: ProtocolVersion
  readonly cleanStart: boolean
  /** Seconds, for 5.0. */
  readonly expiry: number
  readonly receiveMaximum: number
  readonly topicAliasMaximum: number
  /** Takes only small packets. */
  readonly small: boolean
  readonly keepAlive: number
  readonly will: WillWish | undefined
}

export interface FilterWish {
  readonly filter: string
  readonly qos: QoS
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
}

export interface PublishOperation {
  readonly type: 'publish'
  readonly client: number
  readonly topic: string
  readonly qos: QoS
  readonly retain: boolean
  /** Seconds; 0 for none. */
  readonly expiry: number
  readonly size: 'empty' | 'usual' | 'big'
  /** QoS 2: send PUBREL at once, or leave it for later. */
  readonly release: boolean
}

export type Operation =
  | ConnectOperation
  | {
      readonly type: 'subscribe'
      readonly client: number
      readonly wishes: readonly FilterWish[]
      readonly identifier: number
    }
  | { readonly type: 'unsubscribe'; readonly client: number; readonly filters: readonly string[] }
  | PublishOperation
  /** PUBREL for the oldest QoS 2 message that was not released. */
  | { readonly type: 'release'; readonly client: number }
  /** After a reconnect: the oldest unreleased QoS 2 message once more, with DUP. */
  | { readonly type: 'republish'; readonly client: number }
  /** PUBACK, PUBREC or PUBCOMP for the oldest messages that were received. */
  | { readonly type: 'acknowledge'; readonly client: number; readonly count: number; readonly refuse: boolean }
  | { readonly type: 'cut'; readonly client: number }
  | {
      readonly type: 'disconnect'
      readonly client: number
      readonly withWill: boolean
      readonly expiry: number | undefined
    }
  | { readonly type: 'time'; readonly ms: number }
  /** Somebody is cut off while a message is on its way, so many turns of the event loop after it was sent. */
  | { readonly type: 'race'; readonly publish: PublishOperation; readonly victim: number; readonly turns: number }

export interface Scenario {
  readonly queueMessagesMax: number
  readonly queuePolicy: QueuePolicy
  readonly queueQos0: boolean
  readonly operations: readonly Operation[]
}

export const clientCount = 4
/** One client speaks now this version, now that. The others speak 5.0, and only they are in shared subscriptions. */
export const mixedClient = 3
const client = fc.nat({ max: clientCount - 1 })
const topic = fc.constantFrom('a', 'a/b', 'b', 'a/b/c', '$x/a')
export const filters: readonly string[] = [
  'a',
  'a/b',
  'b',
  '#',
  '+',
  'a/#',
  '+/b',
  '$x/#',
  '$share/g/a',
  '$share/g/#',
  '$share/h/a/b',
]
const filter = fc.constantFrom(...filters)
const qos = fc.constantFrom<QoS[]>(0, 1, 2, 1, 2)
const rarely = fc.integer({ min: 0, max: 4 }).map((each) => each === 4)

const connect: fc.Arbitrary<ConnectOperation> = client.chain((client) =>
  fc.record({
    type: fc.constant('connect' as const),
    client: fc.constant(client),
    version: client === mixedClient ? fc.constantFrom<ProtocolVersion[]>(5, 4, 3) : fc.constant<ProtocolVersion>(5),
    cleanStart: rarely,
    expiry: fc.constantFrom(20, 20, 0, 2, 0xffff_ffff),
    receiveMaximum: fc.constantFrom(1, 2, 20),
    topicAliasMaximum: fc.constantFrom(0, 0, 2),
    small: rarely,
    keepAlive: fc.constantFrom(0, 0, 0, 5),
    will: fc.option(fc.record({ topic, qos, retain: rarely, delay: fc.constantFrom(0, 1, 5, 60) }), {
      nil: undefined,
      freq: 2,
    }),
  }),
)
const wish: fc.Arbitrary<FilterWish> = fc
  .record({
    filter,
    qos,
    noLocal: rarely,
    retainAsPublished: fc.boolean(),
    retainHandling: fc.constantFrom<(0 | 1 | 2)[]>(0, 0, 1, 2),
  })
  .map((each) => (each.filter.startsWith('$share') ? { ...each, noLocal: false } : each))
function notShared(wish: FilterWish): FilterWish {
  return { ...wish, filter: splitShare(wish.filter).filter }
}

const publish: fc.Arbitrary<PublishOperation> = fc.record({
  type: fc.constant('publish' as const),
  client,
  topic,
  qos,
  retain: rarely,
  expiry: fc.constantFrom(0, 0, 0, 1, 5, 30),
  size: fc.constantFrom<PublishOperation['size'][]>('usual', 'usual', 'usual', 'usual', 'empty', 'big'),
  release: fc.boolean(),
})

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: connect },
  {
    weight: 5,
    arbitrary: fc
      .record({
        type: fc.constant('subscribe' as const),
        client,
        wishes: fc.array(wish, { minLength: 1, maxLength: 3 }),
        identifier: fc.constantFrom(0, 0, 1, 2),
      })
      .map((each) => (each.client === mixedClient ? { ...each, wishes: each.wishes.map(notShared) } : each)),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('unsubscribe' as const),
      client,
      filters: fc.array(filter, { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 14, arbitrary: publish },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('release' as const), client }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('republish' as const), client }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('acknowledge' as const),
      client,
      count: fc.integer({ min: 1, max: 6 }),
      refuse: rarely,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cut' as const), client }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('disconnect' as const),
      client,
      withWill: fc.boolean(),
      expiry: fc.constantFrom(undefined, undefined, 0, 3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('time' as const),
      ms: fc.constantFrom(409, 1129, 3307, 8069, 25_031, 70_001),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('race' as const), publish, victim: client, turns: fc.nat({ max: 4 }) }),
  },
)

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  queueMessagesMax: fc.constantFrom(50, 50, 1, 3),
  queuePolicy: fc.constantFrom<QueuePolicy[]>('drop-newest', 'drop-oldest'),
  queueQos0: rarely,
  // Somebody is there from the start: sequences without anybody say little.
  operations: fc
    .tuple(fc.array(connect, { maxLength: 3 }), fc.array(operation, { minLength: 3, maxLength: 60, size: 'max' }))
    .map(([first, rest]) => [...first, ...rest]),
})

/** What `mq sub` was asked for, every value checked. */
import type { QoS } from '@mq/core'
import type { Arguments } from '../argv/arguments.ts'
import { choiceOf, durationMsOf, integerOf, percentOf, qosOf, topicFilterOf } from '../argv/values.ts'
import type { ConnectPlan } from '../connection/connect-wishes.ts'
import { UsageError } from '../failure.ts'

export interface SubscribePlan {
  readonly filters: readonly string[]
  readonly unsubscribes: readonly string[]
  readonly hidden: readonly string[]
  readonly qos: QoS
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
  readonly count: number
  readonly timeoutMs: number | undefined
  readonly subscribeOnly: boolean
  readonly retained: 'all' | 'none' | 'only'
  readonly removeRetained: boolean
  /** 0 to 1. */
  readonly share: number
  readonly strict: boolean
}

const retainHandlings = ['always', 'new', 'never'] as const

/** @throws UsageError */
export function subscribePlanOf(given: Arguments, { address }: ConnectPlan): SubscribePlan {
  const filters = [...given.positionals, ...given.all('topic'), ...(address.topic === undefined ? [] : [address.topic])]
  const unsubscribes = given.all('unsubscribe')
  if (filters.length === 0 && unsubscribes.length === 0) {
    throw new UsageError("a topic filter is missing; give one as an argument or with -t, such as 'house/#'.")
  }
  if (given.flag('no-retained') && given.flag('retained-only')) {
    throw new UsageError('-R and --retained-only leave no message to show; give one of them.')
  }
  const timeout = given.text('timeout')
  const handling = choiceOf('--retain-handling', given.text('retain-handling') ?? 'always', retainHandlings)
  return {
    filters: filters.map((filter) => topicFilterOf('the topic filter', filter)),
    unsubscribes: unsubscribes.map((filter) => topicFilterOf(given.written('unsubscribe'), filter)),
    hidden: given.all('filter-out').map((filter) => topicFilterOf(given.written('filter-out'), filter)),
    qos: qosOf(given.written('qos'), given.text('qos') ?? '0'),
    retainAsPublished: given.flag('retain-as-published'),
    retainHandling: handling === 'always' ? 0 : handling === 'new' ? 1 : 2,
    count: given.flag('count')
      ? integerOf(given.written('count'), given.text('count') ?? '', 1, Number.MAX_SAFE_INTEGER)
      : Number.POSITIVE_INFINITY,
    timeoutMs: timeout === undefined ? undefined : durationMsOf(given.written('timeout'), timeout),
    subscribeOnly: given.flag('subscribe-only'),
    retained: given.flag('no-retained') ? 'none' : given.flag('retained-only') ? 'only' : 'all',
    removeRetained: given.flag('remove-retained'),
    share: percentOf('--random-filter', given.text('random-filter') ?? '100') / 100,
    strict: given.flag('strict'),
  }
}

/** The options that only MQTT 5.0 can carry. */
export function subscribeNeedsV5(given: Arguments): string | undefined {
  const name = ['retain-as-published', 'retain-handling'].find((option) => given.flag(option))
  return name === undefined ? undefined : `--${name}`
}

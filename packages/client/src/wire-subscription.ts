/**
 * A filter that this client is subscribed to at the server, and who reads what it brings: two readers of one filter share
 * one subscription on the wire.
 */
import { type ParsedTopicFilter, parseTopicFilter, type QoS, type SubscriptionRequest } from '@mq/core'
import { described } from './described.ts'
import { MqttError } from './errors.ts'
import type { Reader } from './reader.ts'
import { type NamedFilter, parseNamedFilter } from './topic-params.ts'
import type { SubscribeOptions } from './types.ts'

export interface WireSubscription {
  readonly parsed: ParsedTopicFilter
  /** Its readers, and what each calls the levels. */
  readonly readers: Map<Reader, NamedFilter>
  request: SubscriptionRequest
  /** Shared by the filters of one SUBSCRIBE. */
  identifier: number
  userProperties: SubscribeOptions['userProperties']
  grantedQos: QoS | undefined
}

export interface WantedFilter {
  readonly named: NamedFilter
  readonly parsed: ParsedTopicFilter
  readonly request: SubscriptionRequest
  readonly userProperties: SubscribeOptions['userProperties']
}

/** @throws MqttError 'invalid-argument' */
export function wantedFilter(filter: string, options: SubscribeOptions): WantedFilter {
  if (typeof filter !== 'string') {
    throw new MqttError('invalid-argument', `the filter is ${described(filter)}; give a string such as 'house/+'`)
  }
  const named = parseNamedFilter(filter)
  const { shared, qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0, userProperties } = options
  const text = shared === undefined ? named.filter : `$share/${shared}/${named.filter}`
  const parsed = parseTopicFilter(text)
  if (parsed.type === 'fault') throw new MqttError('invalid-argument', `"${text}": ${parsed.sentence}`)
  if (parsed.shareName !== undefined && noLocal) {
    // [MQTT-3.8.3-4]
    throw new MqttError('invalid-argument', `"${text}": a Shared Subscription cannot be noLocal`)
  }
  // The names count levels from the filter itself, wherever $share came from.
  const offset = shared === undefined && parsed.shareName !== undefined ? 2 : 0
  const names = offset === 0 ? named.names : named.names.map((each) => ({ ...each, depth: each.depth - offset }))
  return {
    named: { filter: named.filter, names },
    parsed,
    request: { topicFilter: text, qos, noLocal, retainAsPublished, retainHandling },
    userProperties,
  }
}

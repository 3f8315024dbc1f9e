/** What the verbs that have several forms were called with. */
import { described } from './described.ts'
import { MqttError } from './errors.ts'
import { checkOptions } from './option-check.ts'
import { abortableTable, messageTable, publishTable, subscribeRequestTable, subscribeTable } from './option-tables.ts'
import type { Abortable, Payload } from './options.ts'
import { asPayload } from './payload.ts'
import type { Handler } from './subscriber.ts'
import type { OutgoingMessage, PublishOptions, SubscribeOptions, SubscribeRequest } from './types.ts'

/**
 * A message, or a topic, a payload and options.
 *
 * @throws MqttError 'invalid-argument'
 */
export function publishArguments(
  topic: string | OutgoingMessage,
  payload: Payload | Abortable | undefined,
  options: (PublishOptions & Abortable) | undefined,
): [message: OutgoingMessage, abortable: Abortable | undefined] {
  // Null is an object, too; as a topic it is refused for what it is.
  if (typeof topic !== 'object' || topic === null) {
    checkOptions(options, publishTable)
    return [{ ...options, topic, payload: asPayload(payload) }, options]
  }
  if (options !== undefined || typeof payload === 'string' || payload instanceof Uint8Array) {
    throw new MqttError('invalid-argument', 'publish(message, options) has the payload in the message')
  }
  checkOptions(topic, messageTable)
  checkOptions(payload, abortableTable)
  return [topic, payload]
}

type Filter = string | SubscribeRequest
type Options = SubscribeOptions & Abortable

/**
 * One filter or several, a handler if there is one, and options.
 *
 * @throws MqttError 'invalid-argument'
 */
export function subscribeArguments(
  filter: Filter | readonly Filter[],
  handlerOrOptions: Handler | Options | undefined,
  more: Options | undefined,
): [filters: readonly Filter[], handler: Handler | undefined, options: Options] {
  const filters = isList(filter) ? filter : [filter]
  if (filters.length === 0) throw new MqttError('invalid-argument', 'no filter to subscribe to')
  for (const each of filters) {
    // What is neither is refused where the filter is parsed.
    if (typeof each === 'object' && each !== null) checkOptions(each, subscribeRequestTable)
  }
  if (typeof handlerOrOptions === 'function') {
    checkOptions(more, subscribeTable)
    return [filters, handlerOrOptions, more ?? {}]
  }
  if (handlerOrOptions !== undefined && typeof handlerOrOptions !== 'object') {
    const what = described(handlerOrOptions)
    throw new MqttError('invalid-argument', `behind the filter stands ${what}; give a handler (a function) or options`)
  }
  if (more !== undefined) {
    throw new MqttError('invalid-argument', 'a handler stands before the options: subscribe(filter, handler, options)')
  }
  checkOptions(handlerOrOptions, subscribeTable)
  return [filters, undefined, handlerOrOptions ?? {}]
}

export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}

import type { ReasonCode } from '@mq/core'
import { MqttError, reasonText, type SubscribeResult } from './errors.ts'
import type { Subscription } from './types.ts'

/** The server refused at least one filter. Those it granted stay subscribed. */
export class SubscribeError extends MqttError {
  /** One per filter, in the order they were asked for. */
  readonly results: readonly SubscribeResult[]
  /** Of the first filter that was refused. */
  readonly reasonCode: ReasonCode

  /** For what was granted; undefined where nothing was. Unsubscribe it if all or nothing is wanted. */
  readonly subscription: Subscription<Record<string, string>> | undefined

  constructor(results: readonly SubscribeResult[], subscription: Subscription<Record<string, string>> | undefined) {
    const refused = results.filter((result) => result.reasonCode >= 0x80)
    super(
      'subscribe-refused',
      `the server refused ${refused
        .map(({ filter, reasonCode, reasonString }) => `"${filter}": ${reasonText(reasonCode, reasonString)}`)
        .join(', ')}`,
    )
    this.name = 'SubscribeError'
    this.results = results
    this.subscription = subscription
    this.reasonCode = refused[0]?.reasonCode ?? 0x80
  }
}

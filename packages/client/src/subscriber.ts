/** From a `subscribe` call to a Subscription: one reader, the filters it reads, and who pulls. */
import { ReasonCode } from '@mq/core'
import type { Inbox } from './inbox.ts'
import type { ReceivedMessage } from './message.ts'
import type { Abortable } from './options.ts'
import { Reader } from './reader.ts'
import { SubscribeError } from './subscribe-error.ts'
import { createSubscription, handle } from './subscription.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { SubscribeOptions, SubscribeRequest, Subscription } from './types.ts'
import { wantedFilter } from './wire-subscription.ts'

export interface SubscriberOptions {
  readonly subscriptions: Subscriptions
  readonly inbox: Inbox
  readonly fullChanged: (reader: Reader) => void
  /** A handler threw. */
  readonly failed: (error: unknown) => void
  /** Can this connection refuse a message (5.0)? */
  readonly canRefuse: () => boolean
  /** End the connection without acknowledging what is open. */
  readonly drop: (sentence: string) => void
}

export type Handler = (message: ReceivedMessage) => unknown

export class Subscriber {
  readonly #options: SubscriberOptions

  constructor(options: SubscriberOptions) {
    this.#options = options
  }

  async subscribe(
    filters: readonly (string | SubscribeRequest)[],
    handler: Handler | undefined,
    options: SubscribeOptions & Abortable,
  ): Promise<Subscription<Record<string, string>>> {
    const { subscriptions, inbox, fullChanged } = this.#options
    const wanted = filters.map((each) =>
      typeof each === 'object' && each !== null
        ? wantedFilter(each.filter, { ...options, ...each })
        : wantedFilter(each, options),
    )
    const first = filters[0]
    const own = typeof first === 'object' && first !== null ? { ...options, ...first } : options
    const reader = new Reader({ buffer: own.buffer, overflow: own.overflow, ack: own.ack, fullChanged })
    const results = await subscriptions.subscribe(wanted, reader, options)
    for (const [at, { reasonCode }] of results.entries()) {
      const named = wanted[at]?.named
      if (named !== undefined && reasonCode < ReasonCode.unspecifiedError) inbox.claim(reader, named)
    }
    const leave = (abortable: Abortable | undefined) => subscriptions.leave(reader, abortable)
    const granted = results.filter(({ reasonCode }) => reasonCode < ReasonCode.unspecifiedError)
    const subscription = createSubscription(reader, granted, leave)
    if (granted.length < results.length) {
      throw new SubscribeError(results, granted.length === 0 ? undefined : subscription)
    }
    if (handler !== undefined) this.#handle(reader, handler, own)
    return subscription
  }

  #handle(reader: Reader, handler: Handler, { concurrency = 1, onHandlerError = 'refuse' }: SubscribeOptions): void {
    const { failed, canRefuse, drop } = this.#options
    handle(reader, handler, {
      concurrency,
      failed,
      refuse: (message) => {
        // QoS 0, or acknowledged when received: there is nothing to refuse any more.
        if (!message.isOwed) return
        if (onHandlerError === 'acknowledge') message.done(ReasonCode.success)
        else if (canRefuse()) message.done(ReasonCode.unspecifiedError)
        else drop('a handler failed, and a message cannot be refused before 5.0')
      },
    })
  }
}

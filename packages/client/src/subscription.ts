import type { QoS } from '@mq/core'
import { MqttError, type SubscribeResult } from './errors.ts'
import type { ReceivedMessage } from './message.ts'
import { checkOptions } from './option-check.ts'
import { abortableTable } from './option-tables.ts'
import type { Abortable } from './options.ts'
import type { Reader } from './reader.ts'
import type { Subscription } from './types.ts'

type Params = Record<string, string>

/** One reader, and the way to end it. */
export function createSubscription(
  reader: Reader,
  results: readonly SubscribeResult[],
  leave: (options: Abortable | undefined) => Promise<unknown>,
): Subscription<Params> {
  const granted = results.map(({ reasonCode }) => reasonCode).filter((code) => code < 0x80)
  const lowest = Math.min(...granted)
  const grantedQos: QoS = lowest === 0 ? 0 : lowest === 1 ? 1 : 2
  const unsubscribe = async (options?: Abortable): Promise<void> => {
    checkOptions(options, abortableTable)
    reader.stop()
    await leaveQuietly(leave, options)
  }
  return {
    filter: results.map(({ filter }) => filter).join(', '),
    grantedQos,
    results,
    get pending() {
      return reader.pending
    },
    get dropped() {
      return reader.dropped
    },
    unsubscribe,
    async drain(options) {
      checkOptions(options, abortableTable)
      await leaveQuietly(leave, options)
      reader.finish()
    },
    // A loop that is left does not wait for the server, which may be away.
    [Symbol.asyncIterator]: () => iterate(reader, () => void unsubscribe().catch(() => {})),
    [Symbol.asyncDispose]: () => unsubscribe(),
  }
}

/** Asking for the next message says that the last one is processed; leaving the loop says so too, and ends `reader`. */
export function iterate(reader: Reader, end: () => void): AsyncIterableIterator<ReceivedMessage> {
  let current: ReceivedMessage | undefined
  return {
    async next() {
      current?.processed()
      current = undefined
      const message = await reader.next()
      if (message === undefined) return { done: true, value: undefined }
      current = message
      return { done: false, value: message }
    },
    async return() {
      current?.processed()
      current = undefined
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

export interface Handling {
  readonly concurrency: number
  /** Before 5.0 a message cannot be refused: `lose` ends the connection without acknowledging it. */
  readonly refuse: (message: ReceivedMessage) => void
  readonly failed: (error: unknown) => void
}

/** The handler form: `concurrency` messages at a time until the reader ends. */
export function handle(reader: Reader, handler: (message: ReceivedMessage) => unknown, options: Handling): void {
  const work = async (): Promise<void> => {
    for (;;) {
      const message = await reader.next()
      if (message === undefined) return
      try {
        await handler(message)
        message.processed()
      } catch (error) {
        options.failed(error)
        options.refuse(message)
      }
    }
  }
  for (let worker = 0; worker < Math.max(1, options.concurrency); worker++) {
    // The end with an error is told by `closed` and its event; a handler has nobody to throw to.
    work().catch(() => {})
  }
}

/** A client that is closed has no subscriptions: there is nothing to leave. */
async function leaveQuietly(
  leave: (options: Abortable | undefined) => Promise<unknown>,
  options: Abortable | undefined,
) {
  try {
    await leave(options)
  } catch (error) {
    if (!(error instanceof MqttError && error.code === 'client-closed')) throw error
  }
}

/**
 * What one reader has not read yet, between the connection that pushes and the loop or handler that pulls.
 *
 *     push ─► [ message | message | … ] ─► next
 *
 * QoS 1 and 2 messages are held back by Receive Maximum, as they are acknowledged late: no bound is needed here. Those that
 * nothing else holds back (QoS 0; everything before 5.0, which has no Receive Maximum) are counted, and at `buffer` of them
 * the reader is full: then reading stops, or messages are lost, as `overflow` says.
 *
 * Always holds: nobody waits while there is a message. After `stop` nothing is handed out, and nothing stays unacknowledged
 * that nobody can acknowledge any more.
 */
import { ReasonCode } from '@mq/core'
import type { ReceivedMessage } from './message.ts'
import type { SubscribeOptions } from './types.ts'

export interface ReaderOptions extends Pick<SubscribeOptions, 'buffer' | 'overflow' | 'ack'> {
  /** `full` has changed, and `overflow` is 'pause'. */
  readonly fullChanged: (reader: Reader) => void
}

export class Reader {
  dropped = 0
  full = false
  readonly #options: ReaderOptions
  readonly #buffer: number
  readonly #messages: ReceivedMessage[] = []
  readonly #waiting: {
    readonly resolve: (message: ReceivedMessage | undefined) => void
    readonly reject: (error: unknown) => void
  }[] = []
  /** Of `#messages`, those that no acknowledgement holds back. */
  readonly #loose = new Set<ReceivedMessage>()
  #finished = false
  #error: unknown = undefined

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#buffer = Math.max(1, options.buffer ?? 256)
  }

  get pending(): number {
    return this.#messages.length
  }

  get isFinished(): boolean {
    return this.#finished
  }

  /** `heldBack`: the server sends no more of its kind until this one is acknowledged. */
  push(message: ReceivedMessage, heldBack: boolean): void {
    const { ack, overflow } = this.#options
    if (this.#finished) {
      message.done(ReasonCode.success)
      return
    }
    if (ack === 'received') message.done(ReasonCode.success)
    else if (ack === 'manual') message.awaitManual()
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting.resolve(message)
      return
    }
    if (heldBack && ack !== 'received') {
      this.#messages.push(message)
      return
    }
    if (message.qos === 0 && overflow !== undefined && overflow !== 'pause' && this.#loose.size >= this.#buffer) {
      this.dropped++
      if (overflow === 'drop-newest') return
      const oldest = this.#messages.findIndex((each) => each.qos === 0)
      for (const lost of oldest < 0 ? [] : this.#messages.splice(oldest, 1)) this.#loose.delete(lost)
    }
    this.#messages.push(message)
    this.#loose.add(message)
    this.#measure()
  }

  /** The next message; undefined when there will be none any more. Rejects when the client ended with an error. */
  next(): Promise<ReceivedMessage | undefined> {
    const message = this.#messages.shift()
    if (message !== undefined) {
      if (this.#loose.delete(message)) this.#measure()
      return Promise.resolve(message)
    }
    if (this.#finished) {
      const error = this.#error
      // Told once; who asks again gets the end.
      this.#error = undefined
      return error === undefined ? Promise.resolve(undefined) : Promise.reject(error)
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** Nothing more will come; what is here can still be read. */
  finish(error?: unknown): void {
    if (this.#finished) return
    this.#finished = true
    this.#error = error
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#error === undefined) resolve(undefined)
      else {
        this.#error = undefined
        reject(error)
      }
    }
  }

  /** The end, now: what is here will not be read. */
  stop(): void {
    this.finish()
    this.#error = undefined
    for (const message of this.#messages.splice(0)) message.done(ReasonCode.success)
    this.#loose.clear()
    this.#measure()
  }

  #measure(): void {
    const full = this.#loose.size >= this.#buffer && (this.#options.overflow ?? 'pause') === 'pause'
    if (full === this.full) return
    this.full = full
    this.#options.fullChanged(this)
  }
}

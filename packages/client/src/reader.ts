/**
 * What one reader has not read yet, between the connection that pushes and the loop or handler that pulls.
 *
 *     push ─► [ message | message | … ] ─► next
 *
 * QoS 1 and 2 messages are held back by Receive Maximum, as they are acknowledged late: no bound is needed here. Those that
 * nothing else holds back (QoS 0; acknowledged when received; everything before 5.0, which has no Receive Maximum) are
 * counted, and at `buffer` of them the reader is full: then reading stops, or messages are lost, as `overflow` says. What was
 * not acknowledged yet is never lost: full of these, the reader stops the reading whatever `overflow` says. And what would be
 * acknowledged when received waits for its acknowledgement until it is read, where the reader is full and may lose nothing:
 * reading does not stop while an answer of the server is awaited (flow.ts), and Receive Maximum still bounds it.
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
  /** Of `#loose`, those that are not acknowledged. */
  readonly #owed = new Set<ReceivedMessage>()
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
    const isFull = this.#loose.size >= this.#buffer
    const mayDrop = overflow !== undefined && overflow !== 'pause'
    const isDeferred = heldBack && ack === 'received' && isFull && !mayDrop
    if (ack === 'manual') message.awaitManual()
    else if (ack === 'received' && !isDeferred) message.done(ReasonCode.success)
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting.resolve(message)
      return
    }
    if (heldBack && (ack !== 'received' || isDeferred)) {
      this.#messages.push(message)
      return
    }
    const isOwed = message.qos > 0 && ack !== 'received'
    if (!isOwed && mayDrop && isFull) {
      this.dropped++
      const oldest = this.#messages.findIndex((each) => this.#loose.has(each) && !this.#owed.has(each))
      if (overflow === 'drop-newest' || oldest < 0) return
      for (const lost of this.#messages.splice(oldest, 1)) this.#loose.delete(lost)
    }
    this.#messages.push(message)
    this.#loose.add(message)
    if (isOwed) this.#owed.add(message)
    this.#measure()
  }

  /** The next message; undefined when there will be none any more. Rejects when the client ended with an error. */
  next(): Promise<ReceivedMessage | undefined> {
    const message = this.#messages.shift()
    if (message !== undefined) {
      if (this.#options.ack === 'received') message.done(ReasonCode.success)
      this.#owed.delete(message)
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
    this.#owed.clear()
    this.#measure()
  }

  #measure(): void {
    const { overflow = 'pause' } = this.#options
    const full = (overflow === 'pause' ? this.#loose : this.#owed).size >= this.#buffer
    if (full === this.full) return
    this.full = full
    this.#options.fullChanged(this)
  }
}

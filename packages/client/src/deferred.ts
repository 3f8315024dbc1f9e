/** A promise with its two ends, and what is to be undone when it settles. */

import type { Clock } from './clock.ts'
import { TimeoutError } from './errors.ts'
import type { Abortable } from './options.ts'

export class Deferred<T> {
  readonly promise: Promise<T>
  settled = false
  #resolve!: (value: T) => void
  #reject!: (reason: unknown) => void
  #cleanups: (() => void)[] | undefined = undefined

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  resolve(value: T): void {
    if (!this.#settle()) return
    this.#resolve(value)
  }

  reject(reason: unknown): void {
    if (!this.#settle()) return
    this.#reject(reason)
  }

  /** `run` is called once, when the promise settles. */
  finally(run: () => void): void {
    if (this.settled) run()
    else {
      this.#cleanups ??= []
      this.#cleanups.push(run)
    }
  }

  /** Reject when `options.signal` aborts or `options.timeout` passes; `given` hears of it just before. */
  limit(clock: Clock, operation: string, options: Abortable | undefined, given?: () => void): void {
    const { signal, timeout } = options ?? {}
    const giveUp = (reason: unknown) => {
      if (this.settled) return
      given?.()
      this.reject(reason)
    }
    if (signal !== undefined) {
      if (signal.aborted) {
        giveUp(signal.reason)
        return
      }
      const abort = () => giveUp(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      this.finally(() => signal.removeEventListener('abort', abort))
    }
    if (timeout !== undefined && timeout !== Number.POSITIVE_INFINITY) {
      this.finally(clock.schedule(timeout, () => giveUp(new TimeoutError(operation, timeout))))
    }
  }

  #settle(): boolean {
    if (this.settled) return false
    this.settled = true
    const cleanups = this.#cleanups
    this.#cleanups = undefined
    if (cleanups !== undefined) for (const run of cleanups) run()
    return true
  }
}

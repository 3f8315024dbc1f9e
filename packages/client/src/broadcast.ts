/** One stream of values, many readers: each gets what comes after it began to read, the newest `buffer` at most. */
export class Broadcast<T> {
  readonly #readers = new Set<(value: T | undefined, ended: boolean) => void>()
  readonly #buffer: number
  #ended = false

  constructor(buffer = 64) {
    this.#buffer = buffer
  }

  send(value: T): void {
    for (const reader of [...this.#readers]) reader(value, false)
  }

  end(): void {
    this.#ended = true
    for (const reader of [...this.#readers]) reader(undefined, true)
  }

  read(): AsyncIterableIterator<T> {
    const waiting: T[] = []
    let ended = this.#ended
    let wake: (() => void) | undefined
    const receive = (value: T | undefined, isEnd: boolean): void => {
      if (isEnd) ended = true
      else if (value !== undefined) {
        waiting.push(value)
        if (waiting.length > this.#buffer) waiting.shift()
      }
      wake?.()
      wake = undefined
    }
    this.#readers.add(receive)
    const stop = () => {
      ended = true
      waiting.length = 0
      this.#readers.delete(receive)
      wake?.()
    }
    return {
      next: async () => {
        for (;;) {
          const value = waiting.shift()
          if (value !== undefined) return { done: false, value }
          if (ended) return { done: true, value: undefined }
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      },
      return: async () => {
        stop()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}

/**
 * Exceptions that nobody caught: thrown from a timer or from a later turn of the event loop, they would end a broker's
 * process. While a trap is set they are collected instead, so that the case in which they happen fails, and shrinks.
 */
export interface Trap {
  /** Throws what was caught since the last call. */
  check(): void
  remove(): void
}

export function setTrap(): Trap {
  const caught: unknown[] = []
  const collect = (error: unknown): void => void caught.push(error)
  process.on('uncaughtException', collect)
  process.on('unhandledRejection', collect)
  return {
    check() {
      const [first] = caught.splice(0)
      if (first !== undefined) throw new Error('an exception that nobody caught', { cause: first })
    },
    remove() {
      process.off('uncaughtException', collect)
      process.off('unhandledRejection', collect)
    },
  }
}

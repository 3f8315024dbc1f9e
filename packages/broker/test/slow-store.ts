import { memoryStore } from '../src/store/memory-store.ts'
import type { Store } from '../src/store/store.ts'

/** A store whose commits are durable when the test says so, as with a disk. */
export interface SlowStore extends Store {
  /** Commits that wait, oldest first. */
  readonly waiting: number
  /** Commits so far. */
  readonly commits: number
  /** The oldest commit is durable, or has failed. */
  settle(error?: Error): Promise<void>
  /** From now on commits are durable at once. */
  hurry(): Promise<void>
}

export function slowStore(inner: Store = memoryStore()): SlowStore {
  const tickets: { resolve(): void; reject(error: Error): void }[] = []
  let dirty = false
  let fast = false
  let commits = 0
  const recorded =
    <Given extends unknown[]>(record: (...given: Given) => void) =>
    (...given: Given): void => {
      dirty = true
      record(...given)
    }
  const settle = async (error?: Error): Promise<void> => {
    const ticket = tickets.shift()
    if (ticket === undefined) throw new Error('no commit waits')
    if (error === undefined) ticket.resolve()
    else ticket.reject(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    load: inner.load,
    putSession: recorded(inner.putSession),
    removeSession: recorded(inner.removeSession),
    putSubscription: recorded(inner.putSubscription),
    removeSubscription: recorded(inner.removeSubscription),
    append: recorded(inner.append),
    started: recorded(inner.started),
    received: recorded(inner.received),
    remove: recorded(inner.remove),
    hold: recorded(inner.hold),
    forget: recorded(inner.forget),
    putRetained: recorded(inner.putRetained),
    removeRetained: recorded(inner.removeRetained),
    get dirty() {
      return dirty
    },
    commit() {
      if (!dirty) return undefined
      dirty = false
      commits++
      if (fast) return Promise.resolve()
      return new Promise((resolve, reject) => void tickets.push({ resolve, reject }))
    },
    close: inner.close,
    settle,
    async hurry() {
      fast = true
      while (tickets.length > 0) await settle()
    },
    get waiting() {
      return tickets.length
    },
    get commits() {
      return commits
    },
  }
}

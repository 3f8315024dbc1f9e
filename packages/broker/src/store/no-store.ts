import type { Store } from './store.ts'

const nothing = (): void => undefined

/**
 * Keeps nothing: for a broker that nobody will make again over the same store. Its sessions and retained messages live as long
 * as it does, in its own memory, and to write them down in the same memory a second time would protect nobody.
 */
export const noStore: Store = {
  load: async () => ({ sessions: [], retained: [] }),
  putSession: nothing,
  removeSession: nothing,
  putSubscription: nothing,
  removeSubscription: nothing,
  append: nothing,
  started: nothing,
  received: nothing,
  remove: nothing,
  hold: nothing,
  forget: nothing,
  putRetained: nothing,
  removeRetained: nothing,
  dirty: false,
  commit: () => undefined,
  close: async () => undefined,
}

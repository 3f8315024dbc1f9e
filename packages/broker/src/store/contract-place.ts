/** Where the store contract runs: a place, a runner, and a broker's restarts. */
import type { Store, StoredState } from './store.ts'

/** One place where a store keeps things. */
export interface StorePlace {
  /** A store over what the place holds. Never called before the store that was opened last is closed. */
  open(): Store | Promise<Store>
  /** The test has ended. */
  remove?(): void | Promise<void>
}

/** The two functions of a test runner that are needed. */
export interface TestRunner {
  describe(title: string, body: () => void): unknown
  test(title: string, body: () => Promise<void>): unknown
}

export type Create = () => StorePlace | Promise<StorePlace>

export type Recording = (store: Store) => void

/** Each of `steps` is recorded and committed over a store of its own; what the last one leaves is looked at. */
export async function restarted(
  create: Create,
  steps: readonly Recording[],
  look: (state: StoredState) => void,
): Promise<void> {
  const place = await create()
  try {
    for (const record of steps) {
      const store = await place.open()
      await store.load()
      record(store)
      await store.commit()
      await store.close()
    }
    const store = await place.open()
    look(await store.load())
    await store.close()
  } finally {
    await place.remove?.()
  }
}

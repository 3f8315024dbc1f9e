import { described } from './described.ts'
import { MqttError } from './errors.ts'
import type { ClientEventDetails, ClientEvents } from './types.ts'

type Listeners = { readonly [K in keyof ClientEventDetails]: Set<(detail: ClientEventDetails[K]) => void> }

/** Who listens to what. A listener that throws harms nobody else: its error goes to `failed`. */
export class Events {
  readonly #listeners: Listeners = {
    connect: new Set(),
    disconnect: new Set(),
    reconnecting: new Set(),
    close: new Set(),
    error: new Set(),
    message: new Set(),
  }
  readonly #failed: (error: unknown) => void

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** @throws MqttError 'invalid-argument' */
  on<K extends keyof ClientEvents>(
    event: K,
    listener: (detail: ClientEventDetails[K]) => void,
    options: { signal?: AbortSignal | undefined; once?: boolean | undefined } = {},
  ): void {
    if (!Object.hasOwn(this.#listeners, event)) {
      const names = Object.keys(this.#listeners).join(', ')
      throw new MqttError('invalid-argument', `there is no event ${String(event)}; the events are ${names}`)
    }
    if (typeof listener !== 'function') {
      throw new MqttError('invalid-argument', `the listener is ${described(listener)}; give a function`)
    }
    const { signal, once } = options
    if (signal?.aborted) return
    const listeners: Set<(detail: ClientEventDetails[K]) => void> = this.#listeners[event]
    const remove = () => {
      listeners.delete(call)
      signal?.removeEventListener('abort', remove)
    }
    const call = (detail: ClientEventDetails[K]) => {
      if (once) remove()
      listener(detail)
    }
    listeners.add(call)
    signal?.addEventListener('abort', remove, { once: true })
  }

  has(event: keyof ClientEvents): boolean {
    return this.#listeners[event].size > 0
  }

  emit<K extends keyof ClientEvents>(event: K, detail: ClientEventDetails[K]): void {
    const listeners: Set<(detail: ClientEventDetails[K]) => void> = this.#listeners[event]
    for (const listener of [...listeners]) {
      try {
        listener(detail)
      } catch (error) {
        this.#failed(error)
      }
    }
  }
}

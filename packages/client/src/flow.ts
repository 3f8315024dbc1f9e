/**
 * Whether the connection is read. A reader that is full (and may not lose messages) stops it: TCP then holds the server
 * back. But answers come down the same stream: while the server owes us one (PUBACK, SUBACK, …), reading goes on, and the
 * reader's buffer grows beyond its bound for that long. Otherwise a handler that publishes and waits for the
 * acknowledgement would wait for ever.
 */
import type { Route } from './dispatch.ts'
import type { NetworkConnection } from './network-connection.ts'
import type { Reader } from './reader.ts'

export class Flow {
  readonly #full = new Set<Reader>()
  readonly #connection: () => NetworkConnection<Route> | undefined
  readonly #awaitsAnswer: () => boolean
  #scheduled = false

  constructor(connection: () => NetworkConnection<Route> | undefined, awaitsAnswer: () => boolean) {
    this.#connection = connection
    this.#awaitsAnswer = awaitsAnswer
  }

  readonly fullChanged = (reader: Reader): void => {
    if (reader.full) {
      this.#full.add(reader)
      if (!this.#awaitsAnswer()) this.#connection()?.hold()
    } else {
      this.#full.delete(reader)
      this.check()
    }
  }

  /** Something has changed. Acted on a little later, never from inside the handling of a packet. */
  check(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      const connection = this.#connection()
      if (connection === undefined) return
      if (this.#full.size > 0 && !this.#awaitsAnswer()) connection.hold()
      else connection.release()
    })
  }
}

/** A connection that only connects. */

import { nowUs } from './payload.ts'
import type { Tally } from './tally.ts'
import { type Problem, type Role, WireConnection } from './wire-connection.ts'
import type { Workbench } from './workbench.ts'

export class IdleClient implements Role {
  readonly connection: WireConnection
  readonly #owner: { readonly tally: Tally; settled(): void }
  #isConnected = false

  constructor(bench: Workbench, owner: { readonly tally: Tally; settled(): void }, clientId: string) {
    this.#owner = owner
    this.connection = new WireConnection(bench, clientId, this)
  }

  connected(): void {
    const { tally } = this.#owner
    this.#isConnected = true
    tally.histograms.connect.record(nowUs() - this.connection.startedUs)
    tally.counters.connected++
    this.#owner.settled()
  }

  ended({ where, text, reasonCode }: Problem): void {
    const { tally } = this.#owner
    tally.error(where, text, reasonCode)
    if (this.#isConnected) tally.counters.lostConnections++
    else {
      tally.counters.connectsFailed++
      this.#owner.settled()
    }
  }

  // It asks for nothing, so nothing comes.
  publication(): void {}
  acknowledged(): void {}
  suback(): void {}
  drained(): void {}
}

/**
 * What the connections of one worker share, as they take turns: the objects that packets are read into, the chunks that they
 * are written to, and the end of the turn, when everything that was written goes out, one write for each connection.
 */
import { type AckFields, createAckFields, PropertyScratch, Publication } from '@mq/core'
import type { WireConnection } from './wire-connection.ts'
import type { WorkerPlan } from './worker-messages.ts'

const chunkBytes = 16_384
const chunksMax = 256

export class Workbench {
  readonly plan: WorkerPlan
  readonly publication: Publication = new Publication()
  readonly scratch: PropertyScratch = new PropertyScratch()
  readonly ack: AckFields = createAckFields()
  readonly #chunks: Uint8Array[] = []
  #dirty: WireConnection[] = []
  #spare: WireConnection[] = []
  #scheduled = false
  #addressesTaken = 0
  readonly #beforeFlush: () => void
  readonly #turn = (): void => {
    this.#scheduled = false
    this.flush()
  }

  /** @param beforeFlush once per turn in which something came or is to be sent */
  constructor(plan: WorkerPlan, beforeFlush: () => void) {
    this.plan = plan
    this.#beforeFlush = beforeFlush
  }

  /** Where the next connection is to come from: the addresses of --bind in turns. */
  nextLocalAddress(): string | undefined {
    const { bind } = this.plan
    return bind.length === 0 ? undefined : bind[this.#addressesTaken++ % bind.length]
  }

  schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  dirty(connection: WireConnection): void {
    this.#dirty.push(connection)
    this.schedule()
  }

  flush(): void {
    this.#beforeFlush()
    const dirty = this.#dirty
    this.#dirty = this.#spare
    for (const connection of dirty) connection.flush()
    dirty.length = 0
    this.#spare = dirty
  }

  take(size: number): Uint8Array {
    if (size > chunkBytes) return Buffer.allocUnsafeSlow(size)
    return this.#chunks.pop() ?? Buffer.allocUnsafeSlow(chunkBytes)
  }

  give(chunk: Uint8Array): void {
    if (chunk.length === chunkBytes && this.#chunks.length < chunksMax) this.#chunks.push(chunk)
  }
}

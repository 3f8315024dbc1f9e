/**
 * Messages that wait until they may be sent: first in, first out, bounded in messages and in bytes.
 *
 *      head ->  [ d | d | d | … ]  <- tail        a ring of slots, a power of two, grown by doubling
 *
 * Always holds: length <= messagesMax, bytes <= bytesMax (one message larger than bytesMax is refused). Which message
 * goes when it is full is a named policy, not an accident; the caller hears of the loser and counts it.
 */
import type { Delivery } from './delivery.ts'
import { deliveryBytes } from './delivery.ts'

export type QueuePolicy =
  /** The message that comes is refused. The publisher of a QoS > 0 message can be told. */
  | 'drop-newest'
  /** The oldest goes, to make room. */
  | 'drop-oldest'

export interface QueueLimits {
  readonly messagesMax: number
  readonly bytesMax: number
  readonly policy: QueuePolicy
}

const none: readonly Delivery[] = []

export class OutboundQueue {
  readonly limits: QueueLimits
  #slots: (Delivery | undefined)[] = []
  #head = 0
  #length = 0
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.limits = limits
  }

  get length(): number {
    return this.#length
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How full it is: 0 empty, 1 at a bound. */
  get fill(): number {
    const { messagesMax, bytesMax } = this.limits
    return Math.max(this.#length / messagesMax, this.#bytes / bytesMax)
  }

  /** Would `size` more bytes (deliveryBytes) fit as they are? */
  hasRoom(size: number): boolean {
    return this.#length < this.limits.messagesMax && this.#bytes + size <= this.limits.bytesMax
  }

  /** Queue it. Returns what the bound pushed out, in the order in which it was to be sent; the new one may be the last of it. */
  push(delivery: Delivery): readonly Delivery[] {
    const size = deliveryBytes(delivery.publication)
    let lost: Delivery[] | undefined
    if (!this.hasRoom(size) && this.limits.policy === 'drop-oldest' && size <= this.limits.bytesMax) {
      while (this.#length > 0 && !this.hasRoom(size)) {
        const oldest = this.shift()
        if (oldest === undefined) continue
        lost ??= []
        lost.push(oldest)
      }
    }
    if (!this.hasRoom(size)) return lost === undefined ? [delivery] : [...lost, delivery]
    if (this.#length === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = delivery
    this.#length++
    this.#bytes += size
    return lost ?? none
  }

  peek(): Delivery | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#head]
  }

  shift(): Delivery | undefined {
    if (this.#length === 0) return undefined
    const delivery = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#length--
    if (delivery !== undefined) this.#bytes -= deliveryBytes(delivery.publication)
    // An empty queue holds no memory: most sessions have one that is never used.
    if (this.#length === 0 && this.#slots.length > 64) {
      this.#slots = []
      this.#head = 0
    }
    return delivery
  }

  /** Take out every delivery that `test` names, keeping the order of the rest. */
  remove(test: (delivery: Delivery) => boolean): Delivery[] {
    const removed: Delivery[] = []
    for (let left = this.#length; left > 0; left--) {
      const delivery = this.shift()
      if (delivery === undefined) continue
      if (test(delivery)) removed.push(delivery)
      else this.push(delivery)
    }
    return removed
  }

  #grow(): void {
    const slots: (Delivery | undefined)[] = new Array(Math.max(8, this.#slots.length * 2)).fill(undefined)
    for (let i = 0; i < this.#length; i++) slots[i] = this.#slots[(this.#head + i) & (this.#slots.length - 1)]
    this.#slots = slots
    this.#head = 0
  }
}

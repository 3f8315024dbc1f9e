/**
 * The QoS 1 and 2 messages of one publisher that await their last acknowledgement, and when each was due.
 *
 * Identifiers are handed out in sequence and come back nearly so: a ring indexed by a running number, which grows to what
 * is under way and allocates nothing after that.
 *
 *     tail … next      packetId = number % 65,535 + 1      slot = number & (capacity - 1)
 *
 * Always holds: next - tail <= 65,535, so no identifier is in use twice; a slot that awaits nothing holds `free`.
 */
const packetIdMax = 65_535
const free = -1

export class AckRing {
  #due = new Float64Array(16).fill(free)
  #tail = 0
  #next = 0
  #inFlight = 0

  get inFlight(): number {
    return this.#inFlight
  }

  /** An identifier can be handed out: the oldest one is not a whole round behind. */
  get ready(): boolean {
    return this.#next - this.#tail < packetIdMax
  }

  begin(dueUs: number): number {
    if (this.#next - this.#tail === this.#due.length) this.#grow()
    const number = this.#next++
    this.#due[number & (this.#due.length - 1)] = dueUs
    this.#inFlight++
    return (number % packetIdMax) + 1
  }

  /** When the message was due whose exchange has ended; -1 for an identifier that nobody awaits. */
  end(packetId: number): number {
    const number = this.#tail + ((packetId - 1 - (this.#tail % packetIdMax) + packetIdMax) % packetIdMax)
    const slot = number & (this.#due.length - 1)
    const dueUs = number < this.#next ? (this.#due[slot] ?? free) : free
    if (dueUs === free) return free
    this.#due[slot] = free
    this.#inFlight--
    while (this.#tail < this.#next && this.#due[this.#tail & (this.#due.length - 1)] === free) this.#tail++
    return dueUs
  }

  #grow(): void {
    const grown = new Float64Array(this.#due.length * 2).fill(free)
    for (let number = this.#tail; number < this.#next; number++) {
      grown[number & (grown.length - 1)] = this.#due[number & (this.#due.length - 1)] ?? free
    }
    this.#due = grown
  }
}

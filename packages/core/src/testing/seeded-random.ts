/**
 * Numbers that look random and come again with the same seed (xorshift, 32 bits of state after a scramble of the seed).
 * Not for secrets.
 */
export class SeededRandom {
  readonly seed: number
  #state: number

  constructor(seed: number) {
    this.seed = seed
    // Neighbouring seeds must not give similar sequences, and a state of 0 would stay 0.
    this.#state = scramble(seed) || 0x9e37_79b9
  }

  /** 0 (included) to 1 (excluded). */
  next(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return (state >>> 0) / 0x1_0000_0000
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of `items`, which has at least one. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.integer(0, items.length - 1)] ?? items[0]
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at++) bytes[at] = this.integer(0, 255)
    return bytes
  }

  /** Another generator with a sequence of its own: what one part draws does not shift what another gets. */
  fork(): SeededRandom {
    return new SeededRandom(this.integer(0, 0xffff_ffff))
  }
}

function scramble(seed: number): number {
  let hash = Math.imul(seed ^ (seed >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return hash ^ (hash >>> 16)
}

/**
 * Runs `test` with a generator for each seed. What it throws says which seed it was, so that the run can be had again.
 * @throws what `test` throws, as the cause of an Error that names the seed
 */
export function withSeeds(seeds: readonly number[], test: (random: SeededRandom) => void): void {
  for (const seed of seeds) {
    try {
      test(new SeededRandom(seed))
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`seed ${seed}: ${reason}`, { cause })
    }
  }
}

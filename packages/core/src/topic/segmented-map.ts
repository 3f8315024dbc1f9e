/**
 * A Map with string keys that never stops the world. The built-in Map doubles by moving every entry at once: at a million
 * entries that is a pause of tens of milliseconds, in which no connection is served. This one is extendible hashing with
 * built-in Maps as segments:
 *
 *     directory   [ 00 | 01 | 10 | 11 ]      indexed by the low bits of the key's hash
 *                   A    B    A    C         A is told apart by one bit, B and C by two
 *
 * A segment that is full splits in two by the next bit of the hash; if the directory has no such bit yet, the directory
 * doubles (pointers only). Up to `segmentEntriesMax` entries there is one plain Map and nothing is hashed.
 *
 * A good hash fills all segments alike, and were they full at the same size they would split at the same time: a hundred
 * splits of a millisecond, one after the other. So each has a size of its own at which it splits, and while the whole map
 * doubles the splits come one by one. For that, four entries in ten more are moved in all.
 *
 * Always holds: every key lies in directory[hash & (directory.length - 1)]. A key is in one segment only. Segments are not
 * merged again until the map is empty: a broker that had a million subscriptions will have them again.
 *
 * Rejected: one Map (the pause), Maps by fixed number (hashes for small maps, pauses for large ones).
 */
export class SegmentedMap<Value> {
  /** While one segment is enough: a lookup then has one step more than in a Map. */
  #only: Map<string, Value> | undefined = new Map()
  #directory: Segment<Value>[] = noSegments
  #size = 0

  get size(): number {
    return this.#only?.size ?? this.#size
  }

  get(key: string): Value | undefined {
    const only = this.#only
    return only !== undefined ? only.get(key) : this.#segmentOf(key).map.get(key)
  }

  set(key: string, value: Value): void {
    if (this.#only !== undefined) {
      this.#only.set(key, value)
      if (this.#only.size > segmentEntriesMax) this.#divide(this.#only)
      return
    }
    let segment = this.#segmentOf(key)
    if (segment.isFull && !segment.map.has(key)) {
      this.#split(segment)
      segment = this.#segmentOf(key)
    }
    const before = segment.map.size
    segment.map.set(key, value)
    this.#size += segment.map.size - before
  }

  /** Set it unless there is one; what is there already is returned, and stays. */
  add(key: string, value: Value): Value | undefined {
    if (this.#only !== undefined) {
      const present = this.#only.get(key)
      if (present === undefined) this.set(key, value)
      return present
    }
    const segment = this.#segmentOf(key)
    const present = segment.map.get(key)
    if (present !== undefined) return present
    if (segment.isFull) this.set(key, value)
    else {
      segment.map.set(key, value)
      this.#size++
    }
    return undefined
  }

  delete(key: string): boolean {
    if (this.#only !== undefined) return this.#only.delete(key)
    const deleted = this.#segmentOf(key).map.delete(key)
    if (!deleted) return false
    this.#size--
    if (this.#size === 0) {
      this.#only = new Map()
      this.#directory = noSegments
    }
    return true
  }

  /** In no order. Keys that are set meanwhile may make others appear twice or not at all. */
  *entries(): IterableIterator<[string, Value]> {
    if (this.#only !== undefined) {
      yield* this.#only
      return
    }
    for (const segment of new Set(this.#directory)) yield* segment.map
  }

  /** As `entries`. */
  *values(): IterableIterator<Value> {
    for (const [, value] of this.entries()) yield value
  }

  #segmentOf(key: string): Segment<Value> {
    return this.#directory[hashOf(key) & (this.#directory.length - 1)]!
  }

  #divide(only: Map<string, Value>): void {
    const whole = new Segment<Value>(0, 0, only)
    this.#directory = [whole]
    this.#size = only.size
    this.#only = undefined
    this.#split(whole)
  }

  #split(low: Segment<Value>): void {
    const bit = 1 << low.depth
    if (bit === this.#directory.length) this.#directory = this.#directory.concat(this.#directory)
    low.deepen()
    const high = new Segment<Value>(low.depth, low.bits | bit, new Map())
    for (const [key, value] of low.map) {
      if ((hashOf(key) & bit) !== 0) {
        high.map.set(key, value)
        low.map.delete(key)
      }
    }
    for (let at = 0; at < this.#directory.length; at++) {
      if (this.#directory[at] === low && (at & bit) !== 0) this.#directory[at] = high
    }
  }
}

/**
 * No segment has more, but where there are as many as there may be (some 25 million entries), and where keys that a hostile
 * peer made share their low bits: slower to grow, never wrong.
 */
const segmentEntriesMax = 8192
const depthMax = 12
const noSegments: never[] = []

class Segment<Value> {
  /** By how many bits of the hash it is told apart from the others, and which these are. */
  depth: number
  readonly bits: number
  readonly map: Map<string, Value>
  #entriesMax: number

  constructor(depth: number, bits: number, map: Map<string, Value>) {
    this.depth = depth
    this.bits = bits
    this.map = map
    this.#entriesMax = entriesMax(depth, bits)
  }

  get isFull(): boolean {
    return this.map.size >= this.#entriesMax
  }

  /** Told apart by one bit more, which is 0. */
  deepen(): void {
    this.depth++
    this.#entriesMax = entriesMax(this.depth, this.bits)
  }
}

/** Between half of the most and the most, spread evenly over the segments of a depth. */
function entriesMax(depth: number, bits: number): number {
  if (depth >= depthMax) return Number.POSITIVE_INFINITY
  const spread = Math.imul(bits + depth, 0x9e37_79b1) >>> 0
  return Math.ceil(segmentEntriesMax * (0.5 + spread / 2 ** 33))
}

function hashOf(key: string): number {
  let hash = key.length
  // At most 128 characters are looked at, so that a key of 64 KiB costs no more than others.
  const step = 1 + (key.length >> 7)
  for (let at = 0; at < key.length; at += step) hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193)
  // The low bits choose the segment, so all others are folded into them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b)
  return hash ^ (hash >>> 13)
}

/**
 * Topic Names as they come off the wire, told apart by their bytes, so that a name which was seen before costs no string:
 * one hash over the bytes, one comparison, no allocation. Both read words of four bytes through a DataView of the chunk, which
 * is made once per chunk; byte by byte they take three times as long. Each name is validated once, when it is new. What the owner
 * resolved for a name (its subscribers, say) hangs on the entry as `route`.
 *
 *     buckets   [ hash & mask ] ── entry ── entry (next)         chains, at most `chainMax` long
 *     ring      [ entry | entry | entry | … ]                    every entry, `entriesMax` at most
 *                          ^hand
 *
 * When the ring is full, the hand goes round: an entry that was used since the hand's last visit gets a second chance, the
 * next one that was not makes room. Random names thus push out each other, not the names in use. Hashes are seeded, and as
 * no seed makes so cheap a hash proof against a peer with time, a chain that is full loses its oldest entry.
 *
 * Always holds: an entry is in the ring and in one chain, or `interned` is false and `route` was cleared. ring[entry.slot]
 * is the entry. `bytes` is the entry's own copy, never a view of a read chunk.
 *
 * Rejected: a Map by string (decoding costs more than all of this), LRU lists (four writes per hit instead of one).
 */

import { type Fault, fault } from '../packet/fault.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { decodeUtf8, encodeUtf8Into, isWellFormedUtf8 } from '../wire/utf8.ts'
import { areWords, ChunkView, readWords, viewOf, wordCount } from '../wire/words.ts'
import { parseTopicName, type TopicName } from './topic-name.ts'
import type { TopicLimits } from './topic-text.ts'

export class TopicEntry<Route> {
  readonly type = 'topicEntry'
  readonly name: TopicName
  /** The name in UTF-8. Not to be changed. */
  readonly bytes: Uint8Array
  /** The owner's. Kept only while `interned`: `forEach` does not reach other entries, so a route there cannot be revoked. */
  route: Route | undefined = undefined
  /** Whether the table still holds this entry. Once false it stays false: look the bytes up again. */
  interned = false
  /** @internal `bytes` as {@link wordsOf} reads them. */
  readonly words: Int32Array
  /** @internal Of `bytes`; here to spare a hit the way there. */
  readonly length: number
  /** @internal */
  readonly hash: number
  /** @internal */
  next: TopicEntry<Route> | undefined = undefined
  /** @internal */
  slot = 0
  /** @internal Since the hand passed last. */
  used = false

  constructor(name: TopicName, bytes: Uint8Array, words: Int32Array, hash: number) {
    this.name = name
    this.bytes = bytes
    this.words = words
    this.length = bytes.length
    this.hash = hash
  }
}

export interface TopicTableOptions extends TopicLimits {
  /** How many names are held at most. */
  readonly entriesMax?: number | undefined
  /** For the hash, 32 bits. Random unless a test needs it. */
  readonly seed?: number | undefined
}

const entriesMaxDefault = 16_384
const bucketsMin = 64
const chainMax = 16
/** Longer names are not held: 16,384 of them would be a gigabyte. */
const internedBytesMax = 1024

export class TopicTable<Route> {
  readonly #limits: TopicLimits
  readonly #entriesMax: number
  readonly #seed: number
  #buckets: (TopicEntry<Route> | undefined)[] = emptyBuckets(bucketsMin)
  #ring: TopicEntry<Route>[] = []
  #hand = 0
  /** For the bytes of a name that is looked up as a string. */
  readonly #asked = new Uint8Array(internedBytesMax)
  readonly #askedView: DataView = viewOf(this.#asked)
  readonly #chunk = new ChunkView()

  constructor(options: TopicTableOptions = {}) {
    this.#limits = { levelsMax: options.levelsMax, bytesMax: options.bytesMax }
    this.#entriesMax = Math.max(1, options.entriesMax ?? entriesMaxDefault)
    this.#seed = options.seed ?? Math.floor(Math.random() * 0x1_0000_0000)
  }

  get size(): number {
    return this.#ring.length
  }

  /**
   * The entry of the Topic Name in `bytes` from `start` to `end`, made if there is none; or a fault: 0x81 for bytes that are
   * no UTF-8 Encoded String, 0x90 for a string that is no Topic Name or beyond the limits. Never throws.
   */
  lookup(bytes: Uint8Array, start: number, end: number): TopicEntry<Route> | Fault {
    const view = this.#chunk.of(bytes)
    const hash = hashTopic(view, start, end, this.#seed)
    return this.#search(view, start, end, hash) ?? this.#admit(bytes, view, start, end, hash)
  }

  /** The entry of `name`, if the table holds it. */
  find(name: string): TopicEntry<Route> | undefined {
    const length = encodeUtf8Into(name, this.#asked)
    // No topic, or longer than those that are held.
    if (length < 0) return undefined
    return this.#search(this.#askedView, 0, length, hashTopic(this.#askedView, 0, length, this.#seed))
  }

  /** Every entry that is held, in no order. */
  forEach(visit: (entry: TopicEntry<Route>) => void): void {
    for (const entry of this.#ring) visit(entry)
  }

  clear(): void {
    for (const entry of this.#ring) dismiss(entry)
    this.#ring = []
    this.#hand = 0
    this.#buckets = emptyBuckets(bucketsMin)
  }

  #search(view: DataView, start: number, end: number, hash: number): TopicEntry<Route> | undefined {
    const buckets = this.#buckets
    let entry = buckets[hash & (buckets.length - 1)]
    while (entry !== undefined) {
      if (entry.hash === hash && isSame(entry, view, start, end)) {
        entry.used = true
        return entry
      }
      entry = entry.next
    }
    return undefined
  }

  #admit(bytes: Uint8Array, view: DataView, start: number, end: number, hash: number): TopicEntry<Route> | Fault {
    if (!isWellFormedUtf8(bytes, start, end)) return describeMalformed(bytes, start, end)
    const name = parseTopicName(decodeUtf8(bytes, start, end), this.#limits)
    if (typeof name !== 'string') return name
    // A copy by construction: `slice` of a Node Buffer would be a view.
    const own = new Uint8Array(end - start)
    own.set(bytes.subarray(start, end))
    const entry = new TopicEntry<Route>(name, own, wordsOf(view, start, end), hash)
    if (own.length <= internedBytesMax) this.#intern(entry)
    return entry
  }

  #intern(entry: TopicEntry<Route>): void {
    const oldest = this.#oldestOfFullChain(entry.hash)
    if (oldest !== undefined) {
      this.#replace(oldest, entry)
    } else if (this.#ring.length < this.#entriesMax) {
      entry.slot = this.#ring.length
      this.#ring.push(entry)
      if (this.#ring.length > this.#buckets.length) this.#grow()
    } else {
      this.#replace(this.#leastUsed(), entry)
    }
    entry.interned = true
    link(this.#buckets, entry)
  }

  #replace(leaving: TopicEntry<Route>, coming: TopicEntry<Route>): void {
    unlink(this.#buckets, leaving)
    dismiss(leaving)
    coming.slot = leaving.slot
    this.#ring[coming.slot] = coming
  }

  #leastUsed(): TopicEntry<Route> {
    // Ends within one round and one step. Each pass over a used entry was paid for by a hit.
    for (;;) {
      const entry = this.#ring[this.#hand]!
      this.#hand = (this.#hand + 1) % this.#ring.length
      if (!entry.used) return entry
      entry.used = false
    }
  }

  #oldestOfFullChain(hash: number): TopicEntry<Route> | undefined {
    let last: TopicEntry<Route> | undefined
    let length = 0
    for (let at = this.#buckets[hash & (this.#buckets.length - 1)]; at !== undefined; at = at.next) {
      last = at
      length++
    }
    return length < chainMax ? undefined : last
  }

  #grow(): void {
    const buckets = emptyBuckets<Route>(this.#buckets.length * 2)
    for (const entry of this.#ring) if (entry.interned) link(buckets, entry)
    this.#buckets = buckets
  }
}

function emptyBuckets<Route>(length: number): (TopicEntry<Route> | undefined)[] {
  return new Array<TopicEntry<Route> | undefined>(length).fill(undefined)
}

function link<Route>(buckets: (TopicEntry<Route> | undefined)[], entry: TopicEntry<Route>): void {
  const bucket = entry.hash & (buckets.length - 1)
  entry.next = buckets[bucket]
  buckets[bucket] = entry
}

function unlink<Route>(buckets: (TopicEntry<Route> | undefined)[], entry: TopicEntry<Route>): void {
  const bucket = entry.hash & (buckets.length - 1)
  let before = buckets[bucket]
  if (before === entry) {
    buckets[bucket] = entry.next
    return
  }
  while (before !== undefined && before.next !== entry) before = before.next
  if (before !== undefined) before.next = entry.next
}

function dismiss<Route>(entry: TopicEntry<Route>): void {
  entry.interned = false
  entry.route = undefined
  entry.next = undefined
}

/** Exported for its test. */
export function hashTopic(view: DataView, start: number, end: number, seed: number): number {
  const length = end - start
  let hash = seed ^ length
  if (length < 4) {
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x0100_0193)
  } else {
    const last = end - 4
    for (let at = start; at < last; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e37_79b1)
    // The last word overlaps the one before it, where the length is no multiple of four.
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x9e37_79b1)
  }
  // The low bits choose the bucket, so the high ones are folded into them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  return hash ^ (hash >>> 13)
}

function isSame<Route>(entry: TopicEntry<Route>, view: DataView, start: number, end: number): boolean {
  if (entry.length !== end - start) return false
  if (entry.length >= 4) return areWords(view, start, end, entry.words)
  for (let at = start; at < end; at++) if (entry.bytes[at - start] !== view.getUint8(at)) return false
  return true
}

/** None for fewer than four bytes. */
function wordsOf(view: DataView, start: number, end: number): Int32Array {
  if (end - start < 4) return new Int32Array(0)
  const words = new Int32Array(wordCount(end - start))
  readWords(view, start, end, words)
  return words
}

function describeMalformed(bytes: Uint8Array, start: number, end: number): Fault {
  return bytes.subarray(start, end).includes(0)
    ? fault(ReasonCode.malformedPacket, 'MQTT-4.7.3-2', 'a topic holds no U+0000')
    : fault(ReasonCode.malformedPacket, 'MQTT-1.5.4-1', 'the topic is not well-formed UTF-8')
}

import type { Publication } from '../packet/publication.ts'
import { areWords, ChunkView, readWords, wordCount } from '../wire/words.ts'

/**
 * The properties of an earlier message, which have been validated: who publishes sends the same ones with the next message,
 * as a rule. Bytes that are equal mean the same, and to compare them takes a third of the time that it takes to read them.
 *
 * Remembered are those that travel on in one piece and without Subscription Identifiers. Where none is met again (Correlation
 * Data is another one each time) only one in eight is remembered, as that takes time too.
 */
export class KnownProperties {
  readonly #chunk = new ChunkView()
  readonly #words = new Int32Array(wordCount(knownBytesMax))
  /** -1: none. */
  #length = -1
  /** What travels, from the beginning of the block on. */
  #travelStart = 0
  #travelEnd = 0
  /** From the beginning of the block on; -1: there is none. */
  #expiryAt = -1
  #payloadFormatIndicator: 0 | 1 = 0
  #messageExpiryInterval = -1
  #topicAlias = 0
  #misses = 0

  /** Whether the block from `start` to `end` is the one that is known; then `into` is as if it had been read. */
  read(into: Publication, bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start !== this.#length || !areWords(this.#chunk.of(bytes), start, end, this.#words)) return false
    this.#misses = 0
    into.propertyBytes = bytes
    into.propertiesStart = start + this.#travelStart
    into.propertiesEnd = start + this.#travelEnd
    into.expiryAt = this.#expiryAt < 0 ? -1 : start + this.#expiryAt
    into.payloadFormatIndicator = this.#payloadFormatIndicator
    into.messageExpiryInterval = this.#messageExpiryInterval
    into.topicAlias = this.#topicAlias
    return true
  }

  /** `from` was read from the block between `start` and `end`, where its properties lie in one piece. */
  remember(from: Publication, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (length < knownBytesMin || length > knownBytesMax || (this.#misses++ & missesMask) !== 0) return
    readWords(this.#chunk.of(bytes), start, end, this.#words)
    this.#length = length
    this.#travelStart = from.propertiesStart - start
    this.#travelEnd = from.propertiesEnd - start
    this.#expiryAt = from.expiryAt < 0 ? -1 : from.expiryAt - start
    this.#payloadFormatIndicator = from.payloadFormatIndicator
    this.#messageExpiryInterval = from.messageExpiryInterval
    this.#topicAlias = from.topicAlias
  }
}

/** Others are read each time. */
const knownBytesMin = 4
const knownBytesMax = 256
const missesMask = 7

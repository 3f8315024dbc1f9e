/**
 * Messages that are kept for long, a million of them perhaps, as bytes in rows of words (core's Rows) and not as objects, which
 * the garbage collector would copy and walk through. A cell is the number of one:
 *
 *     lengths: topic, properties │ payload, place of the expiry │ client, user │ flags, serial │ expiry │ ends at: 2 │ serial
 *     topic · properties · payload · Client Identifier · User Name
 *
 * Cells are of thirty sizes, each with rows of its own: a cell is a size and a row of it. A message that fits none is an object,
 * with the eight words alone in a row: few of these fill any memory.
 */
import { copyBytes, decodeUtf8, encodeUtf8, Publication, type Publisher, type QoS, Rows } from '@mq/core'

/** One on its way to a subscription. Valid until the next one is looked at; who waits takes `publication.keep()`. */
export interface RetainedMessage {
  readonly publication: Publication
  /** No two messages have the same. */
  readonly serial: number
}

interface LargeMessage {
  readonly publication: Publication
  readonly publisher: Publisher | undefined
}

export class RetainedCells {
  /** By size. */
  readonly #rows: (Rows | undefined)[] = []
  /** By row, those of size 0. */
  readonly #large: (LargeMessage | undefined)[] = []
  readonly #loaned = { publication: new Publication(), serial: 0 }
  /** As the last message's were, which is often the same publisher's as the next one's. */
  #publisher: Publisher | undefined = undefined
  #clientId = encodeUtf8('')
  #userName = encodeUtf8('')
  #bytes = 0
  /** A time takes two words, as the bits of its number. */
  readonly #time = new Float64Array(1)
  readonly #timeWords = new Int32Array(this.#time.buffer)

  /** What all of them take. */
  get bytes(): number {
    return this.#bytes
  }

  /** What one would take. */
  bytesFor(publication: Publication, publisher: Publisher | undefined): number {
    const bytes = this.#neededBytes(publication, publisher)
    return bytes > largestBytes ? bytes + objectBytes : sizeBytes[sizeOf(bytes)]!
  }

  /** What it takes. */
  bytesOf(cell: number): number {
    const size = cell & sizeMask
    if (size > 0) return sizeBytes[size]!
    const { publication, publisher } = this.#large[cell >>> sizeBits]!
    return this.bytesFor(publication, publisher)
  }

  add(publication: Publication, publisher: Publisher | undefined, serial: number): number {
    const bytes = this.#neededBytes(publication, publisher)
    const size = bytes > largestBytes ? 0 : sizeOf(bytes)
    this.#rows[size] ??= new Rows(sizeBytes[size]! / 4, pageBitsOf(sizeBytes[size]!))
    const rows = this.#rows[size]
    const row = rows.take()
    const page = rows.page(row)
    const head = rows.wordAt(row)
    page[head + serialWord] = serial
    page[head + flagsWord] = flagsOf(publication, publisher) | (Math.trunc(serial / 0x1_0000_0000) << 16)
    page[head + expiryWord] = publication.messageExpiryInterval
    this.#writeTime(page, head + endWord, publication.expiresAtMs)
    if (size === 0) this.#large[row] = { publication: publication.keep(), publisher }
    else this.#write(page, head, publication, publisher)
    const cell = (row << sizeBits) | size
    this.#bytes += this.bytesOf(cell)
    return cell
  }

  remove(cell: number): void {
    this.#bytes -= this.bytesOf(cell)
    const row = cell >>> sizeBits
    if ((cell & sizeMask) === 0) this.#large[row] = undefined
    this.#rowsOf(cell).give(row)
  }

  serialOf(cell: number): number {
    const rows = this.#rowsOf(cell)
    const row = cell >>> sizeBits
    return (rows.get(row, flagsWord) >>> 16) * 0x1_0000_0000 + (rows.get(row, serialWord) >>> 0)
  }

  /** On the clock of whoever gave it; Infinity: never. */
  expiresAtOf(cell: number): number {
    const rows = this.#rowsOf(cell)
    const row = cell >>> sizeBits
    return this.#readTime(rows.page(row), rows.wordAt(row) + endWord)
  }

  load(cell: number): RetainedMessage {
    const row = cell >>> sizeBits
    if ((cell & sizeMask) === 0) return { publication: this.#large[row]!.publication, serial: this.serialOf(cell) }
    const rows = this.#rowsOf(cell)
    const loaned = this.#loaned
    loaned.serial = this.serialOf(cell)
    read(rows.page(row), rows.wordAt(row), loaned.publication)
    loaned.publication.expiresAtMs = this.expiresAtOf(cell)
    return loaned
  }

  publisherOf(cell: number): Publisher | undefined {
    const row = cell >>> sizeBits
    if ((cell & sizeMask) === 0) return this.#large[row]!.publisher
    const rows = this.#rowsOf(cell)
    const flags = rows.get(row, flagsWord)
    if ((flags & hasPublisher) === 0) return undefined
    const bytes = new Uint8Array(rows.page(row).buffer)
    const lengths = rows.get(row, lengthsWord)
    const payloadLength = rows.get(row, payloadWord) & 0xffff
    const names = rows.get(row, namesWord)
    const start = 4 * rows.wordAt(row) + headBytes + (lengths & 0xffff) + (lengths >>> 16) + payloadLength
    const middle = start + (names & 0xffff)
    return {
      clientId: decodeUtf8(bytes, start, middle),
      userName: (flags & hasUserName) === 0 ? undefined : decodeUtf8(bytes, middle, middle + (names >>> 16)),
    }
  }

  #writeTime(page: Int32Array, at: number, ms: number): void {
    this.#time[0] = ms
    page[at] = this.#timeWords[0]!
    page[at + 1] = this.#timeWords[1]!
  }

  #readTime(page: Int32Array, at: number): number {
    this.#timeWords[0] = page[at]!
    this.#timeWords[1] = page[at + 1]!
    return this.#time[0]!
  }

  #rowsOf(cell: number): Rows {
    return this.#rows[cell & sizeMask]!
  }

  #neededBytes(publication: Publication, publisher: Publisher | undefined): number {
    const { payloadEnd, payloadStart, propertiesEnd, propertiesStart, topicEnd, topicStart } = publication
    this.#encode(publisher)
    const names = this.#clientId.length + this.#userName.length
    return headBytes + topicEnd - topicStart + propertiesEnd - propertiesStart + payloadEnd - payloadStart + names
  }

  #encode(publisher: Publisher | undefined): void {
    if (publisher === this.#publisher) return
    const clientId = encodeUtf8(publisher?.clientId ?? '')
    const userName = encodeUtf8(publisher?.userName ?? '')
    // All or nothing: what cannot be encoded throws, and another's names stay whole.
    this.#publisher = publisher
    this.#clientId = clientId
    this.#userName = userName
  }

  #write(page: Int32Array, head: number, publication: Publication, publisher: Publisher | undefined): void {
    const { propertiesEnd, propertiesStart, expiryAt, payloadEnd, payloadStart, topicEnd, topicStart } = publication
    const topicLength = topicEnd - topicStart
    const propertiesLength = propertiesEnd - propertiesStart
    const payloadLength = payloadEnd - payloadStart
    this.#encode(publisher)
    const clientId = this.#clientId
    const userName = this.#userName
    page[head + lengthsWord] = topicLength | (propertiesLength << 16)
    page[head + payloadWord] = payloadLength | ((expiryAt < 0 ? 0 : expiryAt - propertiesStart + 1) << 16)
    page[head + namesWord] = clientId.length | (userName.length << 16)
    const bytes = new Uint8Array(page.buffer)
    let at = 4 * head + headBytes
    copyBytes(publication.topicBytes, topicStart, topicEnd, bytes, at)
    at += topicLength
    copyBytes(publication.propertyBytes, propertiesStart, propertiesEnd, bytes, at)
    at += propertiesLength
    copyBytes(publication.bytes, payloadStart, payloadEnd, bytes, at)
    at += payloadLength
    copyBytes(clientId, 0, clientId.length, bytes, at)
    copyBytes(userName, 0, userName.length, bytes, at + clientId.length)
  }
}

/** Points `publication` to the bytes of a cell; when it ends is left out. */
function read(page: Int32Array, head: number, publication: Publication): void {
  const bytes = new Uint8Array(page.buffer)
  const lengths = page[head + lengthsWord]!
  const flags = page[head + flagsWord]!
  const payload = page[head + payloadWord]!
  const topicStart = 4 * head + headBytes
  const propertiesStart = topicStart + (lengths & 0xffff)
  const payloadStart = propertiesStart + (lengths >>> 16)
  publication.bytes = bytes
  publication.topicBytes = bytes
  publication.topicStart = topicStart
  publication.topicEnd = propertiesStart
  publication.propertyBytes = bytes
  publication.propertiesStart = propertiesStart
  publication.propertiesEnd = payloadStart
  publication.expiryAt = payload >>> 16 === 0 ? -1 : propertiesStart + (payload >>> 16) - 1
  publication.payloadStart = payloadStart
  publication.payloadEnd = payloadStart + (payload & 0xffff)
  publication.qos = (flags & 3) as QoS
  publication.retain = true
  publication.payloadFormatIndicator = (flags & isUtf8) === 0 ? 0 : 1
  publication.messageExpiryInterval = (flags & hasExpiry) === 0 ? -1 : page[head + expiryWord]! >>> 0
  publication.kept = undefined
}

function flagsOf(publication: Publication, publisher: Publisher | undefined): number {
  return (
    publication.qos |
    (publication.payloadFormatIndicator === 1 ? isUtf8 : 0) |
    (publication.messageExpiryInterval >= 0 ? hasExpiry : 0) |
    (publisher === undefined ? 0 : hasPublisher) |
    (publisher?.userName === undefined ? 0 : hasUserName)
  )
}

/** The eight words before the bytes. */
const lengthsWord = 0
const payloadWord = 1
const namesWord = 2
/** In the upper half the upper part of the serial number, for 2^48 messages. */
const flagsWord = 3
const expiryWord = 4
const endWord = 5
const serialWord = 7
const headBytes = 32

const isUtf8 = 4
const hasExpiry = 8
const hasPublisher = 16
const hasUserName = 32

/** Size 0 is the head alone. From 64 bytes on in steps of 16, from 256 on four for each doubling. */
const sizeBytes = [headBytes, ...Array.from({ length: 29 }, (_, n) => (n < 13 ? 64 + 16 * n : quarterOf(n - 13)))]
const largestBytes = 4096
const stepsOf16 = (256 - 64) / 16 + 1
const sizeBits = 5
const sizeMask = (1 << sizeBits) - 1
/** What a message takes as an object, beside its bytes. */
const objectBytes = 400
const pageBytes = 128 * 1024

/** 320, 384, 448, 512, 640, …: the `n`th. */
function quarterOf(n: number): number {
  return 2 ** (8 + (n >> 2)) * (1.25 + 0.25 * (n & 3))
}

/** The smallest that `bytes` fit in. */
function sizeOf(bytes: number): number {
  if (bytes <= 64) return 1
  if (bytes <= 256) return ((bytes - 49) >>> 4) + 1
  const doublings = 31 - Math.clz32(bytes - 1) - 8
  return stepsOf16 + 4 * doublings + ((bytes - 1) >>> (doublings + 6)) - 3
}

/** So that a page is of `pageBytes` at most. */
function pageBitsOf(bytes: number): number {
  return Math.min(12, 31 - Math.clz32(pageBytes / bytes))
}

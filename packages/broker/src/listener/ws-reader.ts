/**
 * What comes over a WebSocket. The data of binary frames is read here, where it lies, as it comes; the rest is for `ws`:
 *
 *     binary frame, and what continues it    unmasked in place and pushed together: one chunk for all frames that came at once
 *     ping, pong, Close                      to `ws`, whole
 *     text, data where none may be           told to the sink, which closes; of what follows only Close is for `ws`
 *     what else breaks RFC 6455              to `ws`, which says what is wrong; nothing more is read
 *
 * MQTT is a stream over the frames [MQTT-6.0.0-2], so there is no reason to wait for the end of one: `ws` gathers a message
 * before it hands it out, and a client that has not even said CONNECT could make it keep as much as the largest packet may
 * have.
 *
 * Always holds: a chunk begins with `#left` bytes of data, or with a frame. What is handed out is valid during the call only.
 */

export interface WsSink {
  /** Of the stream that MQTT is. */
  data(bytes: Uint8Array): void
  /** For `ws`. */
  other(frame: Uint8Array): void
  /** No data comes after it. */
  fault(closeCode: number, sentence: string): void
}

const finBit = 0x80
const reservedBits = 0x70
const opcodeMask = 0x0f
const continuation = 0x0
const text = 0x1
const binary = 0x2
/** With FIN, as they must be. */
const close = 0x88
const ping = 0x89
const pong = 0x8a
const maskBit = 0x80
const lengthMask = 0x7f
const controlBytesMax = 125
const twoByteLength = 126
const maskBytes = 4
/** Above it a length is no exact number. */
const highWordMax = 0x1f_ffff
const none = new Uint8Array(0)

export class WsReader {
  readonly #sink: WsSink
  /** What is left of the data of a frame. */
  #left = 0
  /** Little-endian, for the next byte of the data. */
  #mask = 0
  /** A message has begun and not ended. */
  #isFragmented = false
  /** A header, or a control frame, of which the rest has not come. */
  #begun: Uint8Array = none
  #isOver = false
  /** What comes was not to come: data is passed over, up to Close, which the other side owes us. */
  #passesOver = false

  constructor(sink: WsSink) {
    this.#sink = sink
  }

  /** It is written over. */
  read(chunk: Uint8Array): void {
    if (this.#isOver) return
    const bytes = this.#begun.length === 0 ? chunk : joined(this.#begun, chunk)
    this.#begun = none
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // The data that has not been handed out yet.
    let start = 0
    let end = 0
    let at = 0
    while (at < bytes.length && !this.#isOver) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, bytes.length - at)
        if (this.#passesOver) {
          this.#left -= count
          at += count
          continue
        }
        if (start === end) start = end = at
        unmask(view, at, end, count, this.#mask)
        this.#left -= count
        this.#mask = rotated(this.#mask, count)
        at += count
        end += count
        continue
      }
      const headerEnd = at + headerBytes(bytes, at)
      if (headerEnd > bytes.length) {
        this.#begun = copied(bytes, at, bytes.length)
        break
      }
      if (this.#isData(view, at, headerEnd)) {
        at = headerEnd
        continue
      }
      if (end > start) this.#sink.data(bytes.subarray(start, end))
      start = end
      at = this.#other(bytes, at, headerEnd)
    }
    if (end > start) this.#sink.data(bytes.subarray(start, end))
  }

  /** Whether data follows that is ours; then its header has been read. */
  #isData(view: DataView, at: number, headerEnd: number): boolean {
    const first = view.getUint8(at)
    const opcode = first & (opcodeMask | reservedBits)
    if (this.#passesOver ? opcode > binary : opcode !== (this.#isFragmented ? continuation : binary)) return false
    if ((view.getUint8(at + 1) & maskBit) === 0) return false
    const length = payloadBytes(view, at)
    if (length < 0) return false
    this.#isFragmented = (first & finBit) === 0
    this.#left = length
    this.#mask = view.getInt32(headerEnd - maskBytes, true)
    return true
  }

  /** A frame whose data is not ours. Returns where it ends. */
  #other(bytes: Uint8Array, at: number, headerEnd: number): number {
    const [first = 0, second = 0] = bytes.subarray(at, at + 2)
    const length = second & lengthMask
    const isMasked = (second & maskBit) !== 0
    if (isMasked && length <= controlBytesMax && (first === close || first === ping || first === pong)) {
      const end = headerEnd + length
      if (end > bytes.length) this.#begun = copied(bytes, at, bytes.length)
      else {
        // Nothing is read behind Close.
        this.#isOver = first === close
        this.#sink.other(copied(bytes, at, end))
      }
      return end
    }
    const opcode = first & (opcodeMask | reservedBits)
    if (!this.#passesOver && (opcode === text || (opcode === binary && this.#isFragmented))) {
      this.#passesOver = true
      if (opcode === text) this.#sink.fault(1003, 'a text frame: MQTT is carried in binary ones')
      else this.#sink.fault(1002, 'a message that begins within another')
      // It is read again, and passed over.
      return at
    }
    this.#isOver = true
    this.#sink.other(copied(bytes, at, bytes.length))
    return bytes.length
  }
}

/** Without a mask, too: that it is missing is for `ws` to say. More than there are where the first two are not there. */
function headerBytes(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1]
  if (second === undefined) return 2
  const length = second & lengthMask
  const lengthBytes = length < twoByteLength ? 0 : length === twoByteLength ? 2 : 8
  return 2 + lengthBytes + ((second & maskBit) === 0 ? 0 : maskBytes)
}

/** RFC 6455, section 5.2; -1 where it is more than can be counted. */
function payloadBytes(view: DataView, at: number): number {
  const length = view.getUint8(at + 1) & lengthMask
  if (length < twoByteLength) return length
  if (length === twoByteLength) return view.getUint16(at + 2)
  const high = view.getUint32(at + 2)
  return high > highWordMax ? -1 : high * 2 ** 32 + view.getUint32(at + 6)
}

/**
 * Section 5.3: `count` bytes from `from` to `to`, which is not behind it. In words, two at once: 77 bytes take 44 ns, 65 with
 * one at once, and 212 byte by byte as in `ws`; 2,000 take 0.8, 1.6 and 5.3 us (Node.js 24).
 */
function unmask(view: DataView, from: number, to: number, count: number, mask: number): void {
  let done = 0
  for (; done + 8 <= count; done += 8) {
    const one = view.getInt32(from + done, true) ^ mask
    const other = view.getInt32(from + done + 4, true) ^ mask
    view.setInt32(to + done, one, true)
    view.setInt32(to + done + 4, other, true)
  }
  for (; done + 4 <= count; done += 4) view.setInt32(to + done, view.getInt32(from + done, true) ^ mask, true)
  for (; done < count; done++) {
    view.setUint8(to + done, view.getUint8(from + done) ^ (mask >>> ((done & 3) * 8)))
  }
}

/** The mask after so many bytes. */
function rotated(mask: number, bytes: number): number {
  const bits = (bytes & 3) * 8
  return bits === 0 ? mask : (mask >>> bits) | (mask << (32 - bits))
}

function copied(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.subarray(from, to))
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

/**
 * Reads the fields of one packet, where speed does not matter. The first thing that is wrong stays in `fault`, every read
 * after it answers with something empty, and the caller looks at `fault` once, at the end of a stretch: decoding reads
 * like the figure in the specification.
 *
 * Always holds: start <= at <= end. `at` stops where the fault was.
 */
import type { Fault } from '../packet/fault.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { decodeUtf8, isWellFormedUtf8 } from '../wire/utf8.ts'
import { readVarInt, varIntSize, varIntTruncated } from '../wire/var-int.ts'

export class Reader {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
  fault: Fault | undefined = undefined

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    this.at = start
    this.end = end
  }

  get remaining(): number {
    return this.end - this.at
  }

  /** Records a fault, unless an earlier one stands. */
  fail(reasonCode: ReasonCode, clause: string, sentence: string): void {
    this.fault ??= { type: 'fault', reasonCode, clause, sentence }
  }

  malformed(clause: string, sentence: string): void {
    this.fail(ReasonCode.malformedPacket, clause, sentence)
  }

  protocolError(clause: string, sentence: string): void {
    this.fail(ReasonCode.protocolError, clause, sentence)
  }

  byte(): number {
    const at = this.#take(1)
    return at < 0 ? 0 : this.bytes[at]!
  }

  twoByteInteger(): number {
    const at = this.#take(2)
    return at < 0 ? 0 : (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }

  fourByteInteger(): number {
    const high = this.twoByteInteger()
    return high * 0x1_0000 + this.twoByteInteger()
  }

  variableByteInteger(): number {
    if (this.fault !== undefined) return 0
    const value = readVarInt(this.bytes, this.at, this.end)
    if (value >= 0) {
      this.at += varIntSize(value)
      return value
    }
    this.malformed('MQTT-1.5.5-1', `a Variable Byte Integer is ${value === varIntTruncated ? 'cut short' : 'too long'}`)
    return 0
  }

  /** `clause`: the statement that says this field is a UTF-8 Encoded String. */
  string(clause = 'MQTT-1.5.4-1'): string {
    const length = this.twoByteInteger()
    const at = this.#take(length)
    if (at < 0) return ''
    if (isWellFormedUtf8(this.bytes, at, this.at)) return decodeUtf8(this.bytes, at, this.at)
    this.at = at
    this.malformed(clause, 'a string is not well-formed UTF-8, or contains U+0000')
    return ''
  }

  /** A copy: what is read on the cold path is kept. */
  binary(): Uint8Array {
    const length = this.twoByteInteger()
    const at = this.#take(length)
    // Not slice(): a Buffer's slice is a view.
    return at < 0 ? new Uint8Array(0) : new Uint8Array(this.bytes.subarray(at, this.at))
  }

  /** A Packet Identifier of 0 can be read but is never allowed [MQTT-2.2.1-3]. */
  packetId(): number {
    const packetId = this.twoByteInteger()
    if (packetId === 0) this.protocolError('MQTT-2.2.1-3', 'the Packet Identifier is 0')
    return packetId
  }

  /** Nothing may follow the last field. */
  finish(): Fault | undefined {
    if (this.at < this.end) this.malformed('2.1.4', `${this.remaining} bytes follow the end of the packet`)
    return this.fault
  }

  #take(size: number): number {
    if (this.fault !== undefined) return -1
    const at = this.at
    if (at + size > this.end) {
      this.malformed('1.2', 'the packet ends in the middle of a field')
      return -1
    }
    this.at = at + size
    return at
  }
}

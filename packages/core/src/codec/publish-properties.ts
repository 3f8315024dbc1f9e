/** The properties of a PUBLISH (section 3.3.2.3), validated where they lie; see publish.ts for what becomes of them. */
import { type Fault, fault } from '../packet/fault.ts'
import type { Publication } from '../packet/publication.ts'
import { PropertyId } from '../spec/property.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { copyBytes } from '../wire/copy.ts'
import { isWellFormedUtf8 } from '../wire/utf8.ts'
import { readVarInt, varIntSize, varIntTruncated } from '../wire/var-int.ts'
import { emptyBytes } from '../wire/writer.ts'
import { KnownProperties } from './known-properties.ts'

/** More than this is given back after use. */
const scratchBytesKept = 4096

/** Room for the properties of one packet, used again for the next one; and the properties of an earlier one. */
export class PropertyScratch {
  bytes: Uint8Array = emptyBytes
  length = 0
  readonly known: KnownProperties = new KnownProperties()

  clear(): void {
    this.length = 0
    if (this.bytes.length > scratchBytesKept) this.bytes = emptyBytes
  }

  append(source: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start
    if (length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(64, length, this.bytes.length * 2))
      copyBytes(this.bytes, 0, this.length, grown, 0)
      this.bytes = grown
    }
    copyBytes(source, start, end, this.bytes, this.length)
    this.length = length
  }
}

/** Reads Property Length at `start` and the block behind it. `into.payloadStart` becomes the index after it. */
export function decodeMessageProperties(
  into: Publication,
  bytes: Uint8Array,
  start: number,
  packetEnd: number,
  scratch: PropertyScratch,
): Fault | undefined {
  const length = readVarInt(bytes, start, packetEnd)
  if (length < 0) return badVarInt(length)
  let at = start + varIntSize(length)
  const end = at + length
  if (end > packetEnd) return malformed('2.2.2.1', 'Property Length reaches beyond the packet')
  into.payloadStart = end
  if (scratch.known.read(into, bytes, at, end)) return undefined

  const blockStart = at
  // What travels on, as one run of bytes for as long as it is one; then joined in scratch.
  let runStart = at
  let runEnd = at
  let joined = false
  // One bit per identifier that was seen; all of PUBLISH that may stand only once lie below 0x24.
  let seenLow = 0
  let seenAlias = false
  let identifiers: number[] | undefined
  while (at < end) {
    const id = bytes[at]!
    const valueStart = at + 1
    let travels = true
    let next = 0
    if (id < 32 && id !== PropertyId.subscriptionIdentifier) {
      if ((seenLow & (1 << id)) !== 0) return twice(id)
      seenLow |= 1 << id
    }
    switch (id) {
      case PropertyId.payloadFormatIndicator: {
        next = valueStart + 1
        const value = bytes[valueStart]!
        if (next > end) break
        if (value > 1) return protocolError('3.3.2.3.2', `Payload Format Indicator is ${value}, it may be 0 or 1`)
        into.payloadFormatIndicator = value === 0 ? 0 : 1
        break
      }
      case PropertyId.messageExpiryInterval:
        next = valueStart + 4
        if (next > end) break
        into.messageExpiryInterval = readFourBytes(bytes, valueStart)
        into.expiryAt = joined ? scratch.length + 1 : valueStart
        break
      case PropertyId.topicAlias: {
        next = valueStart + 2
        travels = false
        if (next > end) break
        if (seenAlias) return twice(id)
        seenAlias = true
        const alias = (bytes[valueStart]! << 8) | bytes[valueStart + 1]!
        // More exact than 0x82, which would be right too.
        if (alias === 0) return fault(ReasonCode.topicAliasInvalid, 'MQTT-3.3.2-8', 'the Topic Alias is 0')
        into.topicAlias = alias
        break
      }
      case PropertyId.subscriptionIdentifier: {
        travels = false
        const identifier = readVarInt(bytes, valueStart, end)
        if (identifier < 0) return badVarInt(identifier)
        if (identifier === 0) return protocolError('3.3.2.3.8', 'a Subscription Identifier is 0')
        next = valueStart + varIntSize(identifier)
        if (identifiers === undefined) into.subscriptionIdentifiers = identifiers = [identifier]
        else identifiers.push(identifier)
        break
      }
      case PropertyId.contentType:
      case PropertyId.responseTopic: {
        next = fieldEnd(bytes, valueStart, end)
        if (next > end) break
        if (!isWellFormedUtf8(bytes, valueStart + 2, next)) return badUtf8(clauseOf(id))
        if (id === PropertyId.responseTopic && hasWildcard(bytes, valueStart + 2, next)) {
          return protocolError('MQTT-3.3.2-14', 'the Response Topic contains a wildcard character')
        }
        // Whoever answers would publish to it, and be disconnected for that.
        if (id === PropertyId.responseTopic && next === valueStart + 2) {
          return protocolError('MQTT-4.7.3-1', 'the Response Topic is empty')
        }
        break
      }
      case PropertyId.correlationData:
        next = fieldEnd(bytes, valueStart, end)
        break
      case PropertyId.userProperty: {
        const nameEnd = fieldEnd(bytes, valueStart, end)
        next = fieldEnd(bytes, nameEnd, end)
        if (next > end) break
        if (!isWellFormedUtf8(bytes, valueStart + 2, nameEnd)) return badUtf8('MQTT-1.5.7-1')
        if (!isWellFormedUtf8(bytes, nameEnd + 2, next)) return badUtf8('MQTT-1.5.7-1')
        break
      }
      default:
        return malformed('2.2.2.2', `property ${id} does not belong into publish`)
    }
    if (next > end) return malformed('2.2.2', 'a property ends beyond Property Length')
    if (travels) {
      if (joined) scratch.append(bytes, at, next)
      else if (runStart === runEnd) {
        runStart = at
        runEnd = next
      } else if (runEnd === at) runEnd = next
      else {
        joined = true
        scratch.clear()
        // It lies in the run, or is the property that is about to be put behind it.
        if (into.expiryAt >= 0) into.expiryAt -= into.expiryAt < runEnd ? runStart : at - (runEnd - runStart)
        scratch.append(bytes, runStart, runEnd)
        scratch.append(bytes, at, next)
      }
    }
    at = next
  }

  if (joined) {
    into.propertyBytes = scratch.bytes
    into.propertiesEnd = scratch.length
  } else if (runStart !== runEnd) {
    into.propertyBytes = bytes
    into.propertiesStart = runStart
    into.propertiesEnd = runEnd
    if (identifiers === undefined) scratch.known.remember(into, bytes, blockStart, end)
  }
  return undefined
}

/** The index after a field with a two-byte length; beyond `end` when it is cut short. */
function fieldEnd(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 > end ? end + 1 : at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!)
}

function readFourBytes(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

function hasWildcard(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 0x23 || bytes[at] === 0x2b) return true
  return false
}

function clauseOf(id: number): string {
  return id === PropertyId.responseTopic ? 'MQTT-3.3.2-13' : 'MQTT-3.3.2-19'
}

function badUtf8(clause: string): Fault {
  return malformed(clause, 'a property is not well-formed UTF-8, or contains U+0000')
}

function badVarInt(value: number): Fault {
  const how = value === varIntTruncated ? 'cut short' : 'too long'
  return malformed('MQTT-1.5.5-1', `a Variable Byte Integer is ${how}`)
}

function twice(id: number): Fault {
  return protocolError('3.3.2.3', `property ${id} stands twice in publish`)
}

function malformed(clause: string, sentence: string): Fault {
  return fault(ReasonCode.malformedPacket, clause, sentence)
}

function protocolError(clause: string, sentence: string): Fault {
  return fault(ReasonCode.protocolError, clause, sentence)
}

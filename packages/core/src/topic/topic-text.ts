import { type Fault, fault } from '../packet/fault.ts'
import { stringBytesMax } from '../spec/limits.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { isEncodableString, utf8Length } from '../wire/utf8.ts'

/** What a broker or client accepts below the limits of the wire format; an absent one is not checked. */
export interface TopicLimits {
  /** How many levels a Topic Name or Topic Filter may have: `a/b` has two. */
  readonly levelsMax?: number | undefined
  /** How long it may be in UTF-8, in bytes. */
  readonly bytesMax?: number | undefined
}

const slash = 0x2f

/**
 * The rules that Topic Names and Topic Filters share (section 4.7.3). `invalid` is the reason code of a text that is a
 * proper string but no proper topic; a text that no UTF-8 Encoded String may hold is malformed, whatever it stands for.
 */
export function checkTopicText(text: string, invalid: ReasonCode, limits: TopicLimits | undefined): Fault | undefined {
  if (text.length === 0) return fault(invalid, 'MQTT-4.7.3-1', 'a topic is at least one character long')
  if (text.includes('\0')) return fault(ReasonCode.malformedPacket, 'MQTT-4.7.3-2', 'a topic holds no U+0000')
  if (!isEncodableString(text)) {
    return fault(ReasonCode.malformedPacket, 'MQTT-1.5.4-1', 'the topic is not well-formed Unicode')
  }
  const bytesMax = Math.min(limits?.bytesMax ?? stringBytesMax, stringBytesMax)
  if (text.length * 3 > bytesMax && utf8Length(text) > bytesMax) {
    return fault(invalid, 'MQTT-4.7.3-3', `the topic is longer than ${bytesMax} bytes`)
  }
  const levelsMax = limits?.levelsMax
  if (levelsMax !== undefined && countLevels(text) > levelsMax) {
    return fault(invalid, '4.7.3', `the topic has more than ${levelsMax} levels`)
  }
  return undefined
}

export function countLevels(text: string): number {
  let levels = 1
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) === slash) levels++
  }
  return levels
}

/** Where the level of `text` ends that begins at `start`. */
export function levelEnd(text: string, start: number): number {
  const end = text.indexOf('/', start)
  return end < 0 ? text.length : end
}

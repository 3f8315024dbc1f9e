import { type Fault, fault } from '../packet/fault.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { checkTopicText, countLevels, type TopicLimits } from './topic-text.ts'

declare const topicFilter: unique symbol

/** A Topic Filter (section 4.7): what names are matched against. Only {@link parseTopicFilter} makes one. */
export type TopicFilter = string & { readonly [topicFilter]: true }

export interface ParsedTopicFilter {
  readonly type: 'topicFilter'
  /** As it stands in SUBSCRIBE, `$share/…` included: the identity of the subscription within its session. */
  readonly text: string
  /** What names are matched against: `text` without `$share/{ShareName}/`. */
  readonly filter: TopicFilter
  /** Of a Shared Subscription (section 4.8.2), else undefined. */
  readonly shareName: string | undefined
  readonly hasWildcard: boolean
  /** How many levels `filter` has. */
  readonly levels: number
}

const sharePrefix = '$share/'
const plus = 0x2b
const numberSign = 0x23

/**
 * The Topic Filter that `text` is, `$share/{ShareName}/` split off, or why it is none: 0x81 where no UTF-8 Encoded String
 * may hold such a text, 0x8F where it breaks a rule of sections 4.7 or 4.8.2 or is beyond `limits` (which count `text`
 * whole). Nothing is normalized [MQTT-4.7.3-4].
 *
 * @example
 * parseTopicFilter('$share/workers/jobs/+') // { filter: 'jobs/+', shareName: 'workers', hasWildcard: true, levels: 2, … }
 */
export function parseTopicFilter(text: string, limits?: TopicLimits): ParsedTopicFilter | Fault {
  const broken = checkTopicText(text, ReasonCode.topicFilterInvalid, limits)
  if (broken !== undefined) return broken
  let filter = text
  let shareName: string | undefined
  if (text.startsWith(sharePrefix)) {
    const end = text.indexOf('/', sharePrefix.length)
    shareName = end < 0 ? text.slice(sharePrefix.length) : text.slice(sharePrefix.length, end)
    if (shareName === '') return invalid('MQTT-4.8.2-1', 'a ShareName is at least one character long')
    if (shareName.includes('+') || shareName.includes('#')) {
      return invalid('MQTT-4.8.2-2', 'a ShareName holds no wildcard character')
    }
    filter = end < 0 ? '' : text.slice(end + 1)
    if (filter === '') return invalid('MQTT-4.8.2-2', 'a ShareName is followed by "/" and a Topic Filter')
  }
  const wildcards = checkWildcards(filter)
  if (typeof wildcards !== 'boolean') return wildcards
  return {
    type: 'topicFilter',
    text,
    filter: filter as TopicFilter,
    shareName,
    hasWildcard: wildcards,
    levels: countLevels(filter),
  }
}

/** Whether `filter` has wildcards, or which of them stands where it must not. */
function checkWildcards(filter: string): boolean | Fault {
  let found = false
  for (let at = 0; at < filter.length; at++) {
    const character = filter.charCodeAt(at)
    if (character !== plus && character !== numberSign) continue
    found = true
    const opensLevel = at === 0 || filter[at - 1] === '/'
    if (character === plus) {
      const closesLevel = at === filter.length - 1 || filter[at + 1] === '/'
      if (!opensLevel || !closesLevel) return invalid('MQTT-4.7.1-2', '"+" occupies an entire level')
    } else if (!opensLevel || at !== filter.length - 1) {
      return invalid('MQTT-4.7.1-1', '"#" is the last level, on its own')
    }
  }
  return found
}

function invalid(clause: string, sentence: string): Fault {
  return fault(ReasonCode.topicFilterInvalid, clause, sentence)
}

import { type Fault, fault } from '../packet/fault.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import { checkTopicText, type TopicLimits } from './topic-text.ts'

declare const topicName: unique symbol

/** A Topic Name (section 4.7): what a message is published to. Only {@link parseTopicName} and TopicTable make one. */
export type TopicName = string & { readonly [topicName]: true }

/**
 * The Topic Name that `text` is, or why it is none: 0x81 where no UTF-8 Encoded String may hold such a text, 0x90 where the
 * string is in order but no Topic Name, or beyond `limits`. Nothing is normalized [MQTT-4.7.3-4].
 *
 * @example
 * const name = parseTopicName('sport/tennis')
 * if (typeof name !== 'string') return name.sentence
 */
export function parseTopicName(text: string, limits?: TopicLimits): TopicName | Fault {
  const broken = checkTopicText(text, ReasonCode.topicNameInvalid, limits)
  if (broken !== undefined) return broken
  // [MQTT-4.7.0-1] [MQTT-4.7.1-1]
  if (text.includes('+') || text.includes('#')) {
    return fault(ReasonCode.topicNameInvalid, 'MQTT-3.3.2-2', 'a Topic Name holds no wildcard character')
  }
  return text as TopicName
}

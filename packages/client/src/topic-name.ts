import { parseTopicName } from '@mq/core'
import { described } from './described.ts'
import { MqttError } from './errors.ts'

/** @throws MqttError 'invalid-argument' where `text` is no Topic Name [MQTT-3.3.2-2], [MQTT-3.3.2-14] */
export function checkTopicName(text: unknown, what = 'the topic '): void {
  if (typeof text !== 'string') {
    throw new MqttError('invalid-argument', `${what}is ${described(text)}; give a string such as 'house/kitchen'`)
  }
  const parsed = parseTopicName(text)
  if (typeof parsed !== 'string') throw new MqttError('invalid-argument', `${what}"${text}": ${parsed.sentence}`)
}

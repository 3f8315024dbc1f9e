import { parseTopicName } from '@mq/core'
import { MqttError } from './errors.ts'

/** @throws MqttError 'invalid-argument' where `text` is no Topic Name [MQTT-3.3.2-2], [MQTT-3.3.2-14] */
export function checkTopicName(text: string, what = ''): void {
  const parsed = parseTopicName(text)
  if (typeof parsed !== 'string') throw new MqttError('invalid-argument', `${what}"${text}": ${parsed.sentence}`)
}

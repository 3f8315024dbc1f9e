/** What `publish` was called with, in either of its forms: a message, or a topic, a payload and options. */
import { MqttError } from './errors.ts'
import type { Abortable, Payload } from './options.ts'
import { asPayload } from './payload.ts'
import type { OutgoingMessage, PublishOptions } from './types.ts'

/** @throws MqttError 'invalid-argument' */
export function publishArguments(
  topic: string | OutgoingMessage,
  payload: Payload | Abortable | undefined,
  options: (PublishOptions & Abortable) | undefined,
): [message: OutgoingMessage, abortable: Abortable | undefined] {
  // Null is an object, too; as a topic it is refused for what it is.
  if (typeof topic !== 'object' || topic === null) return [{ ...options, topic, payload: asPayload(payload) }, options]
  if (options !== undefined || typeof payload === 'string' || payload instanceof Uint8Array) {
    throw new MqttError('invalid-argument', 'publish(message, options) has the payload in the message')
  }
  return [topic, payload]
}

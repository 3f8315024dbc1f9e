/** --content-type and its like: the properties of messages, for whoever publishes. */
import type { MessageProperties } from '@mq/core'
import type { Arguments } from './arguments.ts'
import { durationMsOf, pairOf, topicNameOf } from './values.ts'

/** Only MQTT 5.0 carries these. */
export const messagePropertyOptions = [
  'content-type',
  'response-topic',
  'correlation-data',
  'expiry',
  'user-property',
] as const

/** The first of them that was given. */
export function messagePropertyOptionOf(given: Arguments): string | undefined {
  const name = messagePropertyOptions.find((each) => given.flag(each))
  return name === undefined ? undefined : `--${name}`
}

/**
 * @param before User Properties that come before those of --user-property
 * @throws UsageError
 */
export function messagePropertiesOf(
  given: Arguments,
  before: NonNullable<MessageProperties['userProperties']>,
): MessageProperties {
  const contentType = given.text('content-type')
  const responseTopic = given.text('response-topic')
  const correlationData = given.text('correlation-data')
  const expiry = given.text('expiry')
  const pairs = given.all('user-property').map((text) => pairOf('--user-property', text))
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic: topicNameOf('--response-topic', responseTopic) }),
    ...(correlationData === undefined ? {} : { correlationData: Buffer.from(correlationData) }),
    // Whole seconds on the wire; a fraction is rounded up, so that nothing ends before its time.
    ...(expiry === undefined
      ? {}
      : { messageExpiryInterval: Math.ceil(durationMsOf('--expiry', expiry, 4_294_967_295_000) / 1000) }),
    ...(pairs.length === 0 ? {} : { userProperties: [...before, ...pairs] }),
  }
}

/** %j and %J of -F: the JSON of mosquitto_sub 2.1, with its names and its order. */
import type { PublishProperties } from '@mq/core'
import type { ReceivedMessage } from '../connection/connection.ts'
import type { FormatContext } from './format.ts'
import { strftime, zoneOffset } from './strftime.ts'

/** undefined where the payload should be embedded and is not JSON. */
export function mosquittoJson(
  message: ReceivedMessage,
  context: FormatContext,
  payload: 'escaped' | 'embedded',
): string | undefined {
  const { date, nanoseconds } = context
  const micros = String(Math.floor(nanoseconds / 1000)).padStart(6, '0')
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(message.payload)
  let value: unknown = null
  if (text !== '') {
    if (payload === 'escaped') value = text
    else {
      try {
        value = JSON.parse(text)
      } catch {
        return undefined
      }
    }
  }
  const properties = propertiesOf(message.properties)
  const object = {
    tst: `${strftime('F', date)}T${strftime('T', date)}.${micros}${zoneOffset(date)}`,
    topic: message.topicName,
    qos: message.qos,
    retain: message.retain,
    payloadlen: message.payload.length,
    ...(message.qos > 0 ? { mid: message.packetId ?? 0 } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    payload: value,
  }
  return JSON.stringify(object, undefined, context.pretty ? 2 : undefined)
}

function propertiesOf(properties: PublishProperties): Record<string, unknown> {
  const { correlationData, subscriptionIdentifiers, userProperties } = properties
  const named: Record<string, unknown> = {
    'payload-format-indicator': properties.payloadFormatIndicator,
    'message-expiry-interval': properties.messageExpiryInterval,
    'content-type': properties.contentType,
    'response-topic': properties.responseTopic,
    'correlation-data': correlationData === undefined ? undefined : Buffer.from(correlationData).toString(),
    'subscription-identifier': subscriptionIdentifiers?.[0],
    'topic-alias': properties.topicAlias,
    'user-properties': userProperties?.length ? userProperties.map(([name, value]) => ({ [name]: value })) : undefined,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}

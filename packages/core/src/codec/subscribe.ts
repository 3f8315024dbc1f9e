/**
 * SUBSCRIBE and UNSUBSCRIBE from bytes to packet, by our own hand, as CONNECT is and for the same reason: a fleet that
 * reconnects subscribes again. The form of a Topic Filter is not checked here, but how many there are is: of the shortest a
 * third of a million fit into a packet of the default size, and to decode so many takes a third of a second.
 */
import { type Fault, fault } from '../packet/fault.ts'
import type { SubscribePacket, SubscriptionRequest, UnsubscribePacket } from '../packet/packet.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { ProtocolVersion, QoS } from '../spec/version.ts'
import { decodeProperties } from './properties.ts'
import { Reader } from './reader.ts'

/** `body`…`end` is what follows the fixed header. */
export function decodeSubscribe(
  bytes: Uint8Array,
  body: number,
  end: number,
  version: ProtocolVersion,
  topicFiltersMax: number,
): SubscribePacket | Fault {
  const reader = new Reader(bytes, body, end)
  const packetId = reader.packetId()
  const properties = version === 5 ? decodeProperties(reader, 'subscribe') : undefined
  if (reader.remaining === 0) reader.protocolError('MQTT-3.8.3-2', 'a SUBSCRIBE without Topic Filter')
  const subscriptions: SubscriptionRequest[] = []
  while (reader.remaining > 0 && reader.fault === undefined) {
    if (subscriptions.length === topicFiltersMax) return tooMany('a SUBSCRIBE', topicFiltersMax)
    const topicFilter = reader.string('MQTT-3.8.3-1')
    const options = reader.byte()
    checkOptions(reader, options, topicFilter, version)
    subscriptions.push(toRequest(topicFilter, options))
  }
  const wrong = reader.finish()
  if (wrong !== undefined) return wrong
  return { type: 'subscribe', packetId, subscriptions, ...(properties !== undefined && { properties }) }
}

export function decodeUnsubscribe(
  bytes: Uint8Array,
  body: number,
  end: number,
  version: ProtocolVersion,
  topicFiltersMax: number,
): UnsubscribePacket | Fault {
  const reader = new Reader(bytes, body, end)
  const packetId = reader.packetId()
  const properties = version === 5 ? decodeProperties(reader, 'unsubscribe') : undefined
  if (reader.remaining === 0) reader.protocolError('MQTT-3.10.3-2', 'an UNSUBSCRIBE without Topic Filter')
  const topicFilters: string[] = []
  while (reader.remaining > 0 && reader.fault === undefined) {
    if (topicFilters.length === topicFiltersMax) return tooMany('an UNSUBSCRIBE', topicFiltersMax)
    topicFilters.push(reader.string('MQTT-3.10.3-1'))
  }
  const wrong = reader.finish()
  if (wrong !== undefined) return wrong
  return { type: 'unsubscribe', packetId, topicFilters, ...(properties !== undefined && { properties }) }
}

function tooMany(packet: string, topicFiltersMax: number): Fault {
  const sentence = `${packet} of more than ${topicFiltersMax} Topic Filters; send them in several`
  return fault(ReasonCode.quotaExceeded, '4.13', sentence)
}

/** Of options that have been checked; before 5.0 all but QoS are 0. */
function toRequest(topicFilter: string, options: number): SubscriptionRequest {
  return {
    topicFilter,
    qos: (options & 0x03) as QoS,
    noLocal: (options & 0x04) !== 0,
    retainAsPublished: (options & 0x08) !== 0,
    retainHandling: ((options >> 4) & 0x03) as SubscriptionRequest['retainHandling'],
  }
}

function checkOptions(reader: Reader, options: number, filter: string, version: ProtocolVersion): void {
  if (reader.fault !== undefined) return
  if (version !== 5) {
    // Both the reserved bits and QoS 3, in one statement.
    if (options > 2) reader.malformed('MQTT311-3.8.3-4', `Requested QoS is the byte ${options}`)
    return
  }
  if ((options & 0xc0) !== 0) reader.malformed('MQTT-3.8.3-5', 'reserved Subscription Options are set')
  if ((options & 0x03) === 3) reader.protocolError('3.8.3.1', 'the Maximum QoS of a subscription is 3')
  if ((options & 0x30) === 0x30) reader.protocolError('3.8.3.1', 'Retain Handling is 3')
  if ((options & 0x04) !== 0 && filter.startsWith('$share/')) {
    reader.protocolError('MQTT-3.8.3-4', 'No Local on a Shared Subscription')
  }
}

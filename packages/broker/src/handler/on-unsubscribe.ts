import { ReasonCode, type UnsubscribePacket } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import { unsubscriptionUnits } from '../limit/turn.ts'
import { parseFilter } from './on-subscribe.ts'

/** UNSUBSCRIBE (section 3.10): compared character by character [MQTT-3.10.4-1]; always answered [MQTT-3.10.4-4]. */
export function onUnsubscribe(connection: Connection, packet: UnsubscribePacket): void {
  const { broker, machine, session } = connection
  if (session === undefined) return
  broker.turn.spend(packet.topicFilters.length * unsubscriptionUnits)
  for (const topicFilter of packet.topicFilters) if (parseFilter(connection, topicFilter) === undefined) return
  const reasonCodes = packet.topicFilters.map((topicFilter) => {
    const subscription = session.subscriptions.get(topicFilter)
    if (subscription === undefined) return ReasonCode.noSubscriptionExisted
    session.subscriptions.delete(topicFilter)
    broker.index.remove(subscription)
    if (session.persistent) broker.store.removeSubscription(session.clientId, topicFilter)
    return ReasonCode.success
  })
  connection.whenDurable(() => {
    machine.answer({
      type: 'unsuback',
      packetId: packet.packetId,
      reasonCodes: machine.version === 5 ? reasonCodes : [],
    })
  })
}

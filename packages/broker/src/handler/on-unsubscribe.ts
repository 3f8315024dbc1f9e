import { ReasonCode, type UnsubscribePacket } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import { inTurns } from '../limit/in-turns.ts'
import { unsubscriptionUnits } from '../limit/turn.ts'
import { parseFilters } from './on-subscribe.ts'

/** UNSUBSCRIBE (section 3.10): compared character by character [MQTT-3.10.4-1]; always answered [MQTT-3.10.4-4]. */
export function onUnsubscribe(connection: Connection, packet: UnsubscribePacket): void {
  const { broker, machine, session } = connection
  if (session === undefined) return
  const filters = parseFilters(connection, packet.topicFilters)
  if (filters === undefined) return
  const reasonCodes: ReasonCode[] = []
  const remove = (i: number): void => {
    const filter = filters[i]!
    const removed = broker.index.remove(session, filter)
    if (removed && session.persistent) broker.store.removeSubscription(session.clientId, filter.text)
    reasonCodes.push(removed ? ReasonCode.success : ReasonCode.noSubscriptionExisted)
  }
  inTurns(connection, filters.length, unsubscriptionUnits, remove, () => {
    connection.whenDurable(() => {
      machine.answer({
        type: 'unsuback',
        packetId: packet.packetId,
        reasonCodes: machine.version === 5 ? reasonCodes : [],
      })
    })
  })
}

import type { ClientLimits, ConnackPacket } from '@mq/core'
import type { SessionInfo } from './types.ts'

export function sessionInfo(packet: ConnackPacket, limits: ClientLimits, clientId: string): SessionInfo {
  const { responseInformation, userProperties = [] } = packet.properties ?? {}
  return { present: packet.sessionPresent, clientId, limits, responseInformation, userProperties }
}

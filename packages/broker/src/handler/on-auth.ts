import { type AuthPacket, ReasonCode } from '@mq/core'
import type { Connection } from '../connection/connection.ts'

/** AUTH (section 3.15): no Authentication Method is configured, so none can have been agreed on [MQTT-4.12.0-6]. */
export function onAuth(connection: Connection, _packet: AuthPacket): void {
  connection.disconnect(ReasonCode.protocolError, 'AUTH without an Authentication Method in CONNECT')
}

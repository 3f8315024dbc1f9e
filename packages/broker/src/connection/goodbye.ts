import { ReasonCode } from '@mq/core'
import type { Connection } from './connection.ts'

/** The server is shutting down: tell the client, and wait until the network connection is gone, at most `ms`. */
export function sayGoodbye(connection: Connection, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => connection.transport.destroy(), ms)
    connection.gone = () => {
      clearTimeout(timer)
      resolve()
    }
    connection.disconnect(ReasonCode.serverShuttingDown, 'the server is shutting down')
  })
}

import type { ClientCloseReason } from '@mq/core'
import { ConnectError, reasonText } from './errors.ts'

/** Why a connection ended, as the error that a program sees. */
export function closeError(reason: ClientCloseReason): ConnectError {
  switch (reason.by) {
    case 'server': {
      const { reasonCode, properties } = reason.packet
      const { reasonString, serverReference } = properties ?? {}
      const message = `the server ended the connection: ${reasonText(reasonCode, reasonString)}`
      return new ConnectError('server-disconnect', message, { reasonCode, reasonString, serverReference })
    }
    case 'refusal': {
      const { reasonCode, packet } = reason
      const { reasonString, serverReference } = packet.properties ?? {}
      const message = `the server refused the connection: ${reasonText(reasonCode, reasonString)}`
      return new ConnectError('connect-refused', message, { reasonCode, reasonString, serverReference })
    }
    case 'fault': {
      const { clause, sentence } = reason.fault
      return new ConnectError('protocol-error', `the server broke the protocol: ${sentence} [${clause}]`)
    }
    case 'timeout':
      return new ConnectError('keep-alive-timeout', reason.sentence)
    case 'network':
      return new ConnectError('connection-lost', reason.sentence)
    case 'client':
      return new ConnectError('client-closed', 'the client was disconnected')
  }
}

/** Does it look like a server that does not know this version: it says so, or closes without an answer? */
export function isUnknownVersion(reason: ClientCloseReason | undefined): boolean {
  if (reason?.by === 'refusal') return reason.reasonCode === 0x84
  if (reason?.by === 'network') return !reason.answered
  return reason?.by === 'fault'
}

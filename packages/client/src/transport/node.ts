/** The Transports that Node.js has, chosen by the URL's scheme. */
import type { Transport } from '@mq/core'
import { WebSocket } from 'ws'
import { MqttError } from '../errors.ts'
import type { TransportTarget } from '../options.ts'
import { openTcp, openTls, openUnix } from './socket.ts'
import { nodeTlsOptions } from './tls-options.ts'
import { openedWebSocket, subprotocols, type WebSocketLike } from './web-socket.ts'

export function openTransport(target: TransportTarget): Promise<Transport> {
  switch (target.url.protocol) {
    case 'mqtt:':
    case 'tcp:':
      return openTcp(target)
    case 'mqtts:':
    case 'tls:':
    case 'ssl:':
      return openTls(target)
    case 'ws:':
    case 'wss:':
      return openWebSocket(target)
    case 'unix:':
      return openUnix(target)
    default:
      return Promise.reject(new MqttError('invalid-argument', `no transport for "${target.url.protocol}" URLs`))
  }
}

function openWebSocket(target: TransportTarget): Promise<Transport> {
  const { url, tls, ws } = target
  const bare = new URL(url)
  // Credentials in the URL are MQTT's, not HTTP's.
  bare.username = ''
  bare.password = ''
  const socket: WebSocketLike = new WebSocket(bare, subprotocols(target), {
    ...nodeTlsOptions(tls),
    ...(ws?.headers && { headers: { ...ws.headers } }),
    perMessageDeflate: false,
  })
  return openedWebSocket(socket, target)
}

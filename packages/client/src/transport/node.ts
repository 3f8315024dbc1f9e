/** The Transports that Node.js has, chosen by the URL's scheme. */
import type { Transport } from '@mq/core'
import { WebSocket } from 'ws'
import { MqttError } from '../errors.ts'
import type { TransportTarget } from '../options.ts'
import { cameFrom, openTcp, openTls, openUnix } from './socket.ts'
import { nodeTlsOptions } from './tls-options.ts'
import { openedWebSocket, subprotocols, type WebSocketLike } from './web-socket.ts'

/**
 * What the client opens where `transport` is not given: TCP, TLS, WebSocket or a Unix domain socket, by the URL's scheme. To
 * be wrapped in a factory of one's own, or for bytes without a client.
 *
 * @throws MqttError for another scheme, `signal.reason`, and whatever the platform says
 */
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
      return Promise.reject(
        new MqttError(
          'invalid-argument',
          `"${target.url.protocol}" is not mqtt:, mqtts:, ws:, wss: or unix:; a URL is mqtt://localhost:1883, for example`,
        ),
      )
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
    ...cameFrom(target),
    ...(ws?.headers && { headers: { ...ws.headers } }),
    perMessageDeflate: false,
  })
  return openedWebSocket(socket, target)
}

/** The only Transport that a browser has. */
import type { Transport } from '@mq/core'
import { MqttError } from '../errors.ts'
import type { TransportTarget } from '../options.ts'
import { openedWebSocket, subprotocols } from './web-socket.ts'

/**
 * What the client opens where `transport` is not given: a WebSocket. To be wrapped in a factory of one's own.
 *
 * @throws MqttError for another scheme, `signal.reason`, and whatever the platform says
 */
export function openTransport(target: TransportTarget): Promise<Transport> {
  const { url } = target
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    return Promise.reject(
      new MqttError('invalid-argument', `a browser connects to ws: and wss: URLs, not ${url.protocol}`),
    )
  }
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return openedWebSocket(new WebSocket(bare, subprotocols(target)), target)
}

import { MqttClient } from './client.ts'
import type { ConnectOptions } from './options.ts'
import { openTransport } from './transport/node.ts'
import type { Client } from './types.ts'

/**
 * Connects to an MQTT server: `mqtt:`, `mqtts:`, `ws:`, `wss:` or `unix:` URLs. Resolves when the server has accepted.
 *
 * @throws ConnectError where the server cannot be reached or refuses; once connected, the client comes back by itself
 * @throws TimeoutError, or `signal.reason`
 * @example
 * const client = await connect('mqtt://localhost')
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<Client> {
  const client = new MqttClient(url, options, openTransport)
  await client.connectOnce()
  return client
}

/** A client that is not connected yet. Its `connect()` goes on trying, as `options.reconnect` says. */
export function createClient(url: string | URL, options: ConnectOptions = {}): Client {
  return new MqttClient(url, options, openTransport)
}

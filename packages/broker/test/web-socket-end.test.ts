// How a WebSocket ends: refused, at fault, told why (section 6).
import net from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { schemes } from './asking.ts'
import { startBroker } from './harness.ts'
import { WireClient } from './wire-client.ts'

/** The network connection of a WebSocket, and what was sent along with its upgrade. */
async function upgraded(url: string, along: Buffer = Buffer.alloc(0)): Promise<net.Socket> {
  const { hostname, port, pathname } = new URL(url)
  const socket = net.connect({ host: hostname, port: Number(port) })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  const request =
    `GET ${pathname} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n'
  socket.write(Buffer.concat([Buffer.from(request), along]))
  await new Promise((resolve) => {
    socket.once('data', resolve)
    socket.once('close', resolve)
  })
  return socket
}

/** Binary, masked with zeros. */
function frame(bytes: number): Buffer {
  const head = Buffer.from([0x82, 0x80 | 126, bytes >> 8, bytes & 0xff, 0, 0, 0, 0])
  return Buffer.concat([head, Buffer.alloc(bytes)])
}

test('class 12: one that there is no room for, and that sent something along, harms nobody', async () => {
  const { broker, client } = startBroker({ limits: { connectionsMax: 1 } })
  const { url } = await broker.listen('ws://127.0.0.1:0')
  const bystander = await client('bystander')
  // Up to a hundred are told that there is no room; the others are let go at once.
  for (let n = 0; n < 100; n++) await upgraded(url)
  await vi.waitFor(() => expect(broker.stats.connections).toBe(101))
  for (const bytes of [200, 40_000]) {
    const refused = await upgraded(url, frame(bytes))
    await new Promise((resolve) => (refused.closed ? resolve(undefined) : refused.once('close', resolve).resume()))
  }
  await bystander.subscribe('t')
  expect(broker.stats.connections).toBe(101)
})

describe.each(schemes)('over %s', (scheme) => {
  test('what stands behind a large payload at the end is sent, and says why', async () => {
    const limits = { maximumPacketSize: 20_000_000, outboxBytesMax: 40_000_000 }
    const { broker, client } = startBroker({ limits, authorize: ({ topic }) => topic !== 'kick' || kick() })
    const kick = (): boolean => broker.disconnect('subscriber')
    const { url } = await broker.listen(`${scheme}://127.0.0.1:0`)
    const subscriber = await WireClient.connect(url, { clientId: 'subscriber' })
    await subscriber.subscribe('t')
    const publisher = await client('publisher')
    publisher.post('t', new Uint8Array(8_000_000))
    publisher.post('t', 'small')
    publisher.post('kick', 'x')
    const got = (await subscriber.closed()).map((each) => (each.type === 'publish' ? each.payload.length : each))
    expect(got).toMatchObject([8_000_000, 5, { type: 'disconnect', reasonCode: 0x98 }])
  })
})

test.each([
  ['a text frame', Buffer.from([0x81, 0x83, 0, 0, 0, 0, 0x61, 0x62, 0x63])],
  ['a message within another', Buffer.from([0x02, 0x81, 0, 0, 0, 0, 0xc0, 0x82, 0x81, 0, 0, 0, 0, 0])],
])(
  '[MQTT-6.0.0-1] after %s its connection ends as soon as the client says Close, whatever stands before that',
  async (_, frames) => {
    const { broker } = startBroker()
    const { url } = await broker.listen('ws://127.0.0.1:0')
    const socket = await upgraded(url)
    const closed = new Promise<Buffer>((resolve) => socket.once('data', resolve))
    // The two seconds that a client has for its Close never pass.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const ended = new Promise((resolve) => socket.once('end', resolve))
    socket.write(frames)
    const close = await closed
    expect(close[0]).toBe(0x88)
    // Sent before the client had seen ours: data and a ping, which nobody reads.
    socket.write(frame(300))
    socket.write(Buffer.from([0x80, 0x81, 0, 0, 0, 0, 1, 0x89, 0x80, 0, 0, 0, 0]))
    socket.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, close[2]!, close[3]!]))
    await ended
  },
)

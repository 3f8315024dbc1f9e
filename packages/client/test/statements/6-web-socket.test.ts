// Chapter 6, against a WebSocket server that is told what to do.
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { connect, createClient } from '../../src/index.ts'

async function serve(): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered][0] ?? false,
  })
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { server, url: `ws://127.0.0.1:${address.port}/mqtt` }
}

test('[MQTT-6.0.0-1] [MQTT311-6.0.0-1] the client sends binary frames, and closes when a text frame comes', async () => {
  const { server, url } = await serve()
  let closed: Promise<unknown> | undefined
  server.on('connection', (socket) => {
    closed = once(socket, 'close')
    socket.once('message', (_data, isBinary) => {
      expect(isBinary).toBe(true)
      socket.send(Uint8Array.of(0x20, 3, 0, 0, 0))
      socket.send('a text frame')
    })
  })
  const client = createClient(url, { reconnect: false, protocolVersion: 5 })
  await client.connect()
  expect(await client.closed).toMatchObject({ type: 'error', error: { code: 'connection-lost' } })
  await closed
})

test('[MQTT-6.0.0-2] [MQTT311-6.0.0-2] packets need not line up with frames', async () => {
  const { server, url } = await serve()
  server.on('connection', (socket) => {
    socket.once('message', () => {
      // CONNACK byte by byte; then two PUBLISH in one frame, and the third in halves.
      for (const byte of [0x20, 3, 0, 0, 0]) socket.send(Uint8Array.of(byte))
      const publish = (text: number) => [0x30, 5, 0, 1, 97, 0, text]
      socket.send(Uint8Array.from([...publish(1), ...publish(2), ...publish(3).slice(0, 4)]))
      socket.send(Uint8Array.from(publish(3).slice(4)))
    })
  })
  const client = createClient(url, { protocolVersion: 5 })
  const received: (number | undefined)[] = []
  const reading = (async () => {
    for await (const { payload } of client.messages()) if (received.push(payload[0]) === 3) break
  })()
  await client.connect()
  await reading
  expect(received).toEqual([1, 2, 3])
  await client.disconnect()
})

test('[MQTT-6.0.0-3] [MQTT311-6.0.0-3] the client offers the subprotocol mqtt', async () => {
  const { server, url } = await serve()
  const offered: (string | undefined)[] = []
  server.on('connection', (socket, request) => {
    offered.push(request.headers['sec-websocket-protocol'])
    socket.once('message', () => socket.send(Uint8Array.of(0x20, 2, 0, 0)))
  })
  for (const protocolVersion of [4, 3] as const) await (await connect(url, { protocolVersion })).disconnect()
  expect(offered).toEqual(['mqtt', 'mqttv3.1'])
})

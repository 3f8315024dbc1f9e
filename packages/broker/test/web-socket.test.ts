// MQTT over WebSocket (section 6), as it should be and as attackers make it (class 12).
import http from 'node:http'
import net from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { startBroker, turns } from './harness.ts'
import { connectPacket, packetBytes, payloadText, WireClient } from './wire-client.ts'

async function listening(path = '/mqtt') {
  const started = startBroker()
  const { url } = await started.broker.listen(`ws://127.0.0.1:0${path}`)
  const bystander = await started.client('bystander')
  await bystander.subscribe('gone/#', { qos: 1 })
  return { ...started, url, bystander }
}

/** A WebSocket that is open, and what becomes of it. */
async function raw(url: string, protocol: string | string[] = 'mqtt') {
  const socket = new WebSocket(url, protocol, { perMessageDeflate: false })
  onTestFinished(() => socket.terminate())
  const chunks: Buffer[] = []
  socket.on('message', (data: Buffer) => void chunks.push(data))
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  await new Promise((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
  })
  return { socket, closed, received: () => Buffer.concat(chunks) }
}

/** The same without a WebSocket of its own: what is written are frames, and it leaves its socket open. */
async function upgraded(url: string): Promise<net.Socket> {
  const { hostname, port, pathname } = new URL(url)
  const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  const key = Buffer.alloc(16).toString('base64')
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`,
  )
  await some(socket)
  return socket
}

/** The next that comes. */
function some(socket: net.Socket): Promise<Buffer> {
  return new Promise((resolve) => socket.once('data', resolve))
}

/** In a frame of its own. */
function masked(packet: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x82, 0x80 | packet.length, 0, 0, 0, 0]), packet])
}

const will = { topicName: 'gone/ws', payload: new TextEncoder().encode('gone'), qos: 1, retain: false } as const

describe('over a WebSocket', () => {
  test('everything works as over TCP', async () => {
    const { url } = await listening()
    const one = await WireClient.connect(url, { clientId: 'one' })
    await one.subscribe('t', { qos: 2 })
    for (const qos of [0, 1, 2] as const) await one.publish('t', `${qos}`, { qos })
    expect(await one.payloads()).toEqual(['0', '1', '2'])
    await one.publish('t', 'x'.repeat(500_000), { qos: 1 })
    expect(payloadText(await one.next('publish'))).toHaveLength(500_000)
    await one.disconnect()
  })

  test('a frame of any length arrives as it is: with a length of one byte, of three, of nine, and in two pieces', async () => {
    const { broker, url } = await listening()
    const { received, socket } = await raw(url)
    socket.send(packetBytes(connectPacket({ clientId: 'reader', protocolVersion: 4 }), 4))
    socket.send(Uint8Array.from([0x82, 6, 0, 1, 0, 1, 0x74, 0]))
    while (received().length < 9) await turns(1)
    const publisher = await WireClient.connect(broker, { clientId: 'publisher' })
    // The header and the topic take 5 bytes, and another for each factor of 128.
    const sizes = [0, 119, 120, 121, 122, 2040, 2041, 2042, 2043, 2044, 65_527, 65_528, 65_529, 65_530, 65_531, 200_000]
    for (const [n, size] of sizes.entries()) {
      const before = received().length
      const payload = new Uint8Array(size).fill(n + 1)
      publisher.post('t', payload)
      const remaining = size + 3
      const lengthBytes = remaining < 128 ? 1 : remaining < 16_384 ? 2 : 3
      while (received().length < before + 1 + lengthBytes + remaining) await turns(1)
      expect(
        received()
          .subarray(before)
          .subarray(-size || undefined)
          .equals(payload) || size === 0,
        `${size}`,
      ).toBe(true)
      expect(received().length).toBe(before + 1 + lengthBytes + remaining)
    }
  })

  test('a client that stops reading gets what waited for it, in order, when it goes on', async () => {
    const { broker, clock, url } = await listening()
    const { received, socket } = await raw(url)
    socket.send(packetBytes(connectPacket({ clientId: 'reader', protocolVersion: 4 }), 4))
    socket.send(Uint8Array.from([0x82, 6, 0, 1, 0, 1, 0x74, 1]))
    while (received().length < 9) await turns(1)
    socket.pause()
    const publisher = await WireClient.connect(broker, { clientId: 'publisher' })
    const before = received().length
    const payloads = Array.from({ length: 12 }, (_, n) => new Uint8Array(1_000_000).fill(n))
    for (const payload of payloads) publisher.post('t', payload, { qos: 1 })
    await turns(50)
    expect(received().length).toBe(before)
    socket.resume()
    const packetLength = 1 + 3 + 3 + 2 + 1_000_000
    while (received().length < before + payloads.length * packetLength) {
      // Its publisher is slowed, and looked after every few milliseconds.
      clock.advance(5)
      await turns()
    }
    const all = received().subarray(before)
    for (const [n, payload] of payloads.entries()) {
      expect(all.subarray((n + 1) * packetLength - payload.length, (n + 1) * packetLength).equals(payload)).toBe(true)
    }
  })

  test('[MQTT-6.0.0-4] the subprotocol is mqtt; mqttv3.1 is known as well', async () => {
    const { url } = await listening()
    expect((await raw(url)).socket.protocol).toBe('mqtt')
    expect((await raw(url, 'mqttv3.1')).socket.protocol).toBe('mqttv3.1')
    expect((await raw(url, ['foo', 'mqttv3.1', 'mqtt'])).socket.protocol).toBe('mqtt')
  })

  test('[MQTT-6.0.0-3] without the subprotocol there is no connection', async () => {
    const { broker, url } = await listening()
    await expect(raw(url, [])).rejects.toThrow('400')
    await expect(raw(url, 'soap')).rejects.toThrow('400')
    expect(broker.stats.connections).toBe(1)
  })

  test('on another path there is none either', async () => {
    const { url } = await listening()
    await expect(raw(url.replace('/mqtt', '/other'))).rejects.toThrow('400')
  })

  test('a listener without a path takes any', async () => {
    const { url } = await listening('')
    for (const path of ['', '/', '/mqtt', '/mqtt?x=1'])
      expect((await raw(`${url}${path}`)).socket.protocol).toBe('mqtt')
  })

  test('plain HTTP is told what this is', async () => {
    const { url } = await listening()
    const response = await new Promise<http.IncomingMessage>((resolve) =>
      http.get(url.replace('ws:', 'http:'), resolve),
    )
    expect(response.statusCode).toBe(426)
    response.resume()
  })

  test('[MQTT-6.0.0-2] class 12: a frame per byte', async () => {
    const { url } = await listening()
    const { received, socket } = await raw(url)
    const stream = [...packetBytes(connectPacket({ will }), 5), 0x82, 7, 0, 1, 0, 0, 1, 0x74, 0, 0xc0, 0]
    for (const byte of stream) socket.send(Uint8Array.of(byte))
    while (!received().includes(Buffer.of(0xd0, 0))) await turns(1)
    expect(received()[0]).toBe(0x20)
  })

  test('[MQTT-6.0.0-2] class 12: frames cut everywhere, and with many packets in each', async () => {
    const { url } = await listening()
    const stream = Buffer.concat([
      packetBytes(connectPacket(), 5),
      Buffer.from([0x82, 7, 0, 1, 0, 0, 1, 0x74, 0]),
      ...Array.from({ length: 5 }, () => Buffer.from([0x30, 5, 0, 1, 0x74, 0, 0x78])),
      Buffer.from([0xc0, 0]),
    ])
    for (let cut = 0; cut <= stream.length; cut++) {
      const { received, socket } = await raw(url)
      socket.send(stream.subarray(0, cut))
      socket.send(stream.subarray(cut))
      while (!received().includes(Buffer.of(0xd0, 0))) await turns(1)
      expect(received().toString('hex').split('300500017400').length, `cut at ${cut}`).toBe(6)
      socket.terminate()
    }
  })

  test('[MQTT-6.0.0-1] a text frame ends the connection, and its Will is published', async () => {
    const { bystander, url } = await listening()
    const { closed, socket } = await raw(url)
    socket.send(packetBytes(connectPacket({ clientId: 'texting', will }), 5))
    await turns()
    socket.send('hello')
    expect(await closed).toBe(1003)
    expect(payloadText(await bystander.next('publish'))).toBe('gone')
  })

  test('[MQTT-6.0.0-2] the end of a frame is not waited for: what is wrong with a packet is seen from its first bytes', async () => {
    const { bystander, url } = await listening()
    const socket = await upgraded(url)
    // A terabyte.
    socket.write(Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    socket.write(packetBytes(connectPacket({ clientId: 'one', will }), 5))
    expect((await some(socket))[2]).toBe(0x20)
    // SUBSCRIBE with reserved bits that are wrong.
    socket.write(Buffer.from([0x80, 1]))
    expect([...(await some(socket)).subarray(2, 3)]).toEqual([0xe0])
    expect(payloadText(await bystander.next('publish'))).toBe('gone')
  })

  test('a ping is answered with a pong between two messages, and Close with Close', async () => {
    const { url } = await listening()
    const { closed, received, socket } = await raw(url)
    const pongs: string[] = []
    socket.on('pong', (data) => void pongs.push(data.toString()))
    socket.send(packetBytes(connectPacket({ protocolVersion: 4 }), 4))
    socket.send(Buffer.of(0xc0), { fin: false })
    socket.ping('are you there')
    socket.send(Buffer.of(0))
    while (!received().includes(Buffer.of(0xd0, 0))) await turns(1)
    while (pongs.length === 0) await turns(1)
    expect(pongs).toEqual(['are you there'])
    socket.close(1000, 'enough')
    expect(await closed).toBe(1000)
  })

  test('what a client sent before its Close is served, and nothing behind it', async () => {
    const { broker, bystander, url } = await listening()
    const socket = await upgraded(url)
    const post = (text: string): Buffer => masked(Buffer.from([0x30, 9, 0, 6, ...Buffer.from(`gone/x${text}`)]))
    const connect = masked(Buffer.from(packetBytes(connectPacket({ clientId: 'one', protocolVersion: 4 }), 4)))
    socket.write(Buffer.concat([connect, post('1'), Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]), post('2')]))
    expect(payloadText(await bystander.next('publish'))).toBe('1')
    await expect.poll(() => broker.stats.connections).toBe(1)
    expect(await bystander.settled()).toEqual([])
  })

  test('a network connection that breaks publishes the Will', async () => {
    const { bystander, url } = await listening()
    await (await WireClient.connect(url, { clientId: 'one', will })).drop()
    expect(payloadText(await bystander.next('publish'))).toBe('gone')
  })

  test.for([
    ['a Close frame', Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])],
    ['a frame that is not masked', Buffer.from([0x82, 0x02, 0xc0, 0x00])],
  ] as const)(
    '[MQTT-3.1.2-8] %s ends the connection, also of a client that leaves its socket open',
    async ([, frame]) => {
      const { bystander, url } = await listening()
      const socket = await upgraded(url)
      socket.write(masked(Buffer.from(packetBytes(connectPacket({ clientId: 'one', will }), 5))))
      await some(socket)
      socket.write(frame)
      expect(payloadText(await bystander.next('publish'))).toBe('gone')
    },
  )

  test('close() does not wait for connections that never became a WebSocket', async () => {
    const { broker, url } = await listening()
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.on('connect', resolve))
    socket.write('GET /mqtt HTTP/1.1\r\nHost: x\r\n')
    await turns(20)
    await broker.close()
    await closed
  })
})

// Section 6, and the suite over WebSocket.

import { type Broker, createBroker, type Listener } from '@mq/broker'
import { allCases, runSuite, webSocketPeer } from '@mq/conformance'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { report } from './report-results.ts'

let broker: Broker
let listener: Listener

beforeAll(async () => {
  broker = createBroker({ logger: pino({ level: 'silent' }) })
  listener = await broker.listen('ws://127.0.0.1:0/mqtt')
})

afterAll(() => broker.close())

const connect4 = Uint8Array.of(0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x77)
const connack4 = [0x20, 2, 0, 0]

test('[MQTT-6.0.0-1] [MQTT311-6.0.0-1] a text frame ends the connection', async () => {
  const socket = await open()
  socket.send('this is text')
  await closed(socket)
})

test('[MQTT-6.0.0-1] [MQTT311-6.0.0-1] the server answers in binary frames', async () => {
  const socket = await open()
  const message = new Promise<boolean>((resolve) => socket.on('message', (_, isBinary) => resolve(isBinary)))
  socket.send(connect4)
  expect(await message).toBe(true)
})

test('[MQTT-6.0.0-2] [MQTT311-6.0.0-2] a packet in several frames, and several packets in one', async () => {
  const socket = await open()
  const received = bytesOf(socket, 4)
  for (const byte of connect4) socket.send(Uint8Array.of(byte))
  expect(await received).toEqual(connack4)
  const answers = bytesOf(socket, 4)
  socket.send(Uint8Array.of(0xc0, 0, 0xc0, 0))
  expect(await answers).toEqual([0xd0, 0, 0xd0, 0])
})

test('[MQTT-6.0.0-3] [MQTT311-6.0.0-3] who does not offer the subprotocol mqtt is not taken', async () => {
  const socket = new WebSocket(listener.url, ['soap'])
  await expect(new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))).rejects.toThrow('400')
})

test('[MQTT-6.0.0-4] [MQTT311-6.0.0-4] the server selects the subprotocol mqtt', async () => {
  const socket = new WebSocket(listener.url, ['soap', 'mqtt'])
  onTestFinished(() => socket.terminate())
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  expect(socket.protocol).toBe('mqtt')
})

describe('over WebSocket', async () => {
  const suiteBroker = createBroker({ logger: pino({ level: 'silent' }) })
  const { url } = await suiteBroker.listen('ws://127.0.0.1:0/mqtt')
  const peer = webSocketPeer(() => new WebSocket(url, ['mqtt']))
  const results = await runSuite(allCases(), peer, { slow: false })
  await suiteBroker.close()
  report(results)
})

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(listener.url, ['mqtt'])
  onTestFinished(() => socket.terminate())
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
  return socket
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => socket.on('close', () => resolve()))
}

/** What comes until there are `count` bytes. */
function bytesOf(socket: WebSocket, count: number): Promise<number[]> {
  const bytes: number[] = []
  return new Promise((resolve) => {
    socket.on('message', (data: Uint8Array) => {
      bytes.push(...data)
      if (bytes.length >= count) resolve(bytes)
    })
  })
}

// The suite's cases about clients, against ours.

import { createBroker } from '@mq/broker'
import { connect } from '@mq/client'
import { allCases, parseCases, runClientSuite } from '@mq/conformance'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { clientUnderTest } from './client-under-test.ts'
import { report } from './report-results.ts'

describe('a client', async () => report(await runClientSuite(allCases(), clientUnderTest, { timeoutMs: 1000 })))

// Known: a message that no reader gets waits for one (up to 256 of them) and is not acknowledged meanwhile, which
// MQTT-4.5.0-2 does not allow for. When this passes, the case can have the id.
test.fails('a QoS 1 message that nobody reads is acknowledged', async () => {
  const text = `
    [4.5] nobody listens
    role client
    do connect listen=0
    s welcomes
    s > publish topicName="~/nobody" qos=1 packetId=7
    s < puback packetId=7
  `
  const [result] = await runClientSuite(parseCases(text), clientUnderTest, { timeoutMs: 200 })
  expect(result?.problem).toBeUndefined()
})

test('[MQTT-4.2-1] [MQTT311-7.1.2-1] the client connects over TCP', async () => {
  await using broker = createBroker({ logger: pino({ level: 'silent' }) })
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  const client = await connect(url.replace('tcp:', 'mqtt:'))
  expect(client.state).toBe('connected')
  await client.disconnect()
})

test('[MQTT-6.0.0-3] [MQTT311-6.0.0-3] [MQTT-6.0.0-1] [MQTT311-6.0.0-1] [MQTT-6.0.0-2] [MQTT311-6.0.0-2] the client offers mqtt and sends binary frames', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'mqtt' })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const seen = new Promise<[protocols: string, isBinary: boolean]>((resolve) =>
    server.on('connection', (socket, request) =>
      socket.once('message', (_, isBinary) => {
        resolve([request.headers['sec-websocket-protocol'] ?? '', isBinary])
        for (const byte of [0x20, 3, 0, 0, 0]) socket.send(Uint8Array.of(byte))
      }),
    ),
  )
  const client = await connect(`ws://127.0.0.1:${port}`)
  expect((await seen)[0].split(/, */)).toContain('mqtt')
  expect((await seen)[1]).toBe(true)
  await client.disconnect({ drain: false })
  server.close()
})

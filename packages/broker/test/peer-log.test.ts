// A peer's address in the log: always there, and asked for only where a line is written (listener/socket-transport.ts).
import { once } from 'node:events'
import net from 'node:net'
import { type Level, pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type LogLine, startBroker } from './harness.ts'
import { WireClient } from './wire-client.ts'

async function listen(level: Level) {
  const logs: LogLine[] = []
  const logger = pino({ level }, { write: (line: string) => void logs.push(JSON.parse(line)) })
  const { broker } = startBroker({ logger })
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  const logged = (msg: string) =>
    vi.waitFor(() => logs.find((each) => each.msg === msg) ?? expect.fail(`not yet: ${msg}`))
  return { broker, logged, url }
}

async function connect(url: string): Promise<{ socket: net.Socket; peer: string }> {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return { socket, peer: `tcp://127.0.0.1:${socket.localPort}` }
}

test('stands in the line about one that goes without a word, where those are written', async () => {
  const { logged, url } = await listen('info')
  const { socket, peer } = await connect(url)
  socket.resetAndDestroy()
  expect(await logged('connection lost')).toMatchObject({ peer })
})

test('stands in the line about one that breaks the protocol, where no more is written than that', async () => {
  const { logged, url } = await listen('warn')
  const { socket, peer } = await connect(url)
  socket.write(Uint8Array.of(0xf0, 0))
  expect(await logged('client broke the protocol: connection closed')).toMatchObject({ peer })
})

test.each([
  ['warn', 0],
  ['info', 1],
] as const)('is asked for once at most: at level %s %i times', async (level, times) => {
  // What each of remoteAddress, remoteFamily and remotePort comes to; all calls but the first find it answered.
  const asked = vi.spyOn(net.Socket.prototype as unknown as { _getpeername(): unknown }, '_getpeername')
  onTestFinished(() => asked.mockRestore())
  const { broker, url } = await listen(level)
  const client = await WireClient.connect(url, { clientId: 'a' })
  await client.disconnect()
  await vi.waitFor(() => expect(broker.stats.connections).toBe(0))
  expect(new Set(asked.mock.contexts).size).toBe(times)
})

import { once } from 'node:events'
import net from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SocketTransport } from './socket-transport.ts'

/** A server's end of a TCP connection. */
async function accepted(): Promise<net.Socket> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const client = net.connect(address.port, '127.0.0.1')
  const [socket]: net.Socket[] = await once(server, 'connection')
  if (socket === undefined) throw new Error('no connection')
  onTestFinished(() => {
    client.destroy()
    socket.destroy()
    server.close()
  })
  return socket
}

test('a socket that has closed is not waited for: the end of its transport sets no timer', async () => {
  const socket = await accepted()
  const transport = new SocketTransport(socket, true)
  const closed = new Promise<void>((resolve) => {
    transport.attach({ data: () => {}, drained: () => {}, lost: () => resolve() })
  })
  socket.destroy()
  await closed
  const setTimer = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => setTimer.mockRestore())
  transport.end()
  expect(setTimer).not.toHaveBeenCalled()
})

test('one that is still open is given two seconds', async () => {
  const transport = new SocketTransport(await accepted(), true)
  transport.attach({ data: () => {}, drained: () => {}, lost: () => {} })
  const setTimer = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => setTimer.mockRestore())
  transport.end()
  expect(setTimer.mock.calls.map(([, ms]) => ms)).toContain(2000)
})

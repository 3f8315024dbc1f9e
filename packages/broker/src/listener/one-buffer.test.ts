import { once } from 'node:events'
import net, { type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { readIntoOneBuffer } from './one-buffer.ts'

const opened: { destroy(): void }[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.destroy()
})

const unreachable = (): void => expect.unreachable()

async function listening(): Promise<net.Server> {
  const server = net.createServer()
  opened.push({ destroy: () => server.close() })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function client(server: net.Server): Socket {
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  opened.push(socket)
  return socket
}

test('what all connections send is read into the same bytes', async () => {
  const server = await listening()
  const chunks: { readonly from: number; readonly memory: ArrayBufferLike; readonly text: string }[] = []
  let heard = (): void => {}
  const from = new Map<Socket, number>()
  // Also: this Node.js offers what it takes. If it did not, every message would cost more and nobody would notice.
  const isOn = readIntoOneBuffer(
    server,
    (socket) => {
      opened.push(socket)
      from.set(socket, from.size + 1)
    },
    (socket, chunk) => {
      chunks.push({ from: from.get(socket) ?? 0, memory: chunk.buffer, text: Buffer.from(chunk).toString() })
      socket.write('ok')
      heard()
    },
  )
  expect(isOn).toBe(true)
  for (const text of ['one', 'two']) {
    const next = new Promise<void>((resolve) => {
      heard = resolve
    })
    const sender = client(server)
    sender.write(text)
    await next
    // It can be written to as any socket.
    const [answer] = (await once(sender, 'data')) as [Buffer]
    expect(answer.toString()).toBe('ok')
  }
  expect(chunks.map(({ from, text }) => [from, text])).toEqual([
    [1, 'one'],
    [2, 'two'],
  ])
  expect(chunks[0]?.memory).toBe(chunks[1]?.memory)
})

test('a socket so made is paused, goes on, ends and says so as any', async () => {
  const server = await listening()
  const got: string[] = []
  const accepted = new Promise<Socket>((resolve) => {
    const accept = (socket: Socket): void => {
      opened.push(socket)
      socket.pause()
      resolve(socket)
    }
    readIntoOneBuffer(server, accept, (_socket, chunk) => got.push(Buffer.from(chunk).toString()))
  })
  const sender = client(server)
  sender.end('while paused')
  const socket = await accepted
  // What its client sent has arrived when another, that came later, was served.
  const other = client(server)
  await once(other, 'connect')
  expect(got).toEqual([])
  const closed = once(socket, 'close')
  socket.resume()
  await closed
  expect(got.join('')).toBe('while paused')
})

test('what goes wrong while accepting is told by the server, as without', async () => {
  const server = await listening()
  readIntoOneBuffer(server, unreachable, unreachable)
  const told = once(server, 'error')
  const { _handle: handle } = server as unknown as { _handle: { onconnection(error: number): void } }
  // EMFILE
  handle.onconnection(-24)
  const [error] = (await told) as [NodeJS.ErrnoException]
  expect(error.code).toBe('EMFILE')
})

test.each([
  ['none', null],
  ['another kind', {}],
])('a server whose handle is %s is left as it is', (_what, handle) => {
  const server = { _handle: handle } as unknown as net.Server
  expect(readIntoOneBuffer(server, unreachable, unreachable)).toBe(false)
  expect(server).toEqual({ _handle: handle })
})

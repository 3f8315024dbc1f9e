// Where a client goes when a server names another one (section 4.13).
import { expect, test } from 'vitest'
import type { ConnectOptions } from '../src/index.ts'
import { connack, FakeServer } from './fake-server.ts'

/** A server that refers whoever connects to one of these hosts. */
function referring(references: Record<string, string>, reasonCode = 0x9c): FakeServer {
  const server = new FakeServer()
  server.welcome = () => {
    const serverReference = references[server.targets.at(-1)?.url.host ?? '']
    return serverReference === undefined ? connack() : connack({ serverReference }, false, reasonCode)
  }
  return server
}

const hosts = (server: FakeServer) => server.targets.map(({ url }) => url.host)
const follow: ConnectOptions = { followServerReference: true }

test('not asked to, the client does not follow, and tells what the server said', async () => {
  const server = referring({ fake: 'other:1884' })
  await expect(server.client({ reconnect: false }).connect()).rejects.toMatchObject({
    reasonCode: 0x9c,
    serverReference: 'other:1884',
  })
  expect(hosts(server)).toEqual(['fake'])
})

test('0x9C is followed for the next attempt only; what is no reference is skipped', async () => {
  const server = referring({ fake: '/etc/passwd [::1]:1884 third' })
  const client = await server.connected(follow)
  expect(hosts(server)).toEqual(['fake', '[::1]:1884'])
  server.connection.close()
  await server.advance(1000)
  expect(client.state).toBe('connected')
  expect(hosts(server)).toEqual(['fake', '[::1]:1884', 'fake', '[::1]:1884'])
})

test('0x9D stands for good', async () => {
  const server = referring({ fake: 'moved' }, 0x9d)
  await server.connected(follow)
  server.connection.close()
  await server.advance(1000)
  expect(hosts(server)).toEqual(['fake', 'moved', 'moved'])
})

test('a DISCONNECT that names another server is followed at once', async () => {
  const server = new FakeServer()
  const client = await server.connected(follow)
  server.connection.send({ type: 'disconnect', reasonCode: 0x9c, properties: { serverReference: 'other' } })
  await server.advance(0)
  expect(client.state).toBe('connected')
  expect(hosts(server)).toEqual(['fake', 'other'])
})

test('servers that name each other are not asked in circles', async () => {
  const server = referring({ fake: 'one', one: 'fake' })
  const client = server.client(follow)
  client.connect().catch(() => {})
  await server.advance(100)
  expect(hosts(server)).toEqual(['fake', 'one', 'fake', 'one'])
  expect(client.state).toBe('waiting')
})

test('the same account goes along, a user name in the URL for one', async () => {
  const server = referring({ fake: 'other' })
  await server.connected({ ...follow, urls: () => 'mqtt://ann:secret@fake' })
  expect(server.connection.take('connect')).toMatchObject({ userName: 'ann' })
  expect(server.targets.at(-1)?.url.href).toBe('mqtt://ann:secret@other')
})

// TLS, with certificates that the test makes: a proxy that speaks TLS in front of our own broker.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server } from 'node:tls'
import { createBroker } from '@mq/broker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../src/index.ts'

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!hasOpenssl)(`TLS${hasOpenssl ? '' : ' [skipped: openssl is missing]'}`, () => {
  const broker = createBroker()
  let server: Server
  let url: string
  let cert: Buffer

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mq-tls-'))
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ]
    execFileSync('openssl', [...request, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' })
    cert = readFileSync(certFile)
    const key = readFileSync(keyFile)
    rmSync(folder, { recursive: true })
    const behind = new URL((await broker.listen('tcp://127.0.0.1:0')).url)
    server = createServer({ key, cert }, (socket) => {
      const inner = connectTcp(Number(behind.port), behind.hostname)
      socket.pipe(inner).pipe(socket)
      socket.on('error', () => inner.destroy())
      inner.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `mqtts://localhost:${typeof address === 'object' ? address?.port : ''}`
  })
  afterAll(async () => {
    server.close()
    await broker.close()
  })

  test('a message goes there and back', async () => {
    const client = await connect(url, { tls: { ca: cert } })
    const subscription = await client.subscribe('a', { qos: 1 })
    const payload = new Uint8Array(300_000).fill(65)
    await client.publish('a', payload, { qos: 1 })
    for await (const message of subscription) {
      expect(message.payload.length).toBe(payload.length)
      break
    }
    await client.disconnect()
  })

  test('a certificate that nobody vouches for is refused, with the code for it', async () => {
    await expect(connect(url)).rejects.toMatchObject({ name: 'ConnectError', code: 'tls' })
    const trusting = await connect(url, { tls: { rejectUnauthorized: false } })
    await trusting.disconnect()
  })

  test('a port where nobody listens is a network error, with its cause', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const address = closed.address()
    const port = typeof address === 'object' ? address?.port : 0
    await new Promise((resolve) => closed.close(resolve))
    for (const scheme of ['mqtt', 'mqtts', 'ws', 'wss']) {
      await expect(connect(`${scheme}://127.0.0.1:${port}`), scheme).rejects.toMatchObject({
        code: 'network',
        cause: { code: 'ECONNREFUSED' },
      })
    }
    await expect(connect('gopher://127.0.0.1')).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

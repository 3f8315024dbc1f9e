// The client against our own broker: over TCP, WebSocket and inside the process; and that nothing keeps a process alive.
import { spawn } from 'node:child_process'
import { createBroker } from '@mq/broker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../src/index.ts'

const broker = createBroker()
let urls: Record<'tcp' | 'ws', string>
beforeAll(async () => {
  const tcp = await broker.listen('tcp://127.0.0.1:0')
  const ws = await broker.listen('ws://127.0.0.1:0/mqtt')
  urls = { tcp: tcp.url, ws: ws.url }
})
afterAll(() => broker.close())

for (const protocolVersion of [5, 4, 3] as const) {
  for (const way of ['tcp', 'ws', 'memory'] as const) {
    for (const qos of [0, 1, 2] as const) {
      test(`version ${protocolVersion} over ${way}: QoS ${qos} there and back`, async () => {
        const client = await connect(way === 'memory' ? 'memory://broker' : urls[way], {
          protocolVersion,
          topicAlias: { outbound: 'lru', inboundMaximum: 10 },
          ...(way === 'memory' && { transport: () => broker.connect() }),
        })
        const topic = `${protocolVersion}/${way}/${qos}`
        const subscription = await client.subscribe('+version/#rest', { qos })
        const count = 300
        const sent = Array.from({ length: count }, (_, i) => client.publish(topic, `${i}`, { qos }))
        const received: string[] = []
        for await (const message of subscription) {
          if (message.topic !== topic) continue
          expect(message.params).toEqual({ version: `${protocolVersion}`, rest: `${way}/${qos}` })
          received.push(message.text())
          if (received.length === count) break
        }
        expect(received).toEqual(Array.from({ length: count }, (_, i) => `${i}`))
        for (const { reasonCode } of await Promise.all(sent)) expect(reasonCode).toBe(0)
        await client.disconnect()
      })
    }
  }
}

test('a million bytes, more than any buffer holds, at QoS 0: waiting for each keeps all of them', async () => {
  const client = await connect(urls.tcp)
  const subscription = await client.subscribe('bulk')
  const payload = new Uint8Array(10_000)
  const count = 500
  const sending = (async () => {
    for (let i = 0; i < count; i++) await client.publish('bulk', payload)
  })()
  let received = 0
  for await (const message of subscription) {
    expect(message.payload.length).toBe(payload.length)
    received++
    if (received === count) break
  }
  await sending
  await client.disconnect()
})

test('a handler that publishes and waits does not stand still, however full its reader is', async () => {
  const client = await connect(urls.tcp)
  const count = 200
  let handled = 0
  let done: () => void = () => {}
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  await client.subscribe(
    'in',
    async (message) => {
      await client.publish('out', message.payload, { qos: 1 })
      handled++
      if (handled === count) done()
    },
    { buffer: 2 },
  )
  for (let i = 0; i < count; i++) await client.publish('in', `${i}`)
  await all
  await client.disconnect()
})

test('a process that has disconnected ends by itself', async () => {
  const program = `
    import { connect } from '@mq/client'
    const client = await connect('${urls.tcp}')
    await client.subscribe('a', () => {})
    await client.publish('a', 'x', { qos: 1 })
    await client.disconnect()
    console.log('disconnected')
  `
  // The built package, as a program would have it; `npm test` builds first.
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const overdue = setTimeout(() => child.kill('SIGKILL'), 10_000)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearTimeout(overdue)
  expect([output.trim(), code]).toEqual(['disconnected', 0])
})

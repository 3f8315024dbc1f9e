// Whole runs, small ones, with the worker in this process and a broker of ours. Workers as processes: test/bench.test.ts.
import { type BrokerOptions, createBroker } from '@mq/broker'
import { connect } from '@mq/client'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { fakeIo } from '../../test/fake-io.ts'
import { freePort, listening, portOf } from '../../test/mq.ts'
import { argumentsOf } from '../argv/arguments.ts'
import { rewrite } from '../argv/rewrite.ts'
import { Generator } from '../bench/generator.ts'
import type { StartWorker, Worker } from '../bench/worker-messages.ts'
import { Failure } from '../failure.ts'
import { bench } from './bench.ts'

const inProcess: StartWorker = (heard) => {
  // Later, as messages between processes come.
  const generator = new Generator((message) => setImmediate(heard, message))
  return { send: (message) => setImmediate(() => generator.receive(message)), kill: () => {} }
}

async function listen(options: BrokerOptions = {}) {
  const broker = createBroker({ logger: pino({ level: 'silent' }), ...options })
  onTestFinished(() => broker.close())
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  return { broker, url: url.replace('tcp', 'mqtt') }
}

async function run(line: string, startWorker = inProcess) {
  const io = fakeIo()
  const given = argumentsOf(rewrite(['bench', ...line.split(' ')]), {})
  const exitCode = await bench(given, io, startWorker)
  const report = line.includes('--json') ? JSON.parse(io.out()) : undefined
  return { exitCode, report, out: io.out(), err: io.err() }
}

const short = '--duration 300ms --warmup 100ms --json'

describe('e2e', () => {
  test.each([
    ['pair', '-c 4', { publishers: 4, subscribers: 4 }, 1],
    ['fanin', '-c 4', { publishers: 4, subscribers: 1 }, 1],
    ['fanout', '-c 4', { publishers: 1, subscribers: 4 }, 4],
    ['shared', '-c 4', { publishers: 4, subscribers: 4 }, 1],
  ])('%s: every message is sent when due, and arrives once', async (topology, cast, connections, copies) => {
    const { url } = await listen()
    const { exitCode, report, err } = await run(
      `e2e -L ${url} --topology ${topology} ${cast} -q 1 --rate 200 ${short} --fail-if loss>0,duplicates>0,out-of-order>0,errors>0`,
    )
    expect(err.replaceAll(/mq: warning: the generator was the bottleneck.*\n/g, '')).toBe('')
    expect(exitCode).toBe(0)
    expect(report).toMatchObject({ mode: 'e2e', topology, ...connections, errors: [], failed: [] })
    // 400 ms at 200 per second; a machine that stalls right at the end leaves some unsent.
    const { sent, unsent } = report.messages
    expect(sent + unsent).toBe(80)
    expect(report.messages).toMatchObject({
      acknowledged: sent,
      received: sent * copies,
      expected: sent * copies,
      lost: 0,
    })
    // Of those after the warm-up, as many as were sent in their time.
    const measured = report.latency.ack.count
    expect(measured).toBeGreaterThan(0)
    expect(measured).toBeLessThanOrEqual(60)
    expect(report.latency.delivery.count).toBe(measured * copies)
    expect(report.latency.suback.count).toBe(connections.subscribers)
    expect(report.latency.connect.count).toBe(connections.publishers + connections.subscribers)
  })

  test.each([
    ['5', 0],
    ['5', 2],
    ['311', 1],
    ['31', 2],
  ])('with MQTT %s at QoS %d, as fast as the window lets', async (version, qos) => {
    const { url } = await listen()
    const { report } = await run(`e2e -L ${url} -V ${version} -c 2 -q ${qos} --window 10 ${short}`)
    expect(report.messages.sent).toBeGreaterThan(20)
    expect(report.messages).toMatchObject({ lost: 0, duplicates: 0, outOfOrder: 0, foreign: 0 })
    expect(report.messages.received).toBe(report.messages.sent)
    expect(report.messages.acknowledged).toBe(qos === 0 ? 0 : report.messages.sent)
    expect(report.rate.targetPerSecond).toBeNull()
  })

  test.each([
    ['5', 1],
    ['31', 0],
  ])('over WebSocket, with MQTT %s at QoS %d', async (version, qos) => {
    const { broker } = await listen()
    const { url } = await broker.listen('ws://127.0.0.1:0/mqtt')
    // 2 MB in one window: more than a socket takes at once.
    const { report, exitCode } = await run(
      `e2e -L ${url} -V ${version} -c 2 -q ${qos} --window 40 --size 50000 ${short} --fail-if loss>0,errors>0,duplicates>0`,
    )
    expect(exitCode).toBe(0)
    expect(report.url).toBe(url)
    expect(report.messages.sent).toBeGreaterThan(20)
    expect(report.messages.received).toBe(report.messages.sent)
  })

  test('no WebSocket there', async () => {
    const { broker } = await listen()
    const { url } = await broker.listen('ws://127.0.0.1:0/mqtt')
    await expect(run(`e2e -L ${url}/elsewhere ${short}`)).rejects.toMatchObject({
      message: expect.stringMatching(/^cannot connect to ws:.*\/elsewhere: there is no MQTT at that path \(.*400\);/),
      exitCode: 3,
    })
  })

  test('the properties of every message reach who listens', async () => {
    const { url } = await listen()
    const client = await connect(url)
    onTestFinished(() => client.disconnect())
    const subscription = await client.subscribe('mq-bench/#')
    const properties = '--content-type text/plain --response-topic r --user-property unit=celsius --expiry 60'
    const { report } = await run(`e2e -L ${url} --rate 100 ${properties} ${short}`)
    expect(report.messages.lost).toBe(0)
    for await (const message of subscription) {
      expect(message.properties).toMatchObject({
        contentType: 'text/plain',
        responseTopic: 'r',
        userProperties: [['unit', 'celsius']],
        messageExpiryInterval: 60,
      })
      break
    }
  })

  test('two workers share the connections and the rate', async () => {
    const { url } = await listen()
    const { report } = await run(`e2e -L ${url} -c 3 --workers 2 --rate 100 ${short}`)
    expect(report).toMatchObject({ workers: 2, connections: { wanted: 6, connected: 6 } })
    const { sent, unsent } = report.messages
    expect(sent + unsent).toBe(40)
    expect(report.messages).toMatchObject({ received: sent, lost: 0 })
    expect(report.generator.cpu).toHaveLength(2)
  })

  test('a broker that lets nobody subscribe: refusals are counted, and every message is lost', async () => {
    const { url } = await listen({ authorize: ({ action }) => action === 'publish' })
    const { exitCode, report, err } = await run(`e2e -L ${url} -c 2 -q 1 --rate 100 ${short} --fail-if loss>0,errors>5`)
    expect(exitCode).toBe(1)
    expect(report.errors).toEqual([{ where: 'SUBACK', text: 'not authorized (0x87)', reasonCode: 0x87, count: 2 }])
    const { sent, lost, received } = report.messages
    expect([received, lost]).toEqual([0, sent])
    expect(report.failed).toEqual([`loss>0: it was ${sent}`])
    expect(err).toContain(`mq: failed: loss>0: it was ${sent}.\n`)
  })

  test('a broker that goes away: the report says so', async () => {
    const { broker, url } = await listen()
    setTimeout(() => void broker.close(), 300)
    const { report, err } = await run(`e2e -L ${url} -c 2 --rate 100 --duration 600ms --warmup 0s --json`)
    expect(report.connections).toMatchObject({ connected: 4, lost: 4 })
    expect(report.messages.unsent).toBeGreaterThan(0)
    expect(report.messages.sent + report.messages.unsent).toBe(60)
    expect(err).toContain('4 connections were lost')
  })
})

test('pub: acknowledgements, and messages that nobody gets', async () => {
  const { url, broker } = await listen()
  const { report } = await run(`pub -L ${url} -t b/%i/%c -c 3 -q 2 --rate 100 --size 1000 ${short}`)
  const { sent, unsent } = report.messages
  expect(sent + unsent).toBe(40)
  expect(report.messages).toMatchObject({ acknowledged: sent, expected: 0 })
  expect(report.latency.ack.count).toBe(30 - unsent)
  expect(report.latency.delivery).toBeNull()
  expect(broker.counters.messagesReceived).toBe(sent)
})

test('conn: connections at a rate', async () => {
  const { url } = await listen()
  const { report } = await run(`conn -L ${url} -c 20 --rate 100 --duration 50ms --json`)
  expect(report.connections).toMatchObject({ connected: 20, failed: 0, lost: 0 })
  expect(report.latency.connect.count).toBe(20)
  expect(report.latency.schedule.count).toBe(20)
  // 20 connections, 10 ms apart.
  expect(report.rate.connectedPerSecond).toBeLessThan(120)
})

test('conn: no connection is due before every worker is prepared', async () => {
  const { url } = await listen()
  const sent: string[] = []
  const held: (() => void)[] = []
  const slow: StartWorker = (heard) => {
    const generator = new Generator((message) => {
      if (message.type === 'prepared') held.push(() => heard(message))
      else setImmediate(heard, message)
    })
    const send: Worker['send'] = (message) => {
      sent.push(message.type)
      setImmediate(() => generator.receive(message))
    }
    return { send, kill: () => {} }
  }
  const running = run(`conn -L ${url} -c 4 --workers 2 --rate 100 --duration 50ms --json`, slow)
  await vi.waitFor(() => expect(held).toHaveLength(2))
  held[0]?.()
  await new Promise(setImmediate)
  expect(sent).toEqual(['prepare', 'prepare'])
  held[1]?.()
  expect((await running).report.connections).toMatchObject({ connected: 4, failed: 0 })
})

test.runIf(process.platform === 'linux')('connections come from the addresses of --bind, in turns', async () => {
  const addresses: (string | undefined)[] = []
  const server = await listening()
  server.on('connection', (socket) => {
    addresses.push(socket.remoteAddress)
    // CONNACK, whatever was asked.
    socket.on('data', () => socket.write(new Uint8Array([0x20, 2, 0, 0]))).on('error', () => {})
  })
  const target = `-h 127.0.0.1 -p ${portOf(server)} -V 311 --bind 127.0.0.2,127.0.0.3`
  const { report } = await run(`conn ${target} -c 4 --duration 50ms --json`)
  expect(report.connections).toMatchObject({ connected: 4 })
  // The first one only looks whether anybody is there.
  expect(addresses.slice(1).toSorted()).toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3'])
})

test('sub: counts what another run publishes', async () => {
  const { broker, url } = await listen()
  const listener = run(`sub -L ${url} -t mq-bench/# -c 2 --duration 900ms --json`)
  await vi.waitFor(() => expect(broker.stats.subscriptions).toBeGreaterThan(0))
  const { report: published } = await run(`pub -L ${url} -t mq-bench/%i -c 2 --rate 100 ${short}`)
  const { report } = await listener
  expect(published.messages.sent + published.messages.unsent).toBe(40)
  expect(report.messages.received).toBeGreaterThan(0)
  expect(report.messages).toMatchObject({ lost: 0, duplicates: 0, foreign: 0 })
  expect(report.latency.suback.count).toBe(2)
})

test('a table is what people get', async () => {
  const { url } = await listen()
  const { out } = await run(`e2e -L ${url} --rate 50 --duration 200ms --warmup 0s`)
  expect(out).toMatch(/^mq bench e2e pair at mqtt:\/\/127\.0\.0\.1:\d+: 1 publisher, 1 subscriber, QoS 0, 64 bytes/)
  expect(out).toMatch(/^ {2}delivery +\d+ /m)
  expect(out).toMatch(/^ {2}lost +0 of \d+, 0 duplicates, 0 out of order$/m)
})

describe('without a broker', () => {
  test('nobody listens', async () => {
    const failed = run(`e2e -p ${await freePort()} -h 127.0.0.1 ${short}`)
    await expect(failed).rejects.toThrow(Failure)
    await expect(failed).rejects.toMatchObject({ exitCode: 3 })
  })

  test('the broker refuses: the exit code is its reason', async () => {
    const { url } = await listen({ authenticate: () => ({ reasonCode: 0x87, reason: 'not today' }) })
    await expect(run(`e2e -L ${url} ${short}`)).rejects.toMatchObject({
      message: expect.stringMatching(/ refused the connection: not authorized \(0x87\); no user name was given: .*-u/),
      exitCode: 0x87,
    })
  })

  test('something else listens, and hangs up', async () => {
    const server = await listening()
    server.on('connection', (socket) => socket.on('data', () => socket.destroy()).on('error', () => {}))
    await expect(run(`conn -h 127.0.0.1 -p ${portOf(server)} --duration 50ms --json`)).rejects.toMatchObject({
      exitCode: 3,
    })
  })

  test('something else listens, and speaks HTTP', async () => {
    const server = await listening()
    server.on('connection', (socket) =>
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).on('error', () => {}),
    )
    await expect(run(`conn -h 127.0.0.1 -p ${portOf(server)} --duration 50ms --json`)).rejects.toMatchObject({
      message: expect.stringContaining(`is HTTP (no packet begins with 0x48); for MQTT over WebSocket use -L ws://`),
      exitCode: 3,
    })
  })

  test('a worker that dies', async () => {
    const { url } = await listen()
    const dying: StartWorker = (_heard, ended) => {
      setImmediate(ended, 'it ended with SIGKILL')
      return { send: () => {}, kill: () => {} }
    }
    await expect(run(`e2e -L ${url} ${short}`, dying)).rejects.toThrow('worker 1 of 1 is gone: it ended with SIGKILL.')
  })
})

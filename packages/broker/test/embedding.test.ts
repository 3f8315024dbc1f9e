// A broker inside somebody's process: small to start, alone with itself, and gone without a trace.
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../src/config/clock.ts'
import { type Broker, createBroker, type MqError, memoryStore } from '../src/index.ts'
import { persistent, startBroker, turns } from './harness.ts'
import { WireClient } from './wire-client.ts'

describe('three lines', () => {
  test('are a broker', async () => {
    const broker = createBroker()
    const { url } = await broker.listen('tcp://127.0.0.1:0')
    expect(url).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/)
    const one = await WireClient.connect(url, { clientId: 'one' })
    await one.subscribe('t')
    await one.publish('t', 'x')
    expect(await one.payloads()).toEqual(['x'])
    await broker.close()
    expect(await one.goodbye()).toBe(0x8b)
  })

  test('need no port for a connection inside the process', async () => {
    const broker = createBroker()
    const one = await WireClient.connect(broker)
    await one.settled()
    await broker.close()
  })

  test('dispose of it by themselves', async () => {
    const broker = createBroker()
    const { url } = await broker.listen('tcp://127.0.0.1:0')
    const one = await WireClient.connect(url)
    await broker[Symbol.asyncDispose]()
    expect(await one.goodbye()).toBe(0x8b)
    await expect(WireClient.connect(url)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('two brokers in one process', () => {
  test('share nothing', async () => {
    const [a, b] = [startBroker(), startBroker()]
    const [inA, inB] = [await a.client('same'), await b.client('same')]
    await inA.subscribe('#', { qos: 1 })
    await inB.publish('t', 'x', { qos: 1, retain: true })
    expect(await inA.settled()).toEqual([])
    expect(a.broker.stats).toMatchObject({ connections: 1, sessions: 1, subscriptions: 1, retained: 0 })
    expect(b.broker.stats).toMatchObject({ connections: 1, sessions: 1, subscriptions: 0, retained: 1 })
    expect(a.broker.counters.messagesReceived).toBe(0)
    expect(b.broker.counters.messagesReceived).toBe(1)
    await a.broker.close()
    await inB.settled()
  })
})

describe('nothing is left behind', () => {
  /** What keeps the process alive now and did not before. A handle is let go of a moment after it was closed. */
  const remains = async (before: readonly string[]) => {
    let extra: string[] = []
    for (let i = 0; i < 100; i++) {
      await turns(5)
      const known = [...before]
      extra = process.getActiveResourcesInfo().filter((each) => {
        const at = known.indexOf(each)
        if (at >= 0) known.splice(at, 1)
        return at < 0
      })
      if (extra.length === 0) break
    }
    return extra
  }

  test.each(['tcp://127.0.0.1:0', 'ws://127.0.0.1:0'])('after a hundred clients on %s', async (address) => {
    const before = process.getActiveResourcesInfo()
    const broker = createBroker()
    const { url } = await broker.listen(address)
    for (let i = 0; i < 100; i++) {
      const one = await WireClient.connect(url, { clientId: `${i}`, keepAlive: 60 })
      await one.subscribe(`t/${i}`, { qos: 2 })
      await one.publish(`t/${i}`, 'x', { qos: 2 })
      await one.next('publish')
      if (i % 3 === 0) await one.drop()
      else await one.disconnect()
    }
    while (broker.stats.connections > 0) await turns()
    expect(broker.stats).toMatchObject({ connections: 0, sessions: 0, subscriptions: 0, retained: 0 })
    await broker.close()
    expect(await remains(before)).toEqual([])
  })

  test('after a hundred brokers', async () => {
    const before = process.getActiveResourcesInfo()
    for (let i = 0; i < 100; i++) {
      const broker = createBroker()
      const { url } = await broker.listen('tcp://127.0.0.1:0')
      await WireClient.connect(url)
      await broker.close()
    }
    expect(await remains(before)).toEqual([])
  })

  test('in the broker’s own clock', async () => {
    const { broker, client, clock } = startBroker()
    for (let i = 0; i < 20; i++) await (await client(`${i}`, { keepAlive: 10, ...persistent })).drop()
    await turns()
    await broker.close()
    expect(clock.timers).toBe(0)
  })
})

describe('close', () => {
  test('[MQTT-4.13.1-1] says 0x8B to 5.0 clients, closes on the others, and resolves', async () => {
    const { broker, client } = startBroker()
    const clients = [await client('a'), await client('b', { protocolVersion: 4 }), await client('c', persistent)]
    await broker.close()
    const goodbyes: (number | undefined)[] = []
    for (const each of clients) goodbyes.push(await each.goodbye())
    expect(goodbyes).toEqual([0x8b, undefined, 0x8b])
    expect(broker.stats.connections).toBe(0)
  })

  test('twice is once', async () => {
    const { broker, client } = startBroker()
    await client('a')
    await Promise.all([broker.close(), broker.close()])
    await broker.close()
  })

  test('refuses what is being connected or begun', async () => {
    const { broker } = startBroker({ authenticate: () => new Promise(() => undefined) })
    const attempt = WireClient.attempt(broker)
    await turns()
    await broker.close()
    expect((await attempt).connack?.reasonCode).toBe(0x88)
    await expect(broker.listen('tcp://127.0.0.1:0')).rejects.toMatchObject({ code: 'MQ_CLOSED' })
    expect((await WireClient.attempt(broker)).connack).toBeUndefined()
  })

  test('does not wait for a client that does not read', async () => {
    const { broker } = startBroker({ clock: systemClock })
    const { url } = await broker.listen('tcp://127.0.0.1:0')
    const frozen = await WireClient.connect(url, { clientId: 'frozen' })
    await frozen.subscribe('t')
    frozen.freeze()
    const publisher = await WireClient.connect(url, { clientId: 'publisher' })
    for (let i = 0; i < 300; i++) publisher.post('t', new Uint8Array(64 * 1024))
    await publisher.settled()
    const impatient = new AbortController()
    const winner = await Promise.race([
      broker.close().then(() => 'closed'),
      delay(5_000, 'still waiting', { signal: impatient.signal }),
    ])
    impatient.abort()
    expect(winner).toBe('closed')
  })

  test('while a listener opens leaves none open', async () => {
    const { broker } = startBroker()
    const opening = broker.listen('tcp://127.0.0.1:0').then(
      ({ url }) => url,
      (error: MqError) => error.code,
    )
    await broker.close()
    const result = await opening
    if (result !== 'MQ_CLOSED') await expect(WireClient.connect(result)).rejects.toThrow('ECONNREFUSED')
  })

  test('of one listener leaves the broker and its clients', async () => {
    const { broker } = startBroker()
    const listener = await broker.listen('tcp://127.0.0.1:0')
    const one = await WireClient.connect(listener.url)
    await listener.close()
    await expect(WireClient.connect(listener.url)).rejects.toThrow('ECONNREFUSED')
    expect(await one.settled()).toEqual([])
  })
})

describe('listen', () => {
  const refusal = async (broker: Broker, url: string) => {
    const error: MqError = await broker.listen(url).then(
      () => expect.unreachable(`${url} was listened on`),
      (reason) => reason,
    )
    return [error.code, error.message]
  }

  test('on a port that is taken', async () => {
    const { broker } = startBroker()
    for (const scheme of ['tcp', 'ws']) {
      const { url } = await broker.listen(`${scheme}://127.0.0.1:0`)
      const port = new URL(url).port
      const [code, message] = await refusal(broker, url)
      expect(code).toBe('MQ_ADDRESS_IN_USE')
      expect(message).toContain(`another program listens on port ${port}`)
    }
  })

  test('on what is no address', async () => {
    const { broker } = startBroker()
    for (const url of ['', '1883', 'localhost:1883', 'tcp://', 'tcp://127.0.0.1:99999', '/tmp/socket']) {
      const [code, message] = await refusal(broker, url)
      expect(code, url).toBe('MQ_BAD_LISTEN_URL')
      expect(message).toContain('is no address to listen on')
    }
  })

  test('on a scheme that is not known', async () => {
    const { broker } = startBroker()
    const [code, message] = await refusal(broker, 'quic://127.0.0.1:1883')
    expect(code).toBe('MQ_BAD_LISTEN_URL')
    expect(message).toContain('quic://, and tcp:// and ws:// are known')
  })

  test('on an address that this machine does not have', async () => {
    const { broker } = startBroker({ allowAnonymous: true })
    const [code, message] = await refusal(broker, 'tcp://192.0.2.1:1883')
    expect(code).toBe('MQ_LISTEN_FAILED')
    expect(message).toContain('this machine has no such address')
  })

  test('class 18: beyond loopback, without authentication, is refused, with both ways out', async () => {
    const { broker } = startBroker()
    for (const url of [
      'tcp://0.0.0.0:0',
      'tcp://[::]:0',
      'ws://0.0.0.0:0',
      'tcp://example.com:1883',
      'tcp://127.0.0.1.example.com:1',
    ]) {
      const [code, message] = await refusal(broker, url)
      expect(code, url).toBe('MQ_OPEN_WITHOUT_AUTHENTICATION')
      expect(message).toContain('give an authenticator, or allow anonymous clients on purpose')
    }
  })

  test('class 18: beyond loopback is allowed on purpose', async () => {
    for (const options of [{ allowAnonymous: true }, { authenticate: () => true }]) {
      const { broker } = startBroker(options)
      const { url } = await broker.listen('tcp://0.0.0.0:0')
      await (await WireClient.connect(url.replace('0.0.0.0', '127.0.0.1'))).settled()
    }
  })

  test('waits for the store, and fails with it', async () => {
    const store = memoryStore()
    const broker = createBroker({ store: { ...store, load: () => Promise.reject(new Error('torn page')) } })
    await expect(broker.listen('tcp://127.0.0.1:0')).rejects.toThrow('torn page')
    expect((await WireClient.attempt(broker)).connack).toBeUndefined()
    await broker.close()
  })

  test('says in the log where', async () => {
    const { broker, logs } = startBroker()
    const { url } = await broker.listen('tcp://127.0.0.1:0')
    expect(logs.find((line) => line.msg === 'listening')).toMatchObject({ url })
  })
})

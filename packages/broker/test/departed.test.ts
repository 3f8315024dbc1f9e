// A client that has said all it had to say and gone, and whose last packets nobody comes to read.
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { asking, schemes } from './asking.ts'
import { type LogLine, turns } from './harness.ts'
import { payloadText, WireClient } from './wire-client.ts'

const discarded = 'the connection ended before all was served that had come'

describe.each(schemes)('one that said goodbye, over %s', (scheme) => {
  test('[MQTT-3.14.4-3] and is back before it was heard: its Will is deleted, and what is discarded is counted', async () => {
    const { broker, client, url, watcher, answers, connections, logs } = await asking(scheme)
    client.post('free', 'two')
    client.post('free', 'three', { qos: 1 })
    client.send({ type: 'disconnect', reasonCode: 0 })
    client.end()
    await client.closed()
    await connections(1)
    const again = await WireClient.connect(url, { clientId: 'a' })
    answers[0]?.(true)
    await turns()
    expect(await watcher.settled()).toEqual([])
    expect(await again.settled()).toEqual([])
    // The one that was asked about among them.
    expect(broker.counters.messagesDiscarded).toBe(3)
    expect(logs.filter((line) => line.msg === discarded)).toMatchObject([{ clientId: 'a', packets: 3, messages: 3 }])
  })

  test('and is not heard in time: the same', async () => {
    const { broker, client, clock, watcher, connections } = await asking(scheme)
    client.post('free', 'two')
    client.send({ type: 'disconnect', reasonCode: 0 })
    client.end()
    await client.closed()
    await connections(1)
    clock.advance(10_000)
    expect(broker.stats.departed).toBe(0)
    expect(await watcher.settled()).toEqual([])
    expect(broker.counters.messagesDiscarded).toBe(2)
  })

  test('with 0x04: its Will is published', async () => {
    const { client, url, watcher, connections } = await asking(scheme)
    client.send({ type: 'disconnect', reasonCode: 4 })
    client.end()
    await client.closed()
    await connections(1)
    await WireClient.connect(url, { clientId: 'a' })
    expect((await watcher.messages(1)).map(payloadText)).toEqual(['gone'])
  })

  test('with another Session Expiry Interval (section 3.14.2.2.2): so long its session lives', async () => {
    const wishes = { properties: { sessionExpiryInterval: 60 } }
    const { client, url, connections } = await asking(scheme, {}, wishes)
    client.send({ type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } })
    client.end()
    await client.closed()
    await connections(1)
    const again = await WireClient.connect(url, { ...wishes, clientId: 'a', cleanStart: false })
    expect(again.connack?.sessionPresent).toBe(false)
  })
})

test('one that was reset while it was asked about is named in the log, where nobody writes down who comes', async () => {
  const lines: LogLine[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const { client, connections } = await asking('tcp', { logger })
  client.reset()
  await connections(1)
  expect(lines).toMatchObject([
    { msg: discarded, clientId: 'a', peer: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/) },
  ])
})

test('one that said goodbye and is reset before it was heard: its Will is deleted', async () => {
  const { client, watcher, connections } = await asking('tcp')
  client.send({ type: 'disconnect', reasonCode: 0 })
  await turns(20)
  client.reset()
  await connections(1)
  expect(await watcher.settled()).toEqual([])
})

describe('those that have departed', () => {
  test('are not among the connections that there may be', async () => {
    const { broker, client, url, answers, connections } = await asking('tcp', { limits: { connectionsMax: 2 } })
    expect((await WireClient.attempt(url, { clientId: 'b' })).connack?.reasonCode).toBe(0x97)
    client.end()
    await connections(1)
    await WireClient.connect(url, { clientId: 'b' })
    expect(broker.stats).toMatchObject({ connections: 2, departed: 1 })
    answers[0]?.(true)
    await turns()
    expect(broker.stats).toMatchObject({ connections: 2, departed: 0 })
  })

  test('are as many as there may be connections, and the first goes for the last', async () => {
    const { broker, client, url, watcher, answers, connections } = await asking('tcp', {
      limits: { connectionsMax: 2 },
    })
    client.end()
    await connections(1)
    for (const clientId of ['b', 'c']) {
      const other = await WireClient.connect(url, { clientId })
      other.post('asked', clientId)
      other.end()
      await connections(1)
    }
    expect(broker.stats.departed).toBe(2)
    expect((await watcher.messages(1)).map(payloadText)).toEqual(['gone'])
    for (const answer of answers) answer(true)
    expect((await watcher.messages(2)).map(payloadText)).toEqual(['b', 'c'])
    expect(broker.stats.departed).toBe(0)
    expect(broker.counters.messagesDiscarded).toBe(1)
  })
})

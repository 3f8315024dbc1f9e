// MQTT.js, the client that most Node programs use, in 3.1.1 and 5.0, over TCP and WebSocket.
import mqtt, { type IClientOptions, type IClientPublishOptions, type MqttClient } from 'mqtt'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createWebSocketStream, WebSocket } from 'ws'
import { type Broker, createBroker } from '../src/broker.ts'

// What ws gives to require(), and MQTT.js expects; the test runner has it read the ES module, where it is missing.
Object.assign(WebSocket, { createWebSocketStream })

const ways = [
  ['tcp', 4],
  ['tcp', 5],
  ['ws', 4],
  ['ws', 5],
] as const

describe.each(ways)('over %s, version %i', (scheme, protocolVersion) => {
  async function listening() {
    const broker = createBroker()
    onTestFinished(() => broker.close())
    const { url } = await broker.listen(`${scheme}://127.0.0.1:0${scheme === 'ws' ? '/mqtt' : ''}`)
    const connect = async (clientId: string, options: IClientOptions = {}): Promise<MqttClient> => {
      const address = url.replace('tcp:', 'mqtt:')
      const client = mqtt.connect(address, {
        protocolVersion,
        clientId,
        reconnectPeriod: 0,
        ...options,
        manualConnect: true,
      })
      onTestFinished(() => void client.end(true))
      // From the start: what a session has waiting comes right behind CONNACK.
      inboxOf.set(client, [])
      client.on('message', (topic, payload, packet) => {
        inboxOf.get(client)?.push(`${topic} ${packet.qos} ${packet.retain ? 'retained ' : ''}${payload}`)
      })
      const connected = new Promise((resolve, reject) => client.once('connect', resolve).once('error', reject))
      client.connect()
      await connected
      return client
    }
    return { broker, connect }
  }
  const inboxOf = new Map<MqttClient, string[]>()
  const received = async (client: MqttClient, count: number): Promise<string[]> => {
    const inbox = inboxOf.get(client) ?? []
    while (inbox.length < count) await new Promise((resolve) => setImmediate(resolve))
    return inbox
  }
  const keeping: IClientOptions =
    protocolVersion === 5 ? { clean: false, properties: { sessionExpiryInterval: 3600 } } : { clean: false }

  test('publishes and subscribes at every QoS', async () => {
    const { connect } = await listening()
    const one = await connect('one')
    const granted = await one.subscribeAsync({ 'a/#': { qos: 2 }, 'b/+': { qos: 1 } })
    expect(granted.map((each) => each.qos)).toEqual([2, 1])
    const two = await connect('two')
    for (const qos of [0, 1, 2] as const) {
      await two.publishAsync('a/t', `${qos}`, { qos })
      await two.publishAsync('b/t', `${qos}`, { qos })
    }
    const messages = await received(one, 6)
    expect(messages.filter((each) => each.startsWith('a'))).toEqual(['a/t 0 0', 'a/t 1 1', 'a/t 2 2'])
    expect(messages.filter((each) => each.startsWith('b'))).toEqual(['b/t 0 0', 'b/t 1 1', 'b/t 1 2'])
  })

  test('a large message, and many small ones', async () => {
    const { connect } = await listening()
    const one = await connect('one')
    await one.subscribeAsync('t', { qos: 1 })
    await one.publishAsync('t', Buffer.alloc(900_000, 'x'), { qos: 1 })
    expect((await received(one, 1))[0]).toHaveLength('t 1 '.length + 900_000)
    await Promise.all(Array.from({ length: 500 }, (_, i) => one.publishAsync('t', `${i}`, { qos: 1 })))
    expect((await received(one, 501)).slice(1)).toEqual(Array.from({ length: 500 }, (_, i) => `t 1 ${i}`))
  })

  test('retained messages', async () => {
    const { broker, connect } = await listening()
    const one = await connect('one')
    const keep: IClientPublishOptions = { retain: true, qos: 2 }
    await one.publishAsync('r/1', 'kept', keep)
    await one.publishAsync('r/2', 'gone', keep)
    await one.publishAsync('r/2', '', keep)
    expect(broker.stats.retained).toBe(1)
    await one.subscribeAsync('r/#', { qos: 1 })
    expect(await received(one, 1)).toEqual(['r/1 1 retained kept'])
  })

  test('a will', async () => {
    const { connect } = await listening()
    const watcher = await connect('watcher')
    await watcher.subscribeAsync('wills', { qos: 1 })
    const dying = await connect('dying', {
      will: { topic: 'wills', payload: Buffer.from('died'), qos: 1, retain: false },
    })
    dying.stream.destroy()
    expect(await received(watcher, 1)).toEqual(['wills 1 died'])
    const leaving = await connect('leaving', {
      will: { topic: 'wills', payload: Buffer.from('no'), qos: 1, retain: false },
    })
    await leaving.endAsync()
    await watcher.publishAsync('wills', 'last', { qos: 1 })
    expect(await received(watcher, 2)).toEqual(['wills 1 died', 'wills 1 last'])
  })

  test('a session that is resumed', async () => {
    const { broker, connect } = await listening()
    const one = await connect('one', keeping)
    await one.subscribeAsync('t', { qos: 2 })
    one.stream.destroy()
    await gone(broker, 0)
    const publisher = await connect('publisher')
    for (let i = 0; i < 50; i++) await publisher.publishAsync('t', `${i}`, { qos: i % 2 === 0 ? 1 : 2 })
    const again = await connect('one', keeping)
    const messages = await received(again, 50)
    // MQTT.js hands on a QoS 2 message when it is released, so the order is one per QoS.
    const numbers = (qos: number) => messages.filter((each) => each.startsWith(`t ${qos}`)).map((each) => each.slice(4))
    expect(numbers(1)).toEqual(Array.from({ length: 25 }, (_, i) => `${2 * i}`))
    expect(numbers(2)).toEqual(Array.from({ length: 25 }, (_, i) => `${2 * i + 1}`))
  })

  test('unsubscribing', async () => {
    const { connect } = await listening()
    const one = await connect('one')
    await one.subscribeAsync(['a', 'b'], { qos: 1 })
    await one.unsubscribeAsync('a')
    await one.publishAsync('a', 'x', { qos: 1 })
    await one.publishAsync('b', 'y', { qos: 1 })
    expect(await received(one, 1)).toEqual(['b 1 y'])
  })
})

test('properties of 5.0, topic aliases included', async () => {
  const broker = createBroker()
  onTestFinished(() => broker.close())
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  const client = await mqtt.connectAsync(url.replace('tcp:', 'mqtt:'), {
    protocolVersion: 5,
    autoAssignTopicAlias: true,
    properties: { topicAliasMaximum: 5, receiveMaximum: 3, maximumPacketSize: 10_000 },
  })
  onTestFinished(() => void client.end(true))
  const packets: mqtt.IPublishPacket[] = []
  client.on('message', (topic, _payload, packet) => void packets.push({ ...packet, topic }))
  await client.subscribeAsync('t/#', { qos: 2, properties: { subscriptionIdentifier: 9 } })
  const properties = {
    contentType: 'text/plain',
    responseTopic: 'r',
    correlationData: Buffer.from('c'),
    userProperties: { a: ['1', '2'] },
    messageExpiryInterval: 60,
  }
  for (let i = 0; i < 20; i++)
    await client.publishAsync(`t/${i % 7}`, `${i}`, { qos: 1, properties: { ...properties } })
  while (packets.length < 20) await new Promise((resolve) => setImmediate(resolve))
  expect(packets.map((each) => `${each.topic} ${each.payload}`)).toEqual(
    Array.from({ length: 20 }, (_, i) => `t/${i % 7} ${i}`),
  )
  expect(packets[0]?.properties).toMatchObject({
    contentType: 'text/plain',
    responseTopic: 'r',
    messageExpiryInterval: 60,
    subscriptionIdentifier: 9,
  })
})

async function gone(broker: Broker, connections: number): Promise<void> {
  while (broker.stats.connections > connections) await new Promise((resolve) => setImmediate(resolve))
}

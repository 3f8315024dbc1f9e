import { describe, expect, test } from 'vitest'
import { startBroker, turns } from './harness.ts'
import { payloadText } from './wire-client.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i))

describe('a publisher that is faster than its receivers', () => {
  test('is slowed, and nothing is dropped', async () => {
    const { broker, client, clock } = startBroker({ limits: { queueMessagesMax: 100 } })
    const receiver = await client('receiver', { properties: { receiveMaximum: 5 } })
    await receiver.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    for (const payload of numbers(1000)) publisher.post('t', payload, { qos: 1 })
    const arriving = receiver.messages(1000)
    const ticking = setInterval(() => clock.advance(5), 1)
    const arrived = (await arriving).map(payloadText)
    clearInterval(ticking)
    expect(arrived).toEqual(numbers(1000))
    expect(broker.counters.dropped['queue-full']).toBe(0)
  })

  test('waits a quarter of a second for one that is frozen, once; then it is told that there is no room', async () => {
    const { broker, client, clock } = startBroker({ limits: { queueMessagesMax: 10 } })
    const receiver = await client('receiver', { silent: true, properties: { receiveMaximum: 1 } })
    await receiver.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    for (const payload of numbers(20)) publisher.post('t', payload, { qos: 1 })
    await turns()
    expect(broker.counters.messagesReceived).toBeLessThan(10)
    clock.advance(200)
    await turns()
    expect(broker.counters.messagesReceived).toBeLessThan(10)
    clock.advance(100)
    await turns()
    expect(broker.counters.messagesReceived).toBe(20)
    // One in flight and ten in the queue; nine found no room.
    const codes = (await publisher.settled()).map((each) => each.type === 'puback' && each.reasonCode)
    expect(codes.filter((code) => code === 0x97)).toHaveLength(9)
    expect(broker.counters.dropped['queue-full']).toBe(9)
  })

  test('does not wait for one that takes a message now and then', async () => {
    const { broker, client, clock } = startBroker({ limits: { queueMessagesMax: 1000 } })
    const receiver = await client('receiver', { silent: true, properties: { receiveMaximum: 1 } })
    await receiver.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    for (const payload of numbers(700)) publisher.post('t', payload, { qos: 1 })
    await turns()
    expect(broker.counters.messagesReceived).toBeLessThan(600)
    // Ten messages in a second: not frozen, and not worth waiting for.
    for (let i = 0; i < 3; i++) {
      const { packetId = 0 } = await receiver.next('publish')
      receiver.ack('puback', packetId)
      await turns()
      clock.advance(100)
    }
    await turns()
    expect(broker.counters.messagesReceived).toBe(700)
  })

  test('is not slowed for one slow receiver among others', async () => {
    const { broker, client } = startBroker({ limits: { queueMessagesMax: 10 } })
    const slow = await client('slow', { silent: true, properties: { receiveMaximum: 1 } })
    await slow.subscribe('t', { qos: 1 })
    const quick = await client('quick')
    await quick.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    for (const payload of numbers(200)) publisher.post('t', payload, { qos: 1 })
    // The virtual clock stands still: whoever waited would wait for ever.
    expect((await quick.messages(200)).map(payloadText)).toEqual(numbers(200))
    expect(broker.counters.dropped['queue-full']).toBe(200 - 11)
  })

  test('is read again when the receiver goes away', async () => {
    const { broker, client, clock } = startBroker({ limits: { queueMessagesMax: 10 } })
    const receiver = await client('receiver', { silent: true, properties: { receiveMaximum: 1 } })
    await receiver.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    for (const payload of numbers(20)) publisher.post('t', payload, { qos: 1 })
    await turns()
    await receiver.drop()
    clock.advance(10)
    await turns()
    expect(broker.counters.messagesReceived).toBe(20)
  })

  test('two that publish to each other do not wait for each other', async () => {
    const { client, clock } = startBroker({ limits: { queueMessagesMax: 10 } })
    const properties = { receiveMaximum: 2 }
    const one = await client('one', { properties })
    const two = await client('two', { properties })
    await one.subscribe('to-one', { qos: 1 })
    await two.subscribe('to-two', { qos: 1 })
    for (const payload of numbers(100)) {
      one.post('to-two', payload, { qos: 1 })
      two.post('to-one', payload, { qos: 1 })
    }
    const ticking = setInterval(() => clock.advance(5), 1)
    // Each answers what it gets; both are read to the end within the test's patience.
    await one.settled()
    await two.settled()
    clearInterval(ticking)
    expect(one.isClosed || two.isClosed).toBe(false)
  })
})

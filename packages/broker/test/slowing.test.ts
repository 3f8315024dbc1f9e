// The last level of overload: who publishes is read piece by piece. Nothing is lost and nobody locks up.
import { describe, expect, test } from 'vitest'
import { turns } from './harness.ts'
import { startOverloadable } from './overloadable.ts'
import { packetBytes, payloadText, WireClient } from './wire-client.ts'

const versions = [4, 5] as const
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

/** QoS 1 messages, in the bytes of one write. */
function inOnePiece(messages: readonly (readonly [topicName: string, payload: string])[]): Uint8Array {
  const packets = messages.map(([topicName, text], i) => {
    const payload = new TextEncoder().encode(text)
    return { type: 'publish', topicName, payload, qos: 1, retain: false, dup: false, packetId: i + 1 } as const
  })
  return Buffer.concat(packets.map((packet) => packetBytes(packet, 5)))
}

describe.each(versions)('slowing, for clients of version %i', (protocolVersion) => {
  test('a publisher is read piece by piece, and gets everything through; others are not slowed', async () => {
    const { broker, clock, client, bystander, overload, recover } = await startOverloadable()
    const receiver = await client('receiver', { protocolVersion })
    await receiver.subscribe('t', { qos: 1 })
    const publisher = await client('publisher', { protocolVersion })
    await overload('slowing')
    const before = broker.counters.messagesReceived
    const received = (): number => broker.counters.messagesReceived - before
    for (const payload of numbers(50)) publisher.post('t', payload, { qos: 1 })
    await turns()
    expect(received()).toBe(1)
    for (let pieces = 1; pieces < 5; pieces++) {
      clock.advance(99)
      await turns()
      expect(received()).toBe(pieces)
      clock.advance(1)
      await turns()
      expect(received()).toBe(pieces + 1)
    }
    // A receiver acknowledges and a bystander pings, and both are read at once.
    expect(await bystander.settled()).toEqual([])
    expect((await receiver.messages(5)).map(payloadText)).toEqual(numbers(5))
    await receiver.settled()
    await recover()
    expect((await receiver.messages(45)).map(payloadText)).toEqual(numbers(50).slice(5))
    expect(broker.counters.publishersPaused).toBeGreaterThan(5)
    expect(Object.values(broker.counters.dropped).every((count) => count === 0)).toBe(true)
    expect([publisher.isClosed, receiver.isClosed, bystander.isClosed]).toEqual([false, false, false])
    // Every one of them was answered.
    const answers = await publisher.settled()
    expect(answers.map((each) => each.type === 'puback' && each.reasonCode)).toEqual(new Array(50).fill(0))
  })

  test('a Keep Alive that is shorter than the pause does not run out, and runs again afterwards', async () => {
    const { clock, broker, client, sample, recover } = await startOverloadable()
    const publisher = await client('publisher', { protocolVersion, keepAlive: 1 })
    for (let i = 0; i < 30; i++) {
      publisher.send({ type: 'pingreq' })
      await sample(5000)
    }
    await publisher.settled()
    publisher.post('t', 'one', { qos: 1 })
    publisher.post('t', 'two', { qos: 1 })
    await turns()
    const before = broker.counters.messagesReceived
    clock.advance(1590)
    await turns()
    expect([publisher.isClosed, broker.counters.messagesReceived - before]).toEqual([false, 0])
    clock.advance(10)
    await turns()
    expect([publisher.isClosed, broker.counters.messagesReceived - before]).toEqual([false, 1])
    await recover()
    clock.advance(1500)
    await publisher.closed()
  })

  test('one that publishes and receives has its acknowledgements read', async () => {
    const { broker, clock, client, overload } = await startOverloadable()
    const both = await client('both', { protocolVersion })
    await both.subscribe('to-both', { qos: 1 })
    const other = await client('other', { protocolVersion })
    await overload('slowing')
    both.post('elsewhere', 'x', { qos: 1 })
    other.post('to-both', '0', { qos: 1 })
    await turns()
    expect(broker.counters.messagesDelivered).toBe(1)
    both.post('elsewhere', 'y', { qos: 1 })
    for (let i = 0; i < 5; i++) {
      clock.advance(100)
      await turns()
    }
    expect(broker.counters.messagesReceived).toBe(3)
    expect((await both.settled()).filter((each) => each.type === 'puback')).toHaveLength(2)
  })
})

describe('slowing', () => {
  test('QoS 1 to one that is paused itself is not dropped: its pause is cut short', async () => {
    const { broker, clock, client, sample } = await startOverloadable({ limits: { queueMessagesMax: 10 } })
    const both = await client('both', { properties: { receiveMaximum: 2 } })
    await both.subscribe('to-both', { qos: 1 })
    const other = await client('other')
    for (let i = 0; i < 30; i++) await sample(5000)
    both.post('elsewhere', 'x', { qos: 1 })
    await turns()
    // In one piece, so that all of it comes while the receiver is not read.
    other.sendBytes(inOnePiece(numbers(40).map((payload) => ['to-both', payload])))
    for (let i = 0; i < 200; i++) {
      clock.advance(5)
      await turns(2)
    }
    const messages = (await both.settled()).filter((each) => each.type === 'publish')
    expect(messages.map(payloadText)).toEqual(numbers(40))
    expect(broker.counters.dropped['queue-full']).toBe(0)
  })

  test('a chunk of messages for many receivers is not served in one go', async () => {
    const { broker, clock, client, overload } = await startOverloadable()
    const receivers = await Promise.all(numbers(100).map((name) => client(name)))
    for (const each of receivers) await each.subscribe('t', { qos: 1 })
    const publisher = await client('publisher')
    await overload('slowing')
    const before = broker.counters.messagesReceived
    publisher.sendBytes(inOnePiece(numbers(30).map((payload) => ['t', payload])))
    await turns()
    expect(broker.counters.messagesReceived - before).toBe(11)
    clock.advance(100)
    await turns()
    expect(broker.counters.messagesReceived - before).toBe(22)
    clock.advance(100)
    await turns()
    for (const each of receivers) expect(await each.messages(30)).toHaveLength(30)
  })

  test('waits behind the answer of an authorizer, and does not let go on before it', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { broker, clock, client, overload } = await startOverloadable({
      authorize: () => new Promise((resolve) => void answers.push(resolve)),
    })
    const publisher = await client('publisher')
    await overload('slowing')
    for (const payload of numbers(3)) publisher.post('t', payload, { qos: 1 })
    await turns()
    clock.advance(2000)
    await turns()
    expect([broker.counters.messagesReceived, answers.length]).toEqual([1, 1])
    for (let answered = 0; answered < 3; answered++) {
      answers[answered]?.(true)
      await turns()
      clock.advance(100)
      await turns()
    }
    expect((await publisher.settled()).map((each) => each.type)).toEqual(['puback', 'puback', 'puback'])
  })

  test('does not end the wait for an authorizer that has a part of a chunk to decide', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { broker, clock, client, overload } = await startOverloadable({
      authorize: ({ topic }) => topic !== 'asked' || new Promise((resolve) => void answers.push(resolve)),
    })
    const publisher = await client('publisher')
    await overload('slowing')
    publisher.sendBytes(
      inOnePiece([
        ['free', '1'],
        ['asked', '2'],
        ['free', '3'],
      ]),
    )
    await turns()
    clock.advance(2000)
    await turns()
    expect([broker.counters.messagesReceived, answers.length]).toEqual([2, 1])
    answers[0]?.(true)
    await turns()
    expect(broker.counters.messagesReceived).toBe(3)
  })

  test.each(['tcp', 'ws'])('over %s everything arrives, in order', async (scheme) => {
    const { broker, clock, overload } = await startOverloadable()
    const { url } = await broker.listen(`${scheme}://127.0.0.1:0`)
    const receiver = await WireClient.connect(url, { clientId: 'receiver' })
    await receiver.subscribe('t', { qos: 1 })
    const publisher = await WireClient.connect(url, { clientId: 'publisher' })
    await overload('slowing')
    for (const payload of numbers(60)) publisher.post('t', payload, { qos: 1 })
    const arriving = receiver.messages(60)
    const ticking = setInterval(() => clock.advance(100), 1)
    const arrived = (await arriving).map(payloadText)
    expect(arrived).toEqual(numbers(60))
    expect(broker.counters.publishersPaused).toBeGreaterThan(0)
    // Its DISCONNECT may come while it is paused.
    await publisher.disconnect()
    await receiver.disconnect()
    clearInterval(ticking)
  })

  test('a publisher that goes away while it is paused is gone', async () => {
    const { broker, clock, client, overload } = await startOverloadable()
    const publisher = await client('publisher')
    await overload('slowing')
    publisher.post('t', 'x', { qos: 1 })
    await turns()
    await publisher.drop()
    clock.advance(200)
    await turns()
    expect(broker.stats.connections).toBe(1)
  })
})

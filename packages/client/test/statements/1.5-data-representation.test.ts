// Section 1.5: strings, in both directions. What is no string is refused before it is sent, and ends the connection when it
// comes.
import { expect, test } from 'vitest'
import { FakeServer, message, textOf, turn } from '../fake-server.ts'

const versions = [5, 4] as const

test('[MQTT-1.5.4-1] [MQTT311-1.5.3-1] lone surrogates are refused here; ill-formed UTF-8 of a server ends the connection', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion, reconnect: false })
    for (const topic of ['a\ud800', '\udfffb']) {
      await expect(client.publish(topic)).rejects.toMatchObject({ code: 'invalid-argument' })
      await expect(client.subscribe(topic)).rejects.toMatchObject({ code: 'invalid-argument' })
      await expect(client.unsubscribe(topic)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
    await turn()
    expect(server.connection.frames).toHaveLength(1)
    // PUBLISH with the topic name ED A0 80, a surrogate.
    server.connection.peer.sendBytes(Uint8Array.of(0x30, 6, 0, 3, 0xed, 0xa0, 0x80, 0))
    expect(await client.closed).toMatchObject({ error: { code: 'protocol-error' } })
    expect(server.connection.ended).toBe(true)
    if (protocolVersion === 5) expect((await server.connection.next('disconnect')).reasonCode).toBe(0x81)
    // Before 5.0 a DISCONNECT would say that all is well, and the Will would be dropped.
    else expect(server.connection.has('disconnect')).toBe(false)
  }
})

test('[MQTT-1.5.4-2] [MQTT311-1.5.3-2] [MQTT311-4.7.3-2] U+0000 is refused in both directions', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion, reconnect: false })
    await expect(client.publish('a\0')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(client.subscribe('a\0')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(client.unsubscribe('a\0')).rejects.toMatchObject({ code: 'invalid-argument' })
    await turn()
    expect(server.connection.frames).toHaveLength(1)
    server.connection.peer.sendBytes(Uint8Array.of(0x30, 4, 0, 1, 0, 0))
    expect(await client.closed).toMatchObject({ error: { code: 'protocol-error' } })
  }
})

test('[MQTT-1.5.4-3] [MQTT311-1.5.3-3] U+FEFF is a character like others: it is neither dropped nor added', async () => {
  for (const protocolVersion of versions) {
    const server = new FakeServer()
    const client = await server.connected({ protocolVersion })
    await client.publish('\ufeffa', 'x')
    expect((await server.connection.next('publish')).topicName).toBe('\ufeffa')
    const subscribing = client.subscribe('\ufeffb')
    expect((await server.connection.grant()).subscriptions[0]?.topicFilter).toBe('\ufeffb')
    const subscription = await subscribing
    server.connection.send(message('b', 'not this one'))
    server.connection.send(message('\ufeffb', 'this one'))
    for await (const received of subscription) {
      expect([received.topic, received.text()]).toEqual(['\ufeffb', 'this one'])
      break
    }
  }
})

test('[MQTT-1.5.7-1] both halves of a User Property are strings', async () => {
  const server = new FakeServer()
  const client = await server.connected()
  for (const pair of [
    ['\ud800', 'x'],
    ['x', '\ud800'],
    ['\0', 'x'],
    ['x', '\0'],
  ] as const) {
    const properties = { userProperties: [pair] }
    await expect(client.publish('a', '', { properties })).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(client.subscribe('a', { userProperties: [pair] })).rejects.toMatchObject({ code: 'invalid-argument' })
  }
  const userProperties = [
    ['k', 'ü'],
    ['k', ''],
  ] as const
  await client.publish('a', '', { properties: { userProperties } })
  expect((await server.connection.next('publish')).properties?.userProperties).toEqual(userProperties)
  expect(textOf(message('a', 'x'))).toBe('x')
})

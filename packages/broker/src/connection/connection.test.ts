import { expect, test } from 'vitest'
import { startBroker, turns } from '../../test/harness.ts'
import { connectPacket, WireClient } from '../../test/wire-client.ts'

test('a client that was refused and had sent more is gone all the same', async () => {
  const { broker } = startBroker()
  const client = await WireClient.open(broker, 5, 'x')
  const will = { topicName: 'w', payload: Uint8Array.of(0xff), qos: 0, retain: false } as const
  const properties = { payloadFormatIndicator: 1 } as const
  client.send(connectPacket({ clientId: 'x', will: { ...will, properties } }))
  client.sendBytes([0xc0, 0])
  await client.closed()
  await turns()
  expect(broker.stats.connections).toBe(0)
})

test('a client that sends on while it is being refused is gone all the same', async () => {
  const { broker } = startBroker({
    authenticate: async () => {
      await turns(2)
      return false
    },
  })
  const client = await WireClient.open(broker, 5, 'x')
  client.send(connectPacket({ clientId: 'x' }))
  client.sendBytes([0xc0, 0])
  await client.closed()
  await turns()
  expect(broker.stats.connections).toBe(0)
})

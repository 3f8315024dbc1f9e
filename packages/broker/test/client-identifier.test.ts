// Client Identifiers: assigned, refused, hostile (section 3.1.3.1).
import { describe, expect, test } from 'vitest'
import { persistent, startBroker } from './harness.ts'
import { WireClient } from './wire-client.ts'

describe('the Client Identifier', () => {
  test('[MQTT-3.1.3-6] is assigned where it is empty, and CONNACK tells it', async () => {
    const { client } = startBroker()
    const one = await client('', persistent)
    const assigned = one.connack?.properties?.assignedClientIdentifier ?? ''
    expect(assigned).toMatch(/^mq-\w+$/)
    await one.drop()
    expect((await client(assigned, { ...persistent, cleanStart: false })).connack?.sessionPresent).toBe(true)
  })

  test('[MQTT311-3.1.3-8] is needed in 3.1.1 where Clean Session is 0', async () => {
    const { broker } = startBroker()
    const { connack } = await WireClient.attempt(broker, { protocolVersion: 4, clientId: '', cleanStart: false })
    expect(connack?.reasonCode).toBe(2)
    const clean = await WireClient.attempt(broker, { protocolVersion: 4, clientId: '', cleanStart: true })
    expect(clean.connack?.reasonCode).toBe(0)
  })

  test('has at most 23 characters in 3.1', async () => {
    const { broker } = startBroker()
    for (const [clientId, reasonCode] of [
      ['x'.repeat(24), 2],
      ['x'.repeat(23), 0],
    ] as const) {
      const { connack } = await WireClient.attempt(broker, { protocolVersion: 3, clientId })
      expect(connack?.reasonCode, clientId).toBe(reasonCode)
    }
  })

  test('class 7: may be a wildcard, which matches nothing but itself', async () => {
    const seen: string[] = []
    const { client } = startBroker({
      authorize: ({ clientId, topic }) => {
        seen.push(`${clientId} ${topic}`)
        return topic === `own/${clientId}`
      },
    })
    for (const clientId of ['#', '+', 'a/b', '%c', '../x']) {
      const one = await client(clientId)
      expect(await one.publish('own/other', 'x', { qos: 1 })).toBe(0x87)
      expect(await one.subscribe('own/other')).toEqual([0x87])
    }
    expect(seen).toContain('# own/other')
  })
})

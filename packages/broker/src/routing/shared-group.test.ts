import { expect, test } from 'vitest'
import { startBroker } from '../../test/harness.ts'
import { payloadText } from '../../test/wire-client.ts'

test('a member that must acknowledge first still gets QoS 0', async () => {
  const { client } = startBroker()
  const member = await client('member', { silent: true, properties: { receiveMaximum: 1 } })
  await member.subscribe('busy', { qos: 1 })
  await member.subscribe('$share/g/t')
  const publisher = await client('publisher')
  await publisher.publish('busy', 'in flight', { qos: 1 })
  await publisher.publish('busy', 'queued', { qos: 1 })
  await publisher.publish('t', 'now')
  const received = (await member.settled()).map(payloadText)
  expect(received).toEqual(['in flight', 'now'])
})

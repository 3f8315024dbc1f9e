import { expect, test } from 'vitest'
import { startBroker } from '../../test/harness.ts'
import { payloadText } from '../../test/wire-client.ts'

test('what replaces a retained message that is still to be sent comes once, as it is published', async () => {
  const { client } = startBroker()
  const publisher = await client('publisher')
  await publisher.publish('a', 'old', { retain: true, qos: 1 })
  await publisher.publish('b', 'kept', { retain: true, qos: 1 })
  const one = await client('one', { silent: true, properties: { receiveMaximum: 1 } })
  await one.subscribe('busy', { qos: 1 })
  await publisher.publish('busy', 'x', { qos: 1 })
  const busy = await one.next('publish')
  // The send quota is used up: retained messages wait.
  await one.subscribe('+', { qos: 1 })
  await publisher.publish('a', 'new', { retain: true, qos: 0 })
  expect(payloadText(await one.next('publish'))).toBe('new')
  one.ack('puback', busy.packetId ?? 0)
  const retained = await one.next('publish')
  expect(payloadText(retained)).toBe('kept')
  one.ack('puback', retained.packetId ?? 0)
  expect(await one.settled()).toEqual([])
})

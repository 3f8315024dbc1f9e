import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReasonCode } from '../spec/reason-code.ts'
import { InboundTopicAliases, OutboundTopicAliases } from './alias.ts'

const invalid = { type: 'fault', reasonCode: ReasonCode.topicAliasInvalid }

test('[MQTT-3.3.2-8] an inbound Topic Alias of 0 is refused', () => {
  const aliases = new InboundTopicAliases<{ name: string }>(16)
  expect(aliases.get(0)).toMatchObject({ ...invalid, clause: 'MQTT-3.3.2-8' })
  expect(aliases.set(0, { name: 'a' })).toMatchObject({ ...invalid, clause: 'MQTT-3.3.2-8' })
})

test('[MQTT-3.3.2-9] an inbound Topic Alias above the maximum is refused', () => {
  const aliases = new InboundTopicAliases<{ name: string }>(16)
  expect(aliases.get(17)).toMatchObject(invalid)
  expect(aliases.set(17, { name: 'a' })).toMatchObject(invalid)
  expect(new InboundTopicAliases(0).get(1)).toMatchObject(invalid)
})

test('[MQTT-3.3.2-10] [MQTT-3.3.2-12] every Topic Alias up to the maximum is accepted, and may be set again', () => {
  const aliases = new InboundTopicAliases<{ name: string }>(65_535)
  for (const alias of [1, 2, 65_535]) {
    expect(aliases.get(alias)).toMatchObject({ type: 'fault', reasonCode: ReasonCode.protocolError })
    expect(aliases.set(alias, { name: `first ${alias}` })).toBeUndefined()
    expect(aliases.set(alias, { name: `second ${alias}` })).toBeUndefined()
  }
  for (const alias of [1, 2, 65_535]) expect(aliases.get(alias)).toEqual({ name: `second ${alias}` })
})

test('[MQTT-3.3.2-7] mappings belong to one object, and so to one connection', () => {
  const first = new InboundTopicAliases<string>(4)
  first.set(1, 'a')
  expect(new InboundTopicAliases<string>(4).get(1)).toMatchObject({ reasonCode: ReasonCode.protocolError })
})

test('[MQTT-3.3.2-11] no outbound alias is greater than the maximum of the peer, and the peer always knows its topic', () => {
  const maximum = fc.integer({ min: 0, max: 6 })
  const topics = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 80 })
  fc.assert(
    fc.property(maximum, topics, (maximum, topics) => {
      const aliases = new OutboundTopicAliases()
      aliases.maximum = maximum
      const peer = new Map<number, string>()
      let recent: string[] = []
      for (const topic of topics) {
        const alias = aliases.use(topic)
        expect(alias).toBeLessThanOrEqual(maximum)
        // The oracle: the last `maximum` different topics have aliases, no other has.
        expect(aliases.isNew).toBe(maximum > 0 && !recent.includes(topic))
        recent = [topic, ...recent.filter((other) => other !== topic)].slice(0, maximum)
        if (maximum === 0) expect(alias).toBe(0)
        else if (aliases.isNew) peer.set(alias, topic)
        else expect(peer.get(alias)).toBe(topic)
      }
    }),
    { seed: 47, numRuns: 1000 },
  )
})

test('[MQTT-3.3.2-11] without a maximum there are no outbound aliases', () => {
  const aliases = new OutboundTopicAliases()
  expect(aliases.use('a')).toBe(0)
  expect(aliases.isNew).toBe(false)
})

test('keys that are objects are told apart by identity', () => {
  const aliases = new OutboundTopicAliases()
  aliases.maximum = 2
  const key = new Uint8Array(1)
  expect([aliases.use(key), aliases.isNew]).toEqual([1, true])
  expect([aliases.use(new Uint8Array(1)), aliases.isNew]).toEqual([2, true])
  expect([aliases.use(key), aliases.isNew]).toEqual([1, false])
})

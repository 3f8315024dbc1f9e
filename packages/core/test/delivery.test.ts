/**
 * What a session promises, through links that are cut in the middle of everything.
 *
 *     MQ_SEED=17 npx vitest run packages/core/test/delivery.test.ts      plays the runs of seed 17 again, and no other
 */
import { deepEqual, ok } from 'node:assert/strict'
import { env } from 'node:process'
import { describe, test } from 'vitest'
import { publicationPayload } from '../src/index.ts'
import { withSeeds } from '../src/testing/index.ts'
import { maximumPacketSize, messageOf, sizeOf } from './delivery-messages.ts'
import { type SimulationOptions, simulateDelivery } from './delivery-simulation.ts'

const wanted = env['MQ_SEED']
const seeds = (...usual: readonly number[]): readonly number[] => (wanted === undefined ? usual : [Number(wanted)])
const count = 10_000
const numbers = Array.from({ length: count }, (_, number) => number)
const usual = { version: 5, clientSends: 0, serverSends: 0, bytesToCut: 120_000 } as const

describe('10,000 messages through a link that is cut at random, with the session resumed', () => {
  const directions: readonly (readonly [string, Partial<SimulationOptions>])[] = [
    ['client to server', { clientSends: count }],
    ['server to client', { serverSends: count }],
    ['client to server, 3.1.1', { clientSends: count, version: 4 }],
  ]

  for (const [direction, options] of directions) {
    test(`[MQTT-4.3.3-10] QoS 2, ${direction}: each arrives exactly once, in order`, () => {
      withSeeds(seeds(1, 2), (random) => {
        const run = simulateDelivery({ ...usual, ...options, random, qos: 2 })
        const arrived = options.clientSends === undefined ? run.toClient : run.toServer
        deepEqual(arrived, numbers)
        deepEqual(run.faults, [])
        deepEqual(run.left, [0, 0, 0, 0, 0, 0])
        ok(run.connections > 30, `only ${run.connections} connections`)
      })
    })

    test(`[MQTT-4.4.0-1] QoS 1, ${direction}: each arrives at least once, first arrivals in order`, () => {
      withSeeds(seeds(3, 4), (random) => {
        const run = simulateDelivery({ ...usual, ...options, random, qos: 1 })
        const arrived = options.clientSends === undefined ? run.toClient : run.toServer
        deepEqual([...new Set(arrived)], numbers)
        ok(arrived.length > count, 'no acknowledgement was lost: the links are too good')
        deepEqual(run.faults, [])
        deepEqual(run.left, [0, 0, 0, 0, 0, 0])
        ok(run.connections > 30, `only ${run.connections} connections`)
      })
    })
  }

  test('[MQTT-4.3.3-10] QoS 2, both ways at once, on links that hardly last: exactly once, in order', () => {
    withSeeds(seeds(5, 6, 7, 8), (random) => {
      const some = numbers.slice(0, 1500)
      const sends = { clientSends: some.length, serverSends: some.length }
      const run = simulateDelivery({ ...usual, ...sends, random, qos: 2, bytesToCut: 15_000 })
      deepEqual(run.toServer, some)
      deepEqual(run.toClient, some)
      deepEqual(run.faults, [])
      deepEqual(run.left, [0, 0, 0, 0, 0, 0])
      ok(run.connections > 100, `only ${run.connections} connections`)
    })
  })

  test('the same seed gives the same run', () => {
    const runs: unknown[] = []
    withSeeds([9, 9, 10], (random) => {
      runs.push(simulateDelivery({ ...usual, clientSends: 500, serverSends: 500, random, qos: 1 }))
    })
    deepEqual(runs[0], runs[1])
    ok(JSON.stringify(runs[0]) !== JSON.stringify(runs[2]))
  })
})

test('the messages are from no payload at all to the Maximum Packet Size, to the byte', () => {
  const messages = Array.from({ length: 100 }, (_, number) => messageOf(number, 2, 5))
  const payloads = messages.map((message) => publicationPayload(message).length)
  const sizes = messages.map((message) => sizeOf(message, 2, 5))
  ok(payloads.filter((bytes) => bytes === 0).length > 5)
  ok(sizes.filter((bytes) => bytes === maximumPacketSize).length >= 5)
  ok(sizes.every((bytes) => bytes <= maximumPacketSize))
  ok(new Set(sizes).size > 30)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConnectError, MqttError } from './errors.ts'
import { blamesPacket, isWorthAnotherTry, nextDelay, reconnectPolicy } from './reconnect.ts'

const lost = new ConnectError('connection-lost', 'lost')

test('whatever the jitter, the delay lies between 0 and maxDelay', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('full' as const, 'equal' as const, 'decorrelated' as const, 'none' as const),
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      fc.integer({ min: 0, max: 60_000 }),
      (jitter, attempt, random, previous) => {
        const policy = reconnectPolicy({ jitter, maxDelay: 20_000 })
        const delay = nextDelay(policy, lost, attempt, previous, random)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(20_000)
      },
    ),
  )
})

test('without jitter it doubles', () => {
  const policy = reconnectPolicy({ jitter: 'none' })
  expect([1, 2, 3, 4, 8, 100].map((attempt) => nextDelay(policy, lost, attempt, 0, 0))).toEqual([
    500, 1000, 2000, 4000, 30_000, 30_000,
  ])
})

test('who we are does not change by trying again; what the server can do may', () => {
  for (const reasonCode of [0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x8e]) {
    expect(isWorthAnotherTry(new ConnectError('connect-refused', '', { reasonCode }))).toBe(false)
  }
  for (const reasonCode of [0x80, 0x88, 0x89, 0x8b, 0x97, 0x9f]) {
    expect(isWorthAnotherTry(new ConnectError('connect-refused', '', { reasonCode }))).toBe(true)
  }
  expect(isWorthAnotherTry(lost)).toBe(true)
  expect(isWorthAnotherTry(new MqttError('invalid-argument', ''))).toBe(false)
})

test('only a DISCONNECT blames a packet, and only with a reason that is about packets', () => {
  const disconnected = (reasonCode: number) => new ConnectError('server-disconnect', '', { reasonCode })
  for (const reasonCode of [0x81, 0x82, 0x8f, 0x90, 0x95, 0x99, 0x9a, 0x9b, 0x9e, 0xa1, 0xa2]) {
    expect(blamesPacket(disconnected(reasonCode)), `${reasonCode}`).toBe(true)
  }
  for (const reasonCode of [0x80, 0x89, 0x8b, 0x8d, 0x8e, 0x93, 0x96, 0x97, 0x98, 0x9d, 0xa0]) {
    expect(blamesPacket(disconnected(reasonCode)), `${reasonCode}`).toBe(false)
  }
  expect(blamesPacket(new ConnectError('connect-refused', '', { reasonCode: 0x95 }))).toBe(false)
  expect(blamesPacket(lost)).toBe(false)
})

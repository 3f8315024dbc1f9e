/**
 * One broker that is fed case after case and must not grow: after each case connections, sessions and subscriptions are what
 * they were, and the heap, once warm, stays where it is.
 */
import { deepStrictEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import type { Target } from '../target.ts'
import { setTrap } from '../trap.ts'
import { checkLogs, createWorld, type RawConnection, settle, type World } from '../world.ts'
import { bytesLimits, enter, feed, peers } from './broker-target.ts'

/** What the heap may grow by from a warm start; generous, as the collector is not exact. */
const growthMax = 24 * 1024 * 1024
const warmCases = 2000
const measureEvery = 2000

export function createSoakTarget(): Target {
  let running: { readonly world: World; readonly bystander: RawConnection } | undefined
  let cases = 0
  let warmBytes = Number.POSITIVE_INFINITY
  return {
    name: 'soak',
    batch: 500,
    property: (tally) =>
      fc.asyncProperty(peers, async (input) => {
        const trap = setTrap()
        try {
          if (running === undefined) {
            const world = createWorld({ limits: bytesLimits })
            running = { world, bystander: await enter(world) }
            cases = 0
          }
          const { world, bystander } = running
          await feed(world, bystander, input, tally)
          world.clock.advance(2 * 86_400_000)
          await settle(world)
          // The log says later what it left out, and that is about this case, not about the next.
          checkLogs(world)
          const { connections, sessions, subscriptions } = world.broker.stats
          deepStrictEqual({ connections, sessions, subscriptions }, { connections: 1, sessions: 1, subscriptions: 0 })
          trap.check()
          cases++
          if (globalThis.gc === undefined || cases % measureEvery !== 0) return
          globalThis.gc()
          const { heapUsed, arrayBuffers } = process.memoryUsage()
          const used = heapUsed + arrayBuffers
          if (cases === warmCases) warmBytes = used
          ok(used < warmBytes + growthMax, `after ${cases} cases the heap has grown by ${used - warmBytes} bytes`)
        } catch (error) {
          // The next case begins with a broker that nothing has happened to.
          await running?.world.broker.close()
          running = undefined
          throw error
        } finally {
          trap.remove()
        }
      }),
  }
}

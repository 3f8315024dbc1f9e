import { equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { ProtocolVersion } from '../spec/version.ts'
import { forbids, type Phase, type Role } from './legality.ts'

/** Written down a second time, by hand and by packet: what may arrive, and when. */
const welcome: { readonly [R in Role]: { readonly [P in Phase]: readonly number[] } } = {
  server: {
    opening: [1],
    authenticating: [14, 15],
    connected: [3, 4, 5, 6, 7, 8, 10, 12, 14, 15],
    closed: [],
  },
  client: {
    opening: [2, 15],
    authenticating: [2, 15],
    connected: [3, 4, 5, 6, 7, 9, 11, 13, 14, 15],
    closed: [],
  },
}

const roles = ['server', 'client'] as const
const phases = ['opening', 'authenticating', 'connected', 'closed'] as const
const before5 = (role: Role): readonly number[] => (role === 'server' ? [15] : [14, 15])

describe.each(roles)('to a %s', (role) => {
  for (const phase of phases) {
    for (let type = 0; type <= 15; type++) {
      for (const version of [3, 4, 5] as const satisfies readonly ProtocolVersion[]) {
        const isWelcome =
          welcome[role][phase].includes(type) && !(version < 5 && phase === 'connected' && before5(role).includes(type))
        test(`version ${version}, ${phase}, packet type ${type}: ${isWelcome ? 'welcome' : 'forbidden'}`, () => {
          equal(forbids(role, phase, type, version) === undefined, isWelcome)
        })
      }
    }
  }
})

describe('the statement that is broken', () => {
  const cases: readonly (readonly [string, Role, Phase, number, ProtocolVersion])[] = [
    ['MQTT-3.1.0-1', 'server', 'opening', 3, 5],
    ['MQTT-3.1.0-1', 'server', 'opening', 14, 5],
    ['MQTT-3.1.0-2', 'server', 'connected', 1, 5],
    ['MQTT-3.1.0-2', 'server', 'authenticating', 1, 5],
    ['MQTT-3.2.0-1', 'client', 'opening', 3, 5],
    ['MQTT-3.2.0-2', 'client', 'connected', 2, 5],
    ['MQTT-3.14.0-1', 'client', 'opening', 14, 5],
    ['MQTT311-2.2.1', 'server', 'connected', 15, 4],
    ['MQTT311-3.14', 'client', 'connected', 14, 4],
  ]
  for (const [clause, role, phase, type, version] of cases) {
    test(`[${clause}] ${role}, ${phase}, packet type ${type}`, () => {
      equal(forbids(role, phase, type, version), clause)
    })
  }
})

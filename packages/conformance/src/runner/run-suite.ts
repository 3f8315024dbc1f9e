/** All cases against one peer, one after the other. */
import type { ProtocolVersion } from '@mq/core'
import type { Case } from '../language/case.ts'
import { discover, unmet } from './capabilities.ts'
import type { Peer } from './peer.ts'
import { playCase } from './play-case.ts'

export interface CaseResult {
  /** `[MQTT-3.1.0-2] a second CONNECT ends the connection (5.0)`. */
  readonly name: string
  readonly case: Case
  readonly version: ProtocolVersion
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped, in words. */
  readonly problem?: string
  /** What was sent and received, in hex and in words. */
  readonly transcript: readonly string[]
}

export interface SuiteOptions {
  /** Play cases that wait for the peer's clock. Default true. */
  readonly slow?: boolean
  /** How long an answer may take, in milliseconds. Default 3000. */
  readonly timeoutMs?: number
  /** Hear of each result as it comes. */
  readonly onResult?: (result: CaseResult) => void
}

/**
 * Plays the cases. Client Identifiers and topics are new on each run, so that the server may be in use; what was retained
 * is removed.
 *
 * @throws Error when the server cannot be reached
 * @example const results = await runSuite(allCases(), tcpPeer('tcp://127.0.0.1:1883'))
 */
export async function runSuite(
  cases: readonly Case[],
  peer: Peer,
  options: SuiteOptions = {},
): Promise<readonly CaseResult[]> {
  const { slow = true, timeoutMs = 3000, onResult } = options
  const run = `q${crypto.randomUUID().replaceAll('-', '').slice(0, 7)}`
  const capabilities = await discover(peer, run, timeoutMs)
  const results: CaseResult[] = []
  for (const each of cases.filter(({ role }) => role === 'server')) {
    for (const version of each.versions) {
      const name = caseName(each, version)
      const base = { name, case: each, version }
      const reason = each.slow && !slow ? 'it is slow' : unmet(each, version, capabilities)
      if (reason !== undefined) {
        results.push({ ...base, outcome: 'skipped', problem: reason, transcript: [] })
      } else {
        // Always eleven characters, so that a case can count bytes.
        const prefix = `${run}${results.length.toString(36).padStart(3, '0')}`
        const play = await playCase(each, { peer, version, prefix, capabilities: capabilities.values, timeoutMs })
        const { problem, transcript } = play
        if (problem === undefined) results.push({ ...base, outcome: 'passed', transcript })
        else results.push({ ...base, outcome: 'failed', problem, transcript })
      }
      onResult?.(results.at(-1)!)
    }
  }
  return results
}

export function caseName({ ids, title }: Case, version: ProtocolVersion): string {
  return `${ids.map((id) => `[${id}]`).join(' ')} ${title} (${versionNames[version]})`
}

const versionNames = { 3: '3.1', 4: '3.1.1', 5: '5.0' } as const

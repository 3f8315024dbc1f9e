/** All cases about clients, each against a client of its own. */
import type { ProtocolVersion } from '@mq/core'
import type { Case } from '../language/case.ts'
import type { Deed, Peer } from './peer.ts'
import { playCase } from './play-case.ts'
import { type CaseResult, caseName, type SuiteOptions } from './run-suite.ts'

/** A client under test: `open` is its next connection, `perform` tells it what to do. */
export interface ClientPeer extends Peer {
  perform(deed: Deed): void
  /** The case is over. */
  close(): Promise<void>
}

/** Plays the cases whose role is client; the runner is their server. `create` makes a client for one case. */
export async function runClientSuite(
  cases: readonly Case[],
  create: (version: ProtocolVersion) => ClientPeer,
  options: SuiteOptions = {},
): Promise<readonly CaseResult[]> {
  const { slow = true, timeoutMs = 3000, onResult } = options
  const results: CaseResult[] = []
  for (const each of cases.filter(({ role, slow: isSlow }) => role === 'client' && (slow || !isSlow))) {
    for (const version of each.versions) {
      const peer = create(version)
      const prefix = `client-${results.length.toString(36).padStart(4, '0')}`
      const play = await playCase(each, { peer, version, prefix, capabilities: new Map(), timeoutMs })
      await peer.close()
      const { problem, transcript } = play
      const base = { name: caseName(each, version), case: each, version, transcript }
      const result: CaseResult =
        problem === undefined ? { ...base, outcome: 'passed' } : { ...base, outcome: 'failed', problem }
      results.push(result)
      onResult?.(result)
    }
  }
  return results
}

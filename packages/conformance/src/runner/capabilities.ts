/** What a server says about itself in CONNACK, so that cases which need something else are left out and said so. */
import type { ProtocolVersion } from '@mq/core'
import type { Case, Field, Need } from '../language/case.ts'
import { composePacket } from '../language/compose-packet.ts'
import { lookUp } from '../language/match.ts'
import { Conversation } from './conversation.ts'
import type { Peer } from './peer.ts'
import { Transcript } from './transcript.ts'

/** What holds when CONNACK says nothing (section 3.2.2.3). */
const defaults: Readonly<Record<string, number>> = {
  receiveMaximum: 65_535,
  maximumQoS: 2,
  retainAvailable: 1,
  maximumPacketSize: 0x0fff_ffff + 5,
  topicAliasMaximum: 0,
  wildcardSubscriptionAvailable: 1,
  subscriptionIdentifierAvailable: 1,
  sharedSubscriptionAvailable: 1,
  serverKeepAlive: 0,
}

export interface Capabilities {
  readonly versions: readonly ProtocolVersion[]
  readonly values: ReadonlyMap<string, number>
}

/** Asks the server, once in each version. */
export async function discover(peer: Peer, prefix: string, timeoutMs: number): Promise<Capabilities> {
  const versions: ProtocolVersion[] = []
  const values = new Map(Object.entries(defaults))
  for (const version of [3, 4, 5] as const) {
    const conversation = new Conversation('probe', 'server', version, new Transcript())
    await conversation.open(peer)
    const clientId: Field = { name: 'clientId', value: { type: 'text', text: '~', times: 1 }, versions: [] }
    // Not 0: a server may have a Server Keep Alive for those only who want none.
    const keepAlive: Field = { name: 'keepAlive', value: { type: 'number', value: 60 }, versions: [] }
    const scope = { version, prefix, variables: new Map() }
    conversation.send(composePacket({ name: 'connect', fields: [clientId, keepAlive] }, scope))
    const answer = await conversation.next(timeoutMs)
    if (answer?.type === 'packet' && answer.packet.type === 'connack' && answer.packet.reasonCode === 0) {
      versions.push(version)
      for (const name of Object.keys(defaults)) {
        const value = lookUp(answer.packet, name)
        if (version === 5 && typeof value === 'number') values.set(name, value)
      }
      conversation.send(Uint8Array.of(0xe0, 0x00))
    }
    conversation.cut()
  }
  return { versions, values }
}

/** Why the case does not apply to this server; undefined when it does. */
export function unmet(wanted: Case, version: ProtocolVersion, capabilities: Capabilities): string | undefined {
  if (!capabilities.versions.includes(version)) return `the server does not speak version ${version}`
  const failed = wanted.needs.find((need) => !holds(need, capabilities.values.get(need.name) ?? 0))
  return failed === undefined ? undefined : `it needs ${failed.name}${failed.comparison}${failed.value}`
}

function holds({ comparison, value }: Need, given: number): boolean {
  if (comparison === '=') return given === value
  return comparison === '<=' ? given <= value : given >= value
}

/** The suite: the sections in their order. */
import type { Case } from '../language/case.ts'
import { parseCases } from '../language/parse.ts'
import { dataRepresentation } from './1.5-data-representation.ts'
import { packetFormat } from './2-packet-format.ts'
import { connect } from './3.1-connect.ts'
import { session } from './3.1-session.ts'
import { will } from './3.1-will.ts'
import { connack } from './3.2-connack.ts'
import { publish } from './3.3-publish.ts'
import { retained } from './3.3-retained.ts'
import { acknowledgements } from './3.4-acknowledgements.ts'
import { subscribe } from './3.8-subscribe.ts'
import { pingDisconnectAuth } from './3.12-ping-disconnect-auth.ts'
import { topics } from './4.7-topics.ts'
import { behaviour } from './4-behaviour.ts'
import { clientConnect } from './client-connect.ts'
import { clientMessages } from './client-messages.ts'

const sections: readonly string[] = [
  dataRepresentation,
  packetFormat,
  connect,
  will,
  session,
  connack,
  publish,
  retained,
  acknowledgements,
  subscribe,
  pingDisconnectAuth,
  behaviour,
  topics,
  clientConnect,
  clientMessages,
]

/** Every case that there is. */
export function allCases(): Case[] {
  return sections.flatMap(parseCases)
}

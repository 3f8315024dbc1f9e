import type { QueueLimits, ServerLimits, Workspace } from '@mq/core'
import type { Authenticator } from './auth/authenticate.ts'
import type { Authorizer } from './auth/authorize.ts'
import type { Mechanism } from './auth/mechanism.ts'
import type { ChunkClock } from './config/clock.ts'
import type { BrokerLimits } from './config/limits.ts'
import type { ChunkPool } from './connection/chunk-pool.ts'
import type { Connection } from './connection/connection.ts'
import type { ConnectionList } from './connection/connection-list.ts'
import type { Deadlines } from './connection/deadlines.ts'
import type { Departed } from './connection/departed.ts'
import type { Flusher } from './connection/flusher.ts'
import type { Overload } from './limit/overload.ts'
import type { Turn } from './limit/turn.ts'
import type { BoundedLog } from './metric/bounded-log.ts'
import type { Counters } from './metric/counters.ts'
import type { Log } from './metric/log.ts'
import type { RetainedMessages } from './routing/retained-messages.ts'
import type { Route } from './routing/route.ts'
import type { Router } from './routing/router.ts'
import type { SubscriptionIndex } from './routing/subscription-index.ts'
import type { SessionRegistry } from './session/session-registry.ts'
import type { CommitGate } from './store/commit-gate.ts'
import type { Store } from './store/store.ts'

/** What the parts of one broker share. Made once by `createBroker`; two brokers share nothing. */
export interface BrokerContext {
  readonly clock: ChunkClock
  readonly logger: Log
  /** For what a client can cause as often as it likes. */
  readonly boundedLog: BoundedLog
  readonly limits: BrokerLimits
  /** Of every session. */
  readonly queueLimits: QueueLimits
  readonly serverLimits: ServerLimits
  readonly counters: Counters
  readonly deadlines: Deadlines
  readonly overload: Overload
  readonly flusher: Flusher
  readonly turn: Turn
  readonly pool: ChunkPool
  readonly workspace: Workspace<Route>
  readonly store: Store
  readonly gate: CommitGate
  readonly index: SubscriptionIndex
  readonly router: Router
  readonly retained: RetainedMessages
  readonly sessions: SessionRegistry
  /** Those whose network connection stands. */
  readonly connections: ConnectionList<Connection>
  /** Those whose client has gone and is still to be served. */
  readonly departed: Departed
  readonly authenticate: Authenticator | undefined
  readonly authorize: Authorizer | undefined
  readonly mechanisms: readonly Mechanism[]
  readonly responseInformation: ((clientId: string) => string | undefined) | undefined
  /** Set when `close` begins: sessions stay as they are, Wills stay unsent. */
  closing: boolean
}

/**
 * The broker: `createBroker` puts the parts together, `listen` opens the doors, `close` says goodbye to everybody.
 */
import { createWorkspace, MqError, ReasonCode, type ServerLimits, TopicTable, type Transport } from '@mq/core'
import { type Logger, pino } from 'pino'
import type { Authenticator } from './auth/authenticate.ts'
import type { Authorizer } from './auth/authorize.ts'
import type { Mechanism } from './auth/mechanism.ts'
import { checkOptions } from './config/check-options.ts'
import { ChunkClock, type Clock, systemClock } from './config/clock.ts'
import { type BrokerLimits, resolveLimits } from './config/limits.ts'
import { ChunkPool } from './connection/chunk-pool.ts'
import { Connection } from './connection/connection.ts'
import { ConnectionList } from './connection/connection-list.ts'
import { Deadlines } from './connection/deadlines.ts'
import { Departed } from './connection/departed.ts'
import { Flusher } from './connection/flusher.ts'
import { sayGoodbye } from './connection/goodbye.ts'
import type { BrokerContext } from './context.ts'
import { Overload } from './limit/overload.ts'
import type { OverloadLevel } from './limit/overload-level.ts'
import { Turn } from './limit/turn.ts'
import { listen } from './listener/listen.ts'
import type { Listener } from './listener/listener.ts'
import { createMemoryPair } from './listener/memory-transport.ts'
import { BoundedLog } from './metric/bounded-log.ts'
import { type Counters, createCounters } from './metric/counters.ts'
import { createLog } from './metric/log.ts'
import { RetainedMessages } from './routing/retained-messages.ts'
import type { Route } from './routing/route.ts'
import { Router } from './routing/router.ts'
import type { SharedStrategy } from './routing/shared-strategy.ts'
import { SubscriptionIndex } from './routing/subscription-index.ts'
import { reauthorizeAll } from './session/reauthorize.ts'
import { SessionRegistry } from './session/session-registry.ts'
import { CommitGate } from './store/commit-gate.ts'
import { noStore } from './store/no-store.ts'
import type { Store } from './store/store.ts'

export interface BrokerOptions {
  /** Default: warnings and errors, as JSON lines on stderr. */
  readonly logger?: Logger
  /**
   * Where sessions and retained messages live beyond this broker: `memoryStore()` for one that is made again over it in the same
   * process, or a store of your own. Default: they end with the broker.
   */
  readonly store?: Store
  /** Bounds and policies; what is not given keeps its default. */
  readonly limits?: Partial<BrokerLimits>
  /** Who may connect. Default: everybody, and then only on loopback addresses. */
  readonly authenticate?: Authenticator
  /** Who may publish and subscribe to what. Default: everybody, everything outside `$SYS/`. */
  readonly authorize?: Authorizer
  /**
   * Enhanced authentication (section 4.12), for clients that name an Authentication Method. With mechanisms and without
   * `authenticate`, clients that name none are refused, unless `allowAnonymous` is set.
   */
  readonly mechanisms?: readonly Mechanism[]
  /** What a client is told that asks for Response Information (section 3.2.2.3.15): a topic it may get responses under. */
  readonly responseInformation?: (clientId: string) => string | undefined
  /** Which member of a shared subscription gets the next message. Default `round-robin`. */
  readonly sharedStrategy?: SharedStrategy
  /** Listen beyond loopback without an authenticator. Default false. */
  readonly allowAnonymous?: boolean
  /** For tests that bring their own time. */
  readonly clock?: Clock
}

export interface Broker {
  /**
   * Listen on `tcp://host:port` or `ws://host:port/path`; port 0 takes a free one, and `url` says which.
   * @throws MqError `MQ_ADDRESS_IN_USE`, `MQ_BAD_LISTEN_URL`, `MQ_OPEN_WITHOUT_AUTHENTICATION`, `MQ_LISTEN_FAILED`,
   * `MQ_CLOSED`
   */
  listen(url: string): Promise<Listener>
  /** A connection inside the process: the client's end of it. */
  connect(): Transport
  /** What has been done so far. */
  readonly counters: Readonly<Counters>
  /** What is there now. */
  readonly stats: BrokerStats
  /**
   * Rights have changed: ask the authorizer again for the subscriptions of all clients, those included that are away, or of
   * one. What it refuses is removed, with the messages that wait for it, and counted (`subscriptionsRevoked`); the client is
   * not told, as MQTT has no packet for it. Resolves with how many were removed.
   */
  reauthorize(clientId?: string): Promise<number>
  /**
   * End a client's connection with 0x98 Administrative action. Its session lives on for as long as it asked. False: no such
   * client is connected.
   */
  disconnect(clientId: string, reason?: string): boolean
  /**
   * Stop listening, tell every client that the server is shutting down (0x8B in 5.0), wait until all are gone (at most a
   * second), and close the store. Nothing of the broker is left in the event loop afterwards.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface BrokerStats {
  readonly connections: number
  /** Clients that have gone while an answer about them was awaited, and whose last packets are still to be served. */
  readonly departed: number
  readonly sessions: number
  readonly subscriptions: number
  readonly retained: number
  /** What the broker does about overload now: 'normal' is nothing. */
  readonly overload: OverloadLevel
  /** Milliseconds that the event loop is late, smoothed; 0 while nothing arrives. */
  readonly eventLoopDelayMs: number
}

/**
 * A broker of your own. Brokers in one process share nothing.
 *
 * @example
 * const broker = createBroker()
 * const { url } = await broker.listen('tcp://127.0.0.1:0')
 * await broker.close()
 * @throws MqError `MQ_BAD_OPTION`
 */
export function createBroker(options: BrokerOptions = {}): Broker {
  checkOptions(options)
  const limits = resolveLimits(options.limits)
  const clock = options.clock ?? systemClock
  const chunkClock = new ChunkClock(clock)
  const logger = createLog(
    options.logger ?? pino({ name: 'mq', level: 'warn' }, pino.destination({ dest: 2, sync: true })),
  )
  const store = options.store ?? noStore
  const topics = new TopicTable<Route>({ levelsMax: limits.topicLevelsMax, bytesMax: limits.topicBytesMax })
  const counters = createCounters()
  const index = new SubscriptionIndex(topics, options.sharedStrategy ?? 'round-robin')
  const listeners = new Set<Listener>()
  const mechanisms = options.mechanisms ?? []
  const failed = (error: unknown): void => logger.error({ err: error }, 'internal error')
  const deadlines = new Deadlines(clock, failed)
  const flusher = new Flusher(failed)
  let closing: Promise<void> | undefined

  const context: BrokerContext & { sessions: SessionRegistry } = {
    clock: chunkClock,
    logger,
    limits,
    queueLimits: {
      messagesMax: limits.queueMessagesMax,
      bytesMax: limits.queueBytesMax,
      policy: limits.queuePolicy,
    },
    serverLimits: limits satisfies ServerLimits,
    counters,
    deadlines,
    overload: new Overload(limits.eventLoopDelayMaxMs, deadlines, clock, counters, logger),
    boundedLog: new BoundedLog(logger, clock, deadlines),
    flusher,
    turn: new Turn(failed),
    pool: new ChunkPool(),
    workspace: createWorkspace(topics, Math.max(topicFiltersMax, limits.subscriptionsMax)),
    store,
    gate: new CommitGate(store, (error) => {
      // Nothing may be acknowledged any more; staying would be a lie.
      logger.fatal({ err: error }, 'the store failed: the broker closes')
      close().catch(failed)
    }),
    index,
    router: new Router(index, topics, counters, flusher),
    retained: new RetainedMessages(store, limits, chunkClock.now),
    sessions: undefined as never,
    connections: new ConnectionList(),
    departed: new Departed(limits.connectionsMax),
    authenticate:
      options.authenticate ?? (mechanisms.length > 0 && !options.allowAnonymous ? refuseAnonymous : undefined),
    mechanisms,
    responseInformation: options.responseInformation,
    authorize: options.authorize,
    closing: false,
  }
  context.sessions = new SessionRegistry(context)

  const ready = store.load().then((state) => {
    for (const message of state.retained) context.retained.restore(...message)
    context.sessions.restore(state.sessions)
  })
  // Whoever listens or closes hears of it; without either it must not end the process.
  ready.catch(() => undefined)

  const accept = (transport: Transport): void => {
    // Those that are over the limit get an answer to their CONNECT, as far as there is room for them to wait for it.
    if (context.closing || context.connections.size >= limits.connectionsMax + refusedMax) transport.destroy()
    else new Connection(transport, context)
  }

  async function close(): Promise<void> {
    closing ??= shutDown(context, listeners)
    await closing
  }

  return {
    counters,
    get stats() {
      return {
        connections: context.connections.size,
        departed: context.departed.count,
        sessions: context.sessions.count,
        subscriptions: index.count,
        retained: context.retained.count,
        overload: context.overload.level,
        eventLoopDelayMs: Math.round(context.overload.delayMs),
      }
    },
    async listen(url) {
      if (context.closing) throw new MqError('MQ_CLOSED', 'this broker was closed; make a new one')
      await ready
      const listener = await listen(url, {
        mayBePublic: context.authenticate !== undefined || options.allowAnonymous === true,
        accept,
        logsPeers: () => logger.writes('info'),
        trouble: (error) => logger.error({ err: error, url }, 'a connection could not be accepted'),
        remark: (sentence) => logger.warn({ url }, sentence),
      })
      if (context.closing) {
        await listener.close()
        throw new MqError('MQ_CLOSED', 'the broker was closed meanwhile')
      }
      const mine: Listener = {
        url: listener.url,
        close: async () => {
          listeners.delete(mine)
          await listener.close()
        },
      }
      listeners.add(mine)
      logger.info({ url: listener.url }, 'listening')
      return mine
    },
    connect() {
      const [server, client] = createMemoryPair('client')
      ready.then(
        () => accept(server),
        () => server.destroy(),
      )
      return client
    },
    async reauthorize(clientId) {
      await ready
      return reauthorizeAll(context, clientId)
    },
    disconnect(clientId, reason = 'disconnected by the administrator') {
      const connection = context.sessions.find(clientId)?.connection
      connection?.disconnect(ReasonCode.administrativeAction, reason)
      return connection !== undefined
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

const refuseAnonymous: Authenticator = () => ({
  reasonCode: ReasonCode.notAuthorized,
  reason: 'an Authentication Method is needed',
})

/** In one packet, where a client may not have more of them anyway: to decode and parse so many takes some 30 ms. */
const topicFiltersMax = 32_768
/** Connections beyond `connectionsMax` that are told so. */
const refusedMax = 100
/** How long clients get to take their goodbye. */
const goodbyeMs = 1000

async function shutDown(context: BrokerContext, listeners: ReadonlySet<Listener>): Promise<void> {
  context.closing = true
  await Promise.all([...listeners].map((listener) => listener.close()))
  context.departed.end('the server is shutting down')
  await Promise.all(context.connections.all().map((connection) => sayGoodbye(connection, goodbyeMs)))
  context.boundedLog.close()
  context.deadlines.close()
  await context.gate.idle()
  await context.store.close()
}

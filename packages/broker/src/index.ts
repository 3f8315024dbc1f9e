// The names of @mq/broker, in reading order.

export { MqError, type Publisher } from '@mq/core'
export type { AuthenticationAnswer, AuthenticationRequest, Authenticator } from './auth/authenticate.ts'
export type { AuthorizationRequest, Authorizer } from './auth/authorize.ts'
export type { Exchange, ExchangeStep, Mechanism } from './auth/mechanism.ts'
export { deriveScramCredentials, type ScramCredentials, type ScramOptions, scramSha256 } from './auth/scram.ts'
export { type Broker, type BrokerOptions, type BrokerStats, createBroker } from './broker.ts'
export type { Clock } from './config/clock.ts'
export { type BrokerLimits, defaultLimits } from './config/limits.ts'
export type { OverloadLevel } from './limit/overload-level.ts'
export type { Listener } from './listener/listener.ts'
export type { Counters } from './metric/counters.ts'
export type { SharedStrategy } from './routing/shared-strategy.ts'
export { memoryStore } from './store/memory-store.ts'
export type {
  Store,
  StoredDelivery,
  StoredRetained,
  StoredSession,
  StoredState,
  StoredSubscription,
} from './store/store.ts'

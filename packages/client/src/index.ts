export type { AuthData, AuthExchange, AuthMethod } from './auth-method.ts'
export { type Clock, systemClock } from './clock.ts'
export { connect, createClient } from './connect-node.ts'
export {
  ConnectError,
  MqttError,
  type MqttErrorCode,
  PublishError,
  QueueFullError,
  type SubscribeResult,
  TimeoutError,
} from './errors.ts'
export type {
  Abortable,
  ConnectOptions,
  Credentials,
  Jitter,
  Logger,
  Payload,
  QueueOptions,
  ReconnectOptions,
  TlsOptions,
  TransportFactory,
  TransportTarget,
  WebSocketOptions,
  Will,
} from './options.ts'
export { blamesPacket, isWorthAnotherTry } from './reconnect.ts'
export { scram } from './scram.ts'
export type { NegotiatedLimits, SessionInfo } from './session-info.ts'
export { SubscribeError } from './subscribe-error.ts'
export type { TopicParams } from './topic-params.ts'
export { openTransport } from './transport/node.ts'
export type {
  Client,
  ClientEventDetails,
  ClientEvents,
  ClientState,
  CloseReason,
  DisconnectOptions,
  Message,
  MessageHandler,
  OutgoingMessage,
  PublishOptions,
  PublishResult,
  RequestManyOptions,
  RequestOptions,
  RetainedOptions,
  Stats,
  StatusEvent,
  SubscribeOptions,
  SubscribeRequest,
  Subscription,
  UnsubscribeResult,
} from './types.ts'

/** Which options there are, and of what kind: one table for each object of options, kept whole by its type. */
import type { DisconnectProperties, PublishProperties, WillProperties } from '@mq/core'
import { choice, group, kind, type OptionsOf } from './option-check.ts'
import type {
  Abortable,
  ConnectOptions,
  Credentials,
  Jitter,
  QueueOptions,
  ReconnectOptions,
  TlsOptions,
  WebSocketOptions,
  Will,
} from './options.ts'
import { isBytes } from './payload.ts'
import { qosProblem } from './qos.ts'
import type {
  DisconnectOptions,
  OutgoingMessage,
  PublishOptions,
  RequestManyOptions,
  RequestOptions,
  RetainedOptions,
  SubscribeOptions,
  SubscribeRequest,
} from './types.ts'

const isString = (value: unknown) => typeof value === 'string'
const isFunction = (value: unknown) => typeof value === 'function'
const isNumber = (value: unknown) => typeof value === 'number' && !Number.isNaN(value)
const has = (value: unknown, name: string) => typeof value === 'object' && value !== null && name in value

const anything = kind('', () => true)
const text = kind('a string', isString)
const flag = kind('true or false', (value) => typeof value === 'boolean')
const call = kind('a function', isFunction)
const number = kind('a number', isNumber)
const amount = kind('a number, 0 or more', (value) => isNumber(value) && Number(value) >= 0)
const bytes = kind('a Uint8Array', isBytes)
const qos = { problem: qosProblem }
const list = kind('an array', Array.isArray)
const pairs = kind("a list of pairs of strings, as [['name', 'value']]", (value) => {
  return Array.isArray(value) && value.every((each) => Array.isArray(each) && each.length === 2 && each.every(isString))
})

function whole(min: number, max: number) {
  return kind(`a whole number from ${min} to ${max}`, (value) => {
    return Number.isInteger(value) && Number(value) >= min && Number(value) <= max
  })
}

const twoBytes = whole(1, 65_535)
const fourBytes = whole(0, 0xffff_ffff)

export const abortableTable: OptionsOf<Abortable> = {
  signal: kind('an AbortSignal', (value) => has(value, 'aborted')),
  timeout: kind('a number of milliseconds', isNumber),
}

/** What belongs to one hop is there, too, and has no effect: properties of a message that came may be sent on. */
const messageProperties: OptionsOf<PublishProperties> = {
  payloadFormatIndicator: kind('0 or 1', (value) => value === 0 || value === 1),
  messageExpiryInterval: fourBytes,
  contentType: text,
  responseTopic: text,
  correlationData: bytes,
  userProperties: pairs,
  topicAlias: anything,
  subscriptionIdentifiers: anything,
}

const willProperties: OptionsOf<WillProperties> = { ...messageProperties, willDelayInterval: fourBytes }

const publishOptions: OptionsOf<PublishOptions> = { qos, retain: flag, properties: group(messageProperties) }

export const publishTable: OptionsOf<PublishOptions & Abortable> = { ...publishOptions, ...abortableTable }

/** Topic and payload have errors of their own. */
export const messageTable: OptionsOf<OutgoingMessage> = { ...publishOptions, topic: anything, payload: anything }

export const requestTable: OptionsOf<RequestOptions> = { ...publishTable, responseTopic: text }

export const requestManyTable: OptionsOf<RequestManyOptions> = { ...requestTable, idle: amount, max: amount }

const subscribeOptions: OptionsOf<SubscribeOptions> = {
  qos,
  noLocal: flag,
  retainAsPublished: flag,
  retainHandling: kind('0, 1 or 2', (value) => value === 0 || value === 1 || value === 2),
  shared: text,
  userProperties: pairs,
  buffer: amount,
  overflow: choice<NonNullable<SubscribeOptions['overflow']>>({
    pause: true,
    'drop-oldest': true,
    'drop-newest': true,
  }),
  ack: choice<NonNullable<SubscribeOptions['ack']>>({ processed: true, received: true, manual: true }),
  concurrency: amount,
  onHandlerError: choice<NonNullable<SubscribeOptions['onHandlerError']>>({ refuse: true, acknowledge: true }),
}

export const subscribeTable: OptionsOf<SubscribeOptions & Abortable> = { ...subscribeOptions, ...abortableTable }

/** The filter has errors of its own. */
export const subscribeRequestTable: OptionsOf<SubscribeRequest> = { ...subscribeOptions, filter: anything }

export const retainedTable: OptionsOf<RetainedOptions> = {
  ...abortableTable,
  qos,
  userProperties: pairs,
  buffer: amount,
  idle: amount,
}

export const messagesTable: OptionsOf<Pick<SubscribeOptions, 'buffer' | 'overflow' | 'ack'>> = {
  buffer: subscribeOptions.buffer,
  overflow: subscribeOptions.overflow,
  ack: subscribeOptions.ack,
}

const disconnectProperties: OptionsOf<DisconnectProperties> = {
  reasonString: text,
  userProperties: pairs,
  sessionExpiryInterval: fourBytes,
  serverReference: text,
}

export const disconnectTable: OptionsOf<DisconnectOptions> = {
  reasonCode: number,
  drain: kind('true, false or a number of milliseconds', (value) => typeof value === 'boolean' || isNumber(value)),
  properties: group(disconnectProperties),
}

export const listenTable: OptionsOf<{ signal: unknown; once: unknown }> = { signal: abortableTable.signal, once: flag }

export const credentialsTable: OptionsOf<Credentials> = {
  userName: text,
  password: kind('a string or a Uint8Array', (value) => isString(value) || isBytes(value), true),
}

export const willTable: OptionsOf<Will> = {
  topic: anything,
  payload: anything,
  qos,
  retain: flag,
  properties: group(willProperties),
}

const reconnect: OptionsOf<ReconnectOptions> = {
  initialDelay: amount,
  maxDelay: amount,
  factor: amount,
  jitter: choice<Jitter>({ full: true, equal: true, decorrelated: true, none: true }),
  maxAttempts: amount,
  stableAfter: amount,
  retry: call,
}

const queue: OptionsOf<QueueOptions> = {
  maxMessages: amount,
  maxBytes: amount,
  overflow: choice<NonNullable<QueueOptions['overflow']>>({ reject: true, wait: true, 'drop-oldest': true }),
  qos0: choice<NonNullable<QueueOptions['qos0']>>({ queue: true, drop: true, reject: true }),
}

const topicAlias: OptionsOf<NonNullable<ConnectOptions['topicAlias']>> = {
  outbound: choice<'lru' | 'off'>({ lru: true, off: true }),
  inboundMaximum: whole(0, 65_535),
}

/** For advice only: `node:tls` takes more, and knows best what is wrong with it. */
const tls: OptionsOf<TlsOptions> = {
  ca: anything,
  cert: anything,
  key: anything,
  pfx: anything,
  passphrase: anything,
  servername: anything,
  rejectUnauthorized: anything,
  ALPNProtocols: anything,
  ciphers: anything,
  minVersion: anything,
  maxVersion: anything,
}

const ws: OptionsOf<WebSocketOptions> = {
  headers: kind('an object', (value) => typeof value === 'object' && value !== null),
  protocols: list,
}

export const connectTable: OptionsOf<ConnectOptions> = {
  ...abortableTable,
  clientId: text,
  protocolVersion: kind("5, 4 (for 3.1.1), 3 (for 3.1) or 'auto'", (value) => {
    return value === 5 || value === 4 || value === 3 || value === 'auto'
  }),
  cleanStart: flag,
  sessionExpiryInterval: fourBytes,
  // Its range is checked where CONNECT is made.
  keepAlive: number,
  connectTimeout: amount,
  credentials: group(credentialsTable, ', or a function that returns one', isFunction),
  auth: kind('a method as scram(…) makes one, with `method` and `start`', (value) => {
    return has(value, 'method') && has(value, 'start')
  }),
  urls: kind('an array of URLs, or a function that returns one', (value) => Array.isArray(value) || isFunction(value)),
  followServerReference: flag,
  will: group(willTable, ', or a function that returns one', isFunction),
  reconnect: group(reconnect, ', or false', (value) => value === false),
  queue: group(queue),
  receiveMaximum: twoBytes,
  sendMaximum: twoBytes,
  maximumPacketSize: whole(1, 0xffff_ffff),
  topicAlias: group(topicAlias),
  userProperties: pairs,
  transport: call,
  tls: {
    ...kind('an object as `node:tls` takes it', (value) => typeof value === 'object' && value !== null),
    parts: tls,
  },
  ws: group(ws),
  clock: kind('an object with `now` and `schedule`', (value) => has(value, 'now') && has(value, 'schedule')),
  random: call,
  logger: kind('an object with `debug`, `info`, `warn` and `error`, as `console` is', (value) => has(value, 'error')),
}

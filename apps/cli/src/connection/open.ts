/** A Connection made of @mq/client: the one file that knows the client. */
import {
  blamesPacket,
  type Client,
  ConnectError,
  type ConnectOptions,
  createClient,
  isWorthAnotherTry,
  type Message,
  MqttError,
  PublishError,
  SubscribeError,
} from '@mq/client'
import { ReasonCode } from '@mq/core'
import { ExitCode, exitCodeOfReason } from '../exit-code.ts'
import { Failure, messageOf } from '../failure.ts'
import type { Connection, ConnectWishes, OpenConnection, ReceivedMessage } from './connection.ts'
import { isHttp, isNotTls, obstacle } from './obstacle.ts'
import { reasonHint, reasonText } from './reason.ts'

export const openConnection: OpenConnection = async (wishes, news, signal) => {
  let wasConnected = false
  let wasAnswered = false
  // Only once there was a connection: a first attempt that fails ends the command. And what the broker ended the connection
  // over before it had granted anything is what the command was called with, so it would do so again for ever.
  const retry = (error: MqttError): boolean =>
    wasConnected && isWorthAnotherTry(error) && (wasAnswered || !blamesPacket(error))
  const client = createClient(wishes.url, optionsOf(wishes, retry))
  // Asked for before connecting: a session that goes on sends its messages right behind CONNACK.
  const messages = client.messages({ ack: 'manual', overflow: 'pause' })
  let isLost = false
  client.on('reconnecting', ({ delay, error }) => {
    const seconds = (delay / 1000).toFixed(1)
    const what = isLost ? `cannot connect to ${wishes.url}` : `the connection to ${wishes.url} is lost`
    isLost = true
    news.warn(`${what} (${messageOf(error)}); trying again in ${seconds} s.`)
  })
  client.on('disconnect', ({ reasonCode, properties }) => {
    news.debug(`the broker said DISCONNECT: ${reasonText(reasonCode, properties.reasonString)}.`)
  })
  client.on('error', (error) => news.debug(messageOf(error)))
  news.debug(`connecting to ${wishes.url} as ${wishes.clientId}.`)
  try {
    const { present, clientId, limits } = await client.connect({ signal })
    wasConnected = true
    news.debug(`connected with MQTT ${versionText(limits.protocolVersion)}${present ? ', the session goes on' : ''}.`)
    client.on('connect', () => {
      isLost = false
      news.warn(`connected to ${wishes.url} again.`)
    })
    const session = { present, clientId, protocolVersion: limits.protocolVersion }
    return connectionOf(client, messages, wishes, session, () => {
      wasAnswered = true
    })
  } catch (error) {
    throw failureOf(error, wishes.url, 'connecting', wishes.userName)
  }
}

function connectionOf(
  client: Client,
  messages: AsyncIterable<Message>,
  wishes: ConnectWishes,
  session: { present: boolean; clientId: string; protocolVersion: 3 | 4 | 5 },
  answered: () => void,
): Connection {
  const { url, disconnectProperties } = wishes
  let left: Promise<void> | undefined
  return {
    clientId: session.clientId,
    protocolVersion: session.protocolVersion,
    sessionPresent: session.present,
    ended: client.closed.then((reason) =>
      reason.type === 'error' ? failureOf(reason.error, url, 'connected') : undefined,
    ),
    async publish({ topicName, payload, qos, retain, properties }) {
      try {
        return await client.publish({ topic: topicName, payload, qos, retain, properties })
      } catch (error) {
        if (error instanceof PublishError) return { reasonCode: error.reasonCode, reasonString: error.reasonString }
        throw failureOf(error, url, 'connected')
      }
    },
    async subscribe(topicFilters, subscribeWishes) {
      try {
        // `messages` has everything, in the order of the wire and each message once, so this one is only emptied.
        const subscription = await client.subscribe(topicFilters, { ...subscribeWishes, ack: 'received' })
        answered()
        void empty(subscription)
        return topicFilters.map(() => ({ reasonCode: subscription.grantedQos }))
      } catch (error) {
        if (error instanceof SubscribeError) {
          answered()
          return error.results
        }
        throw failureOf(error, url, 'connected')
      }
    },
    async unsubscribe(topicFilters) {
      try {
        const results = await client.unsubscribe(topicFilters)
        answered()
        return results
      } catch (error) {
        throw failureOf(error, url, 'connected')
      }
    },
    messages: () => received(messages),
    disconnect() {
      left ??= client.disconnect(disconnectProperties === undefined ? {} : { properties: disconnectProperties })
      return left
    },
  }
}

async function* received(messages: AsyncIterable<Message>): AsyncGenerator<ReceivedMessage> {
  try {
    for await (const message of messages) {
      const { topic, payload, qos, retain, dup, properties } = message
      yield { topicName: topic, payload, qos, retain, dup, properties, ack: () => message.ack() }
    }
  } catch (error) {
    // That the connection is lost, and why, is told by `ended`.
    if (!(error instanceof MqttError)) throw error
  }
}

async function empty(messages: AsyncIterable<Message>): Promise<void> {
  try {
    for await (const _ of messages);
  } catch {
    // As above.
  }
}

function optionsOf(wishes: ConnectWishes, retry: (error: MqttError) => boolean): ConnectOptions {
  const { properties: connect = {}, will, tls, userName, password } = wishes
  return {
    clientId: wishes.clientId,
    protocolVersion: wishes.protocolVersion,
    cleanStart: wishes.cleanStart,
    sessionExpiryInterval: wishes.sessionExpiryInterval,
    keepAlive: wishes.keepAlive,
    // Always set: the address given to the client has no user in it.
    credentials: { userName, password },
    receiveMaximum: connect.receiveMaximum,
    maximumPacketSize: connect.maximumPacketSize,
    userProperties: connect.userProperties,
    topicAlias: { inboundMaximum: connect.topicAliasMaximum },
    // pub reads its input no faster than the broker takes it.
    queue: { overflow: 'wait' },
    reconnect: wishes.reconnect ? { retry } : false,
    ...(will === undefined
      ? {}
      : {
          will: {
            topic: will.topicName,
            payload: will.payload,
            qos: will.qos,
            retain: will.retain,
            properties: will.properties,
          },
        }),
    ...(tls === undefined ? {} : { tls: { ...tls } }),
  }
}

const versionText = (version: 3 | 4 | 5): string => ({ 3: '3.1', 4: '3.1.1', 5: '5.0' })[version]

/** What the client threw, as a sentence and an exit code. */
function failureOf(error: unknown, url: string, phase: 'connecting' | 'connected', userName?: string): Failure {
  const made = (sentence: string, exitCode: number): Failure => new Failure(sentence, exitCode, { cause: error })
  if (error instanceof ConnectError && error.reasonCode !== undefined) {
    const said = reasonText(error.reasonCode, error.reasonString)
    const what = phase === 'connecting' ? `${url} refused the connection` : `${url} ended the connection`
    const elsewhere = error.serverReference === undefined ? '' : `; it names another server: ${error.serverReference}`
    const hint = phase === 'connecting' ? reasonHint(error.reasonCode, userName) : ''
    return made(`${what}: ${said}${elsewhere}${hint}.`, exitCodeOfReason(error.reasonCode))
  }
  if (!(error instanceof MqttError)) return made(messageOf(error), ExitCode.unexpected)
  const cannot = `cannot connect to ${url}: ${obstacle(error, url)}.`
  switch (error.code) {
    case 'tls':
      return made(cannot, ExitCode.tls)
    case 'network':
      return made(cannot, isNotTls(error, url) ? ExitCode.tls : ExitCode.unreachable)
    case 'connection-lost':
    case 'keep-alive-timeout':
    case 'server-disconnect':
    case 'timeout':
      if (phase === 'connecting') return made(cannot, ExitCode.unreachable)
      return made(`the connection to ${url} was lost: ${messageOf(error)}.`, ExitCode.connectionLost)
    case 'protocol-error':
      if (phase === 'connecting' && isHttp(error)) return made(cannot, ExitCode.unreachable)
      return made(`${messageOf(error)}.`, ExitCode.unexpected)
    case 'client-closed':
      return made(`the connection to ${url} was closed before this was done.`, ExitCode.connectionLost)
    case 'packet-too-large':
      return made(`${messageOf(error)}.`, ReasonCode.packetTooLarge)
    default:
      return made(`${messageOf(error)}.`, ExitCode.unexpected)
  }
}

/** Request and response (section 4.10): a Response Topic of our own, and Correlation Data that tells the answers apart. */
import type { Clock } from './clock.ts'
import { randomClientId } from './connect-packet.ts'
import { Deferred } from './deferred.ts'
import { MqttError } from './errors.ts'
import type { ReceivedMessage } from './message.ts'
import type { Payload } from './options.ts'
import type { Handler } from './subscriber.ts'
import type { Message, OutgoingMessage, PublishResult, RequestOptions, SessionInfo, SubscribeOptions } from './types.ts'

export interface RequesterOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly session: () => SessionInfo | undefined
  readonly publish: (message: OutgoingMessage) => Promise<PublishResult>
  readonly subscribe: (filter: string, handler: Handler, options: SubscribeOptions) => Promise<unknown>
}

export class Requester {
  readonly #options: RequesterOptions
  readonly #awaited = new Map<number, Deferred<Message>>()
  /** Response topics that are subscribed to, or being so. */
  readonly #topics = new Map<string, Promise<unknown>>()
  #own: string | undefined = undefined
  #correlation = 0

  constructor(options: RequesterOptions) {
    this.#options = options
  }

  async request(topic: string, payload: Payload | undefined, options: RequestOptions): Promise<Message> {
    const { clock, publish, session } = this.#options
    const version = session()?.limits.protocolVersion
    if (version !== undefined && version < 5) {
      throw new MqttError('not-supported', 'request and response need MQTT 5.0; this connection speaks 3.1.1')
    }
    const { signal, timeout, responseTopic = this.#ownTopic(), properties, ...rest } = options
    this.#correlation = (this.#correlation + 1) % 0x1_0000_0000
    const correlation = this.#correlation
    const answer = new Deferred<Message>()
    this.#awaited.set(correlation, answer)
    answer.finally(() => this.#awaited.delete(correlation))
    answer.limit(clock, `the request to "${topic}"`, { signal, timeout })
    const correlationData = new Uint8Array(4)
    new DataView(correlationData.buffer).setUint32(0, correlation)
    this.#listen(responseTopic)
      .then(() => {
        // Given up while the SUBSCRIBE was on its way.
        if (answer.settled) return undefined
        return publish({ ...rest, topic, payload, properties: { ...properties, responseTopic, correlationData } })
      })
      .then(
        (result) => {
          if (result?.matched === false) answer.reject(new MqttError('no-responder', `nobody listens to "${topic}"`))
        },
        (error) => answer.reject(error),
      )
    return answer.promise
  }

  close(error: unknown): void {
    for (const answer of [...this.#awaited.values()]) answer.reject(error)
  }

  /** Not to be guessed: whoever knows it can answer in somebody else's name. */
  #ownTopic(): string {
    const { session, random } = this.#options
    const prefix = session()?.responseInformation ?? 'mq/response'
    this.#own ??= `${prefix.replace(/\/$/, '')}/${randomClientId(random)}`
    return this.#own
  }

  #listen(responseTopic: string): Promise<unknown> {
    const known = this.#topics.get(responseTopic)
    if (known !== undefined) return known
    const listening = this.#options.subscribe(responseTopic, this.#answered, { qos: 1, ack: 'received' })
    this.#topics.set(responseTopic, listening)
    // The next request tries again.
    listening.catch(() => this.#topics.delete(responseTopic))
    return listening
  }

  readonly #answered = (message: ReceivedMessage): void => {
    const { correlationData } = message.properties
    if (correlationData?.length !== 4) return
    const { buffer, byteOffset } = correlationData
    this.#awaited.get(new DataView(buffer, byteOffset).getUint32(0))?.resolve(message)
  }
}

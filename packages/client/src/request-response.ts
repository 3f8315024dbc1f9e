/** Request and response (section 4.10): a Response Topic of our own, and Correlation Data that tells the answers apart. */
import type { Clock } from './clock.ts'
import { randomClientId } from './connect-packet.ts'
import { Deferred } from './deferred.ts'
import { MqttError } from './errors.ts'
import type { ReceivedMessage } from './message.ts'
import type { Payload } from './options.ts'
import { asPayload } from './payload.ts'
import { Reader } from './reader.ts'
import type { SessionInfo } from './session-info.ts'
import type { Handler } from './subscriber.ts'
import { checkTopicName } from './topic-name.ts'
import type {
  Message,
  OutgoingMessage,
  PublishResult,
  RequestManyOptions,
  RequestOptions,
  SubscribeOptions,
} from './types.ts'

/** Answers that wait for a loop that does not keep up; more are lost. */
const answersMax = 1024

/** Who waits for answers with one Correlation Data. */
interface Awaited {
  answer(message: ReceivedMessage): void
  fail(error: unknown): void
  isOver(): boolean
}

interface Sent {
  readonly correlation: number
  /** The server has the request, or `fail` was called. */
  readonly done: Promise<void>
}

export interface RequesterOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly session: () => SessionInfo | undefined
  readonly publish: (message: OutgoingMessage) => Promise<PublishResult>
  readonly subscribe: (filter: string, handler: Handler, options: SubscribeOptions) => Promise<unknown>
}

export class Requester {
  readonly #options: RequesterOptions
  readonly #awaited = new Map<number, Awaited>()
  /** Response topics that are subscribed to, or being so. */
  readonly #topics = new Map<string, Promise<unknown>>()
  #own: string | undefined = undefined
  #correlation = 0

  constructor(options: RequesterOptions) {
    this.#options = options
  }

  async request(topic: string, payload: Payload | undefined, options: RequestOptions): Promise<Message> {
    const { signal, timeout, ...rest } = options
    const answer = new Deferred<Message>()
    const sent = this.#ask(topic, payload, rest, {
      answer: (message) => answer.resolve(message),
      fail: (error) => answer.reject(error),
      isOver: () => answer.settled,
    })
    answer.finally(() => this.#awaited.delete(sent.correlation))
    answer.limit(this.#options.clock, `the request to "${topic}"`, { signal, timeout })
    return answer.promise
  }

  async *requestMany(
    topic: string,
    payload: Payload | undefined,
    options: RequestManyOptions,
  ): AsyncGenerator<Message, void, void> {
    const { idle = 1000, max = Number.POSITIVE_INFINITY, signal, timeout, ...rest } = options
    const { clock } = this.#options
    const reader = new Reader({ ack: 'received', overflow: 'drop-newest', buffer: answersMax, fullChanged() {} })
    const over = new Deferred<void>()
    const sent = this.#ask(topic, payload, rest, {
      answer: (message) => reader.push(message, false),
      fail: (error) => reader.finish(error),
      isOver: () => over.settled,
    })
    over.limit(clock, `the request to "${topic}"`, { signal, timeout })
    over.promise.catch((error) => reader.finish(error))
    let cancel = () => {}
    const wait = () => {
      cancel = clock.schedule(idle, () => reader.finish())
    }
    // Silence counts from when the server has the request.
    void sent.done.then(() => {
      if (!over.settled && reader.pending === 0) wait()
    })
    try {
      for (let count = 0; count < max; count++) {
        const message = await reader.next()
        cancel()
        if (message === undefined) return
        yield message
        wait()
      }
    } finally {
      cancel()
      over.resolve()
      reader.stop()
      this.#awaited.delete(sent.correlation)
    }
  }

  close(error: unknown): void {
    for (const awaited of [...this.#awaited.values()]) awaited.fail(error)
  }

  /** @throws MqttError 'not-supported', 'invalid-argument' */
  #ask(topic: string, payload: Payload | undefined, options: RequestOptions, awaited: Awaited): Sent {
    const { publish, session } = this.#options
    const version = session()?.limits.protocolVersion
    if (version !== undefined && version < 5) {
      throw new MqttError('not-supported', 'request and response need MQTT 5.0; this connection speaks 3.1.1')
    }
    checkTopicName(topic)
    asPayload(payload)
    const { responseTopic = this.#ownTopic(), properties, ...rest } = options
    this.#correlation = (this.#correlation + 1) % 0x1_0000_0000
    const correlation = this.#correlation
    this.#awaited.set(correlation, awaited)
    const correlationData = new Uint8Array(4)
    new DataView(correlationData.buffer).setUint32(0, correlation)
    const done = this.#listen(responseTopic)
      .then(() => {
        // Given up while the SUBSCRIBE was on its way.
        if (awaited.isOver()) return undefined
        return publish({ ...rest, topic, payload, properties: { ...properties, responseTopic, correlationData } })
      })
      .then(
        (result) => {
          if (result?.matched === false) awaited.fail(new MqttError('no-responder', `nobody listens to "${topic}"`))
        },
        (error) => awaited.fail(error),
      )
    return { correlation, done }
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
    this.#awaited.get(new DataView(buffer, byteOffset).getUint32(0))?.answer(message)
  }
}

// A broker's side of a Connection, played by the test.
import type {
  Answer,
  Connection,
  ConnectWishes,
  OpenConnection,
  OutgoingMessage,
  ReceivedMessage,
} from '../src/connection/connection.ts'
import type { Failure } from '../src/failure.ts'

export interface FakeBroker {
  readonly open: OpenConnection
  readonly wishes: ConnectWishes[]
  readonly published: OutgoingMessage[]
  readonly subscribed: string[]
  readonly unsubscribed: string[]
  /** Topics of acknowledged messages. */
  readonly acked: string[]
  disconnects: number
  /** The most PUBLISH that were unanswered at once. */
  unansweredMax: number
  deliver(message: Partial<ReceivedMessage> & { topicName: string }): void
  /** The connection is lost for good. */
  lose(failure: Failure): void
}

export interface FakeBrokerOptions {
  readonly publishAnswer?: (message: OutgoingMessage) => Answer | Promise<Answer>
  readonly subscribeAnswers?: readonly number[]
  readonly deliver?: readonly (Partial<ReceivedMessage> & { topicName: string })[]
  readonly refuse?: Failure
  /** Never answers CONNECT. */
  readonly silent?: boolean
}

export function message(given: Partial<ReceivedMessage> & { topicName: string }): ReceivedMessage {
  return { payload: Buffer.from('on'), qos: 0, retain: false, dup: false, properties: {}, ack() {}, ...given }
}

export function fakeBroker(options: FakeBrokerOptions = {}): FakeBroker {
  const waiting: ReceivedMessage[] = []
  let wake = (): void => {}
  let over = false
  let end: (failure: Failure | undefined) => void = () => {}
  const ended = new Promise<Failure | undefined>((resolve) => {
    end = resolve
  })
  const finish = (failure: Failure | undefined): void => {
    over = true
    end(failure)
    wake()
  }
  let unanswered = 0

  const connection: Connection = {
    clientId: 'fake',
    protocolVersion: 5,
    sessionPresent: false,
    ended,
    async publish(published) {
      broker.published.push(published)
      unanswered += 1
      broker.unansweredMax = Math.max(broker.unansweredMax, unanswered)
      const answer = await (options.publishAnswer?.(published) ?? { reasonCode: 0 })
      unanswered -= 1
      return answer
    },
    async subscribe(filters) {
      broker.subscribed.push(...filters)
      for (const delivered of options.deliver ?? []) broker.deliver(delivered)
      return filters.map((_, index) => ({ reasonCode: options.subscribeAnswers?.[index] ?? 0 }))
    },
    async unsubscribe(filters) {
      broker.unsubscribed.push(...filters)
      return filters.map(() => ({ reasonCode: 0 }))
    },
    async *messages() {
      while (true) {
        const next = waiting.shift()
        if (next !== undefined) yield next
        else if (over) return
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
    async disconnect() {
      broker.disconnects += 1
      finish(undefined)
    },
  }
  const broker: FakeBroker = {
    async open(wishes, _, signal) {
      broker.wishes.push(wishes)
      if (options.refuse !== undefined) throw options.refuse
      if (options.silent)
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      return connection
    },
    wishes: [],
    published: [],
    subscribed: [],
    unsubscribed: [],
    acked: [],
    disconnects: 0,
    unansweredMax: 0,
    deliver(given) {
      waiting.push(message({ ...given, ack: () => void broker.acked.push(given.topicName) }))
      wake()
    },
    lose: finish,
  }
  return broker
}

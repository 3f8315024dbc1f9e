/**
 * SUBSCRIBE and UNSUBSCRIBE, from the call to the answer. They are no part of a Session (section 4.1): one that a lost
 * connection left unanswered is asked again on the next, in the order of asking.
 *
 *     ask ─► waiting ──connection, identifier──► asked (by packetId) ──SUBACK, UNSUBACK──► the promise
 *               ▲────────── connection lost ───────┘
 *
 * But not one that the server may have ended the connection over: it would end every connection that follows. Its promise
 * rejects. What was granted before is asked again all the same, because it was in order once.
 */
import type {
  ClientConnection,
  ReasonCode,
  Session,
  SubackPacket,
  SubscribePacket,
  UnsubackPacket,
  UnsubscribePacket,
} from '@mq/core'
import { Deferred } from './deferred.ts'
import { type ConnectError, MqttError } from './errors.ts'

export interface Answer {
  /** One for each filter; none in an UNSUBACK before 5.0. */
  readonly reasonCodes: readonly ReasonCode[]
  readonly reasonString: string | undefined
}

export interface Request {
  readonly packet: (packetId: number) => SubscribePacket | UnsubscribePacket
  readonly answer: Deferred<Answer>
  /** It went out at least once, so the server may act on it whatever we do. */
  transmitted: boolean
  /** It asks for what an earlier connection had. */
  isRepeat: boolean
}

/** A request that is on its way. */
interface Asked {
  readonly request: Request
  readonly packet: SubscribePacket | UnsubscribePacket
}

export function createRequest(packet: Request['packet']): Request {
  return { packet, answer: new Deferred(), transmitted: false, isRepeat: false }
}

export class Requests<Route> {
  #machine: ClientConnection<Route> | undefined = undefined
  #session: Session | undefined = undefined
  #waiting: Request[] = []
  readonly #asked = new Map<number, Asked>()
  readonly #isHeldBack: () => boolean

  /** While `isHeldBack`, nothing is asked; afterwards `pump` is called. */
  constructor(isHeldBack: () => boolean) {
    this.#isHeldBack = isHeldBack
  }

  /** An answer is awaited, or will be. */
  get isIdle(): boolean {
    return this.#asked.size === 0 && this.#waiting.length === 0
  }

  get awaited(): number {
    return this.#asked.size
  }

  ask(request: Request): void {
    this.#waiting.push(request)
    this.pump()
  }

  /**
   * A connection was accepted. `again`, where the server's Session is new: all that earlier connections had, before what
   * waits, and instead of what waits of it since such a connection was lost. Undefined: the Session goes on.
   */
  attach(machine: ClientConnection<Route>, session: Session, again: readonly Request[] | undefined): void {
    this.#machine = machine
    this.#session = session
    if (again !== undefined) {
      for (const request of again) request.isRepeat = true
      this.#waiting = [...again, ...this.#waiting.filter(({ isRepeat }) => !isRepeat)]
    }
    this.pump()
  }

  /** The connection is gone. `blame`: the error, where the server said that it is for a packet of ours. */
  detach(blame?: ConnectError): void {
    this.#machine = undefined
    const asked = [...this.#asked.values()].map(({ request }) => request)
    this.#asked.clear()
    const again = asked.filter(({ isRepeat }) => blame === undefined || isRepeat)
    this.#waiting = [...again, ...this.#waiting]
    for (const request of asked) if (!again.includes(request)) request.answer.reject(blame)
  }

  close(error: unknown): void {
    this.detach()
    for (const { answer } of this.#waiting.splice(0)) answer.reject(error)
  }

  /** Ask what can be asked now. */
  pump(): void {
    const machine = this.#machine
    const session = this.#session
    while (machine !== undefined && session !== undefined && !this.#isHeldBack()) {
      const next = this.#waiting[0]
      if (next === undefined) return
      // Aborted before it went out: as if it had never been.
      if (next.answer.settled) {
        this.#waiting.shift()
        continue
      }
      const packetId = session.beginRequest()
      if (packetId === undefined) return
      this.#waiting.shift()
      const packet = next.packet(packetId)
      const refusal = send(machine, packet)
      if (refusal === undefined) {
        next.transmitted = true
        this.#asked.set(packetId, { request: next, packet })
      } else {
        session.outbound.abandon(packetId)
        next.answer.reject(refusal)
      }
    }
  }

  /** False: it is no answer to what was asked, and the server is not to be trusted. What was asked is asked again later. */
  answered(packet: SubackPacket | UnsubackPacket): boolean {
    const asked = this.#asked.get(packet.packetId)
    if (asked === undefined || !answers(packet, asked.packet)) return false
    this.#asked.delete(packet.packetId)
    asked.request.answer.resolve({ reasonCodes: packet.reasonCodes, reasonString: packet.properties?.reasonString })
    this.pump()
    return true
  }
}

/** One Reason Code for each filter (sections 3.9.3 and 3.11.3); an UNSUBACK before 5.0 has none. */
function answers(answer: SubackPacket | UnsubackPacket, asked: SubscribePacket | UnsubscribePacket): boolean {
  const { length } = answer.reasonCodes
  if (answer.type === 'suback') return asked.type === 'subscribe' && length === asked.subscriptions.length
  return asked.type === 'unsubscribe' && (length === asked.topicFilters.length || length === 0)
}

/** Why the packet could not be sent, if it could not. */
function send<Route>(
  machine: ClientConnection<Route>,
  packet: SubscribePacket | UnsubscribePacket,
): MqttError | undefined {
  try {
    if (machine.request(packet)) return undefined
    return new MqttError('packet-too-large', "the packet is larger than the server's Maximum Packet Size")
  } catch (cause) {
    return new MqttError('invalid-argument', `no ${packet.type.toUpperCase()} can say this: ${String(cause)}`, {
      cause,
    })
  }
}

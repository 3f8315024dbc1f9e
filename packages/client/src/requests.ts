/**
 * SUBSCRIBE and UNSUBSCRIBE, from the call to the answer. They are no part of a Session (section 4.1): one that a lost
 * connection left unanswered is asked again on the next, in the order of asking.
 *
 *     ask ─► waiting ──connection, identifier──► asked (by packetId) ──SUBACK, UNSUBACK──► the promise
 *               ▲────────── connection lost ───────┘
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
import { MqttError } from './errors.ts'

export type Answer = readonly ReasonCode[]

export interface Request {
  readonly packet: (packetId: number) => SubscribePacket | UnsubscribePacket
  readonly answer: Deferred<Answer>
  /** It went out at least once, so the server may act on it whatever we do. */
  transmitted: boolean
}

export function createRequest(packet: Request['packet']): Request {
  return { packet, answer: new Deferred(), transmitted: false }
}

export class Requests<Route> {
  #machine: ClientConnection<Route> | undefined = undefined
  #session: Session | undefined = undefined
  #waiting: Request[] = []
  readonly #asked = new Map<number, Request>()

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

  /** A connection was accepted: `first` goes out before what waits. */
  attach(machine: ClientConnection<Route>, session: Session, first: readonly Request[]): void {
    this.#machine = machine
    this.#session = session
    this.#waiting = [...first, ...this.#waiting]
    this.pump()
  }

  /** The connection is gone. */
  detach(): void {
    this.#machine = undefined
    this.#waiting = [...this.#asked.values(), ...this.#waiting]
    this.#asked.clear()
  }

  close(error: unknown): void {
    this.detach()
    for (const { answer } of this.#waiting.splice(0)) answer.reject(error)
  }

  /** Ask what can be asked now. */
  pump(): void {
    const machine = this.#machine
    const session = this.#session
    while (machine !== undefined && session !== undefined) {
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
      const refusal = send(machine, next.packet(packetId))
      if (refusal === undefined) {
        next.transmitted = true
        this.#asked.set(packetId, next)
      } else {
        session.outbound.abandon(packetId)
        next.answer.reject(refusal)
      }
    }
  }

  answered(packet: SubackPacket | UnsubackPacket): void {
    const request = this.#asked.get(packet.packetId)
    this.#asked.delete(packet.packetId)
    request?.answer.resolve(packet.reasonCodes)
    this.pump()
  }
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

/**
 * What a connection owes for the QoS 1 and 2 PUBLISH packets that it received: PUBACK or PUBREC, once for each, in the
 * order in which they came, as soon as it is true and no sooner.
 *
 *     begin ─► the handler looks at it ─► end
 *                 │ acknowledge: leaves at once, when nothing is in front of it
 *                 │ returned without: taken over, the answer comes later and waits its turn (ack-order.ts)
 *                 └ returned without, reading held: undecided until `decided`; if the connection closes first, nobody has it
 *
 * Always holds: when the connection has closed, a QoS 2 identifier is held only for a message that somebody has taken over.
 */
import { AckOrder, type AnswerSink, type PublishAnswer } from '../session/ack-order.ts'
import type { InboundQos } from '../session/inbound-qos.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { Outgoing } from './outgoing.ts'

export class PublishAnswers implements AnswerSink {
  /** The session's, from the beginning of a connection that carries one. */
  inbound: InboundQos | undefined = undefined
  readonly #outgoing: Outgoing
  readonly #acks = new AckOrder()
  /** The PUBLISH that the handler is looking at, or 0: its answer can leave without being queued. */
  #current = 0
  #currentAnswer: PublishAnswer = 'puback'
  #isDecided = false
  /** The PUBLISH that the handler could not decide on yet, or 0. */
  #undecided = 0

  constructor(outgoing: Outgoing) {
    this.#outgoing = outgoing
  }

  /** The handler is about to look at it. */
  begin(answer: PublishAnswer, packetId: number): void {
    this.#current = packetId
    this.#currentAnswer = answer
    this.#isDecided = false
  }

  /** The handler has returned. `isHeld`: it has stopped reading. */
  end(isHeld: boolean): void {
    const packetId = this.#current
    if (packetId === 0) return
    this.#current = 0
    this.#acks.expect(this.#currentAnswer, packetId)
    if (isHeld && !this.#isDecided) this.#undecided = packetId
  }

  /** What is being looked at, or was undecided, is taken over or refused. */
  decided(): void {
    this.#isDecided = true
    this.#undecided = 0
  }

  acknowledge(packetId: number, reasonCode: ReasonCode, reasonString: string | undefined): void {
    if (packetId === this.#current) {
      this.#current = 0
      if (this.#acks.length === 0) {
        this.send(this.#currentAnswer, packetId, reasonCode, reasonString)
        return
      }
      this.#acks.expect(this.#currentAnswer, packetId)
    } else if (packetId === this.#undecided) this.#undecided = 0
    this.#acks.ready(packetId, reasonCode, reasonString, this)
  }

  /**
   * A QoS 2 PUBLISH came again that is held. If its first answer is still to come, that one will do. `isHandled`: whoever
   * took it over on an earlier connection is still at work on it, and will answer.
   */
  repeat(packetId: number, isHandled: boolean): void {
    if (this.#acks.awaits(packetId)) return
    this.#acks.expect('pubrec', packetId)
    if (!isHandled) this.#acks.ready(packetId, ReasonCode.success, undefined, this)
  }

  /** Nothing more is answered. What nobody has taken over is forgotten: when it comes again, it is new. */
  close(): void {
    const untaken = this.#current === 0 ? this.#undecided : this.#current
    if (untaken !== 0 && this.#currentAnswer === 'pubrec') this.inbound?.forget(untaken)
    this.inbound = undefined
    this.#current = 0
    this.#undecided = 0
    this.#acks.clear()
  }

  send(answer: PublishAnswer, packetId: number, reasonCode: ReasonCode, reasonString: string | undefined): void {
    const { inbound } = this
    if (answer === 'puback' || reasonCode >= ReasonCode.unspecifiedError) {
      inbound?.finish()
      // A refused QoS 2 exchange is over; the identifier is free again [MQTT-4.3.3-9].
      if (answer === 'pubrec') inbound?.forget(packetId)
    }
    this.#outgoing.ack(answer, packetId, reasonCode, reasonString)
  }
}

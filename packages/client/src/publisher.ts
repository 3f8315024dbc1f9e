/**
 * Messages that we send, from `publish` to the promise that tells how it went. The Session (core) queues, sends, sends
 * again and reports; here is what belongs to the program: validation, the bound, and the promises.
 *
 *     publish ─► admitted? ─► session.deliver(token) ─► link ─► …           settled, dropped ─► token ─► promise
 *                  └─ 'wait': waiting, until there is room
 *
 * Always holds: every Pending is settled exactly once. Once a message was transmitted only its answer frees its identifier,
 * whatever became of the caller (an abort settles the promise, not the handshake).
 */
import {
  type Delivery,
  type DropReason,
  OutboundState,
  type Publication,
  type QoS,
  ReasonCode,
  Session,
  type SessionLink,
  type SessionObserver,
} from '@mq/core'
import type { Clock } from './clock.ts'
import { type ConnectError, MqttError, PublishError, QueueFullError } from './errors.ts'
import { MessageEncoder } from './message-encoder.ts'
import type { NetworkConnection } from './network-connection.ts'
import type { Abortable, QueueOptions } from './options.ts'
import { Pending, publishResult } from './pending.ts'
import { Trial } from './trial.ts'
import type { OutgoingMessage, PublishResult } from './types.ts'

export interface PublisherOptions {
  readonly queue: QueueOptions | undefined
  readonly clock: Clock
  /** Topic Aliases are used where the server takes them. */
  readonly usesAliases: boolean
  /** Something was settled, or begun: the state of the traffic has changed. */
  readonly changed: () => void
}

export class Publisher implements SessionObserver {
  session: Session
  readonly #options: PublisherOptions
  readonly #limits: { messagesMax: number; bytesMax: number; policy: 'drop-oldest' | 'drop-newest' }
  /** Called, and held back by a full queue. */
  readonly #waiting: Pending[] = []
  /** QoS 0 in the queue: the session does not report when these are sent. */
  readonly #queuedQos0 = new Map<Publication, Pending>()
  /** QoS 0 that is being given to the session. */
  #inHand: Pending | undefined = undefined
  readonly #encoder: MessageEncoder
  readonly #trial = new Trial()
  #link: SessionLink | undefined = undefined
  /** Of the acknowledgement that is being handled. */
  #reasonString: () => string | undefined = () => undefined
  #why: (publication: Publication, qos: QoS) => MqttError = () => new MqttError('packet-too-large', tooLarge)

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#limits = {
      messagesMax: options.queue?.maxMessages ?? 1000,
      bytesMax: options.queue?.maxBytes ?? 8 * 1024 * 1024,
      policy: options.queue?.overflow === 'drop-oldest' ? 'drop-oldest' : 'drop-newest',
    }
    this.#encoder = new MessageEncoder(options.clock, options.usesAliases)
    this.session = this.#newSession()
  }

  get queued(): number {
    return this.session.queue.length + this.#waiting.length
  }

  /** A message is looked for that the server ends connections over: nothing else is to be sent (trial.ts). */
  get isOnTrial(): boolean {
    return this.#trial.isOn
  }

  /** Everything that was given to us is settled. */
  get isIdle(): boolean {
    return this.queued === 0 && this.session.outbound.inFlight === 0
  }

  publish(message: OutgoingMessage, options: Abortable | undefined): Promise<PublishResult> {
    const { topic } = message
    let pending: Pending
    try {
      pending = new Pending(topic, this.#encoder.encode(message))
    } catch (error) {
      return Promise.reject(error)
    }
    pending.limit(this.#options.clock, `publishing to "${topic}"`, options, () => this.#withdraw(pending))
    if (!pending.settled) this.#admit(pending)
    return pending.promise
  }

  /** A connection was accepted: send what there is. `isNew`: the server has no Session of ours. */
  attach<Route>({ machine }: NetworkConnection<Route>, isNew: boolean): void {
    const { outgoing, limits } = machine
    if (isNew) this.#startAnew()
    this.#reasonString = () => machine.reasonString
    const allows = (publication: Publication, qos: QoS) =>
      // [MQTT-3.2.2-11] [MQTT-3.2.2-14]
      limits === undefined || (qos <= limits.maximumQos && (limits.retainAvailable || !publication.retain))
    this.#why = (publication, qos) =>
      allows(publication, qos)
        ? new MqttError('packet-too-large', tooLarge)
        : new MqttError(
            'not-supported',
            `the server takes no ${publication.retain ? 'retained' : `QoS ${qos}`} messages`,
          )
    const trial = this.#trial
    this.#link = {
      get writable() {
        return outgoing.writable && !trial.isWaiting
      },
      fits: (publication, qos, ids) => allows(publication, qos) && outgoing.fits(publication, qos, ids),
      publish: (publication, qos, retain, dup, packetId, ids) => {
        outgoing.publish(publication, qos, retain, dup, packetId, ids)
        if (qos === 0) this.#sentQos0(publication)
        else trial.sent(packetId)
      },
      pubrel: (packetId, reasonCode) => outgoing.pubrel(packetId, reasonCode),
    }
    machine.carry(this.session, this.#link)
    this.#letIn()
  }

  /** `error`: why the connection ended. */
  detach(error: ConnectError): void {
    this.#link = undefined
    const packetId = this.#trial.ended(error, this.session)
    if (packetId === undefined) return
    const { reasonCode = ReasonCode.unspecifiedError, reasonString } = error
    // As if the server had refused the message, and not the connection.
    const answer = this.session.outbound.peek(packetId)?.qos === 1 ? 'puback' : 'pubrec'
    this.#reasonString = () => reasonString
    this.session.acknowledged(answer, packetId, reasonCode)
  }

  /** Nothing will be sent any more. */
  close(error: unknown): void {
    for (const pending of this.#waiting.splice(0)) pending.reject(error)
    for (const { delivery } of this.session.outbound.entries()) {
      if (delivery?.token instanceof Pending) delivery.token.reject(error)
    }
    for (const { token } of this.session.queue.remove(() => true)) if (token instanceof Pending) token.reject(error)
    this.#queuedQos0.clear()
  }

  // What the session reports.

  settled(_session: Session, { token, qos }: Delivery, packetId: number, reasonCode: ReasonCode): void {
    this.#trial.answered(token, packetId)
    if (token instanceof Pending) {
      const reasonString = this.#reasonString()
      if (reasonCode >= ReasonCode.unspecifiedError) {
        token.reject(new PublishError(token.topic, packetId, reasonCode, reasonString))
      } else token.resolve({ ...publishResult(qos, packetId, reasonCode), reasonString })
    }
    this.#letIn()
    this.#options.changed()
  }

  dropped(_session: Session, reason: DropReason, publication: Publication, qos: QoS, token: unknown): void {
    // `settled` follows, with the reason code.
    if (reason === 'refused' || !(token instanceof Pending)) return
    this.#trial.gone(token)
    if (reason === 'queue-full') token.reject(new QueueFullError())
    else if (reason === 'expired') token.reject(new MqttError('expired', `the message to "${token.topic}" expired`))
    else if (reason === 'too-large') token.reject(this.#why(publication, qos))
    else token.reject(new MqttError('offline', notConnected))
    this.#queuedQos0.delete(publication)
    this.#options.changed()
  }

  started(_session: Session, { token }: Delivery): void {
    if (token instanceof Pending) token.transmitted = true
  }

  #admit(pending: Pending): void {
    const { publication } = pending
    const { qos } = publication
    const isOffline = this.#link === undefined
    const { qos0, overflow } = this.#options.queue ?? {}
    const mustWait = overflow === 'wait' && (this.#waiting.length > 0 || !this.session.hasRoom(publication))
    if (qos === 0 && isOffline && qos0 === 'drop') pending.resolve(publishResult(0, undefined, ReasonCode.success))
    else if (qos === 0 && isOffline && qos0 === 'reject') pending.reject(new MqttError('offline', notConnected))
    else if (mustWait) this.#waiting.push(pending)
    else this.#deliver(pending)
  }

  #deliver(pending: Pending): void {
    const { publication } = pending
    const { qos, retain } = publication
    const session = this.session
    if (qos > 0) {
      session.deliver(publication, qos, retain, undefined, pending)
      this.#options.changed()
      return
    }
    if (session.link !== undefined && (!session.link.writable || this.#trial.isOn)) {
      // The socket does not take more, or others go first: this message waits its turn, where the session on its own would
      // drop it.
      this.#queuedQos0.set(publication, pending)
      const delivery = { publication, qos, retain, subscriptionIdentifiers: undefined, token: pending }
      for (const lost of session.queue.push(delivery)) {
        this.dropped(session, 'queue-full', lost.publication, lost.qos, lost.token)
      }
      return
    }
    this.#inHand = pending
    session.deliver(publication, 0, retain, undefined, pending)
    this.#inHand = undefined
    if (!pending.settled) this.#queuedQos0.set(publication, pending)
  }

  #sentQos0(publication: Publication): void {
    // The common case: given and sent in one call, so nothing has changed for anybody else.
    const isInHand = this.#inHand?.publication === publication
    const pending = isInHand ? this.#inHand : this.#queuedQos0.get(publication)
    if (pending === undefined) return
    pending.transmitted = true
    pending.resolve(publishResult(0, undefined, ReasonCode.success))
    if (isInHand) return
    this.#queuedQos0.delete(publication)
    this.#letIn()
    this.#options.changed()
  }

  /** The caller has given up. What was not transmitted is taken back. */
  #withdraw(pending: Pending): void {
    const at = this.#waiting.indexOf(pending)
    if (at >= 0) this.#waiting.splice(at, 1)
    if (pending.transmitted) return
    this.session.queue.remove(({ token }) => token === pending)
    this.#queuedQos0.delete(pending.publication)
    this.#letIn()
  }

  #letIn(): void {
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0]
      if (next === undefined || !this.session.hasRoom(next.publication)) return
      this.#waiting.shift()
      this.#deliver(next)
    }
  }

  /**
   * The server has no Session of ours: what was in flight is sent again as new messages, before what was queued. A message
   * that the server had taken over (PUBREC) is settled: its half of the exchange is done [MQTT-4.3.3-5].
   */
  #startAnew(): void {
    const before = this.session
    const again: Delivery[] = []
    for (const { packetId, state, delivery } of before.outbound.entries()) {
      if (delivery === undefined) continue
      if (state !== OutboundState.awaitingPubcomp) again.push(delivery)
      else if (delivery.token instanceof Pending) {
        this.#trial.gone(delivery.token)
        delivery.token.resolve(publishResult(delivery.qos, packetId, ReasonCode.success))
      }
    }
    again.push(...before.queue.remove(() => true))
    before.detach()
    this.session = this.#newSession()
    // What was accepted once is not refused now, though in flight and queue together may be more than the queue may hold.
    const { messagesMax, bytesMax } = this.#limits
    this.#limits.messagesMax = Number.POSITIVE_INFINITY
    this.#limits.bytesMax = Number.POSITIVE_INFINITY
    for (const delivery of again) {
      // Nobody waits for a message that was aborted after it had been sent.
      if (!(delivery.token instanceof Pending) || !delivery.token.settled) this.session.queue.push(delivery)
      else this.#trial.gone(delivery.token)
    }
    this.#limits.messagesMax = messagesMax
    this.#limits.bytesMax = bytesMax
  }

  #newSession(): Session {
    const session = new Session({ queue: this.#limits, observer: this, now: () => this.#options.clock.now() })
    session.queuesQos0 = true
    return session
  }
}

const notConnected = 'there is no connection'
const tooLarge = "the message is larger than the server's Maximum Packet Size"

/**
 * Session State (section 4.1) without its subscriptions: what is in flight in both directions, and what waits. One class
 * for both roles: a broker has one per client, a client has one of its own.
 *
 *     deliver ──► queue (bounded) ──► in flight (outbound-qos) ──► link ──► peer
 *                  when there is        until PUBACK/PUBCOMP       the connection, if there is one
 *                  no link, no quota,
 *                  or no room
 *
 * A message skips the queue when nothing is in front of it. It is sent when there is a link with room, send quota
 * (section 4.9), an identifier, and nothing left over from before a resume.
 *
 * Always holds: order of sending is order of delivering [MQTT-4.6.0-5]; what is in flight is never dropped, only what is
 * queued; every message that is not sent is reported to the observer with its reason.
 */
import type { Publication } from '../packet/publication.ts'
import { ReasonCode } from '../spec/reason-code.ts'
import type { QoS } from '../spec/version.ts'
import { type Delivery, type DropReason, deliveryBytes } from './delivery.ts'
import { InboundQos } from './inbound-qos.ts'
import { OutboundQos } from './outbound-qos.ts'
import { OutboundQueue, type QueueLimits } from './outbound-queue.ts'
import { type OutboundInput, OutboundState, type OutboundVerdict } from './outbound-state.ts'
import type { SessionLink } from './session-link.ts'
import type { SessionObserver } from './session-observer.ts'

export interface SessionOptions {
  readonly queue: QueueLimits
  readonly observer: SessionObserver
  /** Milliseconds, on the clock that `Publication.expiresAtMs` is on. */
  readonly now: () => number
}

export class Session {
  readonly outbound: OutboundQos = new OutboundQos()
  readonly inbound: InboundQos = new InboundQos()
  readonly queue: OutboundQueue
  /** What is in flight will be sent again on the next connection. False where the session ends with its connection. */
  keeps = true
  /** QoS 0 for a receiver that is away or slow: queue it like the rest. Off: dropped and counted. */
  queuesQos0 = false
  link: SessionLink | undefined = undefined
  /** How many more QoS > 0 PUBLISH the receiver takes now (section 4.9). Below 0 after PUBREL packets were sent again. */
  sendQuota = 0
  #sendQuotaMax = 0
  #inFlightBytes = 0
  #progress = 0
  readonly #observer: SessionObserver
  readonly #now: () => number

  constructor(options: SessionOptions) {
    this.queue = new OutboundQueue(options.queue)
    this.#observer = options.observer
    this.#now = options.now
  }

  /** A connection carries this session from now on. Nothing is sent until `pump`, so that CONNACK goes first. */
  attach(link: SessionLink, receiveMaximum: number): void {
    this.link = link
    this.#sendQuotaMax = receiveMaximum
    this.sendQuota = receiveMaximum
    this.outbound.resume()
    this.inbound.resume()
  }

  detach(): void {
    this.link = undefined
  }

  /** Grows while the receiver takes messages: whoever waits for it can tell slow from frozen. */
  get progress(): number {
    return this.#progress
  }

  /** Hand a message to the receiver now, or when it can be. False: there is no room, it was dropped (and reported). */
  deliver(
    publication: Publication,
    qos: QoS,
    retain: boolean,
    subscriptionIdentifiers: readonly number[] | undefined,
    token: unknown,
  ): boolean {
    const link = this.link
    // Behind what is queued already, or it would overtake it [MQTT-4.6.0-5].
    if (qos === 0 && !(this.queuesQos0 && (link === undefined || !link.writable || this.queue.length > 0))) {
      return this.#deliverQos0(link, publication, retain, subscriptionIdentifiers, token)
    }
    if (link !== undefined && this.queue.length === 0 && this.#maySend(link)) {
      if (!link.fits(publication, qos, subscriptionIdentifiers)) {
        this.#refuse('too-large', publication, qos, token)
        // [MQTT-3.1.2-25] its publisher hears what it would hear had the message been sent.
        return true
      }
      const delivery =
        this.keeps || token !== undefined
          ? { publication: publication.keep(), qos, retain, subscriptionIdentifiers, token }
          : undefined
      if (delivery !== undefined) this.#observer.kept?.(this, delivery)
      this.#send(link, publication, qos, retain, subscriptionIdentifiers, delivery)
      return true
    }
    const delivery = { publication: publication.keep(), qos, retain, subscriptionIdentifiers, token }
    if (!this.#enqueue(delivery)) return false
    this.#observer.kept?.(this, delivery)
    return true
  }

  /** False: it found no room. Then it is among what is reported. */
  #enqueue(delivery: Delivery): boolean {
    const lost = this.queue.push(delivery)
    for (const each of lost) this.#drop('queue-full', each)
    return lost.at(-1) !== delivery
  }

  /** Would a QoS > 0 message be taken, or would the queue's policy refuse it? */
  hasRoom(publication: Publication): boolean {
    if (this.queue.limits.policy === 'drop-oldest') return true
    if (this.link !== undefined && this.queue.length === 0 && this.#maySend(this.link)) return true
    return this.queue.hasRoom(deliveryBytes(publication))
  }

  /** Send what may be sent: first what a resume left over, then the queue. */
  pump(): void {
    const link = this.link
    if (link === undefined) return
    this.#progress++
    while (this.outbound.hasUnsent && link.writable) {
      const entry = this.outbound.nextUnsent(this.sendQuota > 0)
      if (entry === undefined) break
      // PUBREL needs none, but its PUBCOMP gives one back: not taken here, it would let one PUBLISH too many go
      // [MQTT-3.3.4-9].
      this.sendQuota--
      if (entry.state === OutboundState.awaitingPubcomp) link.pubrel(entry.packetId, ReasonCode.success)
      else this.#resend(link, entry.packetId, entry.delivery)
    }
    for (let next = this.queue.peek(); next !== undefined; next = this.queue.peek()) {
      if (next.qos === 0 ? !link.writable : !this.#maySend(link)) return
      this.queue.shift()
      this.#sendQueued(link, next)
    }
  }

  /** PUBACK, PUBREC or PUBCOMP arrived. `fault`: the peer broke the protocol. */
  acknowledged(input: 'puback' | 'pubrec' | 'pubcomp', packetId: number, reasonCode: ReasonCode): OutboundVerdict {
    const delivery = this.outbound.peek(packetId)
    const isRefused = input !== 'pubcomp' && reasonCode >= ReasonCode.unspecifiedError
    const kind: OutboundInput = input === 'pubrec' && isRefused ? 'pubrecRefused' : input
    const verdict = this.outbound.receive(kind, packetId)
    if (verdict === 'pubrel') {
      this.#observer.received?.(this, delivery, packetId)
      if (this.#observer.mayRelease?.(this, packetId) !== false) this.link?.pubrel(packetId, ReasonCode.success)
    } else if (verdict === 'unknown') {
      this.link?.pubrel(packetId, ReasonCode.packetIdentifierNotFound)
    } else if (verdict === 'done') {
      this.#progress++
      if (this.sendQuota < this.#sendQuotaMax) this.sendQuota++
      // A PUBCOMP of 0x92 refuses nothing: the receiver took the message over and has forgotten the identifier (3.7.2.1).
      const outcome = input === 'pubcomp' ? ReasonCode.success : reasonCode
      if (delivery !== undefined) this.#settle(delivery, packetId, outcome, isRefused)
      if (this.outbound.hasUnsent || this.queue.length > 0) this.pump()
    }
    return verdict
  }

  /** The PUBREL that `SessionObserver.mayRelease` kept back may go. */
  release(packetId: number): void {
    if (this.outbound.awaitsPubcomp(packetId)) this.link?.pubrel(packetId, ReasonCode.success)
  }

  /** Take up what a store remembers of an earlier process. Only on a fresh session without a link. */
  restore(
    inFlight: readonly { packetId: number; received: boolean; delivery: Delivery }[],
    queued: readonly Delivery[],
    held: readonly number[],
  ): void {
    for (const each of inFlight) {
      const sent = each.delivery.qos === 1 ? OutboundState.awaitingPuback : OutboundState.awaitingPubrec
      this.outbound.restore(each.packetId, each.received ? OutboundState.awaitingPubcomp : sent, each.delivery)
      this.#inFlightBytes += deliveryBytes(each.delivery.publication)
    }
    for (const delivery of queued) this.#enqueue(delivery)
    for (const packetId of held) this.inbound.hold(packetId)
  }

  /** An identifier for SUBSCRIBE or UNSUBSCRIBE; undefined while all are in use. */
  beginRequest(): number | undefined {
    return this.outbound.hasIdentifier ? this.outbound.begin(OutboundState.awaitingAnswer, undefined) : undefined
  }

  /**
   * The session is over. Whatever it still holds is reported, in flight first, as it would have been sent. A QoS 2 message
   * that awaits only PUBCOMP has reached its receiver.
   */
  end(): void {
    this.link = undefined
    this.#inFlightBytes = 0
    for (const { packetId, state, delivery } of this.outbound.clear()) {
      if (delivery === undefined) continue
      if (state !== OutboundState.awaitingPubcomp) {
        this.#drop(delivery.qos === 2 ? 'interrupted' : 'session-ended', delivery)
      } else this.#observer.settled?.(this, delivery, packetId, ReasonCode.success)
    }
    for (const delivery of this.queue.remove(() => true)) this.#drop('session-ended', delivery)
  }

  /** Take back what waits and has not been sent. What has been begun goes on, as it does after UNSUBSCRIBE [MQTT-3.10.4-3]. */
  revoke(isRevoked: (delivery: Delivery) => boolean): void {
    for (const delivery of this.queue.remove(isRevoked)) this.#drop('revoked', delivery)
  }

  #maySend(link: SessionLink): boolean {
    return (
      this.sendQuota > 0 &&
      link.writable &&
      this.outbound.ready &&
      // A receiver that reads and never acknowledges holds at most as much as the queue may.
      this.#inFlightBytes < this.queue.limits.bytesMax
    )
  }

  #deliverQos0(
    link: SessionLink | undefined,
    publication: Publication,
    retain: boolean,
    subscriptionIdentifiers: readonly number[] | undefined,
    token: unknown,
  ): boolean {
    if (link === undefined) return this.#refuse('offline', publication, 0, token)
    if (!link.writable) return this.#refuse('slow-receiver', publication, 0, token)
    // [MQTT-3.1.2-25] discarded, and as good as sent.
    if (!link.fits(publication, 0, subscriptionIdentifiers)) this.#refuse('too-large', publication, 0, token)
    else link.publish(publication, 0, retain, false, 0, subscriptionIdentifiers)
    return true
  }

  #send(
    link: SessionLink,
    publication: Publication,
    qos: QoS,
    retain: boolean,
    subscriptionIdentifiers: readonly number[] | undefined,
    delivery: Delivery | undefined,
  ): void {
    const state = qos === 1 ? OutboundState.awaitingPuback : OutboundState.awaitingPubrec
    const packetId = this.outbound.begin(state, delivery)
    this.sendQuota--
    if (delivery !== undefined) {
      this.#inFlightBytes += deliveryBytes(publication)
      this.#observer.started?.(this, delivery, packetId)
    }
    link.publish(publication, qos, retain, false, packetId, subscriptionIdentifiers)
  }

  #sendQueued(link: SessionLink, delivery: Delivery): void {
    const { publication, qos, retain, subscriptionIdentifiers } = delivery
    // [MQTT-3.3.2-5] expired before it could start.
    if (publication.expiresAtMs <= this.#now()) this.#drop('expired', delivery)
    else if (!link.fits(publication, qos, subscriptionIdentifiers)) this.#drop('too-large', delivery)
    else if (qos === 0) {
      link.publish(publication, 0, retain, false, 0, subscriptionIdentifiers)
      // It was kept while it waited, and nothing will come back for it.
      this.#observer.settled?.(this, delivery, 0, ReasonCode.success)
    } else this.#send(link, publication, qos, retain, subscriptionIdentifiers, delivery)
  }

  #resend(link: SessionLink, packetId: number, delivery: Delivery | undefined): void {
    if (delivery === undefined) {
      // It was not kept, as the session was to end with its connection.
      this.outbound.abandon(packetId)
      this.sendQuota++
      return
    }
    const { publication, qos, retain, subscriptionIdentifiers } = delivery
    if (!link.fits(publication, qos, subscriptionIdentifiers)) {
      // The new connection takes less than the old one did: discarded, as if it had been sent [MQTT-3.1.2-25].
      this.outbound.abandon(packetId)
      this.sendQuota++
      this.#inFlightBytes -= deliveryBytes(publication)
      this.#drop('too-large', delivery)
      return
    }
    // [MQTT-3.3.1-1]
    link.publish(publication, qos, retain, true, packetId, subscriptionIdentifiers)
  }

  #settle(delivery: Delivery, packetId: number, reasonCode: ReasonCode, isRefused: boolean): void {
    this.#inFlightBytes -= deliveryBytes(delivery.publication)
    if (isRefused) this.#drop('refused', delivery)
    this.#observer.settled?.(this, delivery, packetId, reasonCode)
  }

  #drop(reason: DropReason, delivery: Delivery): void {
    this.#observer.dropped(this, reason, delivery.publication, delivery.qos, delivery.token, delivery)
  }

  #refuse(reason: DropReason, publication: Publication, qos: QoS, token: unknown): boolean {
    this.#observer.dropped(this, reason, publication, qos, token, undefined)
    return false
  }
}

/**
 * The loop between a transport and a machine, and the only one: bytes from the transport go to core's ServerConnection,
 * what the machine decides goes to the handlers, what it writes goes through the outbox.
 *
 * It is the error border: an exception while this connection is served closes this connection with 0x80 and is logged;
 * no other connection notices.
 *
 * A client that is not read for a while (an answer is awaited, it is slowed) may go meanwhile. Its bytes still come in, up to
 * a bound, so that we see it go: a reset ends it at once, and so does any end before CONNACK. One that has said all it had to
 * say and closed its end is served to its last packet first, for it may be DISCONNECT. One that has sent more than the bound
 * is paused, and so not seen going until it is read again or its answer does not come in time (asked.ts); and one that dies
 * without a word is seen by its Keep Alive only, which does not run while it is we who do not listen.
 *
 * Always holds: `closed` runs once, after which the connection is in no deadline and no session; from when the transport is
 * lost it is in the list of connections no more, only among the departed, if it is to be served to its end (departed.ts).
 */
import {
  type AuthPacket,
  type CloseReason,
  type ConnackProperties,
  type ConnectPacket,
  type Publication,
  type Publisher,
  ReasonCode,
  ServerConnection,
  type ServerHandler,
  type SubscribePacket,
  type TopicEntry,
  type Transport,
  type TransportHandler,
  type Unread,
  type UnsubscribePacket,
} from '@mq/core'
import type { BrokerContext } from '../context.ts'
import { dueMs, endUnanswered, type Pending } from '../handler/asked.ts'
import { type Authentication, onAuth } from '../handler/on-auth.ts'
import { onClosed } from '../handler/on-closed.ts'
import { onConnect } from '../handler/on-connect.ts'
import { onPublish, onReleased } from '../handler/on-publish.ts'
import { onSubscribe } from '../handler/on-subscribe.ts'
import { onUnsubscribe } from '../handler/on-unsubscribe.ts'
import { type Pause, pauseAfterPublish } from '../limit/slow-publisher.ts'
import { addressOf } from '../metric/bounded-log.ts'
import type { Route } from '../routing/route.ts'
import type { ClientSession } from '../session/client-session.ts'
import type { StoredWill } from '../session/will.ts'
import type { Linked } from './connection-list.ts'
import type { Deadline } from './deadlines.ts'
import type { Departure } from './departed.ts'
import { Outbox, type OutboxOwner } from './outbox.ts'
import { inConnack, inDisconnect } from './reason-words.ts'

/** Of a client that is not read, so many are taken; after that it has to wait. */
const heldBytesMax = 65_536
/** So many acts may wait for the store, and what one chunk asks for beside. */
const promisedMax = 1000
/** Within it what came while they did is read. */
const unreadMs = 1000
const clientClosed = 'the client closed the network connection'
/** A deadline that is found this late may have passed while we did not listen. */
const stallMs = 10
/** Before CONNECT. */
const nobody: Publisher = { clientId: '', userName: undefined }

export class Connection implements ServerHandler<Route>, TransportHandler, OutboxOwner, Deadline, Linked<Connection> {
  readonly machine: ServerConnection<Route>
  readonly transport: Transport
  readonly broker: BrokerContext
  /** From CONNECT on. */
  session: ClientSession | undefined = undefined
  /** [MQTT-3.1.2-7] */
  will: StoredWill | undefined = undefined
  /** Who it was found to be; the User Name is that of CONNECT, or what the authentication mechanism says. */
  identity: Publisher = nobody
  /** Enhanced authentication that is under way. */
  authentication: Authentication | undefined = undefined
  /** Refused because the broker is overloaded. */
  isShed = false
  /** Deliveries that the broker had made when this one published while publishers are slowed; -1 if it has not. */
  publishedFrom = -1
  /** It is not read for a while, because the broker is overloaded. */
  pause: Pause | undefined = undefined
  /** Its client has gone, and is still to be served. */
  departure: Departure | undefined = undefined
  /** Somebody waits until the network connection is gone. */
  gone: (() => void) | undefined = undefined
  /** What is being asked about it, outside the broker. */
  asked: Pending | undefined = undefined
  heapIndex = -1
  filedMs = 0
  next: Connection | undefined = undefined
  previous: Connection | undefined = undefined
  /** Not due before, whatever the machine says. */
  #graceMs = 0
  #heldBytes = 0
  /** Acts that wait for the store. */
  #promised = 0
  readonly #outbox: Outbox

  constructor(transport: Transport, broker: BrokerContext) {
    this.transport = transport
    this.broker = broker
    this.#outbox = new Outbox(transport, broker.pool, broker.flusher, broker.limits.outboxBytesMax, this)
    this.machine = new ServerConnection({
      limits: broker.serverLimits,
      workspace: broker.workspace,
      handler: this,
      outlet: this.#outbox,
      now: broker.clock.now,
      connectTimeoutMs: broker.limits.connectTimeoutMs,
    })
    this.#outbox.outgoing = this.machine.outgoing
    broker.connections.add(this)
    broker.deadlines.file(this)
    transport.attach(this)
  }

  get clientId(): string {
    return this.identity.clientId
  }

  identify(clientId: string, userName: string | undefined): void {
    this.identity = { clientId, userName }
    if (this.session !== undefined) this.session.identity = this.identity
  }

  data(chunk: Uint8Array): void {
    const { clock } = this.broker
    try {
      const nowMs = clock.now()
      clock.hold(nowMs)
      this.broker.overload.noticed(nowMs)
      this.machine.receive(chunk, nowMs)
      if (this.publishedFrom >= 0) pauseAfterPublish(this)
      if (this.machine.held) this.#heldBytes += chunk.length
      // Not after the end: a transport that is paused does not see the other end go.
      if (!this.machine.isClosed && this.#hasEnough) this.transport.pause()
      this.session?.feed?.go()
    } catch (error) {
      this.#broke(error)
    } finally {
      clock.free()
    }
  }

  drained(): void {
    this.guard(() => this.#outbox.drained())
  }

  /** The client has caught up: messages that waited may be sent. */
  writableAgain(): void {
    this.session?.session.pump()
    this.session?.feed?.go()
    this.readOn()
  }

  lost(error: Error | undefined): void {
    const { machine } = this
    this.broker.connections.delete(this)
    this.gone?.()
    if (error === undefined && machine.held && machine.session !== undefined && !machine.isClosed) {
      this.broker.departed.add(this)
    } else this.end(error === undefined ? clientClosed : error.message)
  }

  end(sentence: string): void {
    this.guard(() => this.machine.lost(sentence))
  }

  get deadlineMs(): number {
    return Math.max(dueMs(this), this.#graceMs)
  }

  due(nowMs: number): void {
    this.guard(() => {
      const wantedMs = dueMs(this)
      // It is we who do not listen.
      if (this.#promised > promisedMax) this.#graceMs = nowMs + unreadMs
      if (this.#graceMs > nowMs) return this.broker.deadlines.file(this)
      if (nowMs - wantedMs > stallMs && this.#graceMs <= wantedMs) {
        // The event loop stood still, and what came meanwhile, from the client or as an answer, was not read: first it is.
        this.#graceMs = nowMs + 1
        return this.broker.deadlines.file(this)
      }
      endUnanswered(this, nowMs)
      this.machine.tick(nowMs)
      if (!this.machine.isClosed) this.broker.deadlines.file(this)
    })
  }

  /** Go on reading after `machine.hold`. */
  release(): void {
    this.guard(() => {
      this.machine.release(this.broker.clock.now())
      if (this.publishedFrom >= 0) pauseAfterPublish(this)
      this.readOn()
      if (this.departure !== undefined && !this.machine.held) this.end(clientClosed)
    })
  }

  /** Read the transport again, unless there is a reason not to. */
  readOn(): void {
    if (this.machine.held || this.machine.isClosed || this.#owesTooMuch) return
    this.#heldBytes = 0
    this.transport.resume()
  }

  get #hasEnough(): boolean {
    if (!this.machine.held) return this.#owesTooMuch
    return this.pause !== undefined || this.#heldBytes >= heldBytesMax
  }

  /** Who asks for answers and does not read them, or for more than the store can keep up with, is not listened to. */
  get #owesTooMuch(): boolean {
    return this.#outbox.owesTooMuch || this.#promised > promisedMax
  }

  /** Do something for this connection; if it fails, that is the end of this connection and of nothing else. */
  guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#broke(error)
    }
  }

  /** Do it once everything recorded so far is durable. */
  whenDurable(act: () => void): void {
    this.#promised++
    this.broker.gate.after(() => {
      this.guard(act)
      if (--this.#promised !== promisedMax) return
      this.#graceMs = this.broker.clock.now() + unreadMs
      this.guard(() => this.readOn())
    })
  }

  /** CONNACK with a failure; the client has not been let in. */
  refuse(reasonCode: ReasonCode, sentence: string, extra: ConnackProperties = {}): void {
    if (this.machine.isClosed) return
    this.broker.counters.connectionsRefused++
    const fields = { clientId: this.clientId, peer: this.transport.peer, reasonCode, reason: sentence }
    this.broker.boundedLog.warn(addressOf(fields.peer), fields, 'client refused')
    this.machine.refuse(inConnack(reasonCode), sentence, extra)
  }

  /** End it from our side, in the words that fit: CONNACK where the client is not in yet, DISCONNECT after. */
  disconnect(reasonCode: ReasonCode, sentence: string, serverReference?: string): void {
    if (this.machine.connectPacket !== undefined && this.machine.session === undefined)
      this.refuse(reasonCode, sentence)
    else this.machine.disconnect(inDisconnect(reasonCode), sentence, serverReference)
  }

  connect(packet: ConnectPacket): void {
    onConnect(this, packet)
  }

  publish(publication: Publication, topic: TopicEntry<Route>): void {
    onPublish(this, publication, topic)
  }

  released(packetId: number, known: boolean): void {
    onReleased(this, packetId, known)
  }

  hasRoom(): boolean {
    return this.broker.turn.hasRoom(() => this.release())
  }

  subscribe(packet: SubscribePacket): void {
    onSubscribe(this, packet)
  }

  unsubscribe(packet: UnsubscribePacket): void {
    onUnsubscribe(this, packet)
  }

  auth(packet: AuthPacket): void {
    onAuth(this, packet)
  }

  closed(reason: CloseReason, unread: Unread | undefined): void {
    this.broker.deadlines.remove(this)
    this.departure?.over()
    if (reason.by === 'network') this.#outbox.destroy()
    else this.#outbox.end()
    onClosed(this, reason, unread)
    this.asked?.forget()
  }

  #broke(error: unknown): void {
    const fields = { err: error, clientId: this.clientId, peer: this.transport.peer }
    this.broker.boundedLog.error(addressOf(fields.peer), fields, 'internal error: connection closed')
    try {
      this.disconnect(ReasonCode.unspecifiedError, 'internal error')
    } catch {
      this.#outbox.destroy()
    }
  }
}

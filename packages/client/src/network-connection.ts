/**
 * One network connection: the only place where a Transport, core's machine and the clock meet.
 *
 *     transport ─data─► machine ─► handler          handler ─► machine ─► outbox ─write─► transport
 *                            clock ─tick─► machine
 *
 * Always holds: one timer at most; after `closed` was reported nothing of this connection is heard again. What the other
 * end does afterwards (a slow close, say) concerns nobody: a new connection never waits for an old one.
 */
import {
  type ClientCloseReason,
  ClientConnection,
  type ClientHandler,
  type ConnectPacket,
  type Transport,
  type Workspace,
} from '@mq/core'
import type { Clock } from './clock.ts'
import { deferToTurnEnd, Outbox } from './outbox.ts'

/** How long the other end may take to close after our goodbye, in milliseconds. */
const lingerMs = 1000

export interface NetworkConnectionOptions<Route> {
  readonly transport: Transport
  readonly connect: ConnectPacket
  readonly workspace: Workspace<Route>
  readonly handler: ClientHandler<Route>
  readonly clock: Clock
  readonly connackTimeoutMs: number
  readonly topicAliasMaximum: number
  readonly sendMaximum: number
  /** Counts what passes. */
  readonly traffic: { bytesReceived: number; bytesSent: number }
}

export class NetworkConnection<Route> {
  readonly machine: ClientConnection<Route>
  /** Resolves when the transport is closed for good, and no timer is left. */
  readonly gone: Promise<void>
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #outbox: Outbox
  readonly #traffic: { bytesReceived: number; bytesSent: number }
  #isGone!: () => void
  #cancelTimer: (() => void) | undefined = undefined
  #armedForMs = Number.POSITIVE_INFINITY
  #lost = false

  constructor(options: NetworkConnectionOptions<Route>) {
    const { transport, clock, handler, traffic } = options
    this.#transport = transport
    this.#clock = clock
    this.gone = new Promise((resolve) => {
      this.#isGone = resolve
    })
    this.#outbox = new Outbox({
      defer: deferToTurnEnd,
      flushed: (bytes) => {
        traffic.bytesSent += bytes
        this.machine.sent(clock.now())
      },
      changed: (full) => {
        this.machine.outgoing.writable = !full
        if (!full) this.machine.session?.pump()
      },
    })
    this.machine = new ClientConnection({
      connect: options.connect,
      workspace: options.workspace,
      outlet: this.#outbox,
      now: () => clock.now(),
      connackTimeoutMs: options.connackTimeoutMs,
      topicAliasMaximum: options.topicAliasMaximum,
      sendMaximum: options.sendMaximum,
      handler: {
        connected: (packet, limits) => handler.connected(packet, limits),
        publish: (publication, topic) => handler.publish(publication, topic),
        handlesStill: (packetId) => handler.handlesStill(packetId),
        answered: (packet) => handler.answered(packet),
        auth: (packet) => handler.auth(packet),
        closed: (reason) => {
          this.#closed(reason)
          handler.closed(reason)
        },
      },
    })
    this.#outbox.attach(transport)
    this.#traffic = traffic
  }

  /** CONNECT. A transport may have the answer ready at once. */
  start(): void {
    this.machine.open()
    this.#outbox.flush()
    this.#arm()
    this.#transport.attach({
      data: (chunk) => {
        if (this.machine.isClosed) return
        this.#traffic.bytesReceived += chunk.length
        this.machine.receive(chunk, this.#clock.now())
        if (this.machine.deadlineMs < this.#armedForMs) this.#arm()
      },
      drained: () => this.#outbox.drained(),
      lost: (error) => {
        this.#lost = true
        this.#disarm()
        this.machine.lost(error?.message ?? 'the connection was closed')
        this.#isGone()
      },
    })
  }

  get held(): boolean {
    return this.machine.held
  }

  /** Stop reading: the transport's own flow control holds the server back. */
  hold(): void {
    if (this.machine.held || this.machine.isClosed) return
    this.machine.hold()
    this.#transport.pause()
  }

  release(): void {
    if (!this.machine.held || this.machine.isClosed) return
    this.#transport.resume()
    this.machine.release(this.#clock.now())
    this.#arm()
  }

  #closed(reason: ClientCloseReason): void {
    this.#disarm()
    if (this.#lost) return
    this.#cancelTimer = this.#clock.schedule(lingerMs, () => {
      this.#transport.destroy()
      this.#isGone()
    })
    if (reason.by === 'timeout' || reason.by === 'network') {
      this.#outbox.detach()
      this.#transport.destroy()
      return
    }
    // [MQTT-3.14.4-2] Our last words go out first; then whoever does not close in time is cut off.
    this.#outbox.flush()
    this.#transport.resume()
    this.#transport.end()
  }

  #arm(): void {
    this.#disarm()
    if (this.machine.isClosed) return
    const deadlineMs = this.machine.deadlineMs
    if (deadlineMs === Number.POSITIVE_INFINITY) return
    this.#armedForMs = deadlineMs
    this.#cancelTimer = this.#clock.schedule(Math.max(0, deadlineMs - this.#clock.now()), () => {
      this.machine.tick(this.#clock.now())
      if (!this.machine.isClosed) this.#arm()
    })
  }

  #disarm(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#armedForMs = Number.POSITIVE_INFINITY
  }
}

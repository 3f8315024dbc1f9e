/**
 * A connection that publishes.
 *
 * With a rate it is told when a message is due and sends it at once, if the broker lets it. If not (the socket is full, or
 * as many are unacknowledged as the broker takes), it owes the message, with the time it was due, until it may. Without a
 * rate it keeps `window` messages under way.
 *
 * Always holds: what is owed is a number, not a list: message `sequence` is due when the schedule says so. Messages leave
 * in the order of their sequence.
 */

import { createPublication, encodePublication, type Publication } from '@mq/core'
import { reasonText } from '../connection/reason.ts'
import { AckRing } from './ack-ring.ts'
import { nowUs, writeHeader } from './payload.ts'
import type { Schedule } from './schedule.ts'
import type { Tally } from './tally.ts'
import { type Problem, type Role, WireConnection } from './wire-connection.ts'
import type { Workbench } from './workbench.ts'

/** What a publisher tells of itself. */
export interface PublisherOwner {
  readonly tally: Tally
  /** One payload for all publishers of a worker: its header is written anew for every message. */
  readonly payload: Uint8Array
  settled(): void
  /** It may send again: `pump` it before this turn ends. */
  wantsPump(publisher: Publisher): void
}

/** Of one publisher in one turn: others want to be heard, too. */
const burstMax = 256

export class Publisher implements Role {
  readonly connection: WireConnection
  /** On the owner's list. */
  waitsForPump = false
  /** Deliveries of its messages to subscribers of the same worker. */
  delivered = 0
  readonly #bench: Workbench
  readonly #owner: PublisherOwner
  readonly #number: number
  readonly #acks = new AckRing()
  readonly #publication: Publication
  #quota = 0
  #sent = 0
  #owed = 0
  #schedule: Schedule | undefined = undefined
  #index = 0
  #isSending = false

  constructor(bench: Workbench, owner: PublisherOwner, number: number, clientId: string, topicName: string) {
    this.#bench = bench
    this.#owner = owner
    this.#number = number
    this.connection = new WireConnection(bench, clientId, this)
    const { properties, qos } = bench.plan
    const publication = createPublication({
      topicName,
      payload: new Uint8Array(0),
      qos,
      retain: false,
      ...(properties !== undefined && { properties }),
    })
    publication.bytes = owner.payload
    publication.payloadStart = 0
    publication.payloadEnd = owner.payload.length
    this.#publication = publication
  }

  /** @param schedule undefined: as many as the window lets */
  start(schedule: Schedule | undefined, index: number): void {
    this.#schedule = schedule
    this.#index = index
    this.#isSending = true
    if (schedule === undefined) this.#wantsPump()
  }

  /** Returns how many were due and have not been sent. */
  stop(): number {
    this.#isSending = false
    const owed = this.#owed
    this.#owed = 0
    return owed
  }

  /** The next message is due now. */
  due(atUs: number): void {
    if (this.#owed > 0 || !this.#maySend()) {
      this.#owed++
      return
    }
    const { schedule } = this.#owner.tally.histograms
    const dueUs = this.#dueUs()
    if (this.#owner.tally.isMeasured(dueUs)) schedule.record(atUs - dueUs)
    this.#send(dueUs, atUs)
  }

  /** Sends what may be sent of what is owed, or what the window lets. */
  pump(): void {
    if (!this.#isSending) return
    const atUs = nowUs()
    if (this.#schedule !== undefined) {
      for (; this.#owed > 0 && this.#maySend(); this.#owed--) {
        this.#owner.tally.counters.heldBack++
        this.#send(this.#dueUs(), atUs)
      }
      return
    }
    let burst = 0
    while (burst < burstMax && this.#maySend() && this.#windowOpen()) {
      this.#send(atUs, atUs)
      burst++
    }
    if (burst === burstMax) this.#wantsPump()
  }

  /** A subscriber of this worker has got one of its messages. */
  wasDelivered(): void {
    this.delivered++
    this.#wantsPump()
  }

  // What the connection reports.

  connected(receiveMaximum: number): void {
    const { tally } = this.#owner
    tally.histograms.connect.record(nowUs() - this.connection.startedUs)
    tally.counters.connected++
    this.#quota = Math.min(receiveMaximum, this.#bench.plan.rate === 0 ? this.#bench.plan.window : 65_535)
    this.#owner.settled()
  }

  acknowledged(type: 'puback' | 'pubrec' | 'pubcomp', packetId: number, reasonCode: number): void {
    const { tally } = this.#owner
    const dueUs = this.#acks.end(packetId)
    if (dueUs < 0) return
    if (reasonCode >= 0x80) {
      tally.counters.refused++
      tally.error(type.toUpperCase(), reasonText(reasonCode), reasonCode)
    } else {
      tally.counters.acknowledged++
      const now = nowUs()
      if (tally.isMeasured(now)) tally.counters.acknowledgedMeasured++
      if (tally.isMeasured(dueUs)) tally.histograms.ack.record(now - dueUs)
    }
    this.#wantsPump()
  }

  drained(): void {
    this.#wantsPump()
  }

  publication(): void {
    // It has subscribed to nothing.
  }

  suback(): void {
    // As above.
  }

  ended({ where, text, reasonCode }: Problem): void {
    const { tally } = this.#owner
    tally.error(where, text, reasonCode)
    if (this.#quota > 0) tally.counters.lostConnections++
    else {
      tally.counters.connectsFailed++
      this.#owner.settled()
    }
  }

  #wantsPump(): void {
    if (this.waitsForPump || !this.#isSending || (this.#schedule !== undefined && this.#owed === 0)) return
    this.waitsForPump = true
    this.#owner.wantsPump(this)
  }

  #dueUs(): number {
    return this.#schedule?.dueUs(this.#index, this.#sent) ?? nowUs()
  }

  #maySend(): boolean {
    const { isOpen, blocked } = this.connection
    if (!isOpen || blocked) return false
    return this.#bench.plan.qos === 0 || (this.#acks.inFlight < this.#quota && this.#acks.ready)
  }

  #windowOpen(): boolean {
    const { copies, window } = this.#bench.plan
    return copies === 0 || this.#sent - Math.floor(this.delivered / copies) < window
  }

  #send(dueUs: number, atUs: number): void {
    const { plan } = this.#bench
    const { tally, payload } = this.#owner
    const packetId = plan.qos === 0 ? 0 : this.#acks.begin(dueUs)
    writeHeader(payload, plan.run, this.#number, this.#sent, dueUs)
    const { writer } = this.connection
    encodePublication(
      writer,
      this.#publication,
      plan.protocolVersion,
      plan.qos,
      false,
      false,
      packetId,
      0,
      false,
      this.#publication.messageExpiryInterval,
      undefined,
    )
    this.#sent++
    tally.counters.sent++
    if (tally.isMeasured(atUs)) tally.counters.sentMeasured++
  }
}

/**
 * What arrives: to the readers whose subscriptions match, to those who read everything, and to the mailbox where nobody in
 * this process has asked for it (a Session that was begun earlier brings its mail before anybody could subscribe).
 *
 *     PUBLISH ─► receipt ─► readers ─► receipt is done when all of them are ─► PUBACK, PUBREC
 *                   └─ nobody ─► mailbox ─► the first reader that matches, or the bound
 *
 * Always holds: a message at QoS 1 or 2 is acknowledged once, after the last reader was done with it, or for good reason
 * refused; a message that the server repeats on a new connection while we still work on it is not handed out again.
 */
import { type Publication, type QoS, ReasonCode, type TopicEntry, topicMatches } from '@mq/core'
import type { Clock } from './clock.ts'
import type { Route } from './dispatch.ts'
import type { Events } from './events.ts'
import { ReceivedMessage, type Send } from './message.ts'
import type { NetworkConnection } from './network-connection.ts'
import type { Reader } from './reader.ts'
import { Receipt } from './receipt.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { NamedFilter } from './topic-params.ts'

const mailboxMessagesMax = 256
/** Unacknowledged mail holds back the acknowledgements of all that came after it, so it cannot wait for ever. */
const mailboxMsMax = 10_000
const unnamed: NamedFilter = { filter: '#', names: [] }

interface Mail {
  readonly publication: Publication
  readonly topic: string
  readonly receipt: Receipt | undefined
  readonly refusedAtMs: number
}

/** An acknowledgement that is owed to the server, and on which connection. */
interface Debt {
  connection: NetworkConnection<Route> | undefined
}

export interface InboxOptions {
  readonly subscriptions: Subscriptions
  readonly events: Events
  readonly send: Send
  readonly clock: Clock
}

export class Inbox {
  /** Messages that nobody asked for, and that the bound of the mailbox cost. */
  unclaimed = 0
  readonly #options: InboxOptions
  /** Who reads everything. */
  readonly #readers = new Set<Reader>()
  readonly #mailbox: Mail[] = []
  readonly #debts = new Map<number, Debt>()
  #connection: NetworkConnection<Route> | undefined = undefined
  #holdsBack = false
  #cancelTimer: (() => void) | undefined = undefined
  #isClosed = false

  constructor(options: InboxOptions) {
    this.#options = options
  }

  connected(connection: NetworkConnection<Route>, isNew: boolean): void {
    this.#connection = connection
    this.#holdsBack = connection.machine.version === 5
    if (!isNew) return
    // A new Session knows nothing of what was owed in the old one.
    for (const debt of this.#debts.values()) debt.connection = undefined
    this.#debts.clear()
  }

  publish(publication: Publication, topic: TopicEntry<Route>): void {
    const { qos, packetId } = publication
    const { subscriptions, events, send } = this.#options
    if (qos === 1 && publication.dup && this.handlesStill(packetId)) return
    const receipt = qos === 0 ? undefined : this.#owe(packetId)
    const wires = subscriptions.find(publication, topic)
    const heldBack = this.#isHeldBack(qos)
    let handedOut = false
    const given = new Set<Reader>()
    for (const { readers } of wires) {
      for (const [reader, named] of readers) {
        if (given.has(reader)) continue
        given.add(reader)
        reader.push(new ReceivedMessage(publication.keep(), topic.name, named, receipt, send), heldBack)
        handedOut = true
      }
    }
    for (const reader of this.#readers) {
      reader.push(new ReceivedMessage(publication.keep(), topic.name, unnamed, receipt, send), heldBack)
      handedOut = true
    }
    if (events.has('message')) {
      const message = new ReceivedMessage(publication.keep(), topic.name, unnamed, receipt, send)
      events.emit('message', message)
      message.processed()
      handedOut = true
    }
    // With a subscription but no reader, its UNSUBSCRIBE is on the way: nobody wants the message any more.
    if (!handedOut && wires.length === 0) this.#store(publication.keep(), topic.name, receipt)
    receipt?.done(ReasonCode.success)
  }

  /** The server repeats a message that we work on: its acknowledgement goes out on this connection. */
  handlesStill(packetId: number): boolean {
    const debt = this.#debts.get(packetId)
    if (debt === undefined || debt.connection === this.#connection) return false
    debt.connection = this.#connection
    return true
  }

  /** `reader` reads this filter from now on: what waits in the mailbox for it is its own. */
  claim(reader: Reader, named: NamedFilter): void {
    for (let at = 0; at < this.#mailbox.length; ) {
      const mail = this.#mailbox[at]
      if (mail === undefined || !topicMatches(named.filter, mail.topic)) {
        at++
        continue
      }
      this.#mailbox.splice(at, 1)
      this.#handOver(mail, reader, named)
    }
  }

  readAll(reader: Reader): void {
    if (this.#isClosed) {
      reader.finish()
      return
    }
    this.#readers.add(reader)
    for (const mail of this.#mailbox.splice(0)) this.#handOver(mail, reader, unnamed)
  }

  stopReadAll(reader: Reader): void {
    this.#readers.delete(reader)
    reader.stop()
  }

  close(error: unknown): void {
    this.#isClosed = true
    for (const reader of this.#readers) reader.finish(error)
    this.#readers.clear()
    this.#mailbox.length = 0
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #handOver({ publication, topic, receipt }: Mail, reader: Reader, named: NamedFilter): void {
    reader.push(
      new ReceivedMessage(publication, topic, named, receipt, this.#options.send),
      this.#isHeldBack(publication.qos),
    )
    receipt?.done(ReasonCode.success)
  }

  #store(publication: Publication, topic: string, receipt: Receipt | undefined): void {
    receipt?.share()
    this.#mailbox.push({ publication, topic, receipt, refusedAtMs: this.#options.clock.now() + mailboxMsMax })
    if (this.#mailbox.length > mailboxMessagesMax) this.#refuseOldest()
    this.#arm()
  }

  /** [MQTT-4.5.0-2] Wanted or not, a message is answered. */
  #refuseOldest(): void {
    const oldest = this.#mailbox.shift()
    this.unclaimed++
    oldest?.receipt?.done(ReasonCode.implementationSpecificError)
  }

  #arm(): void {
    const { clock } = this.#options
    const oldest = this.#mailbox[0]
    if (oldest === undefined || this.#cancelTimer !== undefined) return
    this.#cancelTimer = clock.schedule(Math.max(0, oldest.refusedAtMs - clock.now()), () => {
      this.#cancelTimer = undefined
      while ((this.#mailbox[0]?.refusedAtMs ?? Number.POSITIVE_INFINITY) <= clock.now()) this.#refuseOldest()
      this.#arm()
    })
  }

  #owe(packetId: number): Receipt {
    const debt: Debt = { connection: this.#connection }
    this.#debts.set(packetId, debt)
    return new Receipt((reasonCode) => {
      if (this.#debts.get(packetId) === debt) this.#debts.delete(packetId)
      debt.connection?.machine.acknowledge(packetId, reasonCode)
    })
  }

  /** Before 5.0 there is no Receive Maximum. */
  #isHeldBack(qos: QoS): boolean {
    return qos > 0 && this.#holdsBack
  }
}

/**
 * Clients that have gone before all was served that they had sent: held, because an answer was awaited, when they closed their
 * end. The last thing they said may be DISCONNECT, so they are served to their last packet, if that does not take too long.
 *
 *     lost while held ──► departed ─┬─ released, and served to its last packet ─┐
 *                                   ├─ ten seconds have passed                  ├─► closed
 *                                   ├─ its client is back [MQTT-3.1.4-3]        │
 *                                   └─ too many are departed, and it is the     │
 *                                      first of them                           ─┘
 *
 * None of them is a network connection any more, so they do not count as one: who sends its messages and leaves, again and
 * again, would take the place of clients that stay. But each keeps what it had sent, up to 128 KiB of it.
 *
 * Always holds: at most `max` are departed, each for at most ten seconds; one that has closed is not, and is not referred to
 * from here.
 */
import type { BrokerContext } from '../context.ts'
import type { Connection } from './connection.ts'
import type { Deadline } from './deadlines.ts'

/** How long what a client had sent before it left may wait to be read. */
const departedMs = 10_000
/** However many connections there may be. */
const departedMax = 1000

export class Departed {
  /** The first to go is the first in it. */
  readonly #all = new Set<Departure>()
  readonly #max: number

  constructor(connectionsMax: number) {
    this.#max = Math.min(connectionsMax, departedMax)
  }

  get count(): number {
    return this.#all.size
  }

  add(connection: Connection): void {
    const [first] = this.#all
    if (first !== undefined && this.#all.size >= this.#max) {
      first.end('the client left, and others that left after it wait to be read')
    }
    // What is for it waits in the session, or goes to another member of its group: nobody reads here any more.
    connection.machine.outgoing.writable = false
    const departure = new Departure(connection, this.#all)
    connection.departure = departure
    this.#all.add(departure)
    connection.broker.deadlines.file(departure)
  }

  /** Nobody waits for them any more. */
  end(sentence: string): void {
    for (const departure of this.#all) departure.end(sentence)
  }
}

export class Departure implements Deadline {
  readonly deadlineMs: number
  heapIndex = -1
  filedMs = 0
  readonly #all: Set<Departure>
  readonly #broker: BrokerContext
  #connection: Connection | undefined

  constructor(connection: Connection, all: Set<Departure>) {
    this.#connection = connection
    this.#all = all
    this.#broker = connection.broker
    this.deadlineMs = this.#broker.clock.now() + departedMs
  }

  due(): void {
    this.end('the client left, and what it had sent could not be read in time')
  }

  end(sentence: string): void {
    this.#connection?.end(sentence)
  }

  /** The connection has closed. A Set that has grown keeps what was in it for a while; not the connection. */
  over(): void {
    this.#connection = undefined
    this.#all.delete(this)
    this.#broker.deadlines.remove(this)
  }
}

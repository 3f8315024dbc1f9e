/**
 * Broker and model side by side: writing, time, and the comparison. After each step everything has come to rest, so what was
 * received since the last one is what this step caused.
 */
import { deepStrictEqual, fail, ok } from 'node:assert/strict'
import type { Packet, ProtocolVersion } from '@mq/core'
import { encoded } from '../bytes/mutation.ts'
import { createWorld, settle, type World } from '../world.ts'
import { Model } from './model.ts'
import type { Scenario } from './operation.ts'
import { checkSettled, receive } from './receive.ts'
import { type Connection, type Session, silentUntilMs } from './state.ts'

export const sessionExpiryMaximum = 86_400

export class Stage {
  readonly world: World
  readonly model: Model
  /** Connections that this step ends, by whichever side. */
  #leaving: { readonly session: Session; readonly connection: Connection }[] = []
  #messages = 0
  #packetId = 0

  constructor(scenario: Scenario) {
    const { queueMessagesMax, queuePolicy, queueQos0 } = scenario
    this.world = createWorld({ limits: { queueMessagesMax, queuePolicy, queueQos0, sessionExpiryMaximum } })
    this.model = new Model(scenario, this.world.clock.now())
  }

  /** Time passes, from one thing that happens by itself to the next. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.model.nowMs + ms
    for (;;) {
      const next = Math.min(this.model.nextEventMs(), untilMs)
      this.world.clock.advance(next - this.model.nowMs)
      this.model.nowMs = next
      for (const session of [...this.model.sessions.values()]) {
        const { connection } = session
        if (connection === undefined || connection.keepAlive === 0 || silentUntilMs(connection) > next) continue
        if (connection.version === 5) expectAnswer(connection, 'disconnect', { reasonCode: 0x8d })
        this.leave(session, connection, true)
      }
      this.model.due()
      await this.rest()
      if (next === untilMs) return
    }
  }

  /**
   * A publisher whose receivers are behind may not be listened to for a while (at most a quarter of a second, as long as they
   * do not move). That is nothing that the specification speaks about, so it is waited for.
   */
  async heardAgain(session: Session, connection: Connection): Promise<void> {
    await this.pass(307)
    if (session.connection !== connection) return
    // When it was heard last is certain again.
    connection.expected.push({ type: 'pingresp', check: () => undefined })
    this.write(connection, { type: 'pingreq' })
    await this.rest()
  }

  leave(session: Session, connection: Connection, publishWill: boolean): void {
    this.#leaving.push({ session, connection })
    this.model.detach(session, publishWill)
  }

  /** Everything comes to rest, and is compared. */
  async rest(): Promise<void> {
    await settle(this.world)
    const model = this.model
    for (const { session, connection } of this.#leaving.splice(0)) {
      receive(model, session, connection)
      deepStrictEqual(connection.expected, [], `${session.clientId} waits for more`)
      ok(connection.raw.isClosed, `the connection of ${session.clientId} is still open`)
    }
    const there = [...model.sessions.values()].flatMap((session) =>
      session.connection === undefined ? [] : [{ session, connection: session.connection }],
    )
    for (const { session, connection } of there) receive(model, session, connection)
    for (const { session, connection } of there) checkSettled(model, session, connection)
    const { connections, sessions, subscriptions } = this.world.broker.stats
    const subscribed = [...model.sessions.values()].reduce((sum, each) => sum + each.subscriptions.size, 0)
    deepStrictEqual(
      { connections, sessions, subscriptions },
      { connections: there.length, sessions: model.sessions.size, subscriptions: subscribed },
    )
  }

  at(client: number): { readonly session: Session; readonly connection: Connection } | undefined {
    const session = this.model.sessions.get(clientId(client))
    return session?.connection && { session, connection: session.connection }
  }

  write(connection: Connection, packet: Packet): void {
    connection.raw.write(bytesOf(packet, connection.version))
    connection.heardMs = this.model.nowMs
  }

  /** A Packet Identifier that is not in use. */
  nextId(): number {
    this.#packetId = (this.#packetId % 65_535) + 1
    return this.#packetId
  }

  /** Something that no other message says. */
  nextMessage(): number {
    return ++this.#messages
  }
}

export function clientId(client: number): string {
  return `c${client}`
}

/** The next answer is of this type and has these fields. */
export function expectAnswer(
  connection: Connection,
  type: Packet['type'],
  fields: Readonly<Record<string, unknown>>,
): void {
  connection.expected.push({
    type,
    check: (packet) => {
      const seen = Object.fromEntries(Object.entries(packet).filter(([name]) => name in fields))
      deepStrictEqual(seen, fields)
    },
  })
}

function bytesOf(packet: Packet, version: ProtocolVersion): Uint8Array {
  return encoded(packet, version) ?? fail(`cannot be written: ${JSON.stringify(packet)}`)
}

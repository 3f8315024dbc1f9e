/** Carries out operations, one after the other: what a client does, and what the model says of it. */
import { equal, ok } from 'node:assert/strict'
import type { AckPacket, PublishPacket } from '@mq/core'
import { closeWorld, settle, turn, type World } from '../world.ts'
import { comeBack, connect } from './connect.ts'
import type { Model } from './model.ts'
import {
  clientCount,
  type FilterWish,
  filters,
  mixedClient,
  type Operation,
  type PublishOperation,
  type Scenario,
} from './operation.ts'
import { receive } from './receive.ts'
import { clientId, expectAnswer, Stage } from './stage.ts'
import { type Connection, hasQuota, type Message, type Session } from './state.ts'

export class Simulation {
  readonly #stage: Stage
  readonly #scenario: Scenario

  constructor(scenario: Scenario) {
    this.#stage = new Stage(scenario)
    this.#scenario = scenario
  }

  get world(): World {
    return this.#stage.world
  }

  async run(operation: Operation): Promise<void> {
    switch (operation.type) {
      case 'connect':
        return connect(this.#stage, operation)
      case 'time':
        return this.#stage.pass(operation.ms)
      case 'race':
        return this.#race(operation.publish, operation.victim, operation.turns)
      default: {
        const at = this.#stage.at(operation.client)
        if (at !== undefined) await this.#act(operation, at.session, at.connection)
      }
    }
  }

  /** Everybody comes back and takes everything; nothing that was required may be missing. Then everybody goes. */
  async finish(): Promise<void> {
    for (let client = 0; client < clientCount; client++) {
      const before = this.#stage.model.sessions.get(clientId(client))
      if (before === undefined) continue
      if (before.connection === undefined || (before.connection.receiveMaximum < 100 && before.expiry > 0)) {
        await connect(this.#stage, { ...comeBack, client, expiry: before.expiry })
      }
    }
    // Only now: who comes back may cause a Will, which somebody else is to take.
    for (const session of this.#stage.model.sessions.values()) {
      for (let round = 0; session.inFlight.length > 0; round++) {
        ok(round < 50, `${session.clientId} takes everything, and there is always more`)
        await this.run({ type: 'acknowledge', client: session.client, count: 100, refuse: false })
      }
    }
    for (const { message, group, required } of this.#stage.model.obligations) {
      ok(!required || message.expiresAtMs <= this.#stage.model.nowMs, `nobody of ${group} gets ${message.id}`)
    }
    for (let client = 0; client < clientCount; client++) {
      await this.run({ type: 'disconnect', client, withWill: false, expiry: 0 })
    }
    await closeWorld(this.#stage.world)
  }

  async #act(
    operation: Exclude<Operation, { type: 'connect' | 'time' | 'race' }>,
    session: Session,
    connection: Connection,
  ): Promise<void> {
    switch (operation.type) {
      case 'subscribe':
        return this.#subscribe(operation.wishes, operation.identifier, session, connection)
      case 'unsubscribe':
        return this.#unsubscribe(operation.filters, session, connection)
      case 'publish': {
        const before = session.unreleased.at(-1)
        this.#publish(operation, session, connection, undefined)
        await this.#stage.rest()
        const isBehind = (each: Session): boolean => each.connection !== undefined && !hasQuota(each)
        if ([...this.#stage.model.sessions.values()].some(isBehind)) await this.#stage.heardAgain(session, connection)
        if (session.connection !== connection) return
        const last = session.unreleased.at(-1)
        if (!operation.release || last === undefined || last === before) return
        session.unreleased.pop()
        return this.#release(last.packetId, connection)
      }
      case 'release': {
        const oldest = session.unreleased.shift()
        return oldest && this.#release(oldest.packetId, connection)
      }
      case 'republish': {
        const again = session.unreleased.find((each) => each.isOld)
        if (again === undefined) return
        again.isOld = false
        // [MQTT-4.3.3-10]
        expectAnswer(connection, 'pubrec', { packetId: again.packetId, reasonCode: 0 })
        this.#stage.write(connection, { ...again.packet, dup: true })
        return this.#stage.rest()
      }
      case 'acknowledge':
        return this.#acknowledge(operation.count, operation.refuse, session, connection)
      case 'cut':
        connection.raw.destroy()
        this.#stage.leave(session, connection, true)
        return this.#stage.rest()
      case 'disconnect': {
        const is5 = connection.version === 5
        // [MQTT-3.14.2-2]
        const expiry = is5 && (session.expiry > 0 || operation.expiry === 0) ? operation.expiry : undefined
        const properties = expiry === undefined ? {} : { properties: { sessionExpiryInterval: expiry } }
        const withWill = is5 && operation.withWill
        this.#stage.write(connection, { type: 'disconnect', reasonCode: withWill ? 4 : 0, ...properties })
        if (expiry !== undefined) session.expiry = expiry
        this.#stage.leave(session, connection, withWill)
        return this.#stage.rest()
      }
      default:
        return unreachable(operation)
    }
  }

  #subscribe(
    wishes: readonly FilterWish[],
    identifier: number,
    session: Session,
    connection: Connection,
  ): Promise<void> {
    if (session.client === mixedClient) this.#request(wishes, identifier, session, connection)
    // Each filter has an identifier of its own, so that every copy says what it was sent for.
    else for (const each of wishes) this.#request([each], filters.indexOf(each.filter) + 1, session, connection)
    return this.#stage.rest()
  }

  #request(given: readonly FilterWish[], identifier: number, session: Session, connection: Connection): void {
    const is5 = connection.version === 5
    const packetId = this.#stage.nextId()
    const wishes = is5
      ? given
      : given.map((each) => ({ ...each, noLocal: false, retainAsPublished: false, retainHandling: 0 as const }))
    for (const wish of wishes) this.#stage.model.subscribe(session, { ...wish, identifier: is5 ? identifier : 0 })
    expectAnswer(connection, 'suback', { packetId, reasonCodes: wishes.map((each) => each.qos) })
    this.#stage.write(connection, {
      type: 'subscribe',
      packetId,
      subscriptions: wishes.map(({ filter, ...wish }) => ({ topicFilter: filter, ...wish })),
      ...(is5 && identifier > 0 && { properties: { subscriptionIdentifier: identifier } }),
    })
  }

  #unsubscribe(filters: readonly string[], session: Session, connection: Connection): Promise<void> {
    const packetId = this.#stage.nextId()
    const reasonCodes = filters.map((filter) => {
      if (!session.subscriptions.delete(filter)) return 0x11
      this.#stage.model.unsubscribed(session, filter)
      return 0
    })
    expectAnswer(connection, 'unsuback', { packetId, reasonCodes: connection.version === 5 ? reasonCodes : [] })
    this.#stage.write(connection, { type: 'unsubscribe', packetId, topicFilters: filters })
    return this.#stage.rest()
  }

  /** `victim` is cut off meanwhile: who gets the message is then open, and so is its answer. */
  #publish(operation: PublishOperation, session: Session, connection: Connection, victim: Session | undefined): Routed {
    const { topic, qos, retain, size } = operation
    const is5 = connection.version === 5
    const expiry = is5 ? operation.expiry : 0
    const id = `m${this.#stage.nextMessage()}`
    const payload = size === 'empty' ? '' : size === 'big' ? `${id} ${'x'.repeat(200)}` : id
    const packetId = qos > 0 ? this.#stage.nextId() : 0
    const packet: PublishPacket = {
      type: 'publish',
      topicName: topic,
      payload: new TextEncoder().encode(payload),
      qos,
      retain,
      dup: false,
      ...(qos > 0 && { packetId }),
      ...(is5 && {
        properties: { userProperties: [['id', id]], ...(expiry > 0 && { messageExpiryInterval: expiry }) },
      }),
    }
    const message: Message = {
      id,
      topic,
      qos,
      retain,
      isEmpty: size === 'empty',
      isBig: size === 'big',
      expiresAtMs: expiry > 0 ? this.#stage.model.nowMs + expiry * 1000 : Number.POSITIVE_INFINITY,
      publisher: session.clientId,
    }
    const routed = this.#stage.model.publish(message, session)
    if (qos > 0) {
      connection.expected.push({
        type: qos === 1 ? 'puback' : 'pubrec',
        check: (answer) => {
          const { packetId: answered, reasonCode } = answer as AckPacket
          equal(answered, packetId)
          if (reasonCode === 0x97) ok(this.#stage.model.refused(message, routed), `${id} is refused for no reason`)
          else if (reasonCode === 0x10) ok(!routed.matched || victim !== undefined, `${id} matches, and 0x10 says not`)
          else equal(reasonCode, 0)
          if (!is5) equal(reasonCode, 0)
          if (qos === 2 && reasonCode < 0x80) session.unreleased.push({ packetId, packet, isOld: false })
        },
      })
    }
    this.#stage.write(connection, packet)
    return routed
  }

  #release(packetId: number, connection: Connection): Promise<void> {
    expectAnswer(connection, 'pubcomp', { packetId, reasonCode: 0 })
    this.#stage.write(connection, { type: 'pubrel', packetId, reasonCode: 0 })
    return this.#stage.rest()
  }

  #acknowledge(count: number, refuse: boolean, session: Session, connection: Connection): Promise<void> {
    const reasonCode = refuse && connection.version === 5 ? 0x80 : 0
    for (const entry of session.inFlight.filter((each) => each.isSent).slice(0, count)) {
      const { packetId, copy, state } = entry
      const type = state === 'pubrel' ? 'pubcomp' : copy.qos === 1 ? 'puback' : 'pubrec'
      this.#stage.write(connection, { type, packetId, reasonCode: type === 'pubcomp' ? 0 : reasonCode })
      if (type === 'pubrec' && reasonCode < 0x80) entry.state = 'pubrec'
      else session.inFlight.splice(session.inFlight.indexOf(entry), 1)
    }
    return this.#stage.rest()
  }

  async #race(publish: PublishOperation, victimClient: number, turns: number): Promise<void> {
    const from = this.#stage.at(publish.client)
    const to = this.#stage.at(victimClient)
    if (from === undefined || to === undefined || from === to || publish.client === victimClient) return
    const { session: victim, connection } = to
    // Which of two retained messages was the last could not be told.
    if (publish.retain && connection.will?.message.retain === true) return
    const { owed, shared } = this.#publish(publish, from.session, from.connection, victim)
    for (let i = 0; i < turns; i++) await turn()
    connection.raw.destroy()
    await settle(this.#stage.world)
    receive(this.#stage.model, victim, connection)
    const mayOverflow = this.#scenario.queueMessagesMax < 10
    for (const each of victim.owed) {
      if (owed.includes(each)) {
        each.mayBeSent = true
        if (each.qos === 0) each.required = false
      }
      if (mayOverflow) each.required = false
    }
    for (const each of shared) {
      if (!each.candidates.has(victim)) continue
      each.mayBeSent = true
      each.required = false
    }
    this.#stage.leave(victim, connection, true)
    await this.#stage.rest()
    await this.#stage.heardAgain(from.session, from.connection)
  }
}

type Routed = ReturnType<Model['publish']>

function unreachable(operation: never): never {
  throw new TypeError(`no such operation: ${JSON.stringify(operation)}`)
}

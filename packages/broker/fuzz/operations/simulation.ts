/**
 * Carries out operations on a broker and on the model side by side. After each step everything has come to rest, so what
 * was received since the last one is what this step caused.
 */
import { deepStrictEqual, equal, fail, ok } from 'node:assert/strict'
import type { AckPacket, Packet, ProtocolVersion, PublishPacket } from '@mq/core'
import { encoded } from '../bytes/mutation.ts'
import { closeWorld, createWorld, RawConnection, settle, turn, type World } from '../world.ts'
import { type Connection, hasQuota, type Message, Model, type Session, silentUntilMs, smallMax } from './model.ts'
import type { ConnectOperation, Operation, PublishOperation, Scenario } from './operation.ts'
import { clientCount } from './operation.ts'
import { checkSettled, receive } from './receive.ts'

const sessionExpiryMaximum = 86_400

export class Simulation {
  readonly world: World
  readonly #model: Model
  readonly #scenario: Scenario
  /** Connections that this step ends, by whichever side. */
  #leaving: { readonly session: Session; readonly connection: Connection }[] = []
  #messages = 0
  #packetId = 0

  constructor(scenario: Scenario) {
    const { queueMessagesMax, queuePolicy, queueQos0 } = scenario
    this.world = createWorld({ limits: { queueMessagesMax, queuePolicy, queueQos0, sessionExpiryMaximum } })
    this.#scenario = scenario
    this.#model = new Model(scenario, this.world.clock.now())
  }

  async run(operation: Operation): Promise<void> {
    switch (operation.type) {
      case 'connect':
        return this.#connect(operation)
      case 'time':
        return this.#pass(operation.ms)
      case 'race':
        return this.#race(operation.publish, operation.victim, operation.turns)
      default: {
        const at = this.#at(operation.client)
        if (at !== undefined) await this.#act(operation, at.session, at.connection)
      }
    }
  }

  /** Everybody comes back and takes everything; nothing that was required may be missing. Then everybody goes. */
  async finish(): Promise<void> {
    for (let client = 0; client < clientCount; client++) {
      const before = this.#model.sessions.get(clientId(client))
      if (before === undefined) continue
      if (before.connection === undefined || (before.connection.receiveMaximum < 100 && before.expiry > 0)) {
        await this.#connect({ ...comeBack, client, expiry: before.expiry })
      }
      const session = this.#model.sessions.get(clientId(client))
      for (let round = 0; session !== undefined && session.inFlight.length > 0; round++) {
        ok(round < 50, `${session.clientId} takes everything, and there is always more`)
        await this.run({ type: 'acknowledge', client, count: 100, refuse: false })
      }
    }
    for (const { message, groups, required } of this.#model.obligations) {
      ok(!required || message.expiresAtMs <= this.#model.nowMs, `nobody of ${[...groups]} gets ${message.id}`)
    }
    for (let client = 0; client < clientCount; client++) {
      await this.run({ type: 'disconnect', client, withWill: false, expiry: 0 })
    }
    await closeWorld(this.world)
  }

  async #act(
    operation: Exclude<Operation, { type: 'connect' | 'time' | 'race' }>,
    session: Session,
    connection: Connection,
  ): Promise<void> {
    switch (operation.type) {
      case 'subscribe':
        return this.#subscribe(operation, session, connection)
      case 'unsubscribe':
        return this.#unsubscribe(operation.filters, session, connection)
      case 'publish': {
        this.#publish(operation, session, connection, undefined)
        await this.#rest()
        const isBehind = (each: Session): boolean => each.connection !== undefined && !hasQuota(each)
        if ([...this.#model.sessions.values()].some(isBehind)) await this.#heardAgain(session, connection)
        if (session.connection !== connection) return
        const last = session.unreleased.at(-1)
        if (!operation.release || last === undefined || last.packetId !== this.#packetId) return
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
        this.#write(connection, { ...again.packet, dup: true })
        return this.#rest()
      }
      case 'acknowledge':
        return this.#acknowledge(operation.count, operation.refuse, session, connection)
      case 'cut':
        connection.raw.destroy()
        this.#leave(session, connection, true)
        return this.#rest()
      case 'disconnect': {
        const is5 = connection.version === 5
        // [MQTT-3.14.2-2]
        const expiry = is5 && (session.expiry > 0 || operation.expiry === 0) ? operation.expiry : undefined
        const properties = expiry === undefined ? {} : { properties: { sessionExpiryInterval: expiry } }
        const withWill = is5 && operation.withWill
        this.#write(connection, { type: 'disconnect', reasonCode: withWill ? 4 : 0, ...properties })
        if (expiry !== undefined) session.expiry = expiry
        this.#leave(session, connection, withWill)
        return this.#rest()
      }
      default:
        return unreachable(operation)
    }
  }

  async #connect(operation: ConnectOperation): Promise<void> {
    const { client, version, receiveMaximum, small, topicAliasMaximum, will } = operation
    // Not the same for all, so that they do not fall silent together.
    const keepAlive = operation.keepAlive === 0 ? 0 : operation.keepAlive + client
    const model = this.#model
    const is5 = version === 5
    // 3.1 and 3.1.1 have sessions without an end, which the server's maximum ends.
    const wanted = is5 ? operation.expiry : operation.cleanStart ? 0 : sessionExpiryMaximum
    const expiry = Math.min(wanted, sessionExpiryMaximum)
    const before = model.sessions.get(clientId(client))
    if (before?.connection !== undefined) {
      // [MQTT-3.1.4-3]
      if (before.connection.version === 5) expectAnswer(before.connection, 'disconnect', { reasonCode: 0x8e })
      this.#leave(before, before.connection, true)
    }
    let session = model.sessions.get(clientId(client))
    if (session !== undefined && operation.cleanStart) {
      model.end(session)
      session = undefined
    }
    const sessionPresent = session !== undefined && version > 3
    if (session === undefined) session = freshSession(client)
    model.sessions.set(session.clientId, session)
    session.will = undefined
    session.expiry = expiry
    const raw = new RawConnection(this.world, version)
    const connection: Connection = {
      raw,
      version,
      receiveMaximum: is5 ? receiveMaximum : 65_535,
      isSmall: is5 && small,
      keepAlive,
      will: will && { message: this.#willMessage(will, session), delay: is5 ? will.delay : 0 },
      aliases: new Map(),
      expected: [],
      heardMs: model.nowMs,
      seen: 0,
    }
    session.connection = connection
    if (connection.isSmall) {
      for (const each of session.inFlight)
        if (each.copy.message.isBig && each.state === 'publish') each.mayBeLost = true
      for (const each of session.owed) if (each.message.isBig) each.required = false
    }
    connection.expected.push({
      type: 'connack',
      check: (packet) => {
        const { reasonCode, sessionPresent: present, properties } = packet as Extract<Packet, { type: 'connack' }>
        equal(reasonCode, 0)
        equal(present, sessionPresent, `${session.clientId}: Session Present`)
        if (is5) equal(properties?.sessionExpiryInterval ?? wanted, expiry)
      },
    })
    this.#write(connection, {
      type: 'connect',
      protocolVersion: version,
      cleanStart: operation.cleanStart,
      keepAlive,
      clientId: session.clientId,
      ...(will && {
        will: {
          topicName: will.topic,
          payload: new TextEncoder().encode(connection.will?.message.id),
          qos: will.qos,
          retain: will.retain,
          ...(is5 && { properties: { willDelayInterval: will.delay } }),
        },
      }),
      ...(is5 && {
        properties: {
          sessionExpiryInterval: operation.expiry,
          receiveMaximum,
          topicAliasMaximum,
          ...(small && { maximumPacketSize: smallMax }),
        },
      }),
    })
    await this.#rest()
  }

  #subscribe(
    { wishes, identifier }: Extract<Operation, { type: 'subscribe' }>,
    session: Session,
    connection: Connection,
  ): Promise<void> {
    const is5 = connection.version === 5
    const packetId = this.#nextId()
    for (const given of wishes) {
      const wish = is5 ? given : { ...given, noLocal: false, retainAsPublished: false, retainHandling: 0 as const }
      const subscription = { ...wish, identifier: is5 ? identifier : 0 }
      const isNew = !session.subscriptions.has(wish.filter)
      for (const each of session.owed)
        if (each.kind === 'retained' && each.filters.has(wish.filter)) each.required = false
      session.subscriptions.set(wish.filter, subscription)
      const isShared = wish.filter.startsWith('$share/')
      // [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]
      const wantsRetained = wish.retainHandling === 0 || (wish.retainHandling === 1 && isNew)
      if (wantsRetained && !isShared) this.#model.oweRetained(session, subscription)
    }
    expectAnswer(connection, 'suback', { packetId, reasonCodes: wishes.map((each) => each.qos) })
    this.#write(connection, {
      type: 'subscribe',
      packetId,
      subscriptions: wishes.map(({ filter, ...wish }) => ({ topicFilter: filter, ...wish })),
      ...(is5 && identifier > 0 && { properties: { subscriptionIdentifier: identifier } }),
    })
    return this.#rest()
  }

  #unsubscribe(filters: readonly string[], session: Session, connection: Connection): Promise<void> {
    const packetId = this.#nextId()
    const reasonCodes = filters.map((filter) => {
      if (!session.subscriptions.delete(filter)) return 0x11
      this.#model.unsubscribed(session, filter)
      return 0
    })
    expectAnswer(connection, 'unsuback', { packetId, reasonCodes: connection.version === 5 ? reasonCodes : [] })
    this.#write(connection, { type: 'unsubscribe', packetId, topicFilters: filters })
    return this.#rest()
  }

  /** `victim` is cut off meanwhile: who gets the message is then open, and so is its answer. */
  #publish(operation: PublishOperation, session: Session, connection: Connection, victim: Session | undefined): Routed {
    const { topic, qos, retain, size } = operation
    const is5 = connection.version === 5
    const expiry = is5 ? operation.expiry : 0
    const id = size === 'empty' ? `empty ${topic}` : `m${++this.#messages}`
    const payload = size === 'empty' ? '' : size === 'big' ? `${id} ${'x'.repeat(200)}` : id
    const packetId = qos > 0 ? this.#nextId() : 0
    const packet: PublishPacket = {
      type: 'publish',
      topicName: topic,
      payload: new TextEncoder().encode(payload),
      qos,
      retain,
      dup: false,
      ...(qos > 0 && { packetId }),
      ...(expiry > 0 && { properties: { messageExpiryInterval: expiry } }),
    }
    const message: Message = {
      id,
      topic,
      qos,
      retain,
      isEmpty: size === 'empty',
      isBig: size === 'big',
      expiresAtMs: expiry > 0 ? this.#model.nowMs + expiry * 1000 : Number.POSITIVE_INFINITY,
      publisher: session.clientId,
    }
    const routed = this.#model.publish(message, session)
    if (qos > 0) {
      connection.expected.push({
        type: qos === 1 ? 'puback' : 'pubrec',
        check: (answer) => {
          const { packetId: answered, reasonCode } = answer as AckPacket
          equal(answered, packetId)
          if (reasonCode === 0x97) ok(this.#model.refused(routed.owed, routed.shared), `${id} is refused for no reason`)
          else if (reasonCode === 0x10) ok(!routed.matched || victim !== undefined, `${id} matches, and 0x10 says not`)
          else equal(reasonCode, 0)
          if (!is5) equal(reasonCode, 0)
          if (qos === 2 && reasonCode < 0x80) session.unreleased.push({ packetId, packet, isOld: false })
        },
      })
    }
    this.#write(connection, packet)
    return routed
  }

  #release(packetId: number, connection: Connection): Promise<void> {
    expectAnswer(connection, 'pubcomp', { packetId, reasonCode: 0 })
    this.#write(connection, { type: 'pubrel', packetId, reasonCode: 0 })
    return this.#rest()
  }

  #acknowledge(count: number, refuse: boolean, session: Session, connection: Connection): Promise<void> {
    const reasonCode = refuse && connection.version === 5 ? 0x80 : 0
    for (const entry of session.inFlight.filter((each) => each.isSent).slice(0, count)) {
      const { packetId, copy, state } = entry
      const type = state === 'pubrel' ? 'pubcomp' : copy.qos === 1 ? 'puback' : 'pubrec'
      this.#write(connection, { type, packetId, reasonCode: type === 'pubcomp' ? 0 : reasonCode })
      if (type === 'pubrec' && reasonCode < 0x80) entry.state = 'pubrec'
      else session.inFlight.splice(session.inFlight.indexOf(entry), 1)
    }
    return this.#rest()
  }

  /** Time passes, from one thing that happens by itself to the next. */
  async #pass(ms: number): Promise<void> {
    const untilMs = this.#model.nowMs + ms
    for (;;) {
      const next = Math.min(this.#model.nextEventMs(), untilMs)
      this.world.clock.advance(next - this.#model.nowMs)
      this.#model.nowMs = next
      for (const session of [...this.#model.sessions.values()]) {
        const { connection } = session
        if (connection === undefined || connection.keepAlive === 0 || silentUntilMs(connection) > next) continue
        if (connection.version === 5) expectAnswer(connection, 'disconnect', { reasonCode: 0x8d })
        this.#leave(session, connection, true)
      }
      this.#model.due()
      await this.#rest()
      if (next === untilMs) return
    }
  }

  async #race(publish: PublishOperation, victimClient: number, turns: number): Promise<void> {
    const from = this.#at(publish.client)
    const to = this.#at(victimClient)
    if (from === undefined || to === undefined || from === to || publish.client === victimClient) return
    const { session: victim, connection } = to
    // Which of two retained messages was the last could not be told.
    if (publish.retain && connection.will?.message.retain === true) return
    const { owed, shared } = this.#publish(publish, from.session, from.connection, victim)
    for (let i = 0; i < turns; i++) await turn()
    connection.raw.destroy()
    await settle(this.world)
    receive(this.#model, victim, connection)
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
    this.#leave(victim, connection, true)
    await this.#rest()
    await this.#heardAgain(from.session, from.connection)
  }

  /**
   * A publisher whose receivers are behind may not be listened to for a while (at most a quarter of a second, as long as they
   * do not move). That is nothing that the specification speaks about, so it is waited for.
   */
  async #heardAgain(session: Session, connection: Connection): Promise<void> {
    await this.#pass(307)
    if (session.connection !== connection) return
    // When it was heard last is certain again.
    connection.expected.push({ type: 'pingresp', check: () => undefined })
    this.#write(connection, { type: 'pingreq' })
    await this.#rest()
  }

  #leave(session: Session, connection: Connection, publishWill: boolean): void {
    this.#leaving.push({ session, connection })
    this.#model.detach(session, publishWill)
  }

  /** Everything comes to rest, and is compared. */
  async #rest(): Promise<void> {
    await settle(this.world)
    const model = this.#model
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
    model.met = []
    const { connections, sessions, subscriptions } = this.world.broker.stats
    const subscribed = [...model.sessions.values()].reduce((sum, each) => sum + each.subscriptions.size, 0)
    deepStrictEqual(
      { connections, sessions, subscriptions },
      { connections: there.length, sessions: model.sessions.size, subscriptions: subscribed },
    )
  }

  #at(client: number): { readonly session: Session; readonly connection: Connection } | undefined {
    const session = this.#model.sessions.get(clientId(client))
    return session?.connection && { session, connection: session.connection }
  }

  #willMessage(will: NonNullable<ConnectOperation['will']>, session: Session): Omit<Message, 'expiresAtMs'> {
    const { topic, qos, retain } = will
    return { id: `w${++this.#messages}`, topic, qos, retain, isEmpty: false, isBig: false, publisher: session.clientId }
  }

  #write(connection: Connection, packet: Packet): void {
    connection.raw.write(bytesOf(packet, connection.version))
    connection.heardMs = this.#model.nowMs
  }

  #nextId(): number {
    this.#packetId = (this.#packetId % 65_535) + 1
    return this.#packetId
  }
}

type Routed = ReturnType<Model['publish']>

const comeBack = {
  type: 'connect',
  version: 5,
  cleanStart: false,
  receiveMaximum: 1000,
  topicAliasMaximum: 0,
  small: false,
  keepAlive: 0,
  will: undefined,
} as const

function clientId(client: number): string {
  return `c${client}`
}

function freshSession(client: number): Session {
  return {
    clientId: clientId(client),
    client,
    expiry: 0,
    subscriptions: new Map(),
    owed: [],
    inFlight: [],
    unreleased: [],
    connection: undefined,
    endsAtMs: Number.POSITIVE_INFINITY,
    will: undefined,
  }
}

/** The next answer is of this type and has these fields. */
function expectAnswer(connection: Connection, type: Packet['type'], fields: Readonly<Record<string, unknown>>): void {
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

function unreachable(operation: never): never {
  throw new TypeError(`no such operation: ${JSON.stringify(operation)}`)
}

/** What a client received, held against what the model says it is owed. Throws where they disagree. */
import { deepStrictEqual, equal, fail, ok } from 'node:assert/strict'
import type { Packet, PublishPacket } from '@mq/core'
import type { Model } from './model.ts'
import {
  type Connection,
  type Copy,
  hasQuota,
  type InFlight,
  type Message,
  type Obligation,
  type Owed,
  type Session,
  smallMax,
} from './state.ts'

/** Everything that came since the last look. */
export function receive(model: Model, session: Session, connection: Connection): void {
  const { raw } = connection
  equal(raw.problem, undefined, `the broker writes what cannot be read: ${raw.problem?.sentence}`)
  while (connection.seen < raw.received.length) {
    const packet = raw.received[connection.seen]!
    const size = raw.sizes[connection.seen]!
    if (connection.isSmall) ok(size <= smallMax, `${packet.type} of ${size} bytes [MQTT-3.1.2-24]`)
    if (connection.seen === 0) equal(packet.type, 'connack')
    connection.seen++
    if (packet.type === 'publish') receiveMessage(model, session, connection, packet)
    else if (packet.type === 'pubrel') receivePubrel(session, packet.packetId)
    else receiveAnswer(connection, packet)
  }
}

/** After a step everything that was asked for has been answered, and whoever can take messages has got them. */
export function checkSettled(model: Model, session: Session, connection: Connection): void {
  const who = session.clientId
  deepStrictEqual(
    connection.expected.map((each) => each.type),
    [],
    `${who} waits for these`,
  )
  ok(!connection.raw.isClosed, `${who} was disconnected`)
  for (const each of session.inFlight) {
    ok(each.state !== 'pubrec', `${who} gets no PUBREL for ${each.packetId} [MQTT-4.3.3-4]`)
  }
  if (!hasQuota(session)) return
  session.inFlight = session.inFlight.filter((each) => each.isSent || !each.mayBeLost)
  for (const each of session.inFlight) {
    ok(each.isSent, `${who} is not sent ${describe(each.copy)} again under ${each.packetId} [MQTT-4.4.0-1]`)
  }
  for (const each of session.owed) {
    if (!each.required || each.message.expiresAtMs <= model.nowMs) continue
    if (connection.isSmall && each.message.isBig) continue
    fail(`${who} does not get ${describe(each)} (${each.kind}), and nothing stands in the way`)
  }
  for (const { message, group, required } of model.drained(session)) {
    ok(!required || message.expiresAtMs <= model.nowMs, `nobody of ${group} gets ${message.id} on ${message.topic}`)
  }
}

function receiveAnswer(connection: Connection, packet: Packet): void {
  const expectation = connection.expected.shift()
  ok(expectation !== undefined, `nobody asked for ${JSON.stringify(packet)}`)
  equal(packet.type, expectation.type)
  expectation.check(packet)
}

function receivePubrel(session: Session, packetId: number): void {
  const entry = session.inFlight.find((each) => each.packetId === packetId)
  ok(entry !== undefined, `PUBREL for ${packetId}, which is not in use`)
  ok(
    entry.state === 'pubrec' || (entry.state === 'pubrel' && !entry.isSent),
    `PUBREL for ${packetId} in ${entry.state}`,
  )
  if (!entry.isSent) inOrder(session, entry)
  entry.state = 'pubrel'
  entry.isSent = true
}

function receiveMessage(model: Model, session: Session, connection: Connection, packet: PublishPacket): void {
  const topic = topicOf(connection, packet)
  const is = (message: Message): boolean => isMessage(packet, topic, message)
  const what = `${session.clientId} gets ${name(packet)} on ${topic} (QoS ${packet.qos}, DUP ${packet.dup}, id ${packet.packetId})`
  if (packet.packetId !== undefined) {
    session.inFlight = session.inFlight.filter(
      (each) => each.packetId !== packet.packetId || packet.dup || each.isSent || !each.mayBeLost,
    )
    const known = session.inFlight.find((each) => each.packetId === packet.packetId)
    if (known !== undefined) {
      // [MQTT-2.2.1-4] An identifier is in use until its exchange is over, and after PUBREC nothing is sent again [MQTT-4.3.3-5].
      ok(known.state === 'publish' && !known.isSent, `${what}: its identifier is in use for ${describe(known.copy)}`)
      ok(is(known.copy.message), `${what}: under this identifier it was ${known.copy.message.id}`)
      equal(packet.qos, known.copy.qos, what)
      ok(packet.dup, `${what}: sent again without DUP [MQTT-3.3.1-1]`)
      inOrder(session, known)
      known.isSent = true
      count(session, connection, known, what)
      return
    }
  }
  const { copy, obligation } = take(model, session, connection, packet, is, what)
  if (packet.packetId === undefined) return
  const inFlight: InFlight = {
    packetId: packet.packetId,
    copy,
    obligation,
    state: 'publish',
    isSent: true,
    counts: false,
    mayBeLost: false,
  }
  session.inFlight.push(inFlight)
  count(session, connection, inFlight, what)
}

interface Taken {
  readonly copy: Copy
  readonly obligation: Obligation | undefined
}

/** The copy that this packet is, no longer owed. */
function take(
  model: Model,
  session: Session,
  connection: Connection,
  packet: PublishPacket,
  is: (message: Message) => boolean,
  what: string,
): Taken {
  const fits = (copy: Copy): boolean =>
    is(copy.message) &&
    copy.qos === packet.qos &&
    copy.retain === packet.retain &&
    isInTime(model, connection, packet, copy) &&
    (connection.version < 5 || sameNumbers(copy.identifiers, packet.properties?.subscriptionIdentifiers ?? []))
  const find = (kind: Owed['kind'], isRequired: boolean): number =>
    session.owed.findIndex(
      (each) => each.kind === kind && each.required === isRequired && fits(each) && (!packet.dup || each.mayBeSent),
    )
  // A retained message may look like the same one as it was published. What must come goes before what need not.
  const found = [find('live', true), find('retained', true), find('live', false), find('retained', false)]
  const at = found.find((each) => each >= 0)
  if (at !== undefined) {
    checkOrder(session, at, what, model.nowMs)
    return { copy: session.owed.splice(at, 1)[0]!, obligation: undefined }
  }
  for (const [index, obligation] of model.obligations.entries()) {
    const copy = obligation.candidates.get(session)
    if (copy === undefined || !fits(copy) || (packet.dup && !obligation.mayBeSent)) continue
    model.obligations.splice(index, 1)
    return { copy, obligation }
  }
  const others = session.owed.map((each) => `${describe(each)} ${each.kind}${each.mayBeSent ? ' may be sent' : ''}`)
  const { messageExpiryInterval, subscriptionIdentifiers } = packet.properties ?? {}
  return fail(
    `${what}, RETAIN ${packet.retain}, expiry ${messageExpiryInterval}, identifiers ${subscriptionIdentifiers}: not owed. Owed: ${others.join('; ')}`,
  )
}

/** [MQTT-4.6.0-6] The messages of one client on one topic and QoS come in the order in which they were published. */
function checkOrder(session: Session, at: number, what: string, nowMs: number): void {
  const copy = session.owed[at]!
  // Empty messages may look alike: which of them this is cannot be told.
  if (copy.message.isEmpty || session.owed[at]!.kind !== 'live') return
  const isAhead = (other: Copy): boolean =>
    !other.message.isEmpty &&
    other.message.topic === copy.message.topic &&
    other.message.publisher === copy.message.publisher &&
    other.qos === copy.qos
  for (const each of session.owed.slice(0, at)) {
    if (!each.required || each.kind !== 'live' || each.message.expiresAtMs <= nowMs) continue
    ok(!isAhead(each), `${what} before ${describe(each)}`)
  }
  for (const each of session.inFlight) {
    if (each.isSent || each.state !== 'publish' || each.obligation !== undefined) continue
    if (each.mayBeLost) continue
    ok(!isAhead(each.copy), `${what} before ${describe(each.copy)} was sent again`)
  }
}

/** [MQTT-4.6.0-1] What is sent again is sent in the order in which it was sent at first. */
function inOrder(session: Session, entry: InFlight): void {
  const kind = entry.state === 'publish'
  const earlier = session.inFlight
    .slice(0, session.inFlight.indexOf(entry))
    .find((each) => !each.isSent && !each.mayBeLost && (each.state === 'publish') === kind)
  equal(earlier, undefined, `${entry.packetId} is sent again before ${earlier?.packetId}`)
}

/** [MQTT-3.3.4-9] */
function count(session: Session, connection: Connection, entry: { counts: boolean }, what: string): void {
  entry.counts = true
  const unanswered = session.inFlight.filter((each) => each.counts).length
  ok(
    unanswered <= connection.receiveMaximum,
    `${what}: ${unanswered} are unanswered, ${connection.receiveMaximum} allowed`,
  )
}

/** [MQTT-3.3.2-5] [MQTT-3.3.2-6] Not expired (unless it had begun), and it says how long it has. */
function isInTime(
  model: Model,
  { version }: Connection,
  { dup, properties }: PublishPacket,
  { message }: Copy,
): boolean {
  const leftMs = message.expiresAtMs - model.nowMs
  if (leftMs <= 0 && !dup) return false
  const interval = properties?.messageExpiryInterval
  if (version < 5 || leftMs === Number.POSITIVE_INFINITY) return interval === undefined
  return interval !== undefined && Math.abs(interval - Math.max(0, leftMs) / 1000) < 1
}

function topicOf({ aliases }: Connection, { topicName, properties }: PublishPacket): string {
  const alias = properties?.topicAlias
  if (alias === undefined) return topicName
  if (topicName !== '') aliases.set(alias, topicName)
  const topic = aliases.get(alias)
  ok(topic !== undefined, `Topic Alias ${alias} stands for nothing`)
  return topic
}

function sameNumbers(one: readonly number[], other: readonly number[]): boolean {
  return [...one].sort().join() === [...other].sort().join()
}

function describe({ message, qos, retain, identifiers }: Copy): string {
  const { id, topic, expiresAtMs, publisher } = message
  const expiry = expiresAtMs === Number.POSITIVE_INFINITY ? '' : `, until ${expiresAtMs}`
  return `${id} on ${topic} (QoS ${qos}${retain ? ', RETAIN' : ''}${expiry}, identifiers ${identifiers}) of ${publisher}`
}

/** Empty messages that are not tagged, or to who cannot read tags, look alike. */
function isMessage(packet: PublishPacket, topic: string, message: Message): boolean {
  if (topic !== message.topic || (packet.payload.length === 0) !== message.isEmpty) return false
  const tag = packet.properties?.userProperties?.[0]?.[1]
  if (tag !== undefined) return tag === message.id
  return message.isEmpty || name(packet) === message.id
}

/** The first word: what follows makes it big. */
function name({ payload }: PublishPacket): string {
  return payload.length === 0 ? 'an empty message' : (new TextDecoder().decode(payload).split(' ')[0] ?? '')
}

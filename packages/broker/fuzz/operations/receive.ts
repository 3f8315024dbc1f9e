/** What a client received, held against what the model says it is owed. Throws where they disagree. */
import { deepStrictEqual, equal, fail, ok } from 'node:assert/strict'
import type { Packet, PublishPacket } from '@mq/core'
import type { Model } from './model.ts'
import {
  type Connection,
  type Copy,
  hasQuota,
  type InFlight,
  type Met,
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
  for (const { message, groups, required } of model.drained(session)) {
    ok(
      !required || message.expiresAtMs <= model.nowMs,
      `nobody of ${[...groups]} gets ${message.id} on ${message.topic}`,
    )
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
  const id = packet.payload.length === 0 ? `empty ${topic}` : text(packet.payload)
  const what = `${session.clientId} gets ${id} on ${topic} (QoS ${packet.qos}, DUP ${packet.dup}, id ${packet.packetId})`
  if (packet.packetId !== undefined) {
    session.inFlight = session.inFlight.filter(
      (each) => each.packetId !== packet.packetId || packet.dup || each.isSent || !each.mayBeLost,
    )
    const known = session.inFlight.find((each) => each.packetId === packet.packetId)
    if (known !== undefined) {
      // [MQTT-2.2.1-4] An identifier is in use until its exchange is over, and after PUBREC nothing is sent again [MQTT-4.3.3-5].
      ok(known.state === 'publish' && !known.isSent, `${what}: its identifier is in use for ${describe(known.copy)}`)
      equal(id, known.copy.message.id, `${what}: under this identifier it was ${known.copy.message.id}`)
      equal(packet.qos, known.copy.qos, what)
      ok(packet.dup, `${what}: sent again without DUP [MQTT-3.3.1-1]`)
      inOrder(session, known)
      known.isSent = true
      count(session, connection, known, what)
      return
    }
  }
  const { copy, met } = take(model, session, connection, packet, id, topic, what)
  if (packet.packetId === undefined) return
  const inFlight: InFlight = {
    packetId: packet.packetId,
    copy,
    obligation: met?.obligation,
    state: 'publish',
    isSent: true,
    counts: false,
    mayBeLost: false,
  }
  if (met !== undefined) met.inFlight = inFlight
  session.inFlight.push(inFlight)
  count(session, connection, inFlight, what)
}

type Taken = { readonly copy: Copy; readonly met: Met | undefined }

/** The copy that this packet is, no longer owed. */
function take(
  model: Model,
  session: Session,
  connection: Connection,
  packet: PublishPacket,
  id: string,
  topic: string,
  what: string,
): Taken {
  const fits = (copy: Copy): boolean =>
    copy.message.id === id &&
    copy.message.topic === topic &&
    copy.qos === packet.qos &&
    copy.retain === packet.retain &&
    isInTime(model, connection, packet, copy) &&
    (connection.version < 5 || sameNumbers(copy.identifiers, packet.properties?.subscriptionIdentifiers ?? []))
  const isIt = (each: Owed): boolean => fits(each) && (!packet.dup || each.mayBeSent)
  const find = (kind: Owed['kind']): number => {
    const required = session.owed.findIndex((each) => each.kind === kind && each.required && isIt(each))
    return required >= 0 ? required : session.owed.findIndex((each) => each.kind === kind && isIt(each))
  }
  const live = find('live')
  // A full queue may have lost the copy of its own and kept the shared one, which looks the same: then it is still a shared
  // one, which may go to another member, and need not.
  const kept = live >= 0 && session.owed[live]?.required === false ? model.meet(session, fits) : undefined
  if (kept !== undefined) {
    kept.obligation.required = false
    kept.mayBeOwn = true
    model.met.push(kept)
    const copy = kept.obligation.candidates.get(session)?.find((each) => kept.fits(each, kept.obligation))
    return copy === undefined ? fail(what) : { copy, met: kept }
  }
  if (live >= 0) {
    checkOrder(session, live, what, model.nowMs)
    return { copy: session.owed.splice(live, 1)[0]!, met: undefined }
  }
  // A shared copy and a retained one may look the same. What must come goes before what need not.
  const retained = find('retained')
  const mustBeRetained = session.owed[retained]?.required === true
  const meet = (onlyRequired: boolean): Met | undefined =>
    model.meet(
      session,
      (copy, each) => fits(copy) && (!packet.dup || each.mayBeSent) && (each.required || !onlyRequired),
    )
  const met = meet(mustBeRetained)
  if (met === undefined && retained >= 0) return { copy: session.owed.splice(retained, 1)[0]!, met: undefined }
  if (met === undefined) {
    const others = session.owed.map((each) => `${describe(each)} ${each.kind}${each.mayBeSent ? ' may be sent' : ''}`)
    const { messageExpiryInterval, subscriptionIdentifiers } = packet.properties ?? {}
    return fail(
      `${what}, RETAIN ${packet.retain}, expiry ${messageExpiryInterval}, identifiers ${subscriptionIdentifiers}: not owed. Owed: ${others.join('; ')}`,
    )
  }
  model.met.push(met)
  const copy = met.obligation.candidates.get(session)?.find((each) => met.fits(each, met.obligation))
  return copy === undefined ? fail(what) : { copy, met }
}

/** [MQTT-4.6.0-6] The messages of one client on one topic and QoS come in the order in which they were published. */
function checkOrder(session: Session, at: number, what: string, nowMs: number): void {
  const copy = session.owed[at]!
  // Empty messages look alike: which of them this is cannot be told.
  if (copy.message.isEmpty) return
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

/** The first word: what follows makes it big. */
function text(payload: Uint8Array): string {
  return new TextDecoder().decode(payload).split(' ')[0] ?? ''
}

/**
 * PUBLISH (section 3.3): allowed? keep it if it is retained, hand it to its receivers, and promise (PUBACK, PUBREC) once
 * the promise is true. The hot path: without an authorizer and without a store that waits, everything happens here and now.
 */
import { type Publication, ReasonCode, type TopicEntry } from '@mq/core'
import type { Connection } from '../connection/connection.ts'
import { slow } from '../limit/back-pressure.ts'
import { slowPublisher } from '../limit/slow-publisher.ts'
import { fewReceivers } from '../limit/turn.ts'
import type { Route } from '../routing/route.ts'
import { askAuthorizer, whenAnswered } from './ask.ts'
import { isReserved } from './on-connect.ts'

export function onPublish(connection: Connection, publication: Publication, topic: TopicEntry<Route>): void {
  const { broker } = connection
  broker.counters.messagesReceived++
  if (publication.messageExpiryInterval >= 0) {
    publication.expiresAtMs = broker.clock.now() + publication.messageExpiryInterval * 1000
  }
  if (topic.bytes[0] === dollar && isReserved(topic.name)) {
    deny(connection, publication, topic, 'clients do not publish under $SYS/')
    return
  }
  const allowed = askAuthorizer(broker, connection.identity, 'publish', topic.name)
  // Who answered may have ended the client as well. Then nobody has its message, and at QoS 2 it may come again.
  if (connection.machine.isClosed) {
    broker.counters.messagesDiscarded++
    return
  }
  if (allowed === true && !mustWait(connection, topic)) take(connection, publication, topic)
  else if (allowed === false) deny(connection, publication, topic, 'not authorized')
  else {
    // It is decided later: keep the message, and read nothing more from this client until then.
    const message = publication.keep()
    connection.machine.hold()
    whenAnswered(connection, allowed, 'publish', topic.name, (answer) => goOn(connection, message, topic, answer))
  }
}

function mustWait({ broker }: Connection, topic: TopicEntry<Route>): boolean {
  return broker.turn.isSpent && broker.router.countReceivers(topic, undefined) > fewReceivers
}

function goOn(connection: Connection, message: Publication, topic: TopicEntry<Route>, isAllowed: boolean): void {
  if (connection.machine.isClosed) {
    connection.broker.counters.messagesDiscarded++
    return
  }
  if (isAllowed && mustWait(connection, topic)) {
    connection.broker.turn.later(() => connection.guard(() => goOn(connection, message, topic, true)))
    return
  }
  if (!isAllowed) deny(connection, message, topic, 'not authorized')
  else if (message.expiresAtMs <= connection.broker.clock.now()) expire(connection, message)
  else if (take(connection, message, topic)) return
  connection.release()
}

/** It expired while it waited [MQTT-3.3.2-5]: taken, and dropped. */
function expire(connection: Connection, publication: Publication): void {
  connection.broker.counters.dropped.expired++
  if (publication.qos > 0) promise(connection, publication.packetId, ReasonCode.success, undefined)
}

/** PUBREL: the client has seen PUBREC, so the identifier may be forgotten, and PUBCOMP promises that it is. */
export function onReleased(connection: Connection, packetId: number, known: boolean): void {
  const { broker, session, machine } = connection
  if (known && session?.persistent === true) broker.store.forget(connection.clientId, packetId)
  if (broker.gate.open) machine.complete(packetId, known)
  else connection.whenDurable(() => machine.complete(packetId, known))
}

const dollar = 0x24

/** True: its publisher is made to wait, and will be released. */
function take(connection: Connection, publication: Publication, topic: TopicEntry<Route>): boolean {
  const { broker } = connection
  if (publication.retain && !broker.retained.hasRoom(topic.name, publication, connection.identity)) {
    deny(connection, publication, topic, 'no room for one more retained message', ReasonCode.quotaExceeded)
    return false
  }
  if (broker.overload.sheds) return handOnLess(connection, publication, topic)
  return handOn(connection, publication, topic)
}

/**
 * While the broker is overloaded: QoS 0 goes nowhere, and publishers may be slowed. What a topic retains is kept up to date
 * all the same, so whoever subscribes when it is over gets the last value.
 */
function handOnLess(connection: Connection, publication: Publication, topic: TopicEntry<Route>): boolean {
  const { broker, identity, session } = connection
  if (publication.qos === 0) {
    broker.counters.dropped.overload += broker.router.countReceivers(topic, session?.session)
    if (publication.retain) broker.retained.update(topic.name, publication, identity)
  } else if (handOn(connection, publication, topic)) return true
  return slowPublisher(connection)
}

/** To its receivers, and the answer to its publisher. */
function handOn(connection: Connection, publication: Publication, topic: TopicEntry<Route>): boolean {
  const { broker, session } = connection
  const { qos, packetId, retain } = publication
  const deliveredBefore = broker.counters.messagesDelivered
  const routed = broker.router.route(publication, topic, session?.session)
  const deliveries = broker.counters.messagesDelivered - deliveredBefore
  if (deliveries > fewReceivers) broker.turn.spend(deliveries)
  // What its publisher will hear was refused leaves nothing behind. Before 5.0 it hears of success.
  const isRefused = routed === 'refused' && connection.machine.version === 5
  if (retain && !isRefused) broker.retained.update(topic.name, publication, connection.identity)
  const isSlowed = broker.router.congested && slow(connection, broker.router.receivers(topic, session?.session))
  if (qos === 0) return isSlowed
  let reasonCode: number = ReasonCode.success
  let reason: string | undefined
  if (connection.machine.version === 5) {
    if (routed === 'unmatched') reasonCode = ReasonCode.noMatchingSubscribers
    else if (isRefused) {
      // Everybody who wanted it had no room: its publisher hears of it, and may try again.
      reasonCode = ReasonCode.quotaExceeded
      reason = 'no receiver has room for it'
      broker.counters.messagesRefused++
    }
  }
  // What is refused is not held: its identifier is free again with the PUBREC [MQTT-4.3.3-9].
  if (qos === 2 && reasonCode < ReasonCode.unspecifiedError && session?.persistent === true) {
    broker.store.hold(connection.clientId, packetId)
  }
  promise(connection, packetId, reasonCode, reason)
  return isSlowed
}

function deny(
  connection: Connection,
  publication: Publication,
  topic: TopicEntry<Route>,
  reason: string,
  reasonCode: number = ReasonCode.notAuthorized,
): void {
  const { broker, machine } = connection
  broker.counters.messagesRefused++
  const { clientId } = connection
  broker.boundedLog.warn(clientId, { clientId, topicName: topic.name, reason }, 'message refused')
  if (publication.qos === 0) return
  // Before 5.0 there is no way to say so: it is acknowledged and dropped [MQTT311-3.3.5-2].
  promise(connection, publication.packetId, machine.version === 5 ? reasonCode : ReasonCode.success, reason)
}

function promise(connection: Connection, packetId: number, reasonCode: number, reason: string | undefined): void {
  const { broker, machine } = connection
  if (broker.gate.open) machine.acknowledge(packetId, reasonCode, reason)
  else connection.whenDurable(() => machine.acknowledge(packetId, reasonCode, reason))
}

/** CONNECT, with all that it ends, carries on and begins. */
import { equal } from 'node:assert/strict'
import type { Packet } from '@mq/core'
import { RawConnection } from '../world.ts'
import type { ConnectOperation } from './operation.ts'
import { clientId, expectAnswer, type Stage, sessionExpiryMaximum } from './stage.ts'
import { type Connection, type Message, type Session, smallMax } from './state.ts'

/** Back, and ready for everything. */
export const comeBack = {
  type: 'connect',
  version: 5,
  cleanStart: false,
  receiveMaximum: 1000,
  topicAliasMaximum: 0,
  small: false,
  keepAlive: 0,
  will: undefined,
} as const

export async function connect(stage: Stage, operation: ConnectOperation): Promise<void> {
  const { client, version, receiveMaximum, small, topicAliasMaximum, will } = operation
  // Not the same for all, so that they do not fall silent together.
  const keepAlive = operation.keepAlive === 0 ? 0 : operation.keepAlive + client
  const { model } = stage
  const is5 = version === 5
  // 3.1 and 3.1.1 have sessions without an end, which the server's maximum ends.
  const wanted = is5 ? operation.expiry : operation.cleanStart ? 0 : sessionExpiryMaximum
  const expiry = Math.min(wanted, sessionExpiryMaximum)
  const before = model.sessions.get(clientId(client))
  if (before?.connection !== undefined) {
    // [MQTT-3.1.4-3]
    if (before.connection.version === 5) expectAnswer(before.connection, 'disconnect', { reasonCode: 0x8e })
    stage.leave(before, before.connection, true)
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
  const raw = new RawConnection(stage.world, version)
  const connection: Connection = {
    raw,
    version,
    receiveMaximum: is5 ? receiveMaximum : 65_535,
    isSmall: is5 && small,
    keepAlive,
    will: will && { message: willMessage(stage, will, session), delay: is5 ? will.delay : 0 },
    aliases: new Map(),
    expected: [],
    heardMs: model.nowMs,
    seen: 0,
  }
  session.connection = connection
  if (connection.isSmall) {
    for (const each of session.inFlight) if (each.copy.message.isBig && each.state === 'publish') each.mayBeLost = true
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
  stage.write(connection, {
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
  await stage.rest()
}

function willMessage(
  stage: Stage,
  will: NonNullable<ConnectOperation['will']>,
  session: Session,
): Omit<Message, 'expiresAtMs'> {
  const { topic, qos, retain } = will
  return {
    id: `w${stage.nextMessage()}`,
    topic,
    qos,
    retain,
    isEmpty: false,
    isBig: false,
    publisher: session.clientId,
  }
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

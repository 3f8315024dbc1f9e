import { expect, test } from 'vitest'
import type { ConnectPacket, Packet } from '../packet/packet.ts'
import { Session } from '../session/session.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { LinkDriver } from '../testing/link-driver.ts'
import { ScriptedPeer } from '../testing/scripted-peer.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { createSimulatedLink } from '../testing/simulated-link.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { TopicTable } from '../topic/topic-table.ts'
import { ClientConnection } from './client-connection.ts'
import type { ClientCloseReason } from './client-handler.ts'
import { createWorkspace } from './incoming.ts'

function connect(version: ProtocolVersion, more: Partial<ConnectPacket> = {}) {
  const clock = new VirtualClock()
  const link = createSimulatedLink({ clock, random: new SeededRandom(1) })
  const driver = new LinkDriver(link.ends[0], clock)
  const peer = new ScriptedPeer(link.ends[1], version)
  const closed: ClientCloseReason[] = []
  const published: number[] = []
  const session = new Session({
    queue: { messagesMax: 10, bytesMax: 10_000, policy: 'drop-newest' },
    observer: { dropped() {} },
    now: clock.now,
  })
  const machine: ClientConnection<undefined> = new ClientConnection<undefined>({
    connect: { type: 'connect', protocolVersion: version, cleanStart: true, keepAlive: 10, clientId: 'c', ...more },
    workspace: createWorkspace(new TopicTable<undefined>()),
    outlet: driver,
    now: clock.now,
    connackTimeoutMs: 1000,
    topicAliasMaximum: 0,
    sendMaximum: 10,
    handler: {
      connected: () => machine.carry(session),
      publish: (publication) => {
        published.push(publication.packetId)
        if (publication.qos > 0) machine.acknowledge(publication.packetId, 0)
      },
      handlesStill: () => false,
      answered() {},
      auth() {},
      closed: (reason) => {
        closed.push(reason)
        driver.end()
      },
    },
  })
  driver.drive(machine)
  machine.open()
  const say = (...packets: Packet[]) => {
    for (const packet of packets) peer.send(packet)
    clock.advance(200)
  }
  clock.advance(200)
  return { clock, peer, machine, session, closed, published, say }
}

const connack = (more: Partial<Extract<Packet, { type: 'connack' }>> = {}): Packet => ({
  type: 'connack',
  sessionPresent: false,
  reasonCode: 0,
  ...more,
})

test('[MQTT-3.1.0-1] CONNECT is the first packet', () => {
  const { peer } = connect(5)
  expect(peer.received).toMatchObject([{ type: 'connect', clientId: 'c' }])
})

test('without CONNACK in the time allowed the connection is closed', () => {
  const { clock, closed } = connect(5)
  clock.advance(1000)
  expect(closed).toMatchObject([{ by: 'timeout' }])
})

test('[MQTT-3.2.0-1] a packet before CONNACK is refused', () => {
  const { say, closed } = connect(5)
  say({ type: 'pingresp' })
  expect(closed).toMatchObject([{ by: 'fault', fault: { reasonCode: 0x82, clause: 'MQTT-3.2.0-1' } }])
})

test('[MQTT-3.2.0-2] a second CONNACK is refused, and DISCONNECT says so', () => {
  const { say, closed, peer } = connect(5)
  say(connack(), connack())
  expect(closed).toMatchObject([{ by: 'fault', fault: { clause: 'MQTT-3.2.0-2' } }])
  expect(peer.received.at(-1)).toMatchObject({ type: 'disconnect', reasonCode: 0x82 })
})

test('[MQTT-3.2.2-4] Session Present is refused where a new Session was asked for', () => {
  const { say, closed } = connect(5)
  say(connack({ sessionPresent: true }))
  expect(closed).toMatchObject([{ by: 'fault', fault: { clause: 'MQTT-3.2.2-4' } }])
  const other = connect(4, { cleanStart: false })
  other.say(connack({ sessionPresent: true }))
  expect(other.closed).toEqual([])
})

test('[MQTT-3.14.2-2] a DISCONNECT of a server with a Session Expiry Interval is refused', () => {
  const { say, closed } = connect(5)
  say(connack(), { type: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 1 } })
  expect(closed[0]?.by).toBe('fault')
})

test('a refusal of 3.1.1 is told in the terms of 5.0, also where 5.0 was asked for', () => {
  const { say, closed } = connect(4)
  say(connack({ reasonCode: 5 }))
  expect(closed).toMatchObject([{ by: 'refusal', reasonCode: 0x87 }])
  const newer = connect(5)
  newer.peer.sendBytes(Uint8Array.of(0x20, 2, 0, 1))
  newer.clock.advance(200)
  expect(newer.closed).toMatchObject([{ by: 'refusal', reasonCode: 0x84 }])
})

test('[MQTT-4.3.3-11] PUBREL is answered with PUBCOMP, 0x92 where nothing was held', () => {
  const { say, peer } = connect(5)
  const payload = new Uint8Array(0)
  say(
    connack(),
    { type: 'publish', topicName: 'a', payload, qos: 2, retain: false, dup: false, packetId: 3 },
    { type: 'pubrel', packetId: 3, reasonCode: 0 },
    { type: 'pubrel', packetId: 4, reasonCode: 0 },
  )
  expect(peer.received.slice(1)).toMatchObject([
    { type: 'pubrec', packetId: 3, reasonCode: 0 },
    { type: 'pubcomp', packetId: 3, reasonCode: 0 },
    { type: 'pubcomp', packetId: 4, reasonCode: 0x92 },
  ])
})

test('[MQTT-3.14.4-1] after DISCONNECT it neither writes nor reads', () => {
  const { say, machine, peer, closed } = connect(5)
  say(connack())
  machine.disconnect(0)
  expect(machine.request({ type: 'unsubscribe', packetId: 1, topicFilters: ['a'] })).toBe(false)
  machine.disconnect(0x80)
  say(connack())
  expect(peer.received.slice(1)).toMatchObject([{ type: 'disconnect', reasonCode: 0 }])
  expect(closed).toEqual([{ by: 'client', reasonCode: 0 }])
})

test('a server of 3.1 may set DUP in PUBREL (3.1, section 2.1), one of 3.1.1 may not [MQTT311-3.6.1-1]', () => {
  for (const version of [3, 4] as const) {
    const { peer, say, closed, clock } = connect(version)
    say(connack())
    peer.received.length = 0
    peer.sendBytes(Uint8Array.of(0x6a, 2, 0, 9))
    clock.advance(200)
    expect(peer.received).toMatchObject(version === 3 ? [{ type: 'pubcomp', packetId: 9 }] : [])
    expect(closed).toMatchObject(version === 3 ? [] : [{ by: 'fault' }])
  }
})

test('a packet that is still coming in is a sign of life: PINGRESP may stand behind it', () => {
  const { clock, peer, say, closed } = connect(5)
  say(connack())
  peer.sendBytes(Uint8Array.of(0x30, 100, 0, 1, 0x61, 0))
  for (let second = 0; second < 40; second++) {
    peer.sendBytes(Uint8Array.of(0))
    clock.advance(1000)
  }
  expect(peer.received.filter((packet) => packet.type === 'pingreq').length).toBeGreaterThan(2)
  expect(closed).toEqual([])
  clock.advance(20_000)
  expect(closed).toMatchObject([{ by: 'timeout' }])
})

test('a payload that is not the UTF-8 that its publisher promised does not end the connection of who receives it', () => {
  const { peer, say, closed, published } = connect(5)
  say(connack())
  const properties = { payloadFormatIndicator: 1 } as const
  const poison = { type: 'publish', topicName: 'a', payload: Uint8Array.of(0xff), retain: false, dup: false } as const
  say({ ...poison, qos: 1, packetId: 7, properties }, { ...poison, qos: 0, properties })
  expect(closed).toEqual([])
  expect(published).toEqual([7, 0])
  expect(peer.received.at(-1)).toMatchObject({ type: 'puback', packetId: 7, reasonCode: 0 })
})

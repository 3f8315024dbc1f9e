/**
 * A whole broker, fed over a few connections at once, with or without a proper CONNECT first. What it writes can be read and
 * is legal, it says why it ends a connection, a bystander notices nothing, and when all are gone nothing is left of them.
 */
import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import {
  type ConnectPacket,
  decodePacket,
  type Fault,
  FrameReader,
  type Packet,
  type ProtocolVersion,
  ReasonCode,
} from '@mq/core'
import fc from 'fast-check'
import type { Tally, Target } from '../target.ts'
import { setTrap } from '../trap.ts'
import { checkLogs, closeWorld, createWorld, type LogLine, RawConnection, settle, turn, type World } from '../world.ts'
import { encoded, joined, type Stream, stream } from './mutation.ts'
import { anyPacket, anyVersion, clientPacket, friendlyConnect } from './packet-arbitrary.ts'

interface Peer {
  readonly connect: ConnectPacket | undefined
  readonly stream: Stream
  /** Turns of the event loop to wait before each chunk. */
  readonly pauses: readonly number[]
}

const peer: fc.Arbitrary<Peer> = anyVersion.chain((version) =>
  fc.record({
    connect: fc.option(friendlyConnect(version), { nil: undefined, freq: 8 }),
    stream: fc.oneof(
      { weight: 5, arbitrary: stream(version, clientPacket) },
      { weight: 1, arbitrary: stream(version, anyPacket(version)) },
    ),
    pauses: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }),
  }),
)
export const peers: fc.Arbitrary<readonly Peer[]> = fc.array(peer, { minLength: 1, maxLength: 3 })

export const bytesLimits = {
  queueMessagesMax: 4,
  receiveMaximum: 5,
  maximumPacketSize: 1000,
  subscriptionsMax: 5,
  topicAliasMaximum: 16,
} as const

export const brokerTarget: Target = {
  name: 'broker',
  batch: 500,
  property: (tally) =>
    fc.asyncProperty(peers, async (input) => {
      const trap = setTrap()
      const world = createWorld({ limits: bytesLimits })
      try {
        const bystander = await enter(world)
        await feed(world, bystander, input, tally)
        bystander.destroy()
        await settle(world)
        await closeWorld(world)
        trap.check()
      } finally {
        await world.broker.close()
        trap.remove()
      }
    }),
}

/** A client that minds its own business. */
export async function enter(world: World): Promise<RawConnection> {
  const bystander = new RawConnection(world, 5)
  bystander.write(
    bytesOf({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'bystander' }, 5),
  )
  await settle(world)
  equal(bystander.received.shift()?.type, 'connack')
  return bystander
}

/** Everything that the peers have to say, all connections at once; afterwards they are gone. */
export async function feed(
  world: World,
  bystander: RawConnection,
  input: readonly Peer[],
  tally: Tally,
): Promise<void> {
  const connections = input.map(({ stream }) => new RawConnection(world, stream.version))
  await Promise.all(
    input.map(async ({ connect, stream, pauses }, i) => {
      const connection = connections[i]!
      const first = connect === undefined ? [] : [bytesOf(connect, stream.version)]
      for (const [n, chunk] of [...first, ...stream.chunks].entries()) {
        for (let pause = pauses[n % pauses.length]!; pause > 0; pause--) await turn()
        connection.write(chunk)
      }
    }),
  )
  await settle(world)
  tally.cases++
  for (const each of input) tally.packets += 1 + Math.max(1, each.stream.packets.length)
  bystander.write(bytesOf({ type: 'pingreq' }, 5))
  await settle(world)
  equal(bystander.received.shift()?.type, 'pingresp', 'the bystander gets no PINGRESP')
  deepStrictEqual(bystander.received, [], 'the bystander gets what it did not ask for')
  ok(!bystander.isClosed, 'the bystander was disconnected')
  // It outlives many cases, and what it remembers of each would look like a leak.
  bystander.chunks.length = 0
  bystander.sizes.length = 0
  for (const [i, connection] of connections.entries()) checkPeer(connection, input[i]!)
  checkReasons(checkLogs(world), input)
  for (const each of connections) each.destroy()
  await settle(world)
  equal(world.broker.stats.connections, 1, 'connections are left')
}

/** What one connection got, from its first byte to its last. */
function checkPeer(connection: RawConnection, { connect }: Peer): void {
  const { isClosed } = connection
  // A CONNECT that was bent is answered in the version that it says, if it can be told.
  const versions = connect === undefined ? ([3, 4, 5] as const) : [connection.version]
  const readings = versions.map((version) => readAll(connection.chunks, version))
  const { problem, received, sizes, version } = readings.find((each) => each.problem === undefined) ?? readings[0]!
  equal(problem, undefined, `the broker writes what cannot be read: ${problem?.sentence}`)
  const [first] = received
  if (first === undefined) return
  equal(first.type, 'connack', 'the first packet is not CONNACK [MQTT-3.2.0-1]')
  const sizeMax = connect?.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY
  for (const size of sizes) ok(size <= sizeMax, `${size} bytes for a client that takes ${sizeMax} [MQTT-3.1.2-24]`)
  for (const [i, packet] of received.entries()) {
    ok(serverSends(packet, version), `a server does not send ${packet.type}`)
    ok(i === 0 || packet.type !== 'connack', 'CONNACK twice [MQTT-3.2.0-2]')
    if (packet.type === 'disconnect') {
      equal(i, received.length - 1, 'something follows DISCONNECT [MQTT-3.14.4-1]')
      ok(packet.reasonCode >= 0x80, 'the broker says goodbye without a reason')
    }
  }
  if (first.type === 'connack' && first.reasonCode !== 0) {
    equal(received.length, 1, 'something follows a refusing CONNACK [MQTT-3.2.2-7]')
    ok(isClosed, 'a refused connection stays open')
  }
}

interface Reading {
  readonly version: ProtocolVersion
  readonly received: Packet[]
  /** In bytes, beside `received`. */
  readonly sizes: number[]
  problem: Fault | undefined
}

function readAll(chunks: readonly Uint8Array[], version: ProtocolVersion): Reading {
  const reading: Reading = { version, received: [], sizes: [], problem: undefined }
  const frames = new FrameReader(Number.POSITIVE_INFINITY)
  const problem = frames.push(joined(chunks), {
    frame(bytes, header, body, end) {
      const packet = decodePacket(bytes, header, body, end, version)
      if (packet.type === 'fault') reading.problem = packet
      else {
        reading.received.push(packet)
        reading.sizes.push(end - header)
      }
      return packet.type !== 'fault'
    },
  })
  reading.problem ??= problem
  return reading
}

function serverSends({ type }: Packet, version: ProtocolVersion): boolean {
  if (type === 'disconnect' || type === 'auth') return version === 5
  return type !== 'connect' && type !== 'subscribe' && type !== 'unsubscribe' && type !== 'pingreq'
}

/** Every fault has a Reason Code, and one that fits what was sent. */
function checkReasons(lines: readonly LogLine[], input: readonly Peer[]): void {
  // Which packet types stand anywhere in the bytes cannot be told once they are bent, so only what the version has.
  const versions = new Set(input.map(({ stream }) => stream.version))
  for (const { msg, reasonCode, clause } of lines) {
    if (!msg.startsWith('client broke the protocol')) continue
    ok(reasonCode !== undefined && clause !== undefined && clause !== '', `a fault without a reason: ${msg}`)
    ok(faults.has(reasonCode), `0x${reasonCode.toString(16)} for a fault of a client (${clause})`)
    if (only5.has(reasonCode)) ok(versions.has(5), `0x${reasonCode.toString(16)} without anybody who speaks 5.0`)
  }
}

const only5: ReadonlySet<number> = new Set([
  ReasonCode.receiveMaximumExceeded,
  ReasonCode.topicAliasInvalid,
  ReasonCode.payloadFormatInvalid,
])
const faults: ReadonlySet<number> = new Set([
  ReasonCode.malformedPacket,
  ReasonCode.protocolError,
  ReasonCode.unsupportedProtocolVersion,
  ReasonCode.topicFilterInvalid,
  ReasonCode.topicNameInvalid,
  ReasonCode.packetTooLarge,
  ...only5,
])

function bytesOf(packet: Packet, version: ProtocolVersion): Uint8Array {
  return encoded(packet, version) ?? new Uint8Array(0)
}

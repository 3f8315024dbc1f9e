/** A ServerConnection on a bench: packets in as objects, packets out as objects, and a handler that writes down its calls. */
import {
  type CloseReason,
  type ConnectPacket,
  type ConnectProperties,
  createBufferWriter,
  createWorkspace,
  decodePacket,
  defaultServerLimits,
  encodePacket,
  type Fault,
  FrameReader,
  type Packet,
  type ProtocolVersion,
  publicationTopic,
  ServerConnection,
  type ServerHandler,
  type ServerLimits,
  Session,
  TopicTable,
  type Unread,
  writtenBytes,
} from '../src/index.ts'
import { roomy } from './session-recorder.ts'

export interface Bench {
  readonly server: ServerConnection<undefined>
  readonly session: Session
  /** The handler's calls: `connect c`, `publish t 1`, `released 1 true`, `subscribe`, `closed client`. */
  readonly calls: string[]
  readonly closings: CloseReason[]
  /** What each `closed` said of what was not read. */
  readonly unread: (Unread | undefined)[]
  /** Replaces what the handler does; by default it accepts and acknowledges at once. */
  readonly on: { -readonly [K in keyof ServerHandler<undefined>]?: ServerHandler<undefined>[K] }
  readonly clock: { nowMs: number }
  version: ProtocolVersion
  send(...packets: readonly Packet[]): void
  sendBytes(...bytes: readonly number[]): void
  /** What the server wrote since the last call. */
  take(): (Packet | Fault)[]
}

export function connectPacket(
  version: ProtocolVersion,
  properties?: ConnectProperties,
  rest: Partial<ConnectPacket> = {},
): ConnectPacket {
  return {
    type: 'connect',
    protocolVersion: version,
    cleanStart: true,
    keepAlive: 0,
    clientId: 'c',
    ...(properties && { properties }),
    ...rest,
  }
}

export function publishPacket(topicName: string, qos: 0 | 1 | 2, packetId?: number, payloadBytes = 0): Packet {
  const payload = new Uint8Array(payloadBytes)
  const base = { type: 'publish', topicName, payload, qos, retain: false, dup: false } as const
  return packetId === undefined ? base : { ...base, packetId }
}

export function ack(type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number, reasonCode = 0): Packet {
  return { type, packetId, reasonCode }
}

export function setUp(limits: Partial<ServerLimits> = {}, session: Session = newSession()): Bench {
  const calls: string[] = []
  const closings: CloseReason[] = []
  const unread: (Unread | undefined)[] = []
  const handler: ServerHandler<undefined> = {
    connect: (packet) => {
      calls.push(`connect ${packet.clientId}`)
      if (bench.on.connect) bench.on.connect(packet)
      else server.accept(session, false, undefined)
    },
    publish: (publication, topic) => {
      calls.push(`publish ${publicationTopic(publication)} ${publication.packetId}`)
      if (bench.on.publish) bench.on.publish(publication, topic)
      else if (publication.qos > 0) server.acknowledge(publication.packetId, 0)
    },
    released: (packetId, known) => {
      calls.push(`released ${packetId} ${known}`)
      if (bench.on.released) bench.on.released(packetId, known)
      else server.complete(packetId, known)
    },
    hasRoom: () => bench.on.hasRoom?.() ?? true,
    subscribe: () => calls.push('subscribe'),
    unsubscribe: () => calls.push('unsubscribe'),
    auth: (packet) => {
      calls.push('auth')
      bench.on.auth?.(packet)
    },
    closed: (reason, rest) => {
      calls.push(`closed ${reason.by}`)
      closings.push(reason)
      unread.push(rest)
    },
  }
  const clock = { nowMs: 0 }
  const server = new ServerConnection<undefined>({
    limits: { ...defaultServerLimits, topicAliasMaximum: 2, ...limits },
    workspace: createWorkspace(new TopicTable<undefined>({ seed: 1 })),
    handler,
    outlet: createBufferWriter().outlet,
    now: () => clock.nowMs,
    connectTimeoutMs: 5000,
  })
  const bench: Bench = {
    session,
    calls,
    closings,
    unread,
    on: {},
    clock,
    version: 5,
    server,
    send: (...packets) => {
      const out = createBufferWriter()
      for (const packet of packets) encodePacket(out, packet, bench.version)
      server.receive(writtenBytes(out), clock.nowMs)
    },
    sendBytes: (...bytes) => server.receive(Uint8Array.from(bytes), clock.nowMs),
    take: () => {
      const { writer } = server.outgoing
      const packets: (Packet | Fault)[] = []
      new FrameReader(Number.POSITIVE_INFINITY).push(writtenBytes(writer), {
        frame: (bytes, header, body, end) => {
          packets.push(decodePacket(bytes, header, body, end, bench.version))
          return true
        },
      })
      writer.at = 0
      return packets
    },
  }
  return bench
}

/** Connected, and CONNACK taken. */
export function connected(
  properties?: ConnectProperties,
  limits: Partial<ServerLimits> = {},
  rest: Partial<ConnectPacket> = {},
): Bench {
  const bench = setUp(limits)
  bench.version = rest.protocolVersion ?? 5
  bench.send(connectPacket(bench.version, properties, rest))
  bench.take()
  bench.calls.length = 0
  return bench
}

export function newSession(): Session {
  return new Session({ queue: roomy, now: () => 0, observer: { dropped: () => undefined } })
}

/** `connack 0`, `puback 5 0`, `publish a 1`, `disconnect 130`. */
export function lines(packets: readonly (Packet | Fault)[]): string[] {
  return packets.map((packet) => {
    if (packet.type === 'publish') {
      return `publish ${packet.topicName} ${packet.packetId ?? 0}${packet.dup ? ' dup' : ''}`
    }
    const packetId = 'packetId' in packet ? ` ${packet.packetId}` : ''
    return `${packet.type}${packetId}${'reasonCode' in packet ? ` ${packet.reasonCode}` : ''}`
  })
}

/** What the two machines have in common when they are fuzzed: a script of decisions, a Session, and what came out. */
import { equal, ok } from 'node:assert/strict'
import {
  createBufferWriter,
  createPublication,
  createWorkspace,
  decodePacket,
  type Fault,
  FrameReader,
  type Outlet,
  type Packet,
  type ProtocolVersion,
  Session,
  TopicTable,
  type Workspace,
  type Writer,
  writtenBytes,
} from '@mq/core'

/** What a handler does about a packet: now, later, or in the way of a no. */
export type Decision = 'now' | 'later' | 'refuse' | 'hold'

/** Everything that a machine wrote, in one array. */
export function recordingOutlet(): Outlet {
  return { makeRoom: (writer, size) => createBufferWriter().outlet.makeRoom(writer, size) }
}

export class Script {
  readonly #decisions: readonly Decision[]
  #at = 0
  readonly #later: (() => void)[] = []

  constructor(decisions: readonly Decision[]) {
    this.#decisions = decisions
  }

  next(): Decision {
    return this.#decisions[this.#at++ % this.#decisions.length] ?? 'now'
  }

  later(act: () => void): void {
    this.#later.push(act)
  }

  /** Everything that was put off so far. */
  catchUp(): void {
    for (const act of this.#later.splice(0)) act()
  }
}

export function freshWorkspace(): Workspace<undefined> {
  return createWorkspace(new TopicTable<undefined>({ levelsMax: 8, bytesMax: 100 }))
}

export function freshSession(): Session {
  return new Session({
    queue: { messagesMax: 5, bytesMax: 10_000, policy: 'drop-oldest' },
    observer: { dropped: () => undefined },
    now: () => 0,
  })
}

/** Something to send, so that acknowledgements find something to acknowledge. */
export function deliverSome(session: Session | undefined): void {
  for (const qos of [1, 2, 0] as const) {
    const publication = createPublication({ topicName: 'out', payload: Uint8Array.of(qos), qos, retain: false })
    session?.deliver(publication, qos, false, undefined, undefined)
  }
}

/** All that was written is whole packets that can be read. */
export function writtenPackets(writer: Writer, version: ProtocolVersion): Packet[] {
  const packets: Packet[] = []
  const frames = new FrameReader(Number.POSITIVE_INFINITY)
  const wrong = frames.push(writtenBytes(writer), {
    frame(bytes, header, body, end) {
      const packet: Packet | Fault = decodePacket(bytes, header, body, end, version)
      ok(packet.type !== 'fault', `it writes what cannot be read: ${packet.type === 'fault' ? packet.sentence : ''}`)
      packets.push(packet)
      return true
    },
  })
  equal(wrong, undefined)
  equal(frames.bufferedBytes, 0, 'it writes half a packet')
  return packets
}

/** PUBACK, and PUBREC, in the order of their PUBLISH [MQTT-4.6.0-2] [MQTT-4.6.0-3]; each once, in this order, or not at all. */
export function checkAnswers(
  packets: readonly Packet[],
  type: 'puback' | 'pubrec',
  published: readonly number[],
): void {
  const answered = packets.flatMap((each) => (each.type === type ? [each.packetId] : []))
  let at = 0
  for (const packetId of answered) {
    const found = published.indexOf(packetId, at)
    // A QoS 2 PUBLISH that came again is answered again [MQTT-4.3.3-10].
    if (found < 0 && type === 'pubrec' && published.includes(packetId)) continue
    ok(found >= 0, `${type} ${packetId} out of order: published ${published}, answered ${answered}`)
    at = found + 1
  }
}

/** A connection and an owner for a Session that write down what they are told. */
import {
  createPublication,
  type Delivery,
  type DropReason,
  type Publication,
  type QoS,
  type QueueLimits,
  type ReasonCode,
  Session,
  type SessionLink,
} from '../src/index.ts'

export const roomy: QueueLimits = { messagesMax: 1000, bytesMax: 1_000_000, policy: 'drop-newest' }

export function message(name: string, qos: QoS = 1, payloadBytes = 0): Publication {
  return createPublication({ topicName: name, payload: new Uint8Array(payloadBytes), qos, retain: false })
}

export function nameOf({ topicBytes, topicStart, topicEnd }: Publication): string {
  return new TextDecoder().decode(topicBytes.subarray(topicStart, topicEnd))
}

/** Lines such as `publish a 1`, `publish a 1 dup`, `pubrel 1`; the packet identifier is 0 at QoS 0. */
export class RecordingLink implements SessionLink {
  writable = true
  lines: string[] = []
  readonly tooLarge: Set<string> = new Set()
  /** Called after each packet. */
  sent: () => void = () => undefined

  fits(publication: Publication): boolean {
    return !this.tooLarge.has(nameOf(publication))
  }

  publish(publication: Publication, _qos: QoS, _retain: boolean, dup: boolean, packetId: number): void {
    this.lines.push(`publish ${nameOf(publication)} ${packetId}${dup ? ' dup' : ''}`)
    this.sent()
  }

  pubrel(packetId: number, reasonCode: ReasonCode): void {
    this.lines.push(`pubrel ${packetId}${reasonCode === 0 ? '' : ` ${reasonCode}`}`)
    this.sent()
  }

  /** What was sent since the last call. */
  take(): string[] {
    return this.lines.splice(0)
  }
}

export interface Recorded {
  readonly session: Session
  /** `kept a`, `started a 1`, `received a 1`, `settled a 1 0`, `dropped a expired`. */
  readonly events: string[]
  /** The time that the session sees. */
  nowMs: number
}

export function recordSession(queue: QueueLimits = roomy): Recorded {
  const events: string[] = []
  const note = (event: string, { publication }: Delivery, ...rest: readonly (number | string)[]): void => {
    events.push([event, nameOf(publication), ...rest].join(' '))
  }
  const recorded: Recorded = {
    nowMs: 0,
    events,
    session: new Session({
      queue,
      now: () => recorded.nowMs,
      observer: {
        dropped: (_session, reason: DropReason, publication) => events.push(`dropped ${nameOf(publication)} ${reason}`),
        settled: (_session, delivery, packetId, reasonCode) => note('settled', delivery, packetId, reasonCode),
        received: (_session, delivery, packetId) => delivery && note('received', delivery, packetId),
        kept: (_session, delivery) => note('kept', delivery),
        started: (_session, delivery, packetId) => note('started', delivery, packetId),
      },
    }),
  }
  return recorded
}

/** Topic and content are the name. Returns what `Session.deliver` does. */
export function deliver(session: Session, name: string, qos: QoS = 1, token: unknown = undefined): boolean {
  return session.deliver(message(name, qos), qos, false, undefined, token)
}

/** A session on a connection. */
export function connectedSession(
  receiveMaximum = 100,
  queue: QueueLimits = roomy,
): { readonly recorded: Recorded; readonly session: Session; readonly events: string[]; readonly link: RecordingLink } {
  const recorded = recordSession(queue)
  const link = new RecordingLink()
  recorded.session.attach(link, receiveMaximum)
  recorded.session.pump()
  return { recorded, session: recorded.session, events: recorded.events, link }
}

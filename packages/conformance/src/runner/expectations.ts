/** What should arrive, held against what arrives. Each answers with a sentence when it does not, undefined when it does. */
import type { Packet } from '@mq/core'
import type { Expectation } from '../language/case.ts'
import { composeBytes } from '../language/compose-bytes.ts'
import { mismatch } from '../language/match.ts'
import type { Scope } from '../language/scope.ts'
import type { Arrival, Conversation } from './conversation.ts'
import { showArrival } from './transcript.ts'

export interface Listening {
  readonly conversation: Conversation
  readonly scope: Scope
  readonly timeoutMs: number
  /** The connection was closed where the case allows that as one of several ways: its story ends here. */
  finish(): void
}

/** The next arrival is one of these. `among`: packets of other kinds may overtake it. `maybe`: or it is left for later. */
export async function expectNext(
  listening: Listening,
  what: readonly Expectation[],
  among?: (packet: Packet) => boolean,
  maybe = false,
): Promise<string | undefined> {
  const { conversation, timeoutMs } = listening
  const ends = what.find((each) => each.type === 'closed')
  if (ends !== undefined && what.length === 1) {
    return ends.silently ? expectSilence(listening) : expectClosed(listening, ends.reasonCodes)
  }
  if (maybe) {
    const coming = await conversation.peek(timeoutMs)
    if (coming === undefined || fits(coming, what, listening.scope) !== undefined) return undefined
  }
  const wanted = among && ((arrival: Arrival) => arrival.type !== 'packet' || among(arrival.packet))
  const arrival = await conversation.next(timeoutMs, wanted)
  if (arrival === undefined) return `nothing came within ${timeoutMs} ms`
  const problem = fits(arrival, what, listening.scope)
  if (problem === undefined) {
    if (arrival.type === 'packet' && arrival.packet.type === 'connack') {
      conversation.accepted = arrival.packet.reasonCode === 0
    }
    return undefined
  }
  if (ends !== undefined && isEnd(arrival)) {
    listening.finish()
    return checkEnd(listening, ends.reasonCodes, arrival)
  }
  return `${problem}; ${showArrival(arrival)} came`
}

export async function expectAnyOrder(
  listening: Listening,
  what: readonly (readonly Expectation[])[],
): Promise<string | undefined> {
  const missing = [...what]
  while (missing.length > 0) {
    const arrival = await listening.conversation.next(listening.timeoutMs)
    if (arrival === undefined) return `${missing.length} of ${what.length} packets did not come`
    const at = missing.findIndex((each) => fits(arrival, each, listening.scope) === undefined)
    if (at < 0) return `not expected, in any order: ${showArrival(arrival)}`
    missing.splice(at, 1)
  }
  return undefined
}

/** The network connection is closed, after nothing but a goodbye with one of these Reason Codes (none: any failure). */
export async function expectClosed(listening: Listening, reasonCodes: readonly number[]): Promise<string | undefined> {
  const arrival = await listening.conversation.next(listening.timeoutMs)
  if (arrival === undefined) return 'it was not closed'
  return checkEnd(listening, reasonCodes, arrival)
}

async function expectSilence(listening: Listening): Promise<string | undefined> {
  const arrival = await listening.conversation.next(listening.timeoutMs)
  return arrival?.type === 'closed' ? undefined : `it should be closed without a word; ${showArrival(arrival)} came`
}

async function checkEnd(
  listening: Listening,
  reasonCodes: readonly number[],
  first: Arrival,
): Promise<string | undefined> {
  const { conversation, scope, timeoutMs } = listening
  if (first.type === 'closed') return undefined
  const given = goodbye(first, conversation, scope)
  if (given === undefined) return `it should be closed; ${showArrival(first)} came`
  const named = reasonCodes.length === 0 || given === 0x80 || reasonCodes.includes(given)
  if (scope.version === 5 && (given < 0x80 || !named) && first.type === 'packet') {
    return `closed for the wrong reason; ${showArrival(first)} came`
  }
  const last = await conversation.next(timeoutMs)
  return last?.type === 'closed' ? undefined : `it should be closed after that; ${showArrival(last)} came`
}

function isEnd(arrival: Arrival): boolean {
  return (
    arrival.type === 'closed' ||
    (arrival.type === 'packet' && (arrival.packet.type === 'disconnect' || arrival.packet.type === 'connack'))
  )
}

/** The Reason Code of a packet that may be sent before closing; undefined for another packet. */
function goodbye(arrival: Arrival, { accepted, role }: Conversation, scope: Scope): number | undefined {
  if (arrival.type === 'packet' && role === 'client') {
    return arrival.packet.type === 'disconnect' ? arrival.packet.reasonCode : undefined
  }
  if (arrival.type === 'packet') {
    const { packet } = arrival
    if (!accepted && packet.type === 'connack' && packet.reasonCode !== 0) return packet.reasonCode
    // [MQTT-3.14.0-1], and before 5.0 a server has no DISCONNECT.
    if (accepted && packet.type === 'disconnect' && scope.version === 5) return packet.reasonCode
    return undefined
  }
  // A CONNACK in another version's form: whoever does not speak a version answers in one of its own.
  if (arrival.type === 'unreadable' && !accepted && arrival.bytes[0] === 0x20) return arrival.bytes[3] || undefined
  return undefined
}

/** Undefined when it is one of them. */
function fits(arrival: Arrival, what: readonly Expectation[], scope: Scope): string | undefined {
  const problems: string[] = []
  for (const each of what) {
    if (each.type === 'closed') continue
    const problem =
      each.type === 'bytes' ? differs(arrival, composeBytes(each.bytes, scope)) : unlike(arrival, each, scope)
    if (problem === undefined) return undefined
    problems.push(problem)
  }
  return problems.join(' or ')
}

function unlike(
  arrival: Arrival,
  expectation: Extract<Expectation, { type: 'packet' }>,
  scope: Scope,
): string | undefined {
  if (arrival.type !== 'packet') return `a ${expectation.packet.name} was expected`
  return mismatch(expectation.packet, arrival.packet, scope)
}

function differs(arrival: Arrival, bytes: Uint8Array): string | undefined {
  const same =
    arrival.type !== 'closed' &&
    arrival.bytes.length === bytes.length &&
    bytes.every((byte, at) => byte === arrival.bytes[at])
  return same
    ? undefined
    : `the bytes ${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')} were expected`
}

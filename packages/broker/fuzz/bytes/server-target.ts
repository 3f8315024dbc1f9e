/** Core's server machine, driven by a handler that answers at once, later, with a refusal, or after holding. */
import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { type CloseReason, type ConnectPacket, ServerConnection, type ServerHandler } from '@mq/core'
import fc from 'fast-check'
import type { Target } from '../target.ts'
import {
  checkAnswers,
  type Decision,
  deliverSome,
  freshSession,
  freshWorkspace,
  recordingOutlet,
  Script,
  writtenPackets,
} from './machine-drive.ts'
import { encoded, joined, type Stream, stream } from './mutation.ts'
import { anyPacket, anyVersion, clientPacket, friendlyConnect } from './packet-arbitrary.ts'

interface Input {
  readonly connect: ConnectPacket | undefined
  readonly stream: Stream
  readonly decisions: readonly Decision[]
  readonly inOne: boolean
}

export const decisions: fc.Arbitrary<Decision[]> = fc.array(
  fc.constantFrom<Decision[]>('now', 'now', 'now', 'later', 'hold', 'refuse'),
  { minLength: 1, maxLength: 8 },
)

const input: fc.Arbitrary<Input> = anyVersion.chain((version) =>
  fc.record({
    connect: fc.option(friendlyConnect(version), { nil: undefined, freq: 10 }),
    stream: fc.oneof(
      { weight: 5, arbitrary: stream(version, clientPacket) },
      { weight: 1, arbitrary: stream(version, anyPacket(version)) },
    ),
    decisions,
    inOne: fc.boolean(),
  }),
)

export const serverTarget: Target = {
  name: 'server',
  batch: 1000,
  property: (tally) =>
    fc.asyncProperty(input, async (each) => {
      tally.cases++
      tally.packets += 1 + Math.max(1, each.stream.packets.length)
      drive(each)
    }),
}

const limits = {
  receiveMaximum: 5,
  maximumPacketSize: 1000,
  topicAliasMaximum: 16,
  sessionExpiryMaximum: 86_400,
  keepAliveMaximum: 0,
}

function drive({ connect, stream, decisions, inOne }: Input): void {
  const script = new Script(decisions)
  const reasons: CloseReason[] = []
  const published: { readonly 1: number[]; readonly 2: number[] } = { 1: [], 2: [] }
  let nowMs = 0
  const called = (): Decision => {
    deepStrictEqual(reasons, [], 'the handler is called after the end')
    return script.next()
  }
  /** Do it as was decided. */
  const answer = (decision: Decision, act: () => void): void => {
    if (decision === 'hold') machine.hold()
    if (decision === 'now' || decision === 'refuse') act()
    else {
      script.later(() => {
        act()
        if (decision === 'hold') machine.release(nowMs)
      })
    }
  }
  const handler: ServerHandler<undefined> = {
    connect() {
      const decision = called()
      answer(decision, () => {
        if (decision === 'refuse') machine.refuse(0x87, 'no')
        else machine.accept(freshSession(), false, undefined)
        deliverSome(machine.session)
      })
    },
    publish({ qos, packetId }) {
      const decision = called()
      if (qos === 0) return
      published[qos].push(packetId)
      answer(decision, () => machine.acknowledge(packetId, decision === 'refuse' ? 0x97 : 0, 'because'))
    },
    released: (packetId, known) => answer(called(), () => machine.complete(packetId, known)),
    hasRoom: () => {
      const isNow = called() !== 'hold'
      if (!isNow) script.later(() => machine.release(nowMs))
      return isNow
    },
    subscribe: ({ packetId, subscriptions }) =>
      answer(called(), () => machine.answer({ type: 'suback', packetId, reasonCodes: subscriptions.map(() => 0) })),
    unsubscribe: ({ packetId, topicFilters }) =>
      answer(called(), () => machine.answer({ type: 'unsuback', packetId, reasonCodes: topicFilters.map(() => 0) })),
    auth() {
      const decision = called()
      answer(decision, () =>
        machine.session === undefined ? machine.refuse(0x8c, 'no') : machine.disconnect(0x82, 'no'),
      )
    },
    closed: (reason) => void reasons.push(reason),
  }
  const machine = new ServerConnection({
    limits,
    workspace: freshWorkspace(),
    handler,
    outlet: recordingOutlet(),
    now: () => nowMs,
    connectTimeoutMs: 10_000,
  })
  const { writer } = machine.outgoing
  const first = connect === undefined ? [] : [encoded(connect, stream.version) ?? new Uint8Array(0)]
  const chunks = inOne ? [joined([...first, ...stream.chunks])] : [...first, ...stream.chunks]
  for (const chunk of chunks) {
    machine.receive(chunk, nowMs)
    chunk.fill(0xee)
    nowMs += 10
    script.catchUp()
  }
  for (let round = 0; round < 20; round++) script.catchUp()

  const packets = writtenPackets(writer, machine.version)
  const accepted = packets[0]?.type === 'connack' && packets[0].reasonCode === 0
  if (packets.length > 0) equal(packets[0]?.type, 'connack')
  checkAnswers(packets, 'puback', published[1])
  checkAnswers(packets, 'pubrec', published[2])
  const sizeMax = machine.connectPacket?.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY
  for (const each of packets) ok((encoded(each, machine.version)?.length ?? 0) <= sizeMax, `${each.type} is too large`)
  const [reason] = reasons
  if (reason?.by === 'fault') {
    ok(reason.fault.reasonCode >= 0x80)
    if (accepted && machine.version === 5 && sizeMax > 10) {
      const last = packets.at(-1)
      equal(last?.type === 'disconnect' && last.reasonCode, reason.fault.reasonCode, 'the client does not hear why')
    }
  }
  // Whatever still happens, it was said that this is the end.
  const end = writer.at
  if (reasons.length > 0) {
    machine.receive(Uint8Array.of(0xc0, 0), nowMs)
    machine.acknowledge(1, 0)
    machine.complete(1, true)
    machine.answer({ type: 'suback', packetId: 1, reasonCodes: [0] })
    machine.refuse(0x80, 'again')
    machine.release(nowMs)
    machine.tick(nowMs + 1e9)
    machine.disconnect(0x80, 'again')
  }
  machine.lost('gone')
  equal(writer.at, end, 'it writes after the end')
  equal(reasons.length, 1, 'the end is reported once')
  equal(machine.isClosed, true)
}

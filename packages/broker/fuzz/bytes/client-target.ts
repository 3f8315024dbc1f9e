/** Core's client machine against what a server says, bent. */
import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { type ClientCloseReason, ClientConnection, type ClientHandler, type ConnectPacket, type Packet } from '@mq/core'
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
import { anyPacket, anyVersion, friendlyConnect, serverPacket } from './packet-arbitrary.ts'
import { decisions } from './server-target.ts'

interface Input {
  readonly connect: ConnectPacket
  readonly connack: Packet | undefined
  readonly stream: Stream
  readonly decisions: readonly Decision[]
  readonly inOne: boolean
}

const input: fc.Arbitrary<Input> = anyVersion.chain((version) =>
  fc.record({
    connect: friendlyConnect(version),
    connack: fc.option(
      fc
        .record({
          receiveMaximum: fc.constantFrom(1, 2, 100),
          topicAliasMaximum: fc.constantFrom(0, 3),
          maximumPacketSize: fc.constantFrom(60, 1000),
        })
        .map((properties): Packet => {
          return { type: 'connack', sessionPresent: false, reasonCode: 0, ...(version === 5 && { properties }) }
        }),
      { nil: undefined, freq: 10 },
    ),
    stream: fc.oneof(
      { weight: 5, arbitrary: stream(version, serverPacket) },
      { weight: 1, arbitrary: stream(version, anyPacket(version)) },
    ),
    decisions,
    inOne: fc.boolean(),
  }),
)

export const clientTarget: Target = {
  name: 'client',
  batch: 1000,
  property: (tally) =>
    fc.asyncProperty(input, async (each) => {
      tally.cases++
      tally.packets += 1 + Math.max(1, each.stream.packets.length)
      drive(each)
    }),
}

function drive({ connect, connack, stream, decisions, inOne }: Input): void {
  const script = new Script(decisions)
  const reasons: ClientCloseReason[] = []
  const published: { readonly 1: number[]; readonly 2: number[] } = { 1: [], 2: [] }
  const session = freshSession()
  let nowMs = 0
  const called = (): Decision => {
    deepStrictEqual(reasons, [], 'the handler is called after the end')
    return script.next()
  }
  const handler: ClientHandler<undefined> = {
    connected() {
      called()
      machine.carry(session)
      deliverSome(session)
      const packetId = session.beginRequest()
      if (packetId !== undefined) machine.request({ type: 'unsubscribe', packetId, topicFilters: ['a'] })
    },
    publish({ qos, packetId }) {
      const decision = called()
      if (qos === 0) return
      published[qos].push(packetId)
      if (decision === 'hold') machine.hold()
      const act = (): void => {
        machine.acknowledge(packetId, decision === 'refuse' ? 0x80 : 0)
        if (decision === 'hold') machine.release(nowMs)
      }
      if (decision === 'now' || decision === 'refuse') act()
      else script.later(act)
    },
    handlesStill: () => false,
    answered: () => void called(),
    auth: () => void called(),
    closed: (reason) => void reasons.push(reason),
  }
  const machine = new ClientConnection({
    connect,
    workspace: freshWorkspace(),
    handler,
    outlet: recordingOutlet(),
    now: () => nowMs,
    connackTimeoutMs: 10_000,
    topicAliasMaximum: 5,
    sendMaximum: 10,
  })
  const { writer } = machine.outgoing
  machine.open()
  const first = connack === undefined ? [] : [encoded(connack, stream.version) ?? new Uint8Array(0)]
  const chunks = inOne ? [joined([...first, ...stream.chunks])] : [...first, ...stream.chunks]
  for (const chunk of chunks) {
    machine.receive(chunk, nowMs)
    chunk.fill(0xee)
    nowMs += 10
    script.catchUp()
  }
  for (let round = 0; round < 20; round++) script.catchUp()

  const packets = writtenPackets(writer, machine.version)
  equal(packets[0]?.type, 'connect')
  checkAnswers(packets, 'puback', published[1])
  checkAnswers(packets, 'pubrec', published[2])
  const [reason] = reasons
  if (reason?.by === 'fault') ok(reason.fault.reasonCode >= 0x80)
  const end = writer.at
  if (reasons.length > 0) {
    machine.receive(Uint8Array.of(0xd0, 0), nowMs)
    machine.acknowledge(1, 0)
    machine.release(nowMs)
    machine.tick(nowMs + 1e9)
    machine.disconnect(0)
    equal(machine.request({ type: 'unsubscribe', packetId: 1, topicFilters: ['a'] }), false)
  }
  machine.lost('gone')
  equal(writer.at, end, 'it writes after the end')
  equal(reasons.length, 1, 'the end is reported once')
  equal(machine.isClosed, true)
}

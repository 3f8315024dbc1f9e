/**
 * Plays one case in one version. The first step that does not go as written ends it; whatever happened is in the transcript.
 * Afterwards nothing is left on the server: connections leave in peace, so that no Will is published, sessions that would
 * outlive them are begun anew and dropped, and retained messages are removed.
 */
import type { ProtocolVersion } from '@mq/core'
import type { Case, Field, PacketText, Sendable, Step } from '../language/case.ts'
import { composeBytes, concatenate } from '../language/compose-bytes.ts'
import { composePacket } from '../language/compose-packet.ts'
import { applies, resolve, resolveNumber, type Scope, UnboundVariable } from '../language/scope.ts'
import { Conversation } from './conversation.ts'
import { expectAnyOrder, expectClosed, expectNext, type Listening } from './expectations.ts'
import { Leftovers } from './leftovers.ts'
import type { Peer } from './peer.ts'
import { Transcript } from './transcript.ts'

export interface Play {
  /** Undefined: it went as written. */
  readonly problem: string | undefined
  readonly transcript: readonly string[]
}

export interface PlayOptions {
  readonly peer: Peer
  readonly version: ProtocolVersion
  /** What `~` stands for. */
  readonly prefix: string
  /** What the server announced; `$receiveMaximum` and the like. */
  readonly capabilities: ReadonlyMap<string, number>
  readonly timeoutMs: number
}

export async function playCase(played: Case, options: PlayOptions): Promise<Play> {
  const player = new Player(played.role, options)
  let problem: string | undefined
  try {
    problem = await player.play(played.steps)
  } catch (error) {
    // What the case would go on with was not given, as it was free not to be.
    if (error instanceof UnboundVariable && player.hasFinished) problem = undefined
    else problem = error instanceof Error ? error.message : String(error)
  }
  // Taken before the tidying up, which is no part of the case.
  const transcript = [...player.transcript.lines]
  await player.end()
  return { problem, transcript }
}

class Player {
  readonly transcript = new Transcript()
  readonly #conversations = new Map<string, Conversation>()
  /** Connections that took the way out that `or closed` offers: what the case has them do after that is left out. */
  readonly #finished = new Set<string>()
  readonly #leftovers: Leftovers
  readonly #options: PlayOptions
  readonly #role: Case['role']
  readonly #scope: Scope
  #packetId = 1000

  constructor(role: Case['role'], options: PlayOptions) {
    this.#role = role
    this.#options = options
    this.#scope = { version: options.version, prefix: options.prefix, variables: new Map(options.capabilities) }
    this.#leftovers = new Leftovers(this.#scope)
  }

  get hasFinished(): boolean {
    return this.#finished.size > 0
  }

  async play(steps: readonly Step[]): Promise<string | undefined> {
    const mine = steps.filter((step) => applies(step.versions, this.#scope))
    for (let at = 0; at < mine.length; at++) {
      const step = mine[at]!
      const group = anyOrderGroup(mine, at)
      const problem = group.length > 1 ? await this.#inAnyOrder(group) : await this.#repeated(step)
      if (problem !== undefined) return `${step.source}\n    ${problem}`
      at += Math.max(0, group.length - 1)
    }
    return undefined
  }

  async end(): Promise<void> {
    for (const conversation of this.#conversations.values()) {
      if (conversation.ended) continue
      if (conversation.accepted && this.#role === 'server') conversation.send(Uint8Array.of(0xe0, 0x00))
      conversation.cut()
    }
    if (this.#role === 'server') await this.#leftovers.remove(this.#options.peer, this.#options.timeoutMs)
  }

  async #repeated(step: Step): Promise<string | undefined> {
    if (step.repeat === undefined) return this.#step(step)
    const times = resolveNumber(step.repeat.times, this.#scope)
    for (let i = 1; i <= times; i++) {
      this.#scope.variables.set(step.repeat.variable, i)
      const problem = await this.#step(step)
      if (problem !== undefined) return `${problem} (time ${i})`
    }
    return undefined
  }

  async #step(step: Step): Promise<string | undefined> {
    if (step.type === 'wait') {
      const ms = step.seconds * 1000
      if (this.#options.peer.wait !== undefined) await this.#options.peer.wait(ms)
      else await new Promise((resolve) => setTimeout(resolve, ms))
      return undefined
    }
    if (step.type === 'do') {
      this.#perform(step.action)
      return undefined
    }
    if (step.type === 'connects' || step.type === 'welcomes' || step.type === 'open')
      this.#finished.delete(step.connection)
    if (this.#finished.has(step.connection)) return undefined
    const conversation = await this.#conversation(step.connection)
    switch (step.type) {
      case 'open':
        return undefined
      case 'cut':
        conversation.cut()
        return undefined
      case 'send':
        this.#send(conversation, step.what, step.split)
        return undefined
      case 'connects': {
        this.#send(conversation, [packet('connect', step.fields)], false)
        return expectNext(this.#listening(conversation), [packet('connack', [])])
      }
      case 'welcomes': {
        const problem = await expectNext(this.#listening(conversation), [packet('connect', [])])
        if (problem !== undefined) return problem
        conversation.accepted = true
        this.#send(conversation, [packet('connack', step.fields)], false)
        return undefined
      }
      case 'subscribes': {
        const id = number('packetId', ++this.#packetId)
        this.#send(conversation, [packet('subscribe', [id, ...step.fields])], false)
        return expectNext(this.#listening(conversation), [packet('suback', [id])], ({ type }) => type === 'suback')
      }
      case 'leaves':
        this.#send(conversation, [packet('disconnect', step.fields)], false)
        return expectClosed(this.#listening(conversation), [])
      case 'quiet':
        if (this.#role === 'client') return this.#quietClient(conversation)
        this.#send(conversation, [packet('pingreq', [])], false)
        return expectNext(this.#listening(conversation), [packet('pingresp', [])])
      case 'expect': {
        const listening = this.#listening(conversation)
        if (step.order === 'any') return expectAnyOrder(listening, [step.what])
        return expectNext(listening, step.what, undefined, step.order === 'maybe')
      }
    }
  }

  /** A client acknowledges what it gets [MQTT-4.5.0-2], which shows that nothing else was on its way. */
  #quietClient(conversation: Conversation): Promise<string | undefined> {
    const id = number('packetId', ++this.#packetId)
    const topicName: Field = { name: 'topicName', value: { type: 'text', text: '~/quiet', times: 1 }, versions: [] }
    this.#send(conversation, [packet('publish', [topicName, number('qos', 1), id])], false)
    return expectNext(this.#listening(conversation), [packet('puback', [id])])
  }

  #perform(action: PacketText): void {
    const named = action.name === 'connect' ? withClientId(action, 'c') : action
    const fields = named.fields.filter((field) => applies(field.versions, this.#scope))
    this.transcript.note(`do ${action.name}`)
    const values = new Map(fields.map(({ name, value }) => [name, resolve(value, this.#scope)]))
    this.#options.peer.perform?.({ name: action.name, values })
  }

  async #inAnyOrder(group: readonly Step[]): Promise<string | undefined> {
    const [first] = group
    if (first?.type !== 'expect' || this.#finished.has(first.connection)) return undefined
    const conversation = await this.#conversation(first.connection)
    return expectAnyOrder(
      this.#listening(conversation),
      group.flatMap((step) => (step.type === 'expect' ? [step.what] : [])),
    )
  }

  #listening(conversation: Conversation): Listening {
    return {
      conversation,
      scope: this.#scope,
      timeoutMs: this.#options.timeoutMs,
      finish: () => void this.#finished.add(conversation.name),
    }
  }

  async #conversation(name: string): Promise<Conversation> {
    const present = this.#conversations.get(name)
    if (present !== undefined && !present.ended) return present
    const conversation = new Conversation(name, this.#role, this.#scope.version, this.transcript)
    this.#conversations.set(name, conversation)
    this.transcript.note(`${name} opens`)
    await within(this.#options.timeoutMs, conversation.open(this.#options.peer))
    return conversation
  }

  #send(conversation: Conversation, what: readonly Sendable[], split: boolean): void {
    const bytes = concatenate(what.map((each) => this.#compose(each, conversation.name)))
    if (!split) conversation.send(bytes)
    else for (let at = 0; at < bytes.length; at++) conversation.send(bytes.subarray(at, at + 1))
  }

  #compose(what: Sendable, connection: string): Uint8Array {
    if (what.type === 'bytes') return composeBytes(what.bytes, this.#scope)
    const named = what.packet.name === 'connect' ? withClientId(what.packet, connection) : what.packet
    this.#leftovers.watch(named)
    return composePacket(named, this.#scope)
  }
}

function number(name: string, value: number): Field {
  return { name, value: { type: 'number', value }, versions: [] }
}

function packet(name: string, fields: readonly Field[]): { readonly type: 'packet'; readonly packet: PacketText } {
  return { type: 'packet', packet: { name, fields } }
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no connection within ${ms} ms`)), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Who says nothing else is called as its connection. */
function withClientId(connect: PacketText, connection: string): PacketText {
  if (connect.fields.some(({ name }) => name === 'clientId')) return connect
  const clientId: Field = { name: 'clientId', value: { type: 'text', text: `~${connection}`, times: 1 }, versions: [] }
  return { ...connect, fields: [clientId, ...connect.fields] }
}

/** The neighbouring `<*` steps of one connection, from `at` on. */
function anyOrderGroup(steps: readonly Step[], at: number): Step[] {
  const first = steps[at]
  if (first?.type !== 'expect' || first.order !== 'any') return []
  const rest = steps.slice(at)
  const end = rest.findIndex(
    (step) => step.type !== 'expect' || step.order !== 'any' || step.connection !== first.connection,
  )
  return end < 0 ? rest : rest.slice(0, end)
}

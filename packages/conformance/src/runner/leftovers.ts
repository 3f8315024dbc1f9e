/** What a case leaves on the server, as far as it was said in words, and its removal. */
import type { Field, PacketText } from '../language/case.ts'
import { composePacket } from '../language/compose-packet.ts'
import { applies, resolve, type Scope } from '../language/scope.ts'
import { Conversation } from './conversation.ts'
import type { Peer } from './peer.ts'
import { Transcript } from './transcript.ts'

export class Leftovers {
  readonly #sessions = new Set<string>()
  readonly #retained = new Set<string>()
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  watch(packet: PacketText): void {
    const value = (name: string): unknown => {
      const field = packet.fields.find((each) => each.name === name && applies(each.versions, this.#scope))
      return field === undefined ? undefined : resolve(field.value, this.#scope)
    }
    if (packet.name === 'publish' && value('retain') === 1) this.#retained.add(String(value('topicName') ?? ''))
    if (packet.name !== 'connect') return
    if (value('will.retain') === 1) this.#retained.add(String(value('will.topicName')))
    if (value('cleanStart') === 0 || value('sessionExpiryInterval') !== undefined) {
      this.#sessions.add(String(value('clientId')))
    }
  }

  async remove(peer: Peer, timeoutMs: number): Promise<void> {
    for (const clientId of this.#sessions) await this.#visit(peer, timeoutMs, clientId, [])
    const topics = [...this.#retained].filter((topicName) => topicName !== '')
    if (topics.length > 0) await this.#visit(peer, timeoutMs, `${this.#scope.prefix}zz`, topics)
  }

  /** A clean session under this identifier removes the one before; retained messages go on the way. */
  async #visit(peer: Peer, timeoutMs: number, clientId: string, topics: readonly string[]): Promise<void> {
    const conversation = new Conversation(clientId, 'server', this.#scope.version, new Transcript())
    try {
      await conversation.open(peer)
      conversation.send(this.#packet('connect', { clientId }))
      await conversation.next(timeoutMs)
      for (const topicName of topics) conversation.send(this.#packet('publish', { topicName, retain: 1 }))
      conversation.send(this.#packet('pingreq', {}))
      await conversation.next(timeoutMs)
      conversation.send(this.#packet('disconnect', {}))
      await conversation.next(timeoutMs)
    } catch {
      // A server that takes nobody any more has nothing left to tidy.
    }
    conversation.cut()
  }

  #packet(name: string, values: Readonly<Record<string, string | number>>): Uint8Array {
    const fields = Object.entries(values).map(
      ([field, value]): Field => ({
        name: field,
        value: typeof value === 'number' ? { type: 'number', value } : { type: 'text', text: value, times: 1 },
        versions: [],
      }),
    )
    return composePacket({ name, fields }, this.#scope)
  }
}

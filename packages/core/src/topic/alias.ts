/**
 * Topic Aliases (section 3.3.2.3.4), one object per direction and Network Connection [MQTT-3.3.2-7]. Either holds nothing
 * until the first alias is used: most connections never use one.
 *
 * Outbound, all aliases that the peer allows are handed out first; after that the one whose topic was not sent for the
 * longest time stands for the new topic. Recency is a ring of aliases with 0, which is no alias, as its seam:
 *
 *     0 ⇄ newest ⇄ … ⇄ oldest ⇄ 0        newer[] and older[], indexed by alias
 *
 * Always holds: aliasOf.get(keyOf[alias]) === alias for the aliases 1 to aliasOf.size, and exactly these are in the ring.
 */

import { type Fault, fault } from '../packet/fault.ts'
import { ReasonCode } from '../spec/reason-code.ts'

/** What the peer's aliases stand for. `Entry` is whatever the owner knows a Topic Name as, e.g. a TopicEntry. */
export class InboundTopicAliases<Entry> {
  /** Topic Alias Maximum as we announced it. */
  readonly maximum: number
  #entries: Map<number, Entry> | undefined = undefined

  constructor(maximum: number) {
    this.maximum = maximum
  }

  /** Lets `alias` stand for `entry` from now on; a fault 0x94 if the peer may not use it. */
  set(alias: number, entry: Entry): Fault | undefined {
    if (!this.#allows(alias)) return this.#refuse(alias)
    this.#entries ??= new Map()
    this.#entries.set(alias, entry)
    return undefined
  }

  /** What `alias` stands for; a fault 0x94 if the peer may not use it, 0x82 if it stands for nothing yet. */
  get(alias: number): Entry | Fault {
    const entry = this.#entries?.get(alias)
    if (entry !== undefined) return entry
    if (!this.#allows(alias)) return this.#refuse(alias)
    return fault(ReasonCode.protocolError, '3.3.2.3.4', `Topic Alias ${alias} stands for no Topic Name yet`)
  }

  #allows(alias: number): boolean {
    // [MQTT-3.3.2-10] [MQTT-3.3.2-12]
    return alias > 0 && alias <= this.maximum
  }

  #refuse(alias: number): Fault {
    if (alias === 0) return fault(ReasonCode.topicAliasInvalid, 'MQTT-3.3.2-8', 'a Topic Alias is never 0')
    // Of a client this is MQTT-3.3.2-9, of a server MQTT-3.3.2-11.
    const sentence = `Topic Alias ${alias} is greater than the Topic Alias Maximum ${this.maximum}`
    return fault(ReasonCode.topicAliasInvalid, 'MQTT-3.3.2-9', sentence)
  }
}

/** Which alias to send for a topic. */
export class OutboundTopicAliases {
  /** After {@link use}: the peer does not know the alias yet, so the Topic Name goes with it. */
  isNew = false
  #maximum = 0
  #ring: AliasRing | undefined = undefined

  /** The peer's Topic Alias Maximum, or less. 0 until it is set. */
  get maximum(): number {
    return this.#maximum
  }

  /** To be set before the first {@link use} of a connection: an alias that was handed out is forgotten. */
  set maximum(maximum: number) {
    this.#maximum = maximum
    this.#ring = undefined
  }

  /**
   * The alias for the topic that `key` stands for, {@link isNew} beside it; 0 if the peer takes none [MQTT-3.3.2-11]. Keys
   * are compared by identity, strings by value. The packet must then be sent: what is new once is known from then on.
   */
  use(key: object | string): number {
    this.isNew = false
    if (this.#maximum === 0) return 0
    this.#ring ??= new AliasRing(this.#maximum)
    const known = this.#ring.touch(key)
    if (known !== 0) return known
    this.isNew = true
    return this.#ring.assign(key)
  }
}

class AliasRing {
  readonly #maximum: number
  readonly #aliasOf = new Map<object | string, number>()
  readonly #keyOf: (object | string | undefined)[] = [undefined]
  readonly #newer: Uint16Array
  readonly #older: Uint16Array

  constructor(maximum: number) {
    this.#maximum = maximum
    this.#newer = new Uint16Array(maximum + 1)
    this.#older = new Uint16Array(maximum + 1)
  }

  /** The alias of `key`, the newest from now on; 0 if it has none. */
  touch(key: object | string): number {
    const alias = this.#aliasOf.get(key)
    if (alias === undefined) return 0
    if (this.#older[0] !== alias) {
      this.#leave(alias)
      this.#enter(alias)
    }
    return alias
  }

  /** An alias for a `key` that has none. */
  assign(key: object | string): number {
    let alias = this.#aliasOf.size + 1
    if (alias > this.#maximum) {
      alias = this.#newer[0]!
      this.#leave(alias)
      this.#aliasOf.delete(this.#keyOf[alias]!)
    }
    this.#aliasOf.set(key, alias)
    this.#keyOf[alias] = key
    this.#enter(alias)
    return alias
  }

  #leave(alias: number): void {
    const newer = this.#newer[alias]!
    const older = this.#older[alias]!
    this.#older[newer] = older
    this.#newer[older] = newer
  }

  #enter(alias: number): void {
    const newest = this.#older[0]!
    this.#older[0] = alias
    this.#newer[alias] = 0
    this.#older[alias] = newest
    this.#newer[newest] = alias
  }
}

/**
 * The subscriptions of this client: what it has asked the server for, who reads it, and how both stay the same across
 * connections.
 *
 *     subscribe ─► wire subscription (one per filter) ─► SUBSCRIBE, always: it replays retained messages
 *     new Session at the server ─► SUBSCRIBE for every wire subscription again
 *     the last reader leaves ─► UNSUBSCRIBE; until its answer what still comes is acknowledged and let go
 */
import type { ClientLimits, Publication, QoS, SubscribePacket, TopicEntry } from '@mq/core'
import type { Clock } from './clock.ts'
import { Dispatch, type Route } from './dispatch.ts'
import { MqttError, reasonText, type SubscribeResult } from './errors.ts'
import type { Abortable } from './options.ts'
import type { Reader } from './reader.ts'
import { blamesPacket } from './reconnect.ts'
import { type Answer, createRequest, type Request, type Requests } from './requests.ts'
import type { UnsubscribeResult } from './types.ts'
import type { WantedFilter, WireSubscription } from './wire-subscription.ts'

/** Variable Byte Integers end here, and so do identifiers; by then the first ones are long free. */
const identifierMax = 268_435_455

export class Subscriptions {
  readonly #requests: Requests<Route>
  readonly #clock: Clock
  readonly #dispatch = new Dispatch()
  /** By the text of the filter, `$share/…` included. */
  readonly #wires = new Map<string, WireSubscription>()
  #identifier = 0
  #limits: ClientLimits | undefined = undefined

  constructor(requests: Requests<Route>, clock: Clock) {
    this.#requests = requests
    this.#clock = clock
  }

  /** Everybody who reads. */
  readers(): Set<Reader> {
    const readers = new Set<Reader>()
    for (const wire of this.#wires.values()) for (const reader of wire.readers.keys()) readers.add(reader)
    return readers
  }

  find(publication: Publication, topic: TopicEntry<Route>): readonly WireSubscription[] {
    return this.#dispatch.find(publication, topic)
  }

  /** Resolves with the server's word on each filter; those that it refused have lost `reader`. */
  async subscribe(
    filters: readonly WantedFilter[],
    reader: Reader,
    options: Abortable | undefined,
  ): Promise<SubscribeResult[]> {
    for (const { parsed } of filters)
      this.#checkOffered(parsed.shareName !== undefined, parsed.hasWildcard, parsed.text)
    this.#identifier = (this.#identifier % identifierMax) + 1
    const wires = filters.map((filter) => this.#join(filter, reader, this.#identifier))
    const request = this.#subscribeRequest(wires)
    request.answer.limit(this.#clock, 'subscribing', options)
    this.#requests.ask(request)
    try {
      const answer = await request.answer.promise
      return wires.map((wire, at) => this.#granted(wire, answer, at, reader))
    } catch (error) {
      // Aborted, or closed. What the server has heard of is taken back there, too, unless that is what it did not bear.
      if (request.transmitted && !blamesPacket(error)) void this.leave(reader, undefined).catch(() => {})
      else for (const wire of wires) this.#forget(wire, reader)
      throw error
    }
  }

  /** `reader` reads no more. Filters that nobody else reads are given up at the server. */
  async leave(reader: Reader, options: Abortable | undefined): Promise<UnsubscribeResult[]> {
    const deserted: WireSubscription[] = []
    for (const wire of this.#wires.values()) {
      if (wire.readers.delete(reader) && wire.readers.size === 0) deserted.push(wire)
    }
    return deserted.length === 0
      ? []
      : this.#unsubscribe(
          deserted.map(({ parsed }) => parsed.text),
          options,
        )
  }

  /** Everybody stops reading these filters (as text); those unknown here are given up at the server all the same. */
  async unsubscribe(texts: readonly string[], options: Abortable | undefined): Promise<UnsubscribeResult[]> {
    const left = new Set<Reader>()
    for (const text of texts) {
      const wire = this.#wires.get(text)
      for (const reader of wire?.readers.keys() ?? []) left.add(reader)
      wire?.readers.clear()
    }
    const stillReading = this.readers()
    for (const reader of left) if (!stillReading.has(reader)) reader.stop()
    return this.#unsubscribe(texts, options)
  }

  /** A connection was accepted. What must be asked before anything else: all of it, where the server's Session is new. */
  connected(
    limits: ClientLimits,
    isNew: boolean,
    refused: (results: SubscribeResult[]) => void,
  ): Request[] | undefined {
    this.#limits = limits
    if (!isNew) return undefined
    const groups = new Map<number, WireSubscription[]>()
    for (const wire of this.#wires.values()) {
      // Without a grant its own SUBSCRIBE is still waiting.
      if (wire.readers.size === 0 || wire.grantedQos === undefined) continue
      const group = groups.get(wire.identifier) ?? []
      group.push(wire)
      groups.set(wire.identifier, group)
    }
    return [...groups.values()].map((wires) => {
      const request = this.#subscribeRequest(wires)
      request.answer.promise.then(
        (answer) => {
          const results = wires.map((wire, at) => this.#granted(wire, answer, at, undefined))
          if (results.some(({ reasonCode }) => reasonCode >= 0x80)) refused(results)
        },
        () => {},
      )
      return request
    })
  }

  /** Nothing more will come. */
  close(error: unknown): void {
    for (const reader of this.readers()) reader.finish(error)
    this.#wires.clear()
  }

  #join(
    { named, parsed, request, userProperties }: WantedFilter,
    reader: Reader,
    identifier: number,
  ): WireSubscription {
    const existing = this.#wires.get(parsed.text)
    if (existing !== undefined) {
      const qos: QoS =
        existing.readers.size > 0 && existing.request.qos > request.qos ? existing.request.qos : request.qos
      existing.request = { ...request, qos }
      existing.identifier = identifier
      existing.userProperties = userProperties
      existing.readers.set(reader, named)
      return existing
    }
    const readers = new Map([[reader, named]])
    const wire: WireSubscription = { parsed, readers, request, identifier, userProperties, grantedQos: undefined }
    this.#wires.set(parsed.text, wire)
    this.#dispatch.add(wire)
    return wire
  }

  #granted(wire: WireSubscription, answer: Answer, at: number, reader: Reader | undefined): SubscribeResult {
    const { reasonCodes, reasonString } = answer
    const reasonCode = reasonCodes[at] ?? 0x80
    if (reasonCode === 0 || reasonCode === 1 || reasonCode === 2) wire.grantedQos = reasonCode
    else if (reader !== undefined) this.#forget(wire, reader)
    else {
      const alone = [...wire.readers.keys()]
      wire.readers.clear()
      this.#remove(wire)
      const stillReading = this.readers()
      for (const each of alone) {
        if (stillReading.has(each)) continue
        const sentence = `the server refused "${wire.parsed.text}" after a reconnect: ${reasonText(reasonCode, reasonString)}`
        each.finish(new MqttError('subscribe-refused', sentence))
      }
    }
    return { filter: wire.parsed.text, reasonCode, reasonString }
  }

  #forget(wire: WireSubscription, reader: Reader): void {
    wire.readers.delete(reader)
    if (wire.readers.size === 0) this.#remove(wire)
  }

  #remove(wire: WireSubscription): void {
    if (this.#wires.get(wire.parsed.text) === wire) this.#wires.delete(wire.parsed.text)
    this.#dispatch.delete(wire)
  }

  async #unsubscribe(texts: readonly string[], options: Abortable | undefined): Promise<UnsubscribeResult[]> {
    const request = createRequest((packetId) => ({ type: 'unsubscribe', packetId, topicFilters: texts }))
    request.answer.limit(this.#clock, 'unsubscribing', options)
    this.#requests.ask(request)
    try {
      const { reasonCodes, reasonString } = await request.answer.promise
      return texts.map((filter, at) => ({ filter, reasonCode: reasonCodes[at] ?? 0, reasonString }))
    } finally {
      for (const text of texts) {
        const wire = this.#wires.get(text)
        if (wire?.readers.size === 0) this.#remove(wire)
      }
    }
  }

  #subscribeRequest(wires: readonly WireSubscription[]): Request {
    return createRequest((packetId): SubscribePacket => {
      const first = wires[0]
      const identifier = this.#limits?.subscriptionIdentifierAvailable === true ? first?.identifier : undefined
      const userProperties = first?.userProperties
      const properties = {
        ...(identifier !== undefined && { subscriptionIdentifier: identifier }),
        ...(userProperties && { userProperties }),
      }
      return { type: 'subscribe', packetId, subscriptions: wires.map(({ request }) => request), properties }
    })
  }

  #checkOffered(isShared: boolean, hasWildcard: boolean, text: string): void {
    const limits = this.#limits
    if (limits === undefined) return
    // Sent all the same, these would end the connection (sections 3.2.2.3.11 and 3.2.2.3.13).
    if (isShared && !limits.sharedSubscriptionAvailable && limits.protocolVersion === 5) {
      throw new MqttError('not-supported', `"${text}": the server has no Shared Subscriptions`)
    }
    if (hasWildcard && !limits.wildcardSubscriptionAvailable) {
      throw new MqttError('not-supported', `"${text}": the server has no wildcard subscriptions`)
    }
  }
}

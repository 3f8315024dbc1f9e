import {
  type Publication,
  type PublishProperties,
  publicationPayload,
  publicationProperties,
  type QoS,
  ReasonCode,
} from '@mq/core'
import { MqttError } from './errors.ts'
import { checkOptions } from './option-check.ts'
import { publishTable } from './option-tables.ts'
import type { Payload } from './options.ts'
import type { Receipt } from './receipt.ts'
import { type NamedFilter, paramsOf } from './topic-params.ts'
import type { Message, OutgoingMessage, PublishOptions, PublishResult } from './types.ts'

/** Reason Codes with which PUBACK and PUBREC refuse (tables 3-4 and 3-5). */
const refusals: ReadonlySet<number> = new Set([0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99])

export type Send = (message: OutgoingMessage) => Promise<PublishResult>

/** A message as one reader sees it. Several readers share the Publication; each has its own params and acknowledgement. */
export class ReceivedMessage implements Message<Record<string, string>> {
  readonly topic: string
  readonly #publication: Publication
  readonly #named: NamedFilter
  readonly #send: Send
  #receipt: Receipt | undefined
  #manual = false
  #properties: PublishProperties | undefined = undefined
  #params: Record<string, string> | undefined = undefined

  /** `publication` is a kept one. */
  constructor(publication: Publication, topic: string, named: NamedFilter, receipt: Receipt | undefined, send: Send) {
    this.#publication = publication
    this.topic = topic
    this.#named = named
    this.#receipt = receipt
    this.#send = send
    receipt?.share()
  }

  get payload(): Uint8Array {
    return publicationPayload(this.#publication)
  }

  get qos(): QoS {
    return this.#publication.qos
  }

  get retain(): boolean {
    return this.#publication.retain
  }

  get dup(): boolean {
    return this.#publication.dup
  }

  get properties(): PublishProperties {
    this.#properties ??= publicationProperties(this.#publication)
    return this.#properties
  }

  get params(): Record<string, string> {
    this.#params ??= paramsOf(this.#named, this.topic)
    return this.#params
  }

  text(): string {
    return new TextDecoder().decode(this.payload)
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text())
  }

  ack(): void {
    if (this.#manual) this.done(ReasonCode.success)
  }

  nack(reasonCode: ReasonCode): void {
    // [MQTT-3.4.2-1] [MQTT-3.5.2-1]
    if (!refusals.has(reasonCode)) {
      throw new MqttError('invalid-argument', 'a message is refused with 0x80, 0x83, 0x87, 0x90, 0x91, 0x97 or 0x99')
    }
    this.done(reasonCode)
  }

  async respond(payload?: Payload, options: PublishOptions = {}): Promise<PublishResult> {
    checkOptions(options, publishTable)
    const { responseTopic, correlationData } = this.properties
    if (responseTopic === undefined) {
      throw new MqttError('invalid-argument', `the message to "${this.topic}" has no Response Topic`)
    }
    const properties = { ...options.properties, ...(correlationData && { correlationData }) }
    return this.#send({ qos: this.qos, ...options, topic: responseTopic, payload, properties })
  }

  /** Nobody has acknowledged or refused it yet. */
  get isOwed(): boolean {
    return this.#receipt !== undefined
  }

  /** Somebody calls `ack` or `nack`. */
  awaitManual(): void {
    this.#manual = true
  }

  /** The reader has processed it. */
  processed(): void {
    if (!this.#manual) this.done(ReasonCode.success)
  }

  /** The reader is done with it, for good or ill; only the first word counts. */
  done(reasonCode: ReasonCode): void {
    const receipt = this.#receipt
    this.#receipt = undefined
    receipt?.done(reasonCode)
  }
}

/**
 * One network connection of a case: what is sent, and what arrived and has not been looked at yet. Every frame that arrives
 * is decoded, so a packet that is not well-formed is found whatever the case is about.
 */
import { decodePacket, type Fault, FrameReader, type Packet, type ProtocolVersion } from '@mq/core'
import type { Case } from '../language/case.ts'
import type { Peer, Wire } from './peer.ts'
import type { Transcript } from './transcript.ts'

export type Arrival =
  | { readonly type: 'packet'; readonly packet: Packet; readonly bytes: Uint8Array }
  /** A frame that is no packet of this version. */
  | { readonly type: 'unreadable'; readonly fault: Fault; readonly bytes: Uint8Array }
  | { readonly type: 'closed' }

const packetBytesMax = 0x0fff_ffff + 5

export class Conversation {
  readonly name: string
  /** Who is under test. */
  readonly role: Case['role']
  /** CONNACK with success has come. */
  accepted = false
  ended = false
  readonly #version: ProtocolVersion
  readonly #transcript: Transcript
  readonly #arrivals: Arrival[] = []
  readonly #frames = new FrameReader(packetBytesMax)
  /** Topic Alias -> Topic Name, as the server has set them. */
  readonly #aliases = new Map<number, string>()
  #wire: Wire | undefined = undefined
  #wake: (() => void) | undefined = undefined

  constructor(name: string, role: Case['role'], version: ProtocolVersion, transcript: Transcript) {
    this.name = name
    this.role = role
    this.#version = version
    this.#transcript = transcript
  }

  async open(peer: Peer): Promise<void> {
    this.#wire = await peer.open({
      data: (chunk) => {
        const fault = this.#frames.push(chunk, {
          frame: (bytes, header, body, end) => {
            this.#arrive(this.#decode(bytes, header, body, end))
            return true
          },
        })
        if (fault !== undefined) this.#arrive({ type: 'unreadable', fault, bytes: new Uint8Array(chunk) })
      },
      closed: () => this.#arrive({ type: 'closed' }),
    })
  }

  send(bytes: Uint8Array): void {
    this.#transcript.sent(this.name, bytes, this.#version)
    if (!this.ended) this.#wire?.write(bytes)
  }

  cut(): void {
    this.ended = true
    this.#wire?.close()
  }

  /** The next arrival that `wanted` names (others stay where they are), or undefined when `timeoutMs` passed without one. */
  async next(timeoutMs: number, wanted: (arrival: Arrival) => boolean = () => true): Promise<Arrival | undefined> {
    const deadlineMs = performance.now() + timeoutMs
    for (;;) {
      const at = this.#arrivals.findIndex((arrival) => wanted(arrival) || arrival.type === 'closed')
      const [found] = at < 0 ? [] : this.#arrivals.splice(at, 1)
      if (found !== undefined) {
        if (found.type === 'closed') this.ended = true
        return found
      }
      const leftMs = deadlineMs - performance.now()
      if (leftMs <= 0) return undefined
      await this.#arrival(leftMs)
    }
  }

  /** The next arrival, left where it is. */
  async peek(timeoutMs: number): Promise<Arrival | undefined> {
    if (this.#arrivals.length === 0) await this.#arrival(timeoutMs)
    return this.#arrivals[0]
  }

  #arrival(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #arrive(arrival: Arrival): void {
    this.#transcript.arrived(this.name, arrival)
    this.#arrivals.push(arrival)
    this.#wake?.()
  }

  #decode(bytes: Uint8Array, header: number, body: number, end: number): Arrival {
    const copy = new Uint8Array(bytes.subarray(header, end))
    const read = decodePacket(copy, 0, body - header, copy.length, this.#version)
    if (read.type === 'fault') return { type: 'unreadable', fault: read, bytes: copy }
    return { type: 'packet', packet: this.#named(read), bytes: copy }
  }

  /** A PUBLISH by alias gets its Topic Name back: whether a server uses aliases is its own affair. */
  #named(packet: Packet): Packet {
    if (packet.type !== 'publish') return packet
    const alias = packet.properties?.topicAlias
    if (alias === undefined) return packet
    if (packet.topicName !== '') this.#aliases.set(alias, packet.topicName)
    return { ...packet, topicName: this.#aliases.get(alias) ?? '' }
  }
}

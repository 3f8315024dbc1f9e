import { decodePacket } from '../codec/decoder.ts'
import { encodePacket } from '../codec/encoder.ts'
import { FrameReader } from '../codec/frames.ts'
import type { Transport, TransportHandler } from '../connection/transport.ts'
import type { Fault } from '../packet/fault.ts'
import type { Packet } from '../packet/packet.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { createBufferWriter, writtenBytes } from '../wire/writer.ts'

/**
 * The other end of a connection, told by a test what to say: sends packets as plain objects, or bytes as they are, and
 * collects what comes back. It has no rules of its own, so it can break all of them.
 *
 * @example
 * const peer = new ScriptedPeer(transport, 5)
 * peer.send({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: 'c' })
 * clock.advance(100)
 * expect(peer.take()).toMatchObject({ type: 'connack', reasonCode: 0 })
 */
export class ScriptedPeer implements TransportHandler {
  version: ProtocolVersion
  /** What came, oldest first, and was not taken yet. A Fault where it could not be decoded. */
  readonly received: (Packet | Fault)[] = []
  /** The connection is gone. */
  isLost = false
  readonly #transport: Transport
  readonly #frames = new FrameReader(Number.POSITIVE_INFINITY)

  constructor(transport: Transport, version: ProtocolVersion = 5) {
    this.#transport = transport
    this.version = version
    transport.attach(this)
  }

  /** @throws as encodePacket does */
  send(packet: Packet): void {
    const writer = createBufferWriter()
    encodePacket(writer, packet, this.version)
    this.sendBytes(writtenBytes(writer))
  }

  sendBytes(bytes: Uint8Array): void {
    this.#transport.write(bytes)
  }

  /** The oldest packet that was not taken yet. */
  take(): Packet | Fault | undefined {
    return this.received.shift()
  }

  /** Close the connection without a word. */
  destroy(): void {
    this.#transport.destroy()
  }

  data(chunk: Uint8Array): void {
    const problem = this.#frames.push(chunk, {
      frame: (bytes, header, body, end) => {
        this.received.push(decodePacket(bytes, header, body, end, this.version))
        return true
      },
    })
    if (problem !== undefined) this.received.push(problem)
  }

  drained(): void {
    // Its arrays are its own, so there is nothing to wait for.
  }

  lost(): void {
    this.isLost = true
  }
}

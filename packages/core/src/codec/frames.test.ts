import { deepEqual, equal, ok } from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { varIntSize, writeVarInt } from '../wire/var-int.ts'
import { FrameReader, type FrameSink } from './frames.ts'

const seed = 20260101
const sizes = fc.array(fc.oneof(fc.nat(12), fc.nat(300), fc.integer({ min: 16_380, max: 16_390 })), { maxLength: 8 })

describe('FrameReader', () => {
  test('cuts every stream at every byte as a naive splitter does', () => {
    const stream = streamOf([0, 1, 5, 126, 127, 128, 200, 0])
    const whole = split(stream)
    for (let cut = 0; cut <= stream.length; cut++) {
      deepEqual(read([stream.subarray(0, cut), stream.subarray(cut)]), whole)
    }
    deepEqual(read([...stream].map((byte) => Uint8Array.of(byte))), whole)
  })

  test('cuts any stream in any pieces, with any stops and any packets put back, as a naive splitter does', () => {
    const anyPieces = fc.array(fc.integer({ min: 1, max: 9000 }))
    fc.assert(
      fc.property(sizes, anyPieces, fc.array(fc.nat(4)), fc.array(fc.boolean()), (bodies, pieces, stops, putBack) => {
        const stream = streamOf(bodies)
        deepEqual(read(cut(stream, pieces), stops, putBack), split(stream))
      }),
      { numRuns: 500, seed },
    )
  })

  test('keeps nothing of a chunk that ends with its last packet', () => {
    const reader = new FrameReader(1000)
    equal(reader.push(streamOf([3, 4]), recorder([])), undefined)
    equal(reader.bufferedBytes, 0)
  })

  test('a stop keeps the rest, chunks that come meanwhile follow it, and resume goes on', () => {
    const reader = new FrameReader(1000)
    const frames: string[] = []
    let left = 1
    const sink: FrameSink = {
      frame(bytes, header, _body, end) {
        frames.push(hex(bytes.subarray(header, end)))
        return --left > 0
      },
    }
    const stream = streamOf([1, 2, 3, 4])
    reader.push(stream.subarray(0, 8), sink)
    equal(frames.length, 1)
    reader.push(stream.subarray(8), sink)
    equal(frames.length, 1)
    equal(reader.bufferedBytes, stream.length - 3)
    left = 2
    reader.resume(sink)
    equal(frames.length, 3)
    left = 9
    reader.resume(sink)
    deepEqual(frames, split(stream))
    equal(reader.bufferedBytes, 0)
  })

  test('a stop by the owner, in whatever state, keeps all that comes until resume', () => {
    const stream = streamOf([1, 2, 3, 4])
    for (let first = 0; first <= stream.length; first++) {
      const reader = new FrameReader(1000)
      const frames: string[] = []
      reader.push(stream.subarray(0, first), recorder(frames))
      const before = frames.length
      reader.stop()
      for (let at = first; at < stream.length; at++) reader.push(stream.subarray(at, at + 1), recorder(frames))
      equal(frames.length, before)
      reader.resume(recorder(frames))
      deepEqual(frames, split(stream))
      equal(reader.bufferedBytes, 0)
    }
  })

  test('a packet that is too large is refused from its fixed header', () => {
    const reader = new FrameReader(100)
    // 98 + 2 bytes fit, 99 + 2 do not.
    equal(reader.push(streamOf([98]), recorder([])), undefined)
    const fault = reader.push(Uint8Array.of(0x30, 99), recorder([]))
    equal(fault?.reasonCode, 0x95)
    equal(reader.push(streamOf([1]), recorder([])), fault)
    equal(reader.bufferedBytes, 0)
  })

  test('the limit may change between packets', () => {
    const reader = new FrameReader(10)
    reader.maximumPacketSize = 300
    equal(reader.push(streamOf([200]), recorder([])), undefined)
  })

  test('packets before the fault are handed on', () => {
    const frames: string[] = []
    const fault = new FrameReader(1000).push(Uint8Array.of(0xc0, 0, 0x30, 0xff, 0xff, 0xff, 0xff, 1), recorder(frames))
    deepEqual(frames, ['c000'])
    equal(fault?.reasonCode, 0x81)
  })

  test.each([
    ['MQTT-1.5.5-1', 'Remaining Length of five bytes', '30ffffffff'],
    ['MQTT-1.5.5-1', 'Remaining Length longer than needed', '308000'],
    ['MQTT-1.5.5-1', 'Remaining Length longer than needed', '30ff00'],
    ['2.1.2', 'packet type 0', '00'],
    ['MQTT-2.1.3-1', 'CONNECT with flags', '11'],
    ['MQTT-2.1.3-1', 'PUBACK with flags', '42'],
    ['MQTT-2.1.3-1', 'PINGREQ with flags', 'c1'],
    ['MQTT-3.3.1-4', 'PUBLISH with both QoS bits', '36'],
    ['MQTT-3.6.1-1', 'PUBREL without its flags', '60'],
    ['MQTT-3.8.1-1', 'SUBSCRIBE without its flags', '80'],
    ['MQTT-3.10.1-1', 'UNSUBSCRIBE without its flags', 'a0'],
    ['MQTT-3.14.1-1', 'DISCONNECT with flags', 'e8'],
    ['MQTT-3.15.1-1', 'AUTH with flags', 'f1'],
  ])('[%s] %s is malformed as soon as it shows', (clause, _what, text) => {
    const bytes = Uint8Array.from(Buffer.from(text, 'hex'))
    for (const chunks of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
      const reader = new FrameReader(268_435_460)
      const faults = chunks.map((chunk) => reader.push(chunk, recorder([])))
      equal(faults.at(-1)?.reasonCode, 0x81)
      equal(faults.at(-1)?.clause, clause)
    }
  })

  test('256 MB promised and one byte sent takes no memory to speak of', () => {
    const readers = Array.from({ length: 100 }, () => new FrameReader(268_435_460))
    const before = process.memoryUsage().arrayBuffers
    for (const reader of readers) {
      reader.push(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f), recorder([]))
      reader.push(Uint8Array.of(0), recorder([]))
      equal(reader.bufferedBytes, 6)
    }
    const taken = process.memoryUsage().arrayBuffers - before
    ok(taken < 1_000_000, `100 readers took ${taken} bytes`)
  })

  test('after a stop over much, the beginning of a packet holds no more than itself', () => {
    const stream = streamOf([1, 1_000_000, 50]).subarray(0, -10)
    const before = arrayBytes()
    const readers = Array.from({ length: 20 }, () => new FrameReader(2_000_000))
    for (const reader of readers) {
      reader.push(stream, { frame: () => false })
      reader.resume(recorder([]))
      equal(reader.bufferedBytes, 42)
    }
    const taken = arrayBytes() - before
    // 20 MB if each held on to what it had kept.
    ok(taken < 8_000_000, `20 readers hold ${taken} bytes`)
    equal(readers.length, 20)
  })

  test('a packet in many pieces costs memory in proportion to what came, and copies in proportion to its size', () => {
    const size = 4_000_000
    const stream = streamOf([size])
    const reader = new FrameReader(stream.length)
    const frames: number[] = []
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    for (let at = 0; at < stream.length; at += 1000) {
      reader.push(stream.subarray(at, at + 1000), {
        frame: (_bytes, header, _body, end) => {
          frames.push(end - header)
          return true
        },
      })
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    deepEqual(frames, [stream.length])
    // Growing by doubling leaves garbage of the same size again; copying on every chunk would leave 8 GB.
    ok(most < 5 * size, `took ${most} bytes`)
  })
})

/** What arrays hold once the garbage is gone. */
function arrayBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  // The second one waits until the arrays that the first one found have been given back.
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}

/** PUBLISH packets with bodies of these sizes, each byte told apart from its neighbours. */
function streamOf(bodySizes: readonly number[]): Uint8Array {
  const packets = bodySizes.map((size, index) => {
    const packet = new Uint8Array(1 + varIntSize(size) + size)
    packet[0] = 0x30
    const body = writeVarInt(packet, 1, size)
    for (let at = body; at < packet.length; at++) packet[at] = at * 7 + index
    return packet
  })
  return Uint8Array.from(Buffer.concat(packets))
}

/** The oracle: has the whole stream at once. */
function split(stream: Uint8Array): string[] {
  const frames: string[] = []
  let at = 0
  while (at < stream.length) {
    let size = 0
    let body = at + 1
    for (let shift = 0; ; shift += 7) {
      const byte = stream[body++]!
      size += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    frames.push(hex(stream.subarray(at, body + size)))
    at = body + size
  }
  return frames
}

/**
 * Reads chunks that are overwritten right after, stopping after as many packets as `stops` says, one entry per stop. One of
 * `putBack` for each call of the sink: whether it takes the packet, or not yet.
 */
function read(
  chunks: readonly Uint8Array[],
  stops: readonly number[] = [],
  putBack: readonly boolean[] = [],
): string[] {
  const reader = new FrameReader(268_435_460)
  const frames: string[] = []
  const waits = [...stops]
  let calls = 0
  let stopped = false
  const sink: FrameSink = {
    frame(bytes, header, body, end) {
      ok(header < body && body <= end)
      if (putBack[calls++] === true) {
        reader.putBack()
        stopped = true
        return false
      }
      frames.push(hex(bytes.subarray(header, end)))
      if (waits.length === 0) return true
      waits[0]!--
      if (waits[0]! >= 0) return true
      waits.shift()
      stopped = true
      return false
    },
  }
  chunks.forEach((chunk, index) => {
    const own = chunk.slice()
    equal(reader.push(own, sink), undefined)
    own.fill(0xee)
    // Every third chunk the stop is left to last over the next one.
    while (stopped && index % 3 !== 0) {
      stopped = false
      reader.resume(sink)
    }
  })
  while (stopped) {
    stopped = false
    reader.resume(sink)
  }
  equal(reader.bufferedBytes, 0)
  return frames
}

function cut(stream: Uint8Array, pieces: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let at = 0
  for (const piece of pieces) {
    if (at >= stream.length) break
    chunks.push(stream.subarray(at, at + piece))
    at += piece
  }
  if (at < stream.length) chunks.push(stream.subarray(at))
  return chunks
}

function recorder(frames: string[]): FrameSink {
  return {
    frame(bytes, header, _body, end) {
      frames.push(hex(bytes.subarray(header, end)))
      return true
    },
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

// What is measured by itself: the steps that a message takes through core.

import {
  createAckFields,
  createBufferWriter,
  createPublication,
  decodeAck,
  decodeControl,
  decodePublish,
  encodeAck,
  encodeControl,
  encodePublication,
  encodeUtf8,
  FilterTree,
  FrameReader,
  Outgoing,
  type Outlet,
  PropertyScratch,
  type ProtocolVersion,
  Publication,
  type PublishProperties,
  type QoS,
  Session,
  TopicTable,
  topicMatches,
  Writer,
  writtenBytes,
} from '@mq/core'
import type { MicroCase } from './micro.ts'

const payload = new Uint8Array(64).fill(0x78)
const topicName = 'house/floor1/bulb17'

/** A writer that starts over in the same 64 KiB. */
function looping(): Outlet {
  const bytes = new Uint8Array(65_536)
  return {
    makeRoom(writer) {
      writer.bytes = bytes
      writer.at = 0
    },
  }
}

function message(qos: QoS, properties?: PublishProperties, topic = topicName): Publication {
  return createPublication({ topicName: topic, payload, qos, retain: false, ...(properties && { properties }) })
}

/** As it comes from a socket: 64 KiB of one packet after the other. */
function chunkOf(publication: Publication, version: ProtocolVersion): { bytes: Uint8Array; packets: number } {
  const writer = createBufferWriter()
  let packets = 0
  while (writer.at < 65_000) {
    const packetId = publication.qos === 0 ? 0 : packets + 1
    encodePublication(writer, publication, version, publication.qos, false, false, packetId, 0, false, -1, undefined)
    packets++
  }
  return { bytes: writtenBytes(writer), packets }
}

function decoding(name: string, publication: Publication, version: ProtocolVersion): MicroCase {
  const { bytes, packets } = chunkOf(publication, version)
  const into = new Publication()
  const scratch = new PropertyScratch()
  const frames = new FrameReader(Number.POSITIVE_INFINITY)
  let sum = 0
  const sink = {
    frame(chunk: Uint8Array, header: number, body: number, end: number): boolean {
      if (decodePublish(into, chunk, header, body, end, version, scratch) !== undefined) throw new Error('a fault')
      sum += into.payloadEnd
      return true
    },
  }
  return {
    name,
    operations: packets,
    run() {
      frames.push(bytes, sink)
      return sum
    },
  }
}

function encoding(name: string, publication: Publication, version: ProtocolVersion): MicroCase {
  const writer = new Writer(looping())
  const { qos } = publication
  return {
    name,
    operations: 1000,
    run() {
      for (let n = 1; n <= 1000; n++) {
        encodePublication(writer, publication, version, qos, false, false, qos === 0 ? 0 : n, 0, false, -1, undefined)
      }
      return writer.at
    },
  }
}

function acknowledgements(): MicroCase[] {
  const writer = new Writer(looping())
  const own = createBufferWriter()
  encodeAck(own, 'puback', 7, 0, 5)
  const bytes = writtenBytes(own)
  const fields = createAckFields()
  return [
    {
      name: 'PUBACK, encode',
      operations: 1000,
      run() {
        for (let n = 1; n <= 1000; n++) encodeAck(writer, 'puback', n, 0, 5)
        return writer.at
      },
    },
    {
      name: 'PUBACK, decode',
      operations: 1000,
      run() {
        let sum = 0
        for (let n = 0; n < 1000; n++) {
          decodeAck(fields, bytes, 0, 2, bytes.length, 5)
          sum += fields.packetId
        }
        return sum
      },
    },
  ]
}

function connecting(): MicroCase[] {
  const writer = createBufferWriter()
  const connect = {
    type: 'connect',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 60,
    clientId: 'bulb17',
    userName: 'house',
    password: encodeUtf8('secret'),
    properties: { sessionExpiryInterval: 3600, receiveMaximum: 100 },
  } as const
  encodeControl(writer, connect, 5)
  const bytes = writtenBytes(writer)
  return [
    {
      name: 'CONNECT, decode',
      operations: 100,
      run() {
        let sum = 0
        for (let n = 0; n < 100; n++) sum += decodeControl(bytes, 0, bytes.length, 5).type.length
        return sum
      },
    },
  ]
}

function topics(): MicroCase[] {
  const names = Array.from({ length: 1000 }, (_, n) => `house/floor${n % 10}/bulb${n}`)
  const table = new TopicTable<number>()
  const writer = createBufferWriter()
  const places = names.map((name) => {
    const bytes = encodeUtf8(name)
    writer.reserve(bytes.length)
    writer.bytes.set(bytes, writer.at)
    writer.at += bytes.length
    return { start: writer.at - bytes.length, end: writer.at }
  })
  const bytes = writtenBytes(writer)
  const tree = new FilterTree<number>()
  for (const [n, name] of names.entries()) tree.set(n % 3 === 0 ? name.replace(/floor\d/, '+') : name, n)
  tree.set('house/#', -1)
  return [
    {
      name: 'topic table: one of 1000 known names',
      operations: places.length,
      run() {
        let sum = 0
        for (const { start, end } of places) {
          const entry = table.lookup(bytes, start, end)
          if (entry.type === 'topicEntry') sum += entry.length
        }
        return sum
      },
    },
    {
      name: 'filter tree: who of 1000 filters matches',
      operations: names.length,
      run() {
        let sum = 0
        for (const name of names) {
          tree.match(name, (value) => {
            sum += value
          })
        }
        return sum
      },
    },
    {
      name: 'topicMatches, the readable one',
      operations: names.length,
      run() {
        let sum = 0
        for (const name of names) if (topicMatches('house/+/bulb17', name)) sum++
        return sum
      },
    },
  ]
}

function delivering(name: string, qos: QoS): MicroCase {
  const now = () => 0
  const session = new Session({
    queue: { messagesMax: 1000, bytesMax: 1_000_000, policy: 'drop-newest' },
    observer: {
      dropped: (_session, reason) => {
        throw new Error(reason)
      },
    },
    now,
  })
  session.keeps = false
  const outgoing = new Outgoing(looping(), now)
  outgoing.version = 5
  session.attach(outgoing, 65_535)
  const publication = message(qos)
  let packetId = 0
  return {
    name,
    operations: 1000,
    run() {
      for (let n = 0; n < 1000; n++) {
        session.deliver(publication, qos, false, undefined, undefined)
        if (qos === 0) continue
        packetId = (packetId % 65_535) + 1
        session.acknowledged('puback', packetId, 0)
      }
      return outgoing.writer.at
    },
  }
}

export function allCases(): MicroCase[] {
  const properties: PublishProperties = { contentType: 'text/plain', userProperties: [['unit', 'celsius']] }
  return [
    decoding('PUBLISH QoS 0, decode', message(0), 4),
    decoding('PUBLISH QoS 1, MQTT 5.0, decode', message(1), 5),
    decoding('PUBLISH QoS 1 with properties, decode', message(1, properties), 5),
    encoding('PUBLISH QoS 0, encode', message(0), 4),
    encoding('PUBLISH QoS 1, MQTT 5.0, encode', message(1), 5),
    encoding('PUBLISH QoS 1 with properties, encode', message(1, properties), 5),
    ...acknowledgements(),
    ...connecting(),
    ...topics(),
    delivering('session: deliver, QoS 0', 0),
    delivering('session: deliver and PUBACK, QoS 1', 1),
  ]
}

/**
 * CONNECT packets that no server may accept, by what is wrong with them. Each is otherwise in order, has a Client Identifier
 * of its own, and is made anew, so that whatever a broker keeps of it is seen in the heap.
 */

export interface Malformed {
  readonly kind: string
  readonly bytes: Uint8Array
  /** The server has to wait for more. */
  readonly isIncomplete: boolean
}

/** Below a number. */
export type Random = (below: number) => number

interface Parts {
  firstByte: number
  protocolName: readonly number[]
  version: number
  flags: number
  properties: readonly number[]
  payload: number[][]
  /** Added to the true Remaining Length. */
  lie: number
}

const mistakes: Readonly<Record<string, (parts: Parts, random: Random) => void>> = {
  'reserved bits in the first byte': (parts, random) => {
    parts.firstByte |= 1 + random(15)
  },
  'another first packet': (parts, random) => {
    parts.firstByte = ((2 + random(14)) << 4) | random(16)
  },
  'another protocol name': (parts, random) => {
    parts.protocolName = text(random(2) === 0 ? 'HTTP' : `${letters(random, 1 + random(9))}!`)
  },
  'another version': (parts, random) => {
    parts.version = 6 + random(120)
  },
  'the reserved flag': (parts) => {
    parts.flags |= 1
  },
  'Will QoS 3': (parts) => {
    parts.flags |= 0b0001_1100
    parts.payload.push([0], text('will/topic'), text('bye'))
  },
  'Will QoS without a Will': (parts) => {
    parts.flags |= 0b0000_1000
  },
  'a Client Identifier that is no UTF-8': (parts, random) => {
    parts.payload[0] = binary([0xc3, 0x28, ...text(letters(random, random(20))).slice(2)])
  },
  'U+0000 in the Client Identifier': (parts, random) => {
    parts.payload[0] = text(`${letters(random, 8)}\0`)
  },
  'a surrogate in the User Name': (parts) => {
    parts.flags |= 0b1000_0000
    parts.payload.push(binary([0xed, 0xa0, 0x80]))
  },
  'a property twice': (parts) => {
    parts.properties = [0x21, 0, 10, 0x21, 0, 10]
  },
  'Receive Maximum 0': (parts) => {
    parts.properties = [0x21, 0, 0]
  },
  'a property of another packet': (parts) => {
    parts.properties = [0x23, 0, 1]
  },
  'a property that does not exist': (parts, random) => {
    parts.properties = [0x60 + random(0x20), 1, 2, 3]
  },
  'a property cut short': (parts) => {
    parts.properties = [0x11, 0, 0]
  },
  'a Will Topic with a wildcard': (parts, random) => {
    parts.flags |= 0b0000_0100
    parts.payload.push([0], text(`${letters(random, 5)}/#`), text('bye'))
  },
  'bytes behind the last field': (parts, random) => {
    parts.payload.push(Array.from({ length: 1 + random(400) }, () => random(256)))
  },
  'the end in the middle of a field': (parts) => {
    parts.payload[0] = [0xff, 0xff, 0x61]
  },
  'no payload': (parts) => {
    parts.payload = []
  },
  'a Remaining Length that is too large for anybody': (parts) => {
    parts.lie = 200_000_000
  },
  'a Remaining Length in five bytes': (parts) => {
    parts.lie = -1
  },
  'less than was promised': (parts, random) => {
    parts.lie = 1 + random(60_000)
  },
}

const names = Object.keys(mistakes)

export function malformedConnect(random: Random): Malformed {
  const kind = names[random(names.length)]!
  const parts: Parts = {
    firstByte: 0x10,
    protocolName: text('MQTT'),
    version: 5,
    flags: 0b0000_0010,
    // A session that would stay for ever, if it were made.
    properties: [0x11, 0xff, 0xff, 0xff, 0xff],
    payload: [text(letters(random, 12 + random(12)))],
    lie: 0,
  }
  mistakes[kind]!(parts, random)
  const { firstByte, protocolName, version, flags, properties, payload, lie } = parts
  const body = [...protocolName, version, flags, 0, 60, properties.length, ...properties, ...payload.flat()]
  const length = lie < 0 ? [0x80, 0x80, 0x80, 0x80, 1] : variable(body.length + lie)
  return {
    kind,
    bytes: Uint8Array.from([firstByte, ...length, ...body]),
    isIncomplete: kind === 'less than was promised',
  }
}

function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(0x61 + random(26))).join('')
}

function text(value: string): number[] {
  return binary([...new TextEncoder().encode(value)])
}

function binary(bytes: readonly number[]): number[] {
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes]
}

function variable(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...variable(value >>> 7)]
}

// The yardstick of `npm run bench`: what one Node.js process can do that moves MQTT messages and does nothing else.
//
//     node bench/yardstick.mjs <port>
//
// No broker: it checks nothing, keeps nothing, takes filters without `#` and one per SUBSCRIBE, and sends each
// message at the QoS it came with. What is left is what every broker in Node.js must do as well: read, find the end of each
// packet, find who wants it, copy its bytes, and make one system call per receiver and turn of the event loop.
import net from 'node:net'

const outBytes = 32_768
/** Filter -> who subscribed; those without and those with a `+`. */
const exact = new Map()
const wild = new Map()
/** Topic -> who gets it; worked out once, for as long as nobody subscribes. */
let receivers = new Map()
let waiting = []

function flushAll() {
  const now = waiting
  waiting = []
  for (const peer of now) peer.flush()
}

function matches(filter, topic) {
  const levels = topic.split('/')
  const wanted = filter.split('/')
  return wanted.length === levels.length && wanted.every((level, n) => level === '+' || level === levels[n])
}

function receiversOf(topic) {
  const known = receivers.get(topic)
  if (known !== undefined) return known
  const others = [...wild].flatMap(([filter, peers]) => (matches(filter, topic) ? peers : []))
  const found = [...(exact.get(topic) ?? []), ...others]
  receivers.set(topic, found)
  return found
}

class Peer {
  #socket
  #out = Buffer.allocUnsafeSlow(outBytes)
  #used = 0
  #isWaiting = false
  /** The beginning of a packet whose end has not come. */
  #rest = undefined
  #packetId = 0
  #filter = ''

  constructor(socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', () => {})
    socket.on('close', () => this.#forget())
  }

  #read(chunk) {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = undefined
    let start = 0
    for (;;) {
      // Remaining Length: at most four bytes, seven bits in each.
      let at = start + 1
      let remaining = 0
      let byte = 0x80
      for (let shift = 0; byte >= 0x80 && at < bytes.length; shift += 7) {
        byte = bytes[at++]
        remaining |= (byte & 0x7f) << shift
      }
      const end = at + remaining
      if (byte >= 0x80 || end > bytes.length) break
      this.#packet(bytes, start, at, end)
      start = end
    }
    if (start < bytes.length) this.#rest = bytes.subarray(start)
  }

  #packet(bytes, start, body, end) {
    switch (bytes[start] >> 4) {
      case 1: // CONNECT: CONNACK
        this.#write4(0x20, 2, 0, 0)
        break
      case 3:
        this.#publish(bytes, start, body, end)
        break
      case 5: // PUBREC: PUBREL
        this.#write4(0x62, 2, bytes[body], bytes[body + 1])
        break
      case 6: // PUBREL: PUBCOMP
        this.#write4(0x70, 2, bytes[body], bytes[body + 1])
        break
      case 8:
        this.#subscribe(bytes, body)
        break
      case 12: // PINGREQ: PINGRESP
        this.#room(2)
        this.#out[this.#used++] = 0xd0
        this.#out[this.#used++] = 0
        break
    }
  }

  #subscribe(bytes, body) {
    const end = body + 4 + bytes.readUInt16BE(body + 2)
    const filter = bytes.latin1Slice(body + 4, end)
    const table = filter.includes('+') ? wild : exact
    table.set(filter, [...(table.get(filter) ?? []), this])
    this.#filter = filter
    receivers = new Map()
    this.#write4(0x90, 3, bytes[body], bytes[body + 1])
    this.#room(1)
    this.#out[this.#used++] = bytes[end]
  }

  #forget() {
    for (const table of [exact, wild]) {
      const left = (table.get(this.#filter) ?? []).filter((peer) => peer !== this)
      if (left.length > 0) table.set(this.#filter, left)
      else table.delete(this.#filter)
    }
    receivers = new Map()
  }

  #publish(bytes, start, body, end) {
    const topicEnd = body + 2 + ((bytes[body] << 8) | bytes[body + 1])
    const qos = (bytes[start] >> 1) & 3
    const peers = receiversOf(bytes.latin1Slice(body + 2, topicEnd))
    for (let n = 0; n < peers.length; n++) peers[n].#deliver(bytes, start, end, qos === 0 ? -1 : topicEnd - start)
    if (qos > 0) this.#write4(qos === 1 ? 0x40 : 0x50, 2, bytes[topicEnd], bytes[topicEnd + 1])
  }

  /** The packet as it came, but for its Packet Identifier. */
  #deliver(bytes, start, end, idAt) {
    this.#room(end - start)
    const out = this.#out
    const at = this.#used
    bytes.copy(out, at, start, end)
    this.#used = at + end - start
    if (idAt < 0) return
    const packetId = (this.#packetId % 0xffff) + 1
    this.#packetId = packetId
    out[at + idAt] = packetId >> 8
    out[at + idAt + 1] = packetId
  }

  #write4(a, b, c, d) {
    this.#room(4)
    const out = this.#out
    out[this.#used++] = a
    out[this.#used++] = b
    out[this.#used++] = c
    out[this.#used++] = d
  }

  #room(bytes) {
    if (this.#used + bytes > this.#out.length) {
      this.flush()
      if (bytes > this.#out.length) this.#out = Buffer.allocUnsafeSlow(bytes)
    }
    if (this.#isWaiting) return
    this.#isWaiting = true
    waiting.push(this)
    if (waiting.length === 1) setImmediate(flushAll)
  }

  flush() {
    this.#isWaiting = false
    if (this.#used === 0) return
    this.#socket.write(this.#out.subarray(0, this.#used))
    this.#used = 0
    // What the system has not taken whole is still read from.
    if (this.#socket.writableLength > 0) this.#out = Buffer.allocUnsafeSlow(this.#out.length)
  }
}

net.createServer({ noDelay: true }, (socket) => new Peer(socket)).listen(Number(process.argv[2]), '127.0.0.1')

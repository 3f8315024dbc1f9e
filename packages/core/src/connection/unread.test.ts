import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import { type Bench, connected, publishPacket } from '../../test/server-fixture.ts'
import type { Packet } from '../packet/packet.ts'

const goodbye: Packet = { type: 'disconnect', reasonCode: 0 }
const ping: Packet = { type: 'pingreq' }

/** Held at its first PUBLISH, and `rest` was sent behind it. */
function held(...rest: readonly Packet[]): Bench {
  const bench = connected()
  bench.on.publish = () => bench.server.hold()
  bench.send(publishPacket('asked', 0), ...rest)
  return bench
}

/** As the broker is told. */
function summary({ unread }: Bench): unknown {
  return unread.map((each) => each && [each.packets, each.messages, each.disconnect?.reasonCode])
}

describe('a connection that ends while it is held', () => {
  test('tells what its client had sent, and its last word', () => {
    const bench = held(publishPacket('t', 0), publishPacket('t', 1, 1), ping, goodbye)
    bench.server.lost('gone')
    deepEqual([summary(bench), bench.calls.at(-1)], [[[3, 2, 0]], 'closed network'])
  })

  test('tells it whoever ends it', () => {
    const bench = held(publishPacket('t', 0), goodbye)
    bench.server.disconnect(0x8e, 'taken over')
    deepEqual([summary(bench), bench.calls.at(-1)], [[[1, 1, 0]], 'closed server'])
  })

  test('has nothing to tell where nothing was kept', () => {
    const bench = held()
    bench.server.lost('gone')
    deepEqual(summary(bench), [[0, 0, undefined]])
  })

  test('counts no packet that is not whole, and none behind DISCONNECT or behind one that may not come', () => {
    const half = held(publishPacket('t', 0))
    half.sendBytes(0x30, 10, 0)
    half.server.lost('gone')
    const late = held(goodbye, publishPacket('t', 0))
    late.server.lost('gone')
    const forbidden = held(ping)
    // A second CONNECT.
    forbidden.sendBytes(0x10, 0)
    forbidden.send(goodbye)
    forbidden.server.lost('gone')
    deepEqual([half, late, forbidden].map(summary), [[[1, 1, undefined]], [[0, 0, 0]], [[1, 0, undefined]]])
  })

  test('was said no goodbye that breaks the protocol (section 3.14.2.2.2), or that cannot be read', () => {
    const bench = held({ ...goodbye, properties: { sessionExpiryInterval: 5 } })
    bench.server.lost('gone')
    const unreadable = held()
    unreadable.sendBytes(0xe0, 2, 0, 9)
    unreadable.server.lost('gone')
    deepEqual([bench, unreadable].map(summary), [[[0, 0, undefined]], [[0, 0, undefined]]])
  })

  test('is over: nothing of what was kept is handled by a late release', () => {
    const bench = held(publishPacket('t', 0))
    bench.server.lost('gone')
    bench.server.release(0)
    equal(bench.calls.filter((call) => call.startsWith('publish')).length, 1)
  })
})

test('a connection that ends over a packet that may not come, with more behind it in pieces, just ends', () => {
  const bench = connected()
  // A second CONNECT whose end comes later, and with it what is long enough to be copied as a block.
  bench.sendBytes(0x10, 4, 0, 0)
  bench.sendBytes(0, 0, ...new Uint8Array(500))
  deepEqual([bench.calls.at(-1), summary(bench)], ['closed fault', [undefined]])
})

test('a connection that is not held has nothing unread', () => {
  const lost = connected()
  lost.server.lost('gone')
  const left = connected()
  left.send(goodbye, ping)
  deepEqual([lost, left].map(summary), [[undefined], [undefined]])
})

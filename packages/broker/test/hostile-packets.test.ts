// What has gone wrong in other brokers, tried on this one, over TCP. Each attack may end its own connection, with the right
// Reason Code where the protocol has one; a bystander goes on as if nothing had happened. Here: packets that
// are not what they should be.
//
// The classes, and where each is tested:
//
//    1  memory for a length that is only declared           hostile-volume
//    2  leaks on malformed CONNECTs                         hostile-volume
//    3  QoS 2 that is never released                        hostile-volume, flow
//    4  depth of topics and filters                         hostile-volume, retained
//    5  packets of the wrong kind or direction              here
//    6  work out of proportion, slowness                    hostile-volume, limits, isolation, retained-feed
//    7  identities that look like patterns                  client-identifier
//    8  settings that are wrong and leave the door open     hostile-settings, auth, embedding
//    9  rights that were taken back                         revoked, auth
//   10  the server's own topics                             hostile-settings, subscription
//   11  strings that are not UTF-8                          here
//   12  lengths and frames, cut everywhere                  here, web-socket
//   13  many at once with one identity                      session
//   14  what is optional and missing                        auth
//   15  shared subscriptions beside others                  subscription
//   16  nothing to divide by: no members, limits of 0       subscription, hostile-settings
//   17  files on disk                                       none: this package writes none
//   18  administration                                      embedding: nothing listens beyond loopback by itself
//
// and, for this platform: an exception ends one connection  isolation
// what a client can make the log say                        bounded-log
import type { Packet } from '@mq/core'
import { describe, expect, test } from 'vitest'
import { attacked, packet, seeded, utf8 } from './attacked.ts'
import { startBroker, turns } from './harness.ts'
import { connectPacket, packetBytes, WireClient } from './wire-client.ts'

describe('class 5: packets of the wrong kind at the wrong time', () => {
  const samples: { readonly [type: number]: readonly number[] } = {
    1: [...packetBytes(connectPacket(), 5)],
    2: [0x20, 3, 0, 0, 0],
    3: [0x30, 4, 0, 1, 0x74, 0],
    4: [0x40, 2, 0, 1],
    5: [0x50, 2, 0, 1],
    6: [0x62, 2, 0, 1],
    7: [0x70, 2, 0, 1],
    8: [0x82, 7, 0, 1, 0, 0, 1, 0x74, 0],
    9: [0x90, 4, 0, 1, 0, 0],
    10: [0xa2, 6, 0, 1, 0, 0, 1, 0x74],
    11: [0xb0, 4, 0, 1, 0, 0],
    12: [0xc0, 0],
    13: [0xd0, 0],
    14: [0xe0, 0],
    15: [0xf0, 0],
  }
  const types = Array.from({ length: 16 }, (_, type) => type)
  const sample = (type: number) => samples[type] ?? [type << 4, 0]

  test.each(types)('type %i before CONNECT', async (type) => {
    const { open } = await attacked()
    const one = await open()
    one.sendBytes(sample(type))
    if (type === 1) expect((await one.next('connack')).reasonCode).toBe(0)
    else expect(await one.closed()).toEqual([])
  })

  test.each(types)('type %i after CONNECT', async (type) => {
    const { connect } = await attacked()
    const answers: { readonly [type: number]: string } = {
      5: 'pubrel',
      6: 'pubcomp',
      8: 'suback',
      10: 'unsuback',
      12: 'pingresp',
    }
    const refused = [0, 1, 2, 9, 11, 13, 15]
    for (const version of [5, 4] as const) {
      const one = await connect('attacker', { protocolVersion: version })
      one.answers = false
      // Before 5.0 there are no properties.
      one.sendBytes(version === 5 ? sample(type) : (old[type] ?? sample(type)))
      if (type === 14) expect(await one.closed()).toEqual([])
      else if (refused.includes(type)) {
        const code = await one.goodbye()
        expect(code).toBe(version === 4 ? undefined : type === 0 ? 0x81 : 0x82)
      } else {
        const came = (await one.settled()).map((each) => each.type)
        expect(came).toEqual(answers[type] === undefined || type === 12 ? came : [answers[type]])
        if (type === 12) expect(came).toEqual([])
      }
    }
  })
  const old: { readonly [type: number]: readonly number[] } = {
    3: [0x30, 3, 0, 1, 0x74],
    8: [0x82, 6, 0, 1, 0, 1, 0x74, 0],
    10: [0xa2, 5, 0, 1, 0, 1, 0x74],
  }

  test.each(types)('type %i while CONNECT is being answered', async (type) => {
    const answers: ((yes: boolean) => void)[] = []
    const { broker } = startBroker({ authenticate: () => new Promise((resolve) => void answers.push(resolve)) })
    const one = await WireClient.open(broker)
    one.send(connectPacket())
    one.sendBytes(sample(type))
    await turns()
    expect(one.isClosed).toBe(false)
    answers[0]?.(true)
    expect((await one.next('connack')).reasonCode).toBe(0)
    if ([0, 1, 2, 9, 11, 13, 14, 15].includes(type)) await one.closed()
    else await one.settled()
  })

  test('an empty Topic Name is a protocol error', async () => {
    const { connect } = await attacked()
    const one = await connect()
    one.sendBytes([0x30, 3, 0, 0, 0])
    expect(await one.goodbye()).toBe(0x82)
  })

  test('acknowledgements of what was never sent are answered or ignored', async () => {
    const { connect } = await attacked()
    const one = await connect()
    one.answers = false
    for (const type of ['puback', 'pubcomp'] as const) one.ack(type, 77)
    one.ack('pubrel', 77)
    one.ack('pubrec', 77)
    const came = await one.settled()
    expect(came.map((each) => [each.type, 'reasonCode' in each ? each.reasonCode : undefined])).toEqual([
      ['pubcomp', 0x92],
      ['pubrel', 0x92],
    ])
  })
})

describe('class 11: strings that are not UTF-8', () => {
  const bad: readonly (readonly [string, readonly number[]])[] = [
    ['a lone surrogate', [0xed, 0xa0, 0x80]],
    ['U+0000', [0x61, 0x00]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a cut sequence', [0xe2, 0x82]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte of no sequence', [0xff]],
  ]
  const string = (bytes: readonly number[]) => [0, bytes.length, ...bytes]

  test.each(bad)('%s', async (_title, bytes) => {
    const { bystander, connect, open } = await attacked()
    const reach = bystander
    await reach?.subscribe('#')
    const after: readonly (readonly [string, Uint8Array])[] = [
      ['Topic Name', packet(0x30, [...string(bytes), 0])],
      ['Response Topic', packet(0x30, [...string([0x74]), 3 + bytes.length, 8, ...string(bytes)])],
      ['Content Type', packet(0x30, [...string([0x74]), 3 + bytes.length, 3, ...string(bytes)])],
      ['User Property', packet(0x30, [...string([0x74]), 6 + bytes.length, 38, ...string([0x61]), ...string(bytes)])],
      ['Topic Filter', packet(0x82, [0, 1, 0, ...string(bytes), 0])],
      ['Topic Filter to leave', packet(0xa2, [0, 1, 0, ...string(bytes)])],
      ['Reason String', packet(0xe0, [0, 3 + bytes.length, 31, ...string(bytes)])],
    ]
    for (const [field, wire] of after) {
      const one = await connect()
      one.sendBytes(wire)
      expect(await one.goodbye(), field).toBe(0x81)
    }
    const name = [0, 4, 0x4d, 0x51, 0x54, 0x54, 5]
    const before: readonly (readonly [string, Uint8Array])[] = [
      ['Client Identifier', packet(0x10, [...name, 0x02, 0, 0, 0, ...string(bytes)])],
      ['Will Topic', packet(0x10, [...name, 0x06, 0, 0, 0, ...string([0x61]), 0, ...string(bytes), 0, 0])],
      ['User Name', packet(0x10, [...name, 0x82, 0, 0, 0, ...string([0x61]), ...string(bytes)])],
    ]
    for (const [field, wire] of before) {
      const one = await open()
      one.sendBytes(wire)
      expect(await one.goodbye(), field).toBe(0x81)
    }
    expect(await reach?.settled()).toEqual([])
  })

  test('a BOM is a character like others', async () => {
    const { connect } = await attacked()
    const one = await connect()
    await one.subscribe('\ufefft')
    await one.publish('\ufefft', 'x')
    expect((await one.next('publish')).topicName).toBe('\ufefft')
  })
})

describe('class 12: lengths', () => {
  test('a Remaining Length of five bytes', async () => {
    const { connect, open } = await attacked()
    const before = await open()
    before.sendBytes([0x10, 0xff, 0xff, 0xff, 0xff, 0x01])
    expect(await before.closed()).toEqual([])
    const after = await connect()
    after.sendBytes([0x30, 0x80, 0x80, 0x80, 0x80, 0x01])
    expect(await after.goodbye()).toBe(0x81)
  })

  test('every packet cut short, at every byte, by its own Remaining Length', async () => {
    const { connect } = await attacked()
    const packets: Packet[] = [
      {
        type: 'publish',
        topicName: 'topic',
        payload: new Uint8Array(0),
        qos: 1,
        retain: false,
        dup: false,
        packetId: 1,
        properties: { contentType: 'c', userProperties: [['a', 'b']], responseTopic: 'r' },
      },
      {
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ topicFilter: 'abc', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }],
        properties: { subscriptionIdentifier: 3 },
      },
      { type: 'unsubscribe', packetId: 1, topicFilters: ['abc'] },
    ]
    for (const each of packets) {
      const whole = packetBytes(each, 5)
      for (let length = 0; length < whole.length - 2; length++) {
        const one = await connect()
        one.sendBytes([whole[0] ?? 0, length, ...whole.subarray(2, 2 + length)])
        // Cut after whole fields it may be another legal packet, or one that breaks another rule.
        one.sendBytes([0xc0, 1, 0])
        expect([0x81, 0x82]).toContain(await one.goodbye())
      }
    }
  })

  test('every packet sent byte by byte', async () => {
    const { open } = await attacked()
    const one = await open()
    const stream = [
      ...packetBytes(connectPacket({ clientId: 'slow' }), 5),
      ...packet(0x82, [0, 1, 0, ...utf8('t'), 0]),
      ...packet(0x30, [...utf8('t'), 0, 0x78]),
      0xc0,
      0,
    ]
    for (const byte of stream) {
      one.sendBytes([byte])
      await turns(1)
    }
    await one.next('connack')
    await one.next('suback')
    await one.next('publish')
    await one.next('pingresp')
  })
})

describe('noise', () => {
  test('random bytes, before and after CONNECT', async () => {
    const { broker, bystander, connect, open } = await attacked()
    const random = seeded(1)
    for (let round = 0; round < 300; round++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 300) }, () => Math.floor(random() * 256))
      const one = round % 2 === 0 ? await open() : await connect(`attacker-${round}`)
      one.answers = false
      one.sendBytes(bytes)
      if (round % 3 === 0) await bystander.settled()
      await one.drop()
    }
    await bystander.settled()
    await turns(20)
    expect(broker.stats.connections).toBe(1)
  })

  test('legal streams with a byte changed', async () => {
    const { broker, bystander, open } = await attacked()
    const random = seeded(9)
    const stream = [
      ...packetBytes(connectPacket({ properties: { receiveMaximum: 3, topicAliasMaximum: 4 } }), 5),
      ...packet(0x82, [0, 1, 0, ...utf8('t/#'), 2]),
      ...packet(0x3d, [...utf8('t/a'), 0, 7, 3, 35, 0, 1, 0x78]),
      ...packet(0x62, [0, 7]),
      ...packet(0x33, [...utf8('t/b'), 0, 8, 0, 0x79]),
      ...packet(0xa2, [0, 2, 0, ...utf8('t/#')]),
      0xc0,
      0,
    ]
    for (let round = 0; round < 400; round++) {
      const one = await open()
      one.answers = false
      const bytes = Uint8Array.from(stream)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      one.sendBytes(bytes)
      one.sendBytes([0xc0, 1, 0])
      if (round % 10 === 0) await bystander.settled()
      await one.drop()
    }
    await bystander.settled()
    await turns(20)
    expect(broker.stats.connections).toBe(1)
  })
})

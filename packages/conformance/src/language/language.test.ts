import { describe, expect, test } from 'vitest'
import { composeBytes } from './compose-bytes.ts'
import { composePacket } from './compose-packet.ts'
import { parseCases } from './parse.ts'
import { parseBytes } from './parse-bytes.ts'
import { parsePacket } from './parse-fields.ts'
import type { Scope } from './scope.ts'

const scope = (version: 3 | 4 | 5): Scope => ({ version, prefix: 'q', variables: new Map([['n', 7]]) })
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const bytes = (text: string, version: 3 | 4 | 5 = 5) => hex(composeBytes(parseBytes(text), scope(version)))
const packet = (text: string, version: 3 | 4 | 5 = 5) => hex(composePacket(parsePacket(text)!, scope(version)))

describe('bytes', () => {
  test.each([
    ['10 0a0B', '100a0b'],
    ['"ab"', '00026162'],
    ["'ab'", '6162'],
    ["'ab'*3", '616261626162'],
    ['00*3', '000000'],
    ['"~"', '000171'],
    ['{ 01 02 }', '020102'],
    ['{}', '00'],
    ["{ '0123456789'*20 }", `c801${'30313233343536373839'.repeat(20)}`],
    ["[ 'a' 00 ]", '00026100'],
    ['10 { [ ff ] { 01 } }', '10050001ff0101'],
    ['u8:$n u16:$n+1 u32:256 var:128', '0700080000010080' + '01'],
    ['"a b } #"', '00076120622' + '07d2023'],
  ])('%s', (text, expected) => expect(bytes(text)).toBe(expected))

  test('a property block is only there in 5.0', () => {
    expect([bytes('@{ 01 01 }', 5), bytes('@{ 01 01 }', 4), bytes('@{}', 5)]).toEqual(['020101', '', '00'])
  })

  test('the protocol is that of the version', () => {
    expect([bytes('protocol', 3), bytes('protocol', 4), bytes('protocol', 5)]).toEqual([
      '00064d514973647003',
      '00044d51545404',
      '00044d51545405',
    ])
  })

  test.each(['1', '{ 01', '01 }', '[ 01 }', 'zz', '"open'])('%s cannot be read', (text) => {
    expect(() => parseBytes(text)).toThrow(SyntaxError)
  })
})

describe('packets', () => {
  test.each([
    ['pingreq', 5, 'c000'],
    ['connect clientId="a"', 4, '100d00044d51545404020000000161'],
    ['connect clientId="a" keepAlive=60 receiveMaximum=2', 5, '101100044d5154540502003c03210002000161'],
    ['connect clientId="a" receiveMaximum=2', 4, '100d00044d51545404020000000161'],
    ['publish topicName="t" qos=1 retain dup packetId=258 payload="x"', 4, '3b06000174010278'],
    ['publish topicName="t" qos=3', 4, '3605000174' + '0001'],
    ['publish topicName="t" topicAlias=0 userProperty="k=a=b"', 5, '3010000174' + '0c230000' + '2600016b0003613d62'],
    [
      'subscribe packetId=1 topicFilter="a" qos=1 noLocal topicFilter="b" retainHandling=2',
      5,
      '820b' + '000100' + '00016105' + '00016220',
    ],
    ['subscribe packetId=1 topicFilter="a" qos=1 noLocal', 4, '8206' + '0001' + '00016101'],
    ['puback packetId=1', 5, '40020001'],
    ['puback packetId=1 reasonCode=0x10', 5, '4003000110'],
    ['puback packetId=1 reasonCode=0x10', 4, '40020001'],
    ['pubrel first=0x60 packetId=$n', 5, '60020007'],
    ['disconnect reasonCode=0x04', 5, 'e00104'],
    ['disconnect sessionExpiryInterval=1', 5, 'e007' + '00' + '051100000001'],
    ['disconnect 4:reasonCode=1', 5, 'e000'],
  ] as const)('%s (%s)', (text, version, expected) => expect(packet(text, version)).toBe(expected))
})

describe('cases', () => {
  test('ids decide the versions, and a line may narrow them', () => {
    const [both, older, named] = parseCases(`
      [MQTT-3.1.0-1] [MQTT311-3.1.0-1] both
      a > pingreq
      [MQTT311-3.1.0-1] older
      a > pingreq
      [MQTT-3.1.0-1] named
      in 3 5
      a > pingreq
    `)
    expect([both?.versions, older?.versions, named?.versions]).toEqual([[4, 5], [4], [3, 5]])
  })

  test.each([
    ['a step before the first case', 'a > pingreq', 'line 1: a step before'],
    ['a verb that there is not', '[1.1] t\na pokes', 'line 2: not a verb: pokes'],
    ['a packet that there is not', '[1.1] t\na > pingrex', 'line 2: not bytes: pingrex'],
    ['a value that is none', '[1.1] t\na > publish qos=high', 'line 2: not a value: high'],
    ['a case without title', '[1.1]', 'line 1: a case without title'],
    ['a case without steps', '[1.1] t', 'no step: 1.1 t'],
    ['a condition that is none', '[1.1] t\nneeds luck', 'line 2: not a condition: luck'],
  ])('%s is an error', (_, text, message) => expect(() => parseCases(text)).toThrow(message))
})

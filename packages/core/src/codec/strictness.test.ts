/**
 * What the decoder refuses, and as what. A case: the statement it breaks, the version, what is wrong, and the body of the
 * packet in hex, where `'text'` stands for a string with its length and `<…>` for a property block with its length.
 */
import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { Fault } from '../packet/fault.ts'
import type { Packet } from '../packet/packet.ts'
import type { ProtocolVersion } from '../spec/version.ts'
import { decodePacket } from './decoder.ts'

type Case = [clause: string, version: ProtocolVersion, what: string, first: number, body: string]

const CONNECT = 0x10
const CONNACK = 0x20
const PUBLISH = 0x30
const PUBLISH1 = 0x32
const PUBACK = 0x40
const PUBREC = 0x50
const PUBREL = 0x62
const PUBCOMP = 0x70
const SUBSCRIBE = 0x82
const SUBACK = 0x90
const UNSUBSCRIBE = 0xa2
const UNSUBACK = 0xb0
const PINGREQ = 0xc0
const PINGRESP = 0xd0
const DISCONNECT = 0xe0
const AUTH = 0xf0

const malformed: Case[] = [
  ['1.2', 4, 'a User Name that the flags promise', CONNECT, "'MQTT' 04 c2 0000 'c'"],
  ['1.2', 3, 'half a User Name', CONNECT, "'MQIsdp' 03 c2 0000 'c' 00"],
  ['MQTT-1.5.7-1', 5, 'a surrogate in a User Property', SUBSCRIBE, "0001 <26 0003eda080 'v'> 'a' 00"],
  ['MQTT-1.5.7-1', 5, 'a User Property that is not UTF-8', PUBLISH, "'t' <26 'n' 0001ff>"],
  ['MQTT-1.5.7-1', 5, 'U+0000 in a User Property of PUBACK', PUBACK, "0001 00 <26 'n' 000100>"],
  ['MQTT-1.5.4-1', 5, 'an overlong encoding in Reason String', DISCONNECT, '80 <1f 0002c080>'],
  ['MQTT-1.5.5-1', 5, 'a Property Length longer than needed', PUBACK, '0001 00 8000'],
  ['MQTT-1.5.5-1', 5, 'a Property Length of five bytes', PUBLISH, "'t' 8080808001"],
  ['MQTT-1.5.5-1', 5, 'a Subscription Identifier longer than needed', SUBSCRIBE, "0001 <0b 8100> 'a' 00"],
  ['MQTT-1.5.5-1', 5, 'a Subscription Identifier longer than needed', PUBLISH, "'t' <0b 8100>"],
  ['MQTT-1.5.5-1', 5, 'no Property Length', PUBLISH, "'t'"],
  ['MQTT-1.5.5-1', 5, 'no Property Length', CONNACK, '00 00'],
  ['2.2.2.1', 5, 'a Property Length beyond the packet', PUBLISH, "'t' 05 01 01"],
  ['2.2.2.1', 5, 'a Property Length beyond the packet', PUBACK, '0001 00 05 1f'],
  ['2.2.2', 5, 'a property beyond Property Length', PUBLISH, "'t' <02 0000> 0001"],
  ['2.2.2', 5, 'a string beyond Property Length', PUBLISH, "'t' <03 0005 61> 62626262"],
  ['2.2.2', 5, 'half a User Property', PUBLISH, "'t' <26 'n'>"],
  ['2.2.2', 5, 'a Payload Format Indicator without value', PUBLISH, "'t' <01>"],
  ['1.2', 5, 'a property beyond Property Length', CONNACK, '00 00 <21 00>'],
  ['2.2.2.2', 5, 'an unknown property', PUBLISH, "'t' <04>"],
  ['2.2.2.2', 5, 'an unknown property', CONNECT, "'MQTT' 05 02 0000 <7f 00> 'c'"],
  ['2.2.2.2', 5, 'a property of CONNECT', PUBLISH, "'t' <21 0001>"],
  ['2.2.2.2', 5, 'a property of PUBLISH', CONNECT, "'MQTT' 05 02 0000 <01 00> 'c'"],
  ['2.2.2.2', 5, 'Will Delay Interval outside the will', CONNECT, "'MQTT' 05 02 0000 <18 00000001> 'c'"],
  ['2.2.2.2', 5, 'Topic Alias in the will', CONNECT, "'MQTT' 05 06 0000 <> 'c' <23 0001> 'w' 'p'"],
  ['2.2.2.2', 5, 'Reason String in SUBSCRIBE', SUBSCRIBE, "0001 <1f 'x'> 'a' 00"],
  ['2.2.2.2', 5, 'Server Reference in PUBACK', PUBACK, "0001 00 <1c 'x'>"],
  ['MQTT-3.1.2-3', 5, 'the reserved Connect Flag', CONNECT, "'MQTT' 05 03 0000 <> 'c'"],
  ['MQTT-3.1.2-3', 4, 'the reserved Connect Flag', CONNECT, "'MQTT' 04 03 0000 'c'"],
  ['MQTT-3.1.2-12', 4, 'Will QoS 3', CONNECT, "'MQTT' 04 1e 0000 'c' 'w' 'p'"],
  ['MQTT-3.1.3-4', 4, 'a Client Identifier that is not UTF-8', CONNECT, "'MQTT' 04 02 0000 0001ff"],
  ['MQTT-3.1.3-11', 4, 'a Will Topic that is not UTF-8', CONNECT, "'MQTT' 04 06 0000 'c' 0001ff 'p'"],
  ['MQTT-3.1.3-12', 4, 'a User Name that is not UTF-8', CONNECT, "'MQTT' 04 82 0000 'c' 0001ff"],
  ['1.2', 4, '[MQTT-3.1.3-3] no Client Identifier', CONNECT, "'MQTT' 04 02 0000"],
  ['1.2', 4, '[MQTT-3.1.2-9] no Will Payload', CONNECT, "'MQTT' 04 06 0000 'c' 'w'"],
  ['1.2', 4, '[MQTT-3.1.2-17] no User Name', CONNECT, "'MQTT' 04 82 0000 'c'"],
  ['1.2', 4, '[MQTT-3.1.2-19] no Password', CONNECT, "'MQTT' 04 c2 0000 'c' 'u'"],
  ['2.1.4', 4, '[MQTT-3.1.2-16] a User Name without its flag', CONNECT, "'MQTT' 04 02 0000 'c' 'u'"],
  ['1.2', 5, 'a CONNECT that ends after its name', CONNECT, "'MQTT'"],
  ['MQTT-3.2.2-1', 4, 'reserved acknowledge flags', CONNACK, '02 00'],
  ['1.2', 4, 'a CONNACK of one byte', CONNACK, '00'],
  ['2.1.4', 4, 'a CONNACK of three bytes', CONNACK, '00 00 00'],
  ['MQTT-3.3.1-4', 4, 'QoS 3', 0x36, "'t' 0001"],
  ['3.3.2', 4, 'a Topic Name longer than the packet', PUBLISH, '0005 6161'],
  ['3.3.2', 4, 'no Topic Name', PUBLISH, '00'],
  ['3.3.2', 4, 'no Packet Identifier', PUBLISH1, "'t' 00"],
  ['MQTT311-4.7.3-1', 4, 'an empty Topic Name', PUBLISH, "''"],
  ['MQTT-3.3.2-1', 4, 'a Topic Name that is not UTF-8', PUBLISH, '0001ff'],
  ['MQTT-3.3.2-13', 5, 'a Response Topic that is not UTF-8', PUBLISH, "'t' <08 0001ff>"],
  ['MQTT-3.3.2-19', 5, 'a Content Type that is not UTF-8', PUBLISH, "'t' <03 0001ff>"],
  ['2.1.4', 4, 'a PUBACK of three bytes before 5.0', PUBACK, '0001 00'],
  ['2.1.4', 4, 'a PUBACK of one byte', PUBACK, '00'],
  ['2.1.4', 5, 'a PUBACK with bytes behind its properties', PUBACK, '0001 00 <> 00'],
  ['MQTT-3.8.3-1', 4, 'a Topic Filter that is not UTF-8', SUBSCRIBE, '0001 0001ff 00'],
  ['MQTT-3.8.3-5', 5, 'reserved Subscription Options', SUBSCRIBE, "0001 <> 'a' 40"],
  ['MQTT311-3.8.3-4', 4, 'No Local before 5.0', SUBSCRIBE, "0001 'a' 04"],
  ['MQTT311-3.8.3-4', 4, 'QoS 3 before 5.0', SUBSCRIBE, "0001 'a' 03"],
  ['1.2', 4, 'no Subscription Options', SUBSCRIBE, "0001 'a'"],
  ['1.2', 5, 'a SUBSCRIBE of one byte', SUBSCRIBE, '00'],
  ['3.9.3', 4, 'a SUBACK without Reason Code', SUBACK, '0001'],
  ['MQTT-3.10.3-1', 4, 'a Topic Filter that is not UTF-8', UNSUBSCRIBE, '0001 0001ff'],
  ['3.11.3', 5, 'an UNSUBACK without Reason Code', UNSUBACK, '0001 <>'],
  ['2.1.4', 4, 'an UNSUBACK with Reason Code before 5.0', UNSUBACK, '0001 00'],
  ['2.1.4', 5, 'a PINGREQ with content', PINGREQ, '00'],
  ['2.1.4', 5, 'a PINGRESP with content', PINGRESP, '00'],
  ['2.1.4', 4, 'a DISCONNECT with Reason Code before 5.0', DISCONNECT, '00'],
  ['2.1.4', 5, 'a DISCONNECT with bytes behind its properties', DISCONNECT, '00 <> 00'],
  ['MQTT311-2.2.1', 4, 'AUTH before 5.0', AUTH, ''],
  ['MQTT-1.5.5-1', 5, 'an AUTH without Property Length', AUTH, '18'],
]

const protocolError: Case[] = [
  ['2.2.2.2', 5, 'a property twice', CONNECT, "'MQTT' 05 02 0000 <21 0001 21 0001> 'c'"],
  ['2.2.2.2', 5, 'a property twice in the will', CONNECT, "'MQTT' 05 06 0000 <> 'c' <01 01 01 01> 'w' 'p'"],
  ['2.2.2.2', 5, 'a Subscription Identifier twice in SUBSCRIBE', SUBSCRIBE, "0001 <0b01 0b01> 'a' 00"],
  ['2.2.2.2', 5, 'Reason String twice', PUBACK, "0001 00 <1f 'a' 1f 'b'>"],
  ...[
    '01 00 01 00',
    '02 00000001 02 00000001',
    "03 'a' 03 'a'",
    "08 'a' 08 'a'",
    "09 'a' 09 'a'",
    '23 0001 23 0001',
  ].map((block): Case => ['3.3.2.3', 5, `property ${block.slice(0, 2)} twice`, PUBLISH, `'t' <${block}>`]),
  ['2.2.2.2', 5, 'Receive Maximum 0', CONNECT, "'MQTT' 05 02 0000 <21 0000> 'c'"],
  ['2.2.2.2', 5, 'Maximum Packet Size 0', CONNECT, "'MQTT' 05 02 0000 <27 00000000> 'c'"],
  ['2.2.2.2', 5, 'Request Problem Information 2', CONNECT, "'MQTT' 05 02 0000 <17 02> 'c'"],
  ['2.2.2.2', 5, 'Request Response Information 2', CONNECT, "'MQTT' 05 02 0000 <19 02> 'c'"],
  ['2.2.2.2', 5, 'Maximum QoS 2', CONNACK, '00 00 <24 02>'],
  ['2.2.2.2', 5, 'Subscription Identifier 0', SUBSCRIBE, "0001 <0b00> 'a' 00"],
  ['3.3.2.3.8', 5, 'Subscription Identifier 0', PUBLISH, "'t' <0b00>"],
  ['3.3.2.3.2', 5, 'Payload Format Indicator 2', PUBLISH, "'t' <01 02>"],
  ['MQTT-3.3.2-14', 5, 'a wildcard in Response Topic', PUBLISH, "'t' <08 'a/#'>"],
  [
    'MQTT-3.3.2-14',
    5,
    'a wildcard in the Response Topic of a will',
    CONNECT,
    "'MQTT' 05 06 0000 <> 'c' <08 '+'> 'w' 'p'",
  ],
  ['MQTT-4.7.3-1', 5, 'an empty Response Topic', PUBLISH, "'t' <08 ''>"],
  ['MQTT-4.7.3-1', 5, 'an empty Response Topic of a will', CONNECT, "'MQTT' 05 06 0000 <> 'c' <08 ''> 'w' 'p'"],
  ['MQTT-3.1.2-11', 4, 'Will QoS without will', CONNECT, "'MQTT' 04 0a 0000 'c'"],
  ['MQTT-3.1.2-13', 5, 'Will Retain without will', CONNECT, "'MQTT' 05 22 0000 <> 'c'"],
  ['MQTT311-3.1.2-22', 4, 'a password without user name', CONNECT, "'MQTT' 04 42 0000 'c' 'p'"],
  ['MQTT311-3.1.2-22', 3, 'a password without user name', CONNECT, "'MQIsdp' 03 42 0000 'c' 'p'"],
  ['3.1.2.11.10', 5, 'Authentication Data without method', CONNECT, "'MQTT' 05 02 0000 <16 'd'> 'c'"],
  ['MQTT-3.2.2-6', 5, 'Session Present in a refusal', CONNACK, '01 87 <>'],
  ['MQTT-3.2.2-8', 5, 'a Reason Code that CONNACK has not', CONNACK, '00 8d <>'],
  ['MQTT311-3.2.2-6', 4, 'a reserved return code', CONNACK, '00 06'],
  ['MQTT-3.3.1-2', 4, 'DUP at QoS 0', 0x38, "'t'"],
  ['3.3.2.1', 5, 'an empty Topic Name without alias', PUBLISH, "'' <>"],
  ['MQTT-2.2.1-3', 4, 'Packet Identifier 0', PUBLISH1, "'t' 0000"],
  ['MQTT-2.2.1-3', 4, 'Packet Identifier 0', SUBSCRIBE, "0000 'a' 00"],
  ['MQTT-2.2.1-3', 4, 'Packet Identifier 0', UNSUBSCRIBE, "0000 'a'"],
  ['MQTT-2.2.1-3', 4, 'Packet Identifier 0', UNSUBACK, '0000'],
  ['MQTT-2.2.1-3', 4, 'Packet Identifier 0', SUBACK, '0000 00'],
  ['MQTT-2.2.1-5', 4, 'Packet Identifier 0', PUBACK, '0000'],
  ['MQTT-2.2.1-5', 5, 'Packet Identifier 0', PUBCOMP, '0000'],
  ['MQTT-3.4.2-1', 5, 'a Reason Code that PUBACK has not', PUBACK, '0001 92'],
  ['MQTT-3.5.2-1', 5, 'a Reason Code that PUBREC has not', PUBREC, '0001 01 <>'],
  ['MQTT-3.6.2-1', 5, 'a Reason Code that PUBREL has not', PUBREL, '0001 80'],
  ['MQTT-3.7.2-1', 5, 'a Reason Code that PUBCOMP has not', PUBCOMP, '0001 10'],
  ['MQTT-3.8.3-2', 4, 'a SUBSCRIBE without Topic Filter', SUBSCRIBE, '0001'],
  ['MQTT-3.8.3-2', 5, 'a SUBSCRIBE without Topic Filter', SUBSCRIBE, '0001 <>'],
  ['3.8.3.1', 5, 'Maximum QoS 3', SUBSCRIBE, "0001 <> 'a' 03"],
  ['3.8.3.1', 5, 'Retain Handling 3', SUBSCRIBE, "0001 <> 'a' 30"],
  ['MQTT-3.8.3-4', 5, 'No Local on a Shared Subscription', SUBSCRIBE, "0001 <> 'b' 04 '$share/g/a' 04"],
  ['MQTT-3.9.3-2', 5, 'a Reason Code that SUBACK has not', SUBACK, '0001 <> 03'],
  ['MQTT311-3.9.3-2', 4, 'a reserved return code', SUBACK, '0001 83'],
  ['MQTT-3.10.3-2', 5, 'an UNSUBSCRIBE without Topic Filter', UNSUBSCRIBE, '0001 <>'],
  ['MQTT-3.11.3-2', 5, 'a Reason Code that UNSUBACK has not', UNSUBACK, '0001 <> 01'],
  ['MQTT-3.14.2-1', 5, 'a Reason Code that DISCONNECT has not', DISCONNECT, '01'],
  ['MQTT-3.15.2-1', 5, 'a Reason Code that AUTH has not', AUTH, "80 <15 'm'>"],
  ['3.15.2.2.2', 5, 'an AUTH without method', AUTH, '18 <>'],
]

const unsupported: Case[] = [
  ['MQTT-3.1.2-1', 4, 'a name that is not MQTT', CONNECT, "'mqtt' 04 02 0000 'c'"],
  ['MQTT-3.1.2-1', 4, 'an empty name', CONNECT, "'' 04 02 0000 'c'"],
  ['MQTT-3.1.2-2', 4, 'MQTT of version 6', CONNECT, "'MQTT' 06 02 0000 whatever"],
  ['MQTT-3.1.2-2', 4, 'MQTT of version 3', CONNECT, "'MQTT' 03 02 0000 'c'"],
  ['MQTT-3.1.2-2', 4, 'MQIsdp of version 4', CONNECT, "'MQIsdp' 04 02 0000 'c'"],
]

const aliasInvalid: Case[] = [['MQTT-3.3.2-8', 5, 'Topic Alias 0', PUBLISH, "'t' <23 0000>"]]

for (const [name, reasonCode, cases] of [
  ['a Malformed Packet', 0x81, malformed],
  ['a Protocol Error', 0x82, protocolError],
  ['an Unsupported Protocol Version', 0x84, unsupported],
  ['an invalid Topic Alias', 0x94, aliasInvalid],
] as const) {
  describe(name, () => {
    for (const [clause, version, what, first, body] of cases) {
      test(`[${clause}] ${what}, ${version}: ${first.toString(16)} ${body}`, () => {
        const result = decode(first, body, version)
        deepEqual(
          result.type === 'fault' ? [result.reasonCode, result.clause] : result,
          [reasonCode, clause],
          JSON.stringify(result),
        )
      })
    }
  })
}

describe('what is legal, if rare', () => {
  const legal: Case[] = [
    ['MQTT-1.5.4-3', 5, 'U+FEFF stays', CONNECT, "'MQTT' 05 02 0000 <> 0003efbbbf"],
    ['3.1.2.9', 5, 'a password without user name', CONNECT, "'MQTT' 05 42 0000 <> 'c' 'p'"],
    ['3.1.3.1', 4, 'an empty Client Identifier', CONNECT, "'MQTT' 04 02 0000 ''"],
    ['3.1', 3, 'MQTT 3.1', CONNECT, "'MQIsdp' 03 02 0000 'c'"],
    [
      '3.1',
      3,
      'User Name and Password that the flags promise and 3.1 lets be missing',
      CONNECT,
      "'MQIsdp' 03 c2 0000 'c'",
    ],
    ['3.1', 3, 'only the Password missing', CONNECT, "'MQIsdp' 03 c2 0000 'c' 'u'"],
    ['3.3.2.1', 5, 'an alias for the topic', PUBLISH, "'' <23 0001>"],
    ['3.3.2', 3, 'DUP at QoS 0 in 3.1', 0x38, "'t'"],
    ['3.3.2.3.8', 5, 'many Subscription Identifiers', PUBLISH, "'t' <0b01 0b01 0b02>"],
    ['3.4.2.1', 5, 'a PUBACK without Property Length', PUBACK, '0001 10'],
    ['3.4.2.2', 5, 'a PUBACK without properties', PUBACK, '0001 00 <>'],
    ['3.14.2.1', 5, 'an empty DISCONNECT', DISCONNECT, ''],
    ['3.14.2.2.1', 5, 'a DISCONNECT without Property Length', DISCONNECT, '04'],
    ['3.15.2.1', 5, 'an empty AUTH', AUTH, ''],
    ['3.8.3.1', 5, 'all Subscription Options', SUBSCRIBE, "0001 <> 'a' 2e '$share/g/a' 2a"],
  ]
  for (const [clause, version, what, first, body] of legal) {
    test(`[${clause}] ${what}: ${first.toString(16)} ${body}`, () => {
      equal(decode(first, body, version).type === 'fault', false)
    })
  }

  test('[MQTT-1.5.4-3] U+FEFF is part of the Client Identifier', () => {
    const packet = decode(CONNECT, "'MQTT' 05 02 0000 <> 0003efbbbf", 5)
    equal(packet.type === 'connect' && packet.clientId, '\ufeff')
  })
})

function decode(first: number, body: string, version: ProtocolVersion): Packet | Fault {
  const content = bytesOf(body)
  const length = content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7]
  // Something before and after, as in a chunk: offsets must not be taken for absolute.
  const bytes = Uint8Array.from([0xaa, 0xbb, first, ...length, ...content, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc])
  return decodePacket(bytes, 2, 3 + length.length, 3 + length.length + content.length, version)
}

function bytesOf(text: string): number[] {
  const block = /^([^<]*)<([^>]*)>(.*)$/s.exec(text)
  if (block) {
    const inner = bytesOf(block[2]!)
    return [...bytesOf(block[1]!), inner.length, ...inner, ...bytesOf(block[3]!)]
  }
  return [...text.matchAll(/'([^']*)'|([0-9a-f]{2})/g)].flatMap(([, string, byte]) =>
    string === undefined ? Number.parseInt(byte!, 16) : [string.length >> 8, string.length, ...Buffer.from(string)],
  )
}

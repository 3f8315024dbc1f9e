import { expect, test } from 'vitest'
import { isNotTls, obstacle } from './obstacle.ts'

const platform = (message: string, code?: string) =>
  new Error(message, { cause: Object.assign(new Error(message), code === undefined ? {} : { code }) })

const url = 'mqtt://localhost:1883'

test.each([
  [
    'connect ECONNREFUSED 127.0.0.1:1',
    'ECONNREFUSED',
    /^nothing listens there \(connect ECONNREFUSED 127\.0\.0\.1:1\); start /,
  ],
  [
    'getaddrinfo ENOTFOUND nosuch',
    'ENOTFOUND',
    /^there is no host of that name \(getaddrinfo ENOTFOUND nosuch\); say /,
  ],
  [
    'Unexpected server response: 400',
    undefined,
    /^there is no MQTT at that path \(.*400\); .*ws:\/\/127\.0\.0\.1:8083\/mqtt$/,
  ],
  [
    'Client network socket disconnected before secure TLS connection was established',
    'ECONNRESET',
    /does not speak TLS \(.*\); .*mqtt:\/\//,
  ],
  ['socket hang up', 'ECONNRESET', /does not speak WebSocket \(socket hang up\); .*mqtt:\/\//],
])('%s is told with what to do', (message, code, sentence) => {
  expect(obstacle(platform(message, code), message.includes('TLS') ? 'mqtts://localhost:8883' : url)).toMatch(sentence)
})

test.each([
  'Client network socket disconnected before secure TLS connection was established',
  'write EPROTO 801C:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:\n',
  'read ECONNRESET',
])('a port without TLS: %s', (message) => {
  const error = platform(message)
  expect(isNotTls(error, 'mqtts://localhost:8883')).toBe(true)
  expect(obstacle(error, 'mqtts://localhost:8883')).toMatch(
    /^what answers there does not speak TLS \([^\n]*\); without TLS/,
  )
  expect(isNotTls(error, url)).toBe(false)
})

test.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
  'a certificate that nobody trusts: %s',
  (code) => {
    expect(obstacle(platform('self-signed certificate', code), 'mqtts://localhost:8883')).toMatch(
      /\(self-signed certificate\); .*--cafile, .*--insecure$/,
    )
  },
)

test('what is not known is told as it is', () => {
  expect(obstacle(platform('connect EHOSTUNREACH 10.0.0.1:1883', 'EHOSTUNREACH'), url)).toBe(
    'connect EHOSTUNREACH 10.0.0.1:1883',
  )
  expect(obstacle(new Error('no answer'), url)).toBe('no answer')
})

test('an error of the system itself is known as well as one that carries it', () => {
  const own = Object.assign(new Error('connect ECONNREFUSED ::1:2'), { code: 'ECONNREFUSED' })
  expect(obstacle(own, url)).toMatch(/^nothing listens there/)
})

test('HTTP is recognised, and where MQTT over WebSocket may be', () => {
  const fault = new Error('the server broke the protocol: no packet begins with 0x48 [MQTT-2.1.3-1]')
  const sentence = obstacle(fault, 'mqtt://localhost:8083')
  expect(sentence).toMatch(/^what answers there is HTTP \(.*\); .* use -L ws:\/\/localhost:8083$/)
  expect(obstacle(fault, 'mqtts://localhost:8083')).toMatch(/-L wss:\/\/localhost:8083$/)
})

test('who does not answer to CONNECT may be no broker', () => {
  expect(obstacle(new Error('no CONNACK in time'), url)).toBe('no CONNACK in time; it may be no MQTT broker')
})

test('where nothing listens for WebSocket, -h and -p are no help', () => {
  const refused = platform('connect ECONNREFUSED 127.0.0.1:8083', 'ECONNREFUSED')
  const sentence = obstacle(refused, 'ws://127.0.0.1:8083/mqtt')
  expect(sentence).toMatch(/mq broker --listen ws:.*or say where it is with -L$/)
  expect(sentence).not.toMatch(/-h/)
})

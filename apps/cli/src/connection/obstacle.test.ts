import { expect, test } from 'vitest'
import { obstacle } from './obstacle.ts'

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
  expect(obstacle(platform(message, code), url)).toMatch(sentence)
})

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

test('where nothing listens for WebSocket, -h and -p are no help', () => {
  const refused = platform('connect ECONNREFUSED 127.0.0.1:8083', 'ECONNREFUSED')
  const sentence = obstacle(refused, 'ws://127.0.0.1:8083/mqtt')
  expect(sentence).toMatch(/mq broker --listen ws:.*or say where it is with -L$/)
  expect(sentence).not.toMatch(/-h/)
})

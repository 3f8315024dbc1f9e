import { expect, test } from 'vitest'
import { anotherPort, checkListenAddress } from './listen-address.ts'

test.each([
  ['localhost:1884', 'which lacks the scheme; say tcp://localhost:1884.'],
  ['1884', 'which lacks the scheme; say tcp://127.0.0.1:1884.'],
  [':1884', 'which lacks the scheme; say tcp://127.0.0.1:1884.'],
  ['x', 'which lacks the scheme; say tcp://x:1883.'],
  ['[::1]:1884', 'which lacks the scheme; say tcp://[::1]:1884.'],
  ['tcp://:1884', 'which has no host; say tcp://127.0.0.1:1884, or tcp://0.0.0.0:1884 for all addresses.'],
  ['tcp://127.0.0.1:80808', 'whose port 80808 is above 65535; say tcp://127.0.0.1:1883.'],
  ['ws://127.0.0.1:x/mqtt', 'whose port "x" is no number; say ws://127.0.0.1:8083/mqtt.'],
  ['80808', 'whose port 80808 is above 65535; say tcp://127.0.0.1:1883.'],
  ['http://127.0.0.1', 'which begins with none of tcp://, mqtt:// and ws://; say tcp://127.0.0.1.'],
  [
    'mqtts://127.0.0.1:8883',
    'and mq broker speaks no TLS yet; say tcp://127.0.0.1:8883, and put a TLS proxy before it.',
  ],
])('%s is refused with its fault', (address, sentence) => {
  expect(() => checkListenAddress(address)).toThrow(`--listen was given "${address}", ${sentence}`)
})

test.each(['tcp://127.0.0.1', 'TCP://localhost:0', 'mqtt://[::1]:1883', 'ws://127.0.0.1:8083?x=1'])(
  '%s is fine',
  (address) => {
    expect(() => checkListenAddress(address)).not.toThrow()
  },
)

test('another port is one that the same command does not use', () => {
  expect(anotherPort(1883, ['tcp://127.0.0.1:1884', 'tcp://127.0.0.1:1883', 'ws://127.0.0.1:1885/x'])).toBe(1886)
  expect(anotherPort(65_535, ['tcp://[::1]:65535', 'mqtt://127.0.0.1'])).toBe(1884)
})

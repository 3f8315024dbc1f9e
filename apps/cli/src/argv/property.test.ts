import { expect, test } from 'vitest'
import { propertiesOf } from './property.ts'

test('-D fills the properties of each packet, user properties in order', () => {
  expect(
    propertiesOf([
      ['publish', 'user-property', 'k', 'v'],
      ['PUBLISH', 'user-property', 'k', 'w'],
      ['publish', 'content-type', 'text/plain'],
      ['publish', 'correlation-data', '\u00e9'],
      ['publish', 'payload-format-indicator', '1'],
      ['connect', 'receive-maximum', '10'],
      ['will', 'will-delay-interval', '5'],
      ['disconnect', 'session-expiry-interval', '60'],
    ]),
  ).toEqual({
    publish: {
      userProperties: [
        ['k', 'v'],
        ['k', 'w'],
      ],
      contentType: 'text/plain',
      correlationData: Buffer.from([0xc3, 0xa9]),
      payloadFormatIndicator: 1,
    },
    connect: { receiveMaximum: 10 },
    will: { willDelayInterval: 5 },
    disconnect: { sessionExpiryInterval: 60 },
  })
})

test.each([
  [
    ['pubish', 'content-type', 'x'],
    '-D was given the packet "pubish"; allowed is connect, publish, subscribe, disconnect, will.',
  ],
  [['subscribe', 'content-type', 'x'], '-D subscribe was given the property "content-type"; allowed is user-property.'],
  [
    ['connect', 'receive-maximum', '0'],
    '-D connect receive-maximum was given "0"; allowed is a whole number, 1 to 65535.',
  ],
  [
    ['publish', 'payload-format-indicator', '2'],
    '-D publish payload-format-indicator was given "2"; allowed is a whole number, 0 to 1.',
  ],
])('-D %s', (words, sentence) => {
  expect(() => propertiesOf([words])).toThrow(sentence)
})

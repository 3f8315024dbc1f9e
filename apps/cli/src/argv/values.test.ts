import { describe, expect, test } from 'vitest'
import { UsageError } from '../failure.ts'
import * as values from './values.ts'

describe('a value', () => {
  test.each([
    ['5', 5000],
    ['0.5', 500],
    ['500ms', 500],
    ['10s', 10_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('%s is a time', (text, ms) => expect(values.durationMsOf('-W', text)).toBe(ms))

  test.each([
    ['mqttv5', 5],
    ['5', 5],
    ['mqttv311', 4],
    ['311', 4],
    ['3.1.1', 4],
    ['4', 4],
    ['31', 3],
    ['mqttv31', 3],
    ['3', 3],
    ['auto', 'auto'],
    ['MQTTv5', 5],
  ])('%s is a version', (text, version) => expect(values.protocolVersionOf('-V', text)).toBe(version))

  test.each([
    ['0', 0],
    ['4294967294', 4_294_967_294],
    ['4294967295', 0xffff_ffff],
    ['-1', 0xffff_ffff],
    ['∞', 0xffff_ffff],
  ])('%s is a session expiry', (text, seconds) => expect(values.sessionExpiryOf('-x', text)).toBe(seconds))

  test('k=v is split at the first =', () => {
    expect(values.pairOf('--user-property', 'a=b=c')).toEqual(['a', 'b=c'])
    expect(values.pairOf('--user-property', '=')).toEqual(['', ''])
  })

  test.each(['house/#', '#', '+/a/+', '$share/g/a/#', '/', 'a//b', '$SYS/#'])('%s is a filter', (filter) => {
    expect(values.topicFilterOf('-t', filter)).toBe(filter)
  })
})

describe('a bad value gets one sentence that names the option, the value and what is allowed', () => {
  test.each<readonly [() => unknown, string | RegExp]>([
    [() => values.qosOf('--qos', '3'), '--qos was given "3"; allowed is 0, 1 or 2.'],
    [() => values.qosOf('--qos', ''), '--qos was given ""; allowed is 0, 1 or 2.'],
    [
      () => values.integerOf('--port', '70000', 1, 65_535),
      '--port was given "70000"; allowed is a whole number, 1 to 65535.',
    ],
    [
      () => values.integerOf('--port', '1e3', 1, 65_535),
      '--port was given "1e3"; allowed is a whole number, 1 to 65535.',
    ],
    [
      () => values.integerOf('-C', '0', 1, Number.MAX_SAFE_INTEGER),
      '-C was given "0"; allowed is a whole number from 1.',
    ],
    [
      () => values.protocolVersionOf('-V', '6'),
      '-V was given "6"; allowed is 5, 311, 31, mqttv5, mqttv311, mqttv31 or auto.',
    ],
    [() => values.durationMsOf('-W', '5 s'), /^-W was given "5 s"; allowed is a time such as/],
    [() => values.durationMsOf('-W', '99d'), /up to 2147483 seconds/],
    [() => values.sessionExpiryOf('-x', '-2'), /^-x was given "-2"; allowed is a number of seconds/],
    [() => values.pairOf('--user-property', 'k'), /^--user-property was given "k"; allowed is a name and a value/],
    [() => values.percentOf('--random-filter', '0'), /a percentage, 0.1 to 100/],
    [
      () => values.choiceOf('--log-level', 'loud', ['error', 'warn', 'info']),
      '--log-level was given "loud"; allowed is error, warn or info.',
    ],
    [() => values.choiceOf('--store', 'disk', ['memory']), '--store was given "disk"; allowed is memory.'],
    [() => values.topicNameOf('the topic', 'a/#'), /without the wildcards \+ and #/],
    [() => values.topicNameOf('the topic', ''), /a topic of at least one character/],
    [() => values.topicNameOf('the topic', 'a\0'), /without U\+0000/],
    [
      () => values.topicNameOf('the topic', 'x'.repeat(65_536)),
      'the topic was given 65536 bytes; a topic has at most 65535.',
    ],
    [() => values.topicFilterOf('-t', 'a/#/b'), /# stands alone and last/],
    [() => values.topicFilterOf('-t', 'a#'), /# stands alone and last/],
    [() => values.topicFilterOf('-t', 'a+/b'), /\+ is a whole level/],
    [() => values.topicFilterOf('-t', '$share/g'), /\$share\/<name>\/<filter>/],
  ])('%s', (parse, sentence) => {
    expect(parse).toThrow(UsageError)
    expect(parse).toThrow(sentence)
  })
})

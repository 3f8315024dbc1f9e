import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFilter, anyName } from '../../test/topic-arbitrary.ts'
import { topicMatches } from './match.ts'

test('[MQTT-4.7.1-1] "#" matches its parent level and everything below it', () => {
  const filter = 'sport/tennis/player1/#'
  expect(topicMatches(filter, 'sport/tennis/player1')).toBe(true)
  expect(topicMatches(filter, 'sport/tennis/player1/')).toBe(true)
  expect(topicMatches(filter, 'sport/tennis/player1/ranking')).toBe(true)
  expect(topicMatches(filter, 'sport/tennis/player1/score/wimbledon')).toBe(true)
  expect(topicMatches(filter, 'sport/tennis/player10')).toBe(false)
  expect(topicMatches(filter, 'sport/tennis')).toBe(false)
  expect(topicMatches('sport/#', 'sport')).toBe(true)
  expect(topicMatches('#', '/')).toBe(true)
})

test('[MQTT-4.7.1-2] "+" matches one whole level, empty ones included', () => {
  expect(topicMatches('sport/tennis/+', 'sport/tennis/player1')).toBe(true)
  expect(topicMatches('sport/tennis/+', 'sport/tennis/player1/ranking')).toBe(false)
  expect(topicMatches('sport/+', 'sport')).toBe(false)
  expect(topicMatches('sport/+', 'sport/')).toBe(true)
  expect(topicMatches('+/+', '/finance')).toBe(true)
  expect(topicMatches('/+', '/finance')).toBe(true)
  expect(topicMatches('+', '/finance')).toBe(false)
  expect(topicMatches('+/tennis/#', 'sport/tennis')).toBe(true)
})

test('[MQTT-4.7.2-1] a wildcard at the first level does not match a name that begins with "$"', () => {
  expect(topicMatches('#', '$SYS/uptime')).toBe(false)
  expect(topicMatches('+/uptime', '$SYS/uptime')).toBe(false)
  expect(topicMatches('+', '$SYS')).toBe(false)
  expect(topicMatches('$SYS/#', '$SYS')).toBe(true)
  expect(topicMatches('$SYS/+', '$SYS/uptime')).toBe(true)
  expect(topicMatches('a/+', 'a/$b')).toBe(true)
})

test('[MQTT-4.7.3-4] levels are compared as they are: case, spaces and normal forms differ', () => {
  expect(topicMatches('ACCOUNTS', 'Accounts')).toBe(false)
  expect(topicMatches('accounts payable', 'accounts payable')).toBe(true)
  expect(topicMatches('\u00e9', 'e\u0301')).toBe(false)
})

test('a regular expression made from the filter agrees', () => {
  fc.assert(
    fc.property(anyFilter, anyName, (filter, name) => {
      expect(topicMatches(filter, name)).toBe(patternOf(filter).test(name) && !isHidden(filter, name))
    }),
    { seed: 47, numRuns: 2000 },
  )
})

function patternOf(filter: string): RegExp {
  const source = filter
    .replace(/[.*?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('+', '[^/]*')
    .replace(/^#$/, '.*')
    .replace(/\/#$/, '(?:/.*)?')
  return new RegExp(`^${source}$`, 's')
}

function isHidden(filter: string, name: string): boolean {
  return name[0] === '$' && /^[+#]/.test(filter)
}

/**
 * Text into values. Each function takes the option as written and the text, and throws a UsageError whose sentence names
 * the option, what was given and what is allowed.
 */
import { UsageError } from '../failure.ts'

function refuse(option: string, given: string, allowed: string): never {
  throw new UsageError(`${option} was given ${JSON.stringify(given)}; allowed is ${allowed}.`)
}

/** A whole number between the two, both included. */
export function integerOf(option: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  const range =
    most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number, ${least} to ${most}`
  return refuse(option, text, range)
}

export function qosOf(option: string, text: string): 0 | 1 | 2 {
  if (text === '0') return 0
  if (text === '1') return 1
  if (text === '2') return 2
  return refuse(option, text, '0, 1 or 2')
}

const unitsInMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** Seconds, or a number with ms, s, m, h or d, in milliseconds. Node's timers end at 2^31 - 1 ms, 24.8 days. */
export function durationMsOf(option: string, text: string, mostMs = 2_147_483_647): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|)$/.exec(text) ?? []
  const factor = unit === undefined ? undefined : unitsInMs.get(unit)
  const ms = factor === undefined ? Number.NaN : Math.round(Number(digits) * factor)
  if (ms >= 0 && ms <= mostMs) return ms
  return refuse(option, text, `a time such as 5, 0.5, 500ms, 10s, 5m or 1h, up to ${Math.floor(mostMs / 1000)} seconds`)
}

const neverInSeconds = 0xffff_ffff

/** Session Expiry Interval in seconds; -1 and ∞ are 0xFFFFFFFF, which never ends (section 3.1.2.11.2). */
export function sessionExpiryOf(option: string, text: string): number {
  if (text === '-1' || text === '∞') return neverInSeconds
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value <= neverInSeconds) return value
  return refuse(option, text, 'a number of seconds, 0 to 4294967295, or -1 for a session that never ends')
}

const versions: ReadonlyMap<string, 3 | 4 | 5 | 'auto'> = new Map<string, 3 | 4 | 5 | 'auto'>([
  ['auto', 'auto'],
  ['5', 5],
  ['5.0', 5],
  ['mqttv5', 5],
  ['311', 4],
  ['3.1.1', 4],
  ['4', 4],
  ['mqttv311', 4],
  ['31', 3],
  ['3.1', 3],
  ['3', 3],
  ['mqttv31', 3],
])

export function protocolVersionOf(option: string, text: string): 3 | 4 | 5 | 'auto' {
  return versions.get(text.toLowerCase()) ?? refuse(option, text, '5, 311, 31, mqttv5, mqttv311, mqttv31 or auto')
}

/** One of the words. */
export function choiceOf<const T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text)
  if (found !== undefined) return found
  const [last, ...others] = choices.toReversed()
  return refuse(option, text, others.length === 0 ? `${last}` : `${others.toReversed().join(', ')} or ${last}`)
}

/** A percentage above 0, fractions allowed. */
export function percentOf(option: string, text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= 0.1 && value <= 100) return value
  return refuse(option, text, 'a percentage, 0.1 to 100')
}

/** `k=v`, split at the first `=`. */
export function pairOf(option: string, text: string): readonly [name: string, value: string] {
  const equals = text.indexOf('=')
  if (equals === -1) return refuse(option, text, 'a name and a value with = between them, such as unit=celsius')
  return [text.slice(0, equals), text.slice(equals + 1)]
}

/**
 * A Topic Name (section 4.7): at least one character, no wildcard, no U+0000, at most 65,535 bytes.
 * Said here rather than by the broker, whose only answer would be to close the connection.
 */
export function topicNameOf(option: string, text: string): string {
  if (text.includes('+') || text.includes('#')) {
    return refuse(option, text, 'a topic without the wildcards + and #, which only subscriptions may have')
  }
  return speakable(option, text, 'topic')
}

/** A Topic Filter (section 4.7.1): as a name, with + as a whole level and # as the whole last one. */
export function topicFilterOf(option: string, text: string): string {
  const levels = text.split('/')
  for (const [index, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || index !== levels.length - 1)) {
      return refuse(option, text, 'a filter where # stands alone and last, as in house/#')
    }
    if (level.includes('+') && level !== '+')
      return refuse(option, text, 'a filter where + is a whole level, as in house/+/temp')
  }
  if (levels[0] === '$share') {
    const name = levels[1] ?? ''
    if (name === '' || name === '+' || name === '#' || levels.length < 3) {
      return refuse(option, text, 'a shared subscription of the form $share/<name>/<filter>')
    }
  }
  return speakable(option, text, 'filter')
}

function speakable(option: string, text: string, what: string): string {
  if (text === '') return refuse(option, text, `a ${what} of at least one character`)
  if (text.includes('\0')) return refuse(option, text, `a ${what} without U+0000`)
  if (Buffer.byteLength(text) > 65_535) {
    throw new UsageError(`${option} was given ${Buffer.byteLength(text)} bytes; a ${what} has at most 65535.`)
  }
  return text
}

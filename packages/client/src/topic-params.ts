/**
 * Filters whose wildcard levels have names: 'house/+room/temp' is the filter 'house/+/temp' with `params.room`, and
 * 'logs/#path' is 'logs/#' with `params.path` (what '#' stood for, joined by '/'). '+name' and '#name' are no legal levels
 * of a Topic Filter [MQTT-4.7.1-1] [MQTT-4.7.1-2], so a name can never be mistaken for a literal level; '{name}' and ':name'
 * are legal levels and could.
 */
import { MqttError } from './errors.ts'

type Level<S extends string> = S extends `+${infer N}`
  ? N extends ''
    ? Record<never, never>
    : { readonly [K in N]: string }
  : S extends `#${infer N}`
    ? N extends ''
      ? Record<never, never>
      : { readonly [K in N]: string }
    : Record<never, never>

/** The params of a filter, from its literal type: `TopicParams<'house/+room/temp'>` is `{ readonly room: string }`. */
export type TopicParams<T extends string> = string extends T
  ? Record<string, string>
  : T extends `${infer A}/${infer B}`
    ? Level<A> & TopicParams<B>
    : Level<T>

export interface NamedFilter {
  /** The Topic Filter, names taken out. */
  readonly filter: string
  /** What each named level is called, and where it is. */
  readonly names: readonly { readonly name: string; readonly depth: number; readonly many: boolean }[]
}

/** @throws MqttError 'invalid-argument' where a name stands twice */
export function parseNamedFilter(text: string): NamedFilter {
  if (!text.includes('+') && !text.includes('#')) return { filter: text, names: [] }
  const names: { name: string; depth: number; many: boolean }[] = []
  const levels = text.split('/').map((level, depth) => {
    const wildcard = level[0]
    if (level.length < 2 || (wildcard !== '+' && wildcard !== '#')) return level
    const name = level.slice(1)
    // '++' or '+a#' is a mistake, not a name; the filter's own parser says so.
    if (name.includes('+') || name.includes('#')) return level
    if (names.some((other) => other.name === name)) {
      throw new MqttError('invalid-argument', `the filter "${text}" has two levels called "${name}"`)
    }
    names.push({ name, depth, many: wildcard === '#' })
    return wildcard
  })
  return { filter: levels.join('/'), names }
}

/** The params of a topic that the filter matches. */
export function paramsOf(named: NamedFilter, topic: string): Record<string, string> {
  const params: Record<string, string> = Object.create(null)
  if (named.names.length === 0) return params
  const levels = topic.split('/')
  for (const { name, depth, many } of named.names) {
    params[name] = many ? levels.slice(depth).join('/') : (levels[depth] ?? '')
  }
  return params
}

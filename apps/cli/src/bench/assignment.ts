/** Which worker has which connections, and what each one publishes or subscribes to. */
import type { Mode, Topology } from './results.ts'

/** A run of neighbours: `first`, `first + 1`, … */
export interface Part {
  readonly first: number
  readonly count: number
}

/** Cut into `parts` runs, as equal as can be. */
export function partsOf(count: number, parts: number): Part[] {
  return Array.from({ length: parts }, (_, index) => {
    const first = Math.floor((count * index) / parts)
    return { first, count: Math.floor((count * (index + 1)) / parts) - first }
  })
}

/** How many connections of each kind there are. */
export interface Cast {
  readonly publishers: number
  readonly subscribers: number
  /** Neither of them: `mq bench conn`. */
  readonly idle: number
}

/** @param count what -c says; `own` what --publishers and --subscribers say */
export function castOf(
  mode: Mode,
  topology: Topology,
  count: number,
  own: { readonly publishers?: number; readonly subscribers?: number } = {},
): Cast {
  switch (mode) {
    case 'conn':
      return { publishers: 0, subscribers: 0, idle: count }
    case 'pub':
      return { publishers: count, subscribers: 0, idle: 0 }
    case 'sub':
      return { publishers: 0, subscribers: count, idle: 0 }
    case 'e2e':
      return {
        publishers: own.publishers ?? (topology === 'fanout' ? 1 : count),
        subscribers: own.subscribers ?? (topology === 'fanin' ? 1 : count),
        idle: 0,
      }
  }
}

/** How many subscribers should get each message of e2e. */
export function copiesOf(topology: Topology, subscribers: number): number {
  return topology === 'fanin' || topology === 'fanout' ? subscribers : 1
}

/** `%i` the number of the connection, `%c` its client id, `%u` the user name. */
export function topicOf(template: string, index: number, clientId: string, userName: string): string {
  return template.replaceAll(/%[icu]/g, (name) => (name === '%i' ? `${index}` : name === '%c' ? clientId : userName))
}

/**
 * What the subscribers of e2e subscribe to: their own publisher's topic in pairs, else every publisher's.
 * `undefined`: the template does not allow that, as a variable stands in the middle of a level.
 */
export function filterOf(template: string, topology: Topology): string | undefined {
  if (topology === 'pair') return template
  const levels = template.split('/').map((level) => (/^%[ic]$/.test(level) ? '+' : level))
  if (levels.some((level) => /%[ic]/.test(level))) return undefined
  const filter = levels.join('/')
  return topology === 'shared' ? `$share/mq-bench/${filter}` : filter
}

/** Short enough for every broker: 23 characters are what 3.1.1 promises (section 3.1.3.1). */
export function clientIdOf(run: number, kind: 'p' | 's' | 'i' | 'w', index: number): string {
  return `mqb${run.toString(36)}${kind}${index}`
}

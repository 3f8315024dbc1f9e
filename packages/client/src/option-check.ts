/**
 * Whether options are what they should be: each name is one that there is, and each value of the kind that its name asks
 * for. A name that nobody reads would leave a program without what it believes to have. Which names there are stands in
 * option-tables.ts.
 */
import { described } from './described.ts'
import { MqttError } from './errors.ts'
import { isNear } from './near.ts'

export interface OptionKind {
  /** What is wrong with `value`, as a sentence; undefined where nothing is. `path` is what the program calls it. */
  problem(value: unknown, path: string): string | undefined
  /** Where it is an object of options: these. */
  readonly parts?: OptionTable
}

export type OptionTable = Readonly<Record<string, OptionKind>>

/** One kind for each option of `T`: the compiler misses the one that was forgotten. */
export type OptionsOf<T> = { readonly [K in keyof T]-?: OptionKind }

/**
 * Undefined is no options. An option that is undefined is one that was not given.
 *
 * @throws MqttError 'invalid-argument', naming the option
 */
export function checkOptions(given: unknown, table: OptionTable, what = 'the argument `options`'): void {
  if (given === undefined) return
  const problem = isObject(given) ? problemIn(given, table, '') : notAnObject(given, table, what)
  if (problem !== undefined) throw new MqttError('invalid-argument', problem)
}

/** Any value for which `accepts` holds; `allowed` says in words which these are. */
export function kind(allowed: string, accepts: (value: unknown) => boolean, isSecret = false): OptionKind {
  return {
    problem: (value, path) =>
      accepts(value) ? undefined : `${path} is ${described(value, isSecret)}; it must be ${allowed}`,
  }
}

/** An object with the options of `parts`, or what `accepts` holds for, which `or` says in words. */
export function group(parts: OptionTable, or = '', accepts: (value: unknown) => boolean = () => false): OptionKind {
  return {
    parts,
    problem(value, path) {
      if (accepts(value)) return undefined
      return isObject(value) ? problemIn(value, parts, `${path}.`) : `${notAnObject(value, parts, path)}${or}`
    },
  }
}

/** One of the names in `values`, all of which the compiler wants to see. */
export function choice<T extends string>(values: Readonly<Record<T, true>>): OptionKind {
  const names = Object.keys(values)
  const allowed = `${names.slice(0, -1).map(quoted).join(', ')} or ${quoted(names.at(-1) ?? '')}`
  return kind(allowed, (value) => typeof value === 'string' && Object.hasOwn(values, value))
}

// Called for each message that is published with options: no list of entries is made.
function problemIn(given: Readonly<Record<string, unknown>>, table: OptionTable, prefix: string): string | undefined {
  for (const name of Object.keys(given)) {
    const known = Object.hasOwn(table, name) ? table[name] : undefined
    if (known === undefined) return unknownName(name, table, prefix)
    const value = given[name]
    const path = prefix === '' ? name : `${prefix}${name}`
    const problem = value === undefined ? undefined : known.problem(value, path)
    if (problem !== undefined) return problem
  }
  return undefined
}

function unknownName(name: string, table: OptionTable, prefix: string): string {
  const near = nearest(name, table)
  const advice = near === undefined ? `the options are ${Object.keys(table).join(', ')}` : `did you mean ${near}?`
  return `there is no option ${prefix}${name}; ${advice}`
}

/** What an option is called here that has another name elsewhere. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['clean', 'cleanStart'],
  ['cleanSession', 'cleanStart'],
  ['reconnectPeriod', 'reconnect'],
  ['message', 'payload'],
  ['nl', 'noLocal'],
  ['rap', 'retainAsPublished'],
  ['rh', 'retainHandling'],
])

function nearest(name: string, table: OptionTable): string | undefined {
  const other = otherNames.get(name)
  if (other !== undefined && Object.hasOwn(table, other)) return other
  const own = Object.keys(table).find((each) => isNear(name, each))
  if (own !== undefined) return own
  for (const [outer, { parts = {} }] of Object.entries(table)) {
    const inner = Object.keys(parts).find((each) => isNear(name, each))
    if (inner !== undefined) return `${outer}: { ${inner} }`
  }
  return undefined
}

function notAnObject(value: unknown, table: OptionTable, what: string): string {
  const callback = typeof value === 'function' ? ' (no callback is called: await the promise)' : ''
  return `${what} is ${described(value)}${callback}; it must be an object with any of ${Object.keys(table).join(', ')}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function quoted(name: string): string {
  return `'${name}'`
}

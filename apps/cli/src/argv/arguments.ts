/**
 * What the caller asked for, from the command line and the environment. A flag on the command line beats its MQ_* variable;
 * everything stays text until somebody who knows the option parses it (values.ts).
 */
import { UsageError } from '../failure.ts'
import { brokerHint } from './broker-hints.ts'
import { optionTable } from './option-table.ts'
import type { Rewritten } from './rewrite.ts'

/** Which layer something came from. An address is taken from one layer as a whole, see connection/address.ts. */
export type Layer = 'flags' | 'environment'

export interface Arguments {
  readonly command: string
  readonly positionals: readonly string[]
  readonly properties: readonly (readonly string[])[]
  /** The last value given, wherever it came from. */
  text(name: string): string | undefined
  /** All values given, in order. */
  all(name: string): readonly string[]
  flag(name: string): boolean
  /** The last value given in this layer only. */
  in(layer: Layer, name: string): string | undefined
  /** How to call the option in a message: as it was typed, `-p` or `--port`, or `MQ_PORT` if its value came from there. */
  written(name: string): string
}

const envNames = new Map(optionTable.flatMap((option) => (option.env ? [[option.name, option.env] as const] : [])))

export function argumentsOf(rewritten: Rewritten, env: Readonly<Record<string, string | undefined>>): Arguments {
  const { options } = rewritten
  const inEnvironment = (name: string): string | undefined => {
    const variable = envNames.get(name)
    const value = variable === undefined ? undefined : env[variable]
    // An empty variable is one that somebody unset.
    return value === '' ? undefined : value
  }
  return {
    command: rewritten.command ?? '',
    positionals: rewritten.positionals,
    properties: rewritten.properties,
    text: (name) => options.get(name)?.at(-1) ?? inEnvironment(name),
    all: (name) => options.get(name) ?? [],
    flag: (name) => options.has(name),
    in: (layer, name) => (layer === 'flags' ? options.get(name)?.at(-1) : inEnvironment(name)),
    written: (name) => {
      const fromEnvironment = !options.has(name) && inEnvironment(name) !== undefined
      return fromEnvironment ? (envNames.get(name) ?? name) : (rewritten.written.get(name) ?? `--${name}`)
    },
  }
}

/** @throws UsageError for an option that belongs to another command. */
export function checkBelongs(rewritten: Rewritten, command: string): void {
  const given = [...rewritten.options.keys(), ...(rewritten.properties.length > 0 ? ['property'] : [])]
  for (const name of given) {
    const option = optionTable.find((candidate) => candidate.name === name)
    if (option === undefined || option.commands.some((owner) => owner === command)) continue
    const written = rewritten.written.get(name) ?? `--${name}`
    const hint = command === 'broker' ? brokerHint(name, rewritten.options.get(name)?.at(-1)) : undefined
    throw new UsageError(
      hint === undefined
        ? `mq ${command} has no option ${written}; it belongs to mq ${option.commands.join(', mq ')}.`
        : `mq ${command} has no option ${written}: ${hint}.`,
    )
  }
}

/**
 * From argv to what was meant, before yargs sees it.
 *
 * yargs guesses: it reads `-m -a` as two options, `-m 1e3` as the number 1000, `--message='"on"'` without its quotes, and
 * `-mhello` as five flags. For a tool that carries other people's payloads each of these is data lost. So the rewriter, which
 * knows from the option table what takes a value, takes every value out, in the way of getopt and mosquitto_pub: the argument
 * after an option that needs one is its value, whatever it looks like. What is left for yargs is which command it is, and
 * whether the help or the version is wanted:
 *
 *     mq pub -t house/x -m --x 1e3     →   options {topic: [house/x], message: [--x]}, positionals [1e3]
 *                                          for yargs: pub
 *
 * Always holds: no option, value or positional is in `forYargs`.
 */
import { UsageError } from '../failure.ts'
import { brokerHint } from './broker-hints.ts'
import { nearest } from './nearest.ts'
import { familiarNames, type OptionSpec, optionSynonyms, optionTable } from './option-table.ts'

export interface Rewritten {
  /** The first word that is not an option; undefined when there is none. */
  readonly command: string | undefined
  readonly positionals: readonly string[]
  /** By long name, in the order given. A flag has one empty string per occurrence. */
  readonly options: ReadonlyMap<string, readonly string[]>
  /** By long name, how the option was typed last: `-q` or `--qos`; `property` for -D. */
  readonly written: ReadonlyMap<string, string>
  /** The arguments of each -D, three or four. */
  readonly properties: readonly (readonly string[])[]
  readonly forYargs: readonly string[]
}

const byName = new Map(optionTable.map((option) => [option.name, option]))
const byShort = new Map(
  optionTable.flatMap((option) => (option.short && !option.shortIn ? [[option.short, option] as const] : [])),
)
const shortsOfBench = new Map(
  optionTable.flatMap((option) => (option.shortIn ? [[option.short, option] as const] : [])),
)
/** These belong to yargs. */
const passed: ReadonlySet<string> = new Set(['--help', '--version'])

/** @throws UsageError for an unknown option, or one that lacks its value. */
export function rewrite(argv: readonly string[]): Rewritten {
  const options = new Map<string, string[]>()
  const spelled = new Map<string, string>()
  const properties: string[][] = []
  const positionals: string[] = []
  const forYargs: string[] = []
  let command: string | undefined
  let at = 0

  const add = (option: OptionSpec, value: string): void => {
    const values = options.get(option.name)
    if (values === undefined) options.set(option.name, [value])
    else values.push(value)
  }
  const word = (argument: string): void => {
    if (command === undefined) {
      command = argument
      forYargs.push(argument)
    } else {
      positionals.push(argument)
    }
  }
  const next = (option: OptionSpec, written: string): string => {
    const value = argv[at]
    if (value === undefined) throw new UsageError(`option ${written} needs a value: <${option.value}>.`)
    at += 1
    return value
  }
  const take = (option: OptionSpec, written: string, attached: string | undefined): void => {
    spelled.set(option.name, written)
    if (option.kind === 'flag') {
      if (attached !== undefined) throw new UsageError(`option ${written} takes no value, and was given "${attached}".`)
      add(option, '')
    } else if (option.kind === 'property') {
      const words = attached === undefined ? [next(option, written)] : [attached]
      words.push(next(option, written), next(option, written))
      if (words[1] === 'user-property') words.push(next(option, written))
      properties.push(words)
    } else {
      add(option, attached ?? next(option, written))
    }
  }

  while (at < argv.length) {
    const argument = argv[at]
    at += 1
    if (argument === undefined) break
    if (argument === '--') {
      for (const rest of argv.slice(at)) word(rest)
      break
    }
    const isFirst = options.size + properties.length + positionals.length === 0
    if (passed.has(argument)) forYargs.push(argument)
    // -h is the host's, but where nothing else was said, nobody forgot a host.
    else if (argument === '-h' && at === argv.length && isFirst) forYargs.push('--help')
    else if (argument.startsWith('--')) {
      const equals = argument.indexOf('=')
      const written = equals === -1 ? argument : argument.slice(0, equals)
      take(longOption(written, command), written, equals === -1 ? undefined : argument.slice(equals + 1))
    } else if (!isShort(argument)) word(argument)
    else {
      // A cluster, as getopt reads it: flags, and at most one value-taking option, whose value is the rest or what follows.
      for (let index = 1; index < argument.length; index += 1) {
        const letter = argument[index] ?? ''
        const option = (command === 'bench' ? shortsOfBench.get(letter) : undefined) ?? byShort.get(letter)
        if (option === undefined) throw new UsageError(unknownShort(argument, letter))
        const rest = argument.slice(index + 1)
        take(option, `-${letter}`, option.kind === 'flag' || rest === '' ? undefined : rest)
        if (option.kind !== 'flag') break
      }
    }
  }
  return { command, positionals, options, written: spelled, properties, forYargs }
}

/** `-` alone and negative numbers are words: no option is called like a digit. */
function isShort(argument: string): boolean {
  return argument.length > 1 && argument.startsWith('-') && !/^-[\d.]/.test(argument)
}

function longOption(written: string, command: string | undefined): OptionSpec {
  const name = written.slice(2)
  const option = byName.get(optionSynonyms.get(name) ?? name)
  if (option !== undefined) return option
  const hint = command === 'broker' ? brokerHint(name) : undefined
  if (hint !== undefined) throw new UsageError(`mq broker has no option ${written}: ${hint}.`)
  const close = familiarNames.get(name) ?? nearest(name, [...byName.keys(), 'help', 'version'])
  throw new UsageError(`there is no option ${written}${close === undefined ? '.' : `; did you mean --${close}?`}`)
}

function unknownShort(argument: string, letter: string): string {
  const inside = argument.length > 2 ? ` in ${argument}` : ''
  const long = argument.slice(1)
  if (byName.has(long)) return `there is no option -${letter}${inside}; did you mean --${long}?`
  return `there is no option -${letter}${inside}.`
}

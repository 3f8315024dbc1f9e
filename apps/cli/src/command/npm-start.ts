/**
 * `npm start --listen tcp://127.0.0.1:1884`, without `--` before the options: npm takes an option that it does not know for
 * one of its own. It leaves the value behind as an argument, or nothing at all, and the broker would listen elsewhere than asked.
 */
import type { Arguments } from '../argv/arguments.ts'
import type { Io } from '../io.ts'

/** Then options stand behind `--`. */
export function isNpmStart(io: Io): boolean {
  return io.env['npm_lifecycle_event'] === 'start'
}

const options = [
  { name: 'listen', isFlag: false },
  { name: 'allow-anonymous', isFlag: true },
  { name: 'log-level', isFlag: false },
] as const

/** The line that was meant, where npm has kept options of ours. */
export function meantForNpmStart(given: Arguments, io: Io): string | undefined {
  if (!isNpmStart(io)) return undefined
  const values = [...given.positionals]
  const meant = options.flatMap(({ name, isFlag }) => {
    const kept = io.env[`npm_config_${name.replaceAll('-', '_')}`] ?? ''
    if (kept === '' || given.flag(name)) return []
    // npm joins what was given several times with an empty line, and says `true` where it saw no value.
    return kept.split('\n\n').map((value) => {
      if (isFlag) return `--${name}`
      return `--${name} ${value === 'true' ? (values.shift() ?? '<value>') : value}`
    })
  })
  return meant.length === 0 ? undefined : `npm start -- ${meant.join(' ')}`
}

/**
 * The part of the command line that yargs does: help, version and completion.
 * It sees no option and no value (rewrite.ts), so none of its guesses can change one.
 */
import yargs from 'yargs'
import type { Command } from '../command/command.ts'
import { ExitCode } from '../exit-code.ts'
import { UsageError } from '../failure.ts'
import { nearest } from './nearest.ts'
import { type OptionSpec, optionTable } from './option-table.ts'
import { choiceOf } from './values.ts'

/** To be printed: to stdout if `exitCode` is 0. */
export interface Answer {
  readonly text: string
  readonly exitCode: number
}

export interface Question {
  /** What rewrite.ts made for yargs. */
  readonly argv: readonly string[]
  /** What was said behind the command. */
  readonly words: readonly string[]
  /** $SHELL */
  readonly shell: string | undefined
  readonly version: string
}

/** @throws UsageError for a command that does not exist, or a shell that there is no completion for */
export async function ask(question: Question, commands: readonly Command[]): Promise<Answer> {
  if (question.argv[0] === 'help') {
    const argv = [...question.words.slice(0, 1), '--help']
    return ask({ ...question, argv, words: [] }, commands)
  }
  const { argv, words, version } = question
  const [name] = argv.filter((word) => !word.startsWith('--'))
  const names = [...commands.map((command) => command.name), 'completion']
  if (name !== undefined && !names.includes(name) && !argv.includes('--get-yargs-completions')) {
    const close = familiarCommands.get(name) ?? nearest(name, [...names, 'help'])
    const hint = close === undefined ? '' : `; did you mean mq ${close}?`
    throw new UsageError(`there is no command ${JSON.stringify(name)}${hint || `; there are ${names.join(', ')}.`}`)
  }
  // yargs would print the script all the same.
  if (name === 'completion' && argv.includes('--help')) return { text: completionHelp, exitCode: ExitCode.done }
  const made = name === 'completion' ? withShell(shellOf(question, words), () => yargs()) : yargs()
  const program = made
    .scriptName('mq')
    // Our own sentences are English; half a page in another language would be no help.
    .detectLocale(false)
    .usage('$0 <command>\n\nThe MQTT command line.')
    // Or it would offer --no-retain to complete.
    .parserConfiguration({ 'boolean-negation': false })
    .help('help')
    .describe('help', 'Show this')
    .version('version', 'Show the version', version)
    .exitProcess(false)
    .strict()
    .wrap(null)
    .fail((message, error) => {
      throw error ?? new UsageError(message)
    })
  for (const command of commands) {
    program.command(
      command.usage,
      command.describe,
      (yargsOfCommand) => {
        for (const option of optionTable) {
          if (option.commands.includes(command.name)) yargsOfCommand.option(option.name, shape(option, command.name))
        }
        for (const [line, what] of command.examples) yargsOfCommand.example(line, what)
        return command.epilogue === undefined ? yargsOfCommand : yargsOfCommand.epilogue(command.epilogue)
      },
      // Commands run without yargs, see main.ts.
      () => {},
    )
  }
  program.completion('completion', 'Print a completion script for bash, zsh or fish: source <(mq completion)')
  // yargs prints the completion script and then finds that `completion` is no command, where it is strict.
  if (argv.includes('completion')) program.strict(false)
  // Without a callback, yargs would print by itself; with one it hands over what it would have printed, in pieces.
  let printed = ''
  await program.parseAsync([...argv], (_error: unknown, _argv: unknown, output: string | undefined) => {
    printed += output ?? ''
  })
  if (printed !== '') return { text: printed, exitCode: ExitCode.done }
  return { text: await program.getHelp(), exitCode: ExitCode.usage }
}

/** What these are called elsewhere. */
const familiarCommands: ReadonlyMap<string, string> = new Map([
  ['publish', 'pub'],
  ['subscribe', 'sub'],
  ['server', 'broker'],
  ['serve', 'broker'],
  ['listen', 'broker'],
  ['benchmark', 'bench'],
  ['completions', 'completion'],
])

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

/** As it was asked for, or as $SHELL says; where that is neither, a script would be one that the shell cannot read. */
function shellOf({ shell = '' }: Question, words: readonly string[]): Shell {
  const [word, ...more] = words
  if (more.length > 0)
    throw new UsageError(`mq completion takes one shell, and was given "${more[0]}" behind "${word}".`)
  if (word !== undefined) return choiceOf('mq completion', word, shells)
  const name = shell.split('/').at(-1) ?? ''
  const known = shells.find((each) => each === name)
  if (known !== undefined) return known
  if (['', 'sh', 'dash'].includes(name)) return 'bash'
  throw new UsageError(
    `there is no completion for ${name}, which $SHELL names; there is mq completion ${shells.join(', ')}.`,
  )
}

/** yargs takes the shell from the environment, when it is made. */
function withShell<T>(shell: string, make: () => T): T {
  const before = process.env['SHELL']
  process.env['SHELL'] = shell
  try {
    return make()
  } finally {
    if (before === undefined) delete process.env['SHELL']
    else process.env['SHELL'] = before
  }
}

const completionHelp = `mq completion [bash|zsh|fish]

Print a completion script for this shell, or for the one that $SHELL names.

Examples:
  source <(mq completion)          in this shell, until it ends
  mq completion bash >> ~/.bashrc  in every bash from now on; zsh and ~/.zshrc for zsh
  mq completion fish > ~/.config/fish/completions/mq.fish`

/** For the help and the completion only, so without a type: no value of an option comes by here. */
function shape({ short, group, groupIn, describe: general, describeIn, value }: OptionSpec, command: Command['name']) {
  const describe = describeIn?.[command] ?? general
  return {
    ...(short === undefined ? {} : { alias: short }),
    group: `${groupIn?.[command] ?? group}:`,
    describe: value === undefined ? describe : `<${value}>  ${describe}`,
  }
}

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

/** To be printed: to stdout if `exitCode` is 0. */
export interface Answer {
  readonly text: string
  readonly exitCode: number
}

/**
 * @param argv what rewrite.ts made for yargs
 * @throws UsageError for a command that does not exist
 */
export async function ask(argv: readonly string[], commands: readonly Command[], version: string): Promise<Answer> {
  const [name] = argv.filter((word) => !word.startsWith('--'))
  const names = [...commands.map((command) => command.name), 'completion']
  if (name !== undefined && !names.includes(name) && !argv.includes('--get-yargs-completions')) {
    const close = nearest(name, names)
    const hint = close === undefined ? '' : `; did you mean mq ${close}?`
    throw new UsageError(`there is no command ${JSON.stringify(name)}${hint || `; there are ${names.join(', ')}.`}`)
  }
  // yargs would print the script all the same.
  if (name === 'completion' && argv.includes('--help')) return { text: completionHelp, exitCode: ExitCode.done }
  const program = yargs()
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
  program.completion('completion', 'Print a completion script for bash or zsh: source <(mq completion)')
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

const completionHelp = `mq completion

Print a completion script for the shell that $SHELL names, bash or zsh.

Examples:
  source <(mq completion)          in this shell, until it ends
  mq completion >> ~/.bashrc       in every bash from now on; ~/.zshrc for zsh`

/** For the help and the completion only, so without a type: no value of an option comes by here. */
function shape({ short, group, describe: general, describeIn, value }: OptionSpec, command: Command['name']) {
  const describe = describeIn?.[command] ?? general
  return {
    ...(short === undefined ? {} : { alias: short }),
    group: `${group}:`,
    describe: value === undefined ? describe : `<${value}>  ${describe}`,
  }
}

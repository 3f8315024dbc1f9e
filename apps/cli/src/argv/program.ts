/**
 * The part of the command line that yargs does: help, version, completion, and which command it is. It sees names and no
 * values (rewrite.ts), so none of its guesses can change one.
 */
import yargs from 'yargs'
import type { Command } from '../command/command.ts'
import { ExitCode } from '../exit-code.ts'
import { UsageError } from '../failure.ts'
import { type OptionSpec, optionTable } from './option-table.ts'

export type Asked =
  | { readonly type: 'run'; readonly command: Command }
  /** Help, version or a completion script: already made, to be printed. */
  | { readonly type: 'print'; readonly text: string; readonly exitCode: number }

/**
 * @param argv what rewrite.ts made for yargs
 * @throws UsageError for a command that does not exist
 */
export async function ask(argv: readonly string[], commands: readonly Command[], version: string): Promise<Asked> {
  let chosen: Command | undefined
  const program = yargs()
    .scriptName('mq')
    // Our own sentences are English; half a page in another language would be no help.
    .detectLocale(false)
    .usage('$0 <command>\n\nThe MQTT command line.')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .help('help')
    .describe('help', 'Show this')
    .version('version', 'Show the version', version)
    .exitProcess(false)
    .recommendCommands()
    .strict()
    .wrap(null)
    .fail((message, error) => {
      throw error ?? new UsageError(sentence(message))
    })
  for (const command of commands) {
    program.command(
      command.usage,
      command.describe,
      (yargsOfCommand) => {
        for (const option of optionTable) {
          if (option.commands.includes(command.name)) yargsOfCommand.option(option.name, shape(option))
        }
        for (const [line, what] of command.examples) yargsOfCommand.example(line, what)
        return yargsOfCommand
      },
      () => {
        chosen = command
      },
    )
  }
  program.completion('completion', 'Print a completion script for bash or zsh: source <(mq completion)')
  // yargs prints the completion script and then finds that `completion` is no command, where it is strict.
  if (argv[0] === 'completion') program.strict(false)
  // Without a callback, yargs would print by itself; with one it hands over what it would have printed, in pieces.
  let printed = ''
  await program.parseAsync([...argv], (_error: unknown, _argv: unknown, output: string | undefined) => {
    printed += output ?? ''
  })
  if (printed !== '') return { type: 'print', text: printed, exitCode: ExitCode.done }
  if (chosen !== undefined) return { type: 'run', command: chosen }
  return { type: 'print', text: await program.getHelp(), exitCode: ExitCode.usage }
}

/** For the help and the completion only, so without a type: no value of an option comes by here. */
function shape({ short, group, describe, value }: OptionSpec) {
  return {
    ...(short === undefined ? {} : { alias: short }),
    group: `${group}:`,
    describe: value === undefined ? describe : `<${value}>  ${describe}`,
  }
}

/** yargs answers in fragments, sometimes over several lines. */
function sentence(message: string): string {
  const [first = '', ...rest] = message.split('\n').filter((line) => line.trim() !== '')
  const text = [first, ...rest].join('; ')
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`
}

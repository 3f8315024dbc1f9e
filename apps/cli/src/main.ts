/** From argv to exit code: rewrite, run the command or print what was asked for, and turn what was thrown into a sentence and a code. */
import { argumentsOf, checkBelongs } from './argv/arguments.ts'
import { rewrite } from './argv/rewrite.ts'
import type { Command } from './command/command.ts'
import { commands as allCommands } from './command/commands.ts'
import { ExitCode } from './exit-code.ts'
import { Failure, messageOf, UsageError } from './failure.ts'
import type { Io } from './io.ts'

/**
 * Runs `mq` and resolves with its exit code; never rejects.
 *
 * @param argv without `node` and the script
 * @example
 * process.exitCode = await main(['pub', '-t', 'house/bulb1', '-m', 'on'], processIo(), '1.0.0')
 */
export async function main(
  argv: readonly string[],
  io: Io,
  version: string,
  commands: readonly Command[] = allCommands,
): Promise<number> {
  let command: Command | undefined
  let quiet = false
  try {
    // The completion script calls back with the words so far, which may be half an option: they are for yargs alone.
    const rewritten = argv.includes('--get-yargs-completions') ? undefined : rewrite(argv)
    command = commands.find(({ name }) => name === rewritten?.command)
    if (command !== undefined && rewritten !== undefined) checkBelongs(rewritten, command.name)
    // Help, version, completion, no command or none that exists: yargs, which takes longer to load than the rest of this.
    if (command === undefined || rewritten === undefined || rewritten.forYargs.length > 1) {
      const { ask } = await import('./argv/program.ts')
      const question = {
        argv: rewritten?.forYargs ?? argv,
        words: rewritten?.positionals ?? [],
        shell: io.env['SHELL'],
        version,
      }
      const { text, exitCode } = await ask(question, commands)
      const why = exitCode === ExitCode.done ? '' : `${noCommand(argv)}\n\n`
      await (exitCode === ExitCode.done ? io.stdout : io.stderr).write(`${why}${text.trimEnd()}\n`)
      return exitCode
    }
    const given = argumentsOf(rewritten, io.env)
    quiet = given.flag('quiet')
    const run = await command.load()
    return await run(given, io)
  } catch (error) {
    if (error instanceof UsageError) {
      // Where the options could not be read, the command is not known yet: the first word mostly is it.
      const { name } = command ?? commands.find(({ name }) => name === argv[0]) ?? {}
      const help = name === undefined ? 'mq --help' : `mq ${name} --help`
      await io.stderr.write(`mq: ${error.message}\nTry ${help}.\n`)
      return ExitCode.usage
    }
    if (!quiet) {
      const detail = io.env['MQ_DEBUG'] && error instanceof Error ? `\n${error.stack}` : ''
      await io.stderr.write(`mq: ${messageOf(error)}${detail}\n`)
    }
    return error instanceof Failure ? error.exitCode : ExitCode.unexpected
  }
}

/** Why the help comes that nobody has asked for. */
function noCommand(argv: readonly string[]): string {
  if (argv.length === 0) return 'mq: a command is missing; these are there.'
  const version = argv[0] === '-v' || argv[0] === '-V' ? ' mq --version tells the version.' : ''
  return `mq: a command is missing beside ${argv[0]}; these are there.${version}`
}

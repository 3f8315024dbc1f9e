/** From argv to exit code: rewrite, ask yargs which command, run it, and turn what was thrown into a sentence and a code. */
import { argumentsOf, checkBelongs } from './argv/arguments.ts'
import { ask } from './argv/program.ts'
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
    const asked = await ask(rewritten?.forYargs ?? argv, commands, version)
    if (asked.type === 'print' || rewritten === undefined) {
      if (asked.type === 'print')
        await (asked.exitCode === 0 ? io.stdout : io.stderr).write(`${asked.text.trimEnd()}\n`)
      return asked.type === 'print' ? asked.exitCode : ExitCode.done
    }
    const given = argumentsOf(rewritten, io.env)
    quiet = given.flag('quiet')
    const run = await asked.command.load()
    return await run(given, io)
  } catch (error) {
    if (error instanceof UsageError) {
      const help = command === undefined ? 'mq --help' : `mq ${command.name} --help`
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

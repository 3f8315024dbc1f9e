import type { Arguments } from '../argv/arguments.ts'
import type { CommandName } from '../argv/option-table.ts'
import type { Io } from '../io.ts'

/** Does the work and returns the exit code. Throws UsageError and Failure, which main.ts turns into a sentence and a code. */
export type Run = (given: Arguments, io: Io) => Promise<number>

/** One subcommand. What it needs is loaded when it is used, so that `mq pub` never reads the broker. */
export interface Command {
  readonly name: CommandName
  /** As yargs wants it: `pub [topic] [message]`. */
  readonly usage: string
  readonly describe: string
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** Stands last in the help. */
  readonly epilogue?: string
  load(): Promise<Run>
}

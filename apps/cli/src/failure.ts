/**
 * What ends a command early, and with which exit code. Two kinds, because they are told apart at the top: a `UsageError` is
 * the caller's and comes with a pointer to the help; a `Failure` is what happened while doing the right thing.
 */
import { ExitCode } from './exit-code.ts'

/** A wrong argument. The message is one sentence that names the option, what was wrong and what is allowed. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The work could not be done. The message is one sentence; `exitCode` is one of the table in exit-code.ts. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: number

  constructor(message: string, exitCode: number = ExitCode.unexpected, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** Ctrl-C before there was a connection: nothing was done. */
export function interruptedBeforeConnecting(): Failure {
  return new Failure('interrupted before connecting.')
}

/** Whatever was thrown, as text for people. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

import { ExitCode } from '../exit-code.ts'
import { Failure, messageOf } from '../failure.ts'
import type { Io } from '../io.ts'

/** @throws Failure, exit code 6 */
export async function readFileOf(io: Io, option: string, path: string): Promise<Uint8Array> {
  try {
    return await io.readFile(path)
  } catch (error) {
    throw new Failure(`${option} ${path} cannot be read: ${messageOf(error)}.`, ExitCode.input, { cause: error })
  }
}

/** Which form the messages take: -F, --json, -v, --raw, and where none is asked for, what suits a pipe or a terminal. */
import type { Arguments } from '../argv/arguments.ts'
import type { ReceivedMessage } from '../connection/connection.ts'
import { UsageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { parseFormat } from './format.ts'
import { jsonLine } from './ndjson.ts'
import { plain } from './plain.ts'
import { pretty, visible } from './pretty.ts'

export type Renderer = (message: ReceivedMessage) => string | Uint8Array

/** @throws UsageError */
export function rendererOf(
  given: Arguments,
  filters: readonly string[],
  io: Io,
  status: { warn(sentence: string): void },
): Renderer {
  const format = given.text('format')
  const newline = !given.flag('no-newline')
  const verbose = given.flag('verbose')
  if (given.flag('json') && (format !== undefined || verbose || !newline)) {
    throw new UsageError('--json has a form of its own; it does not go with -F, -v or -N.')
  }
  if (given.flag('json')) return (message) => jsonLine(message, io.now())
  if (format !== undefined) {
    const formatter = parseFormat(format)
    const isPretty = given.flag('pretty')
    const end = newline ? '\n' : ''
    return (message) => {
      const context = { date: io.now(), nanoseconds: io.nanoseconds(), pretty: isPretty, warn: status.warn }
      return Buffer.concat([formatter(message, context), Buffer.from(end)])
    }
  }
  if (given.flag('raw') || !io.stdout.isTty) return (message) => plain(message, { verbose, newline })
  const several = filters.length > 1 || filters.some((filter) => /[+#]/.test(filter))
  if (several && !verbose && newline) {
    const colour = colourWanted(io)
    return (message) => pretty(message, io.now(), { colour })
  }
  // A terminal obeys control characters, and these come from strangers; --raw lets them through.
  return (message) => visible(Buffer.from(plain(message, { verbose, newline })).toString(), true)
}

/** NO_COLOR and FORCE_COLOR, as everywhere. */
export function colourWanted(io: Io): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb'
}

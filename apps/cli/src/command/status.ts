import type { Arguments } from '../argv/arguments.ts'
import type { ConnectionNews } from '../connection/connection.ts'
import type { Io } from '../io.ts'
import { visible } from '../output/pretty.ts'
import { colourWanted } from '../output/renderer.ts'

/** What a command says about itself, on stderr. `--quiet` silences it, `--debug` adds to it. */
export interface Status extends ConnectionNews {
  error(sentence: string): void
  /** For whoever sits before a terminal and sees nothing happen. */
  remark(text: string): void
}

export function statusOf(given: Arguments, io: Io): Status {
  const quiet = given.flag('quiet')
  // Sentences quote topics and reason strings, which come from elsewhere.
  const say = (line: string): void => void io.stderr.write(`mq: ${visible(line)}\n`)
  return {
    error: (sentence) => {
      if (!quiet) say(sentence)
    },
    warn: (sentence) => {
      if (!quiet) say(`warning: ${sentence}`)
    },
    remark: (text) => {
      if (quiet || !io.stderr.isTty) return
      void io.stderr.write(colourWanted(io) ? `\u001b[2m${visible(text)}\u001b[0m\n` : `${visible(text)}\n`)
    },
    debug: (sentence) => {
      if (given.flag('debug')) say(sentence)
    },
  }
}

import type { Arguments } from '../argv/arguments.ts'
import type { ConnectionNews } from '../connection/connection.ts'
import type { Io } from '../io.ts'
import { visible } from '../output/pretty.ts'

/** What a command says about itself, on stderr. `--quiet` silences it, `--debug` adds to it. */
export interface Status extends ConnectionNews {
  error(sentence: string): void
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
    debug: (sentence) => {
      if (given.flag('debug')) say(sentence)
    },
  }
}

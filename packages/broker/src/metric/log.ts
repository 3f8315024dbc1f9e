import type { Logger } from 'pino'

/** What the broker's parts write to: a logger that never throws. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  fatal(fields: object, message: string): void
  /** Whether a line of this level is written: what costs something is found out for one that is, only. */
  writes(level: Level): boolean
}

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** A logger that fails costs its line, and not the connection or the session that the line is about. */
export function createLog(logger: Logger): Log {
  const line =
    (level: Level) =>
    (fields: object, message: string): void => {
      try {
        logger[level](fields, message)
      } catch {
        // There is nowhere left to say it.
      }
    }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    fatal: line('fatal'),
    writes(level) {
      try {
        return logger.isLevelEnabled(level)
      } catch {
        // Not one of pino's: it gets every line.
        return true
      }
    },
  }
}

/**
 * pino's lines for people: `12:31:20.114 info  client c1 connected  peer=127.0.0.1:40312`. The fields come from clients, so
 * no control character of theirs reaches the terminal.
 */
import { reasonText } from '../connection/reason.ts'
import { visible } from '../output/pretty.ts'

const levels: Readonly<Record<number, readonly [name: string, colour: number]>> = {
  10: ['trace', 2],
  20: ['debug', 2],
  30: ['info ', 32],
  40: ['warn ', 33],
  50: ['error', 31],
  60: ['fatal', 31],
}
/** Said already, or of no interest on the machine itself. */
const unsaid: ReadonlySet<string> = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'err', 'v'])

/** A pino destination that writes readable lines. */
export function humanLines(write: (line: string) => void, colour: boolean): { write(line: string): void } {
  return { write: (line) => write(humanLine(line, colour)) }
}

/** One line of pino's JSON as one for people; what is not JSON is passed on. */
export function humanLine(line: string, colour: boolean): string {
  const record = recordOf(line)
  if (record === undefined) return line
  const paint = (code: number, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const [name, code] = levels[Number(record['level'])] ?? ['info ', 32]
  const date = new Date(Number(record['time']))
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  const fields = Object.entries(record)
    .filter(([field]) => !unsaid.has(field))
    .map(([field, value]) => paint(2, `${field}=${textOf(field, value)}`))
  const error = errorOf(record['err'])
  return [
    paint(2, `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`),
    paint(code, name),
    [visible(String(record['msg'] ?? '')), ...fields].join('  ') +
      (error === undefined ? '' : `\n${visible(error, true)}`),
  ]
    .join(' ')
    .concat('\n')
}

/** A reason code as the specification writes it, with its name; in the JSON it is the number. */
function textOf(field: string, value: unknown): string {
  if (field === 'reasonCode' && typeof value === 'number') return reasonText(value)
  return visible(typeof value === 'string' ? value : JSON.stringify(value))
}

function recordOf(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function errorOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { stack, message } = { stack: undefined, message: undefined, ...error }
  return String(stack ?? message ?? '')
}

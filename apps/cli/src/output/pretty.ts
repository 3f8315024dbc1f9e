/**
 * What a person sees on a terminal:
 *
 *     12:31:20.114 house/bulb1  on  [q1 r]
 *
 * JSON on several lines, binary as a hexdump. Topics and payloads come from strangers, so no control character of theirs
 * reaches the terminal: it could move the cursor, set the title or answer for the keyboard.
 */
import type { ReceivedMessage } from '../connection/connection.ts'
import { isJson, utf8Of } from './ndjson.ts'

export interface PrettyOptions {
  readonly colour: boolean
}

export function pretty(message: ReceivedMessage, date: Date, { colour }: PrettyOptions): string {
  const paint = (code: number, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'))
  const clock = `${time.join(':')}.${String(date.getMilliseconds()).padStart(3, '0')}`
  const flags = [
    ...(message.qos > 0 ? [`q${message.qos}`] : []),
    ...(message.retain ? ['r'] : []),
    ...(message.dup ? ['dup'] : []),
  ]
  const tail = flags.length === 0 ? '' : `  ${paint(2, `[${flags.join(' ')}]`)}`
  const head = `${paint(2, clock)} ${paint(36, visible(message.topicName))}`
  const { text, block } = bodyOf(message.payload)
  if (block) return `${head}${tail}\n${indent(text)}\n`
  return `${head}  ${text === '' ? paint(2, '(empty)') : text}${tail}\n`
}

interface Body {
  readonly text: string
  /** On lines of its own, below the topic. */
  readonly block: boolean
}

/** Objects and arrays that fit stay on the line of their topic. */
const inlineJsonMax = 60

function bodyOf(payload: Uint8Array): Body {
  const text = utf8Of(payload)
  if (text === undefined) return { text: hexdump(payload), block: true }
  if (/^\s*[[{]/.test(text) && isJson(text)) {
    const value: unknown = JSON.parse(text)
    const compact = JSON.stringify(value)
    if (compact.length <= inlineJsonMax) return { text: visible(compact), block: false }
    return { text: visible(JSON.stringify(value, undefined, 2), true), block: true }
  }
  const shown = visible(text, true).replace(/\n$/, '')
  return { text: shown, block: shown.includes('\n') }
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')

/** Control characters (C0, DEL, C1) and the marks that turn the direction of writing, as \x1b or \u202e. */
export function visible(text: string, keepLines = false): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    if (keepLines && (character === '\n' || character === '\t')) return character
    if (character === '\n') return '\\n'
    if (character === '\r') return '\\r'
    if (character === '\t') return '\\t'
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

const dumpBytesMax = 512

function hexdump(payload: Uint8Array): string {
  const lines: string[] = []
  const shown = payload.subarray(0, dumpBytesMax)
  for (let at = 0; at < shown.length; at += 16) {
    const row = [...shown.subarray(at, at + 16)]
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const letters = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(4, '0')}  ${digits.padEnd(47)}  ${letters}`)
  }
  if (payload.length > dumpBytesMax) lines.push(`… ${payload.length} bytes`)
  return lines.join('\n')
}

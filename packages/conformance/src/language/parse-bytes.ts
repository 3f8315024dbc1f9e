/** `10 { protocol 02 003c @{} "~a" }`: bytes as they go on the wire, lengths worked out. */
import type { ByteItem } from './case.ts'
import { parseHex, parseValue } from './parse-fields.ts'
import { words } from './words.ts'

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '@{': '}' }

export function parseBytes(text: string): ByteItem[] {
  // Brackets need no space around them.
  const spaced = text.replace(/"[^"]*"|'[^']*'|@?\{|[}[\]]/g, (match) => (/^["']/.test(match) ? match : ` ${match} `))
  const tokens = words(spaced)
  const [items, end] = parseItems(tokens, 0, undefined)
  if (end !== tokens.length) throw new SyntaxError(`a bracket too many: ${text}`)
  return items
}

function parseItems(tokens: readonly string[], start: number, close: string | undefined): [ByteItem[], number] {
  const items: ByteItem[] = []
  let at = start
  for (; at < tokens.length && !['}', ']'].includes(tokens[at] ?? ''); at++) {
    const token = tokens[at] ?? ''
    if (token === '{' || token === '[' || token === '@{') {
      const [inner, end] = parseItems(tokens, at + 1, closing[token])
      items.push({ type: 'block', kind: token, items: inner })
      at = end
    } else items.push(parseItem(token))
  }
  if (tokens[at] !== close) throw new SyntaxError(`brackets do not match: ${tokens.join(' ')}`)
  return [items, at]
}

function parseItem(token: string): ByteItem {
  if (token === 'protocol') return { type: 'protocol' }
  const [, width, number] = /^(u8|u16|u32|var):(.+)$/.exec(token) ?? []
  if (number !== undefined && (width === 'u8' || width === 'u16' || width === 'u32' || width === 'var')) {
    return { type: 'integer', width, value: parseValue(number) }
  }
  const [, quote, text, repeated] = /^(["'])(.*)\1(?:\*(\d+))?$/s.exec(token) ?? []
  if (text !== undefined) return { type: 'text', text, times: Number(repeated ?? 1), counted: quote === '"' }
  const [, digits = token, times] = /^([\da-f]+)\*(\d+)$/i.exec(token) ?? []
  return { type: 'hex', bytes: parseHex(digits), times: Number(times ?? 1) }
}

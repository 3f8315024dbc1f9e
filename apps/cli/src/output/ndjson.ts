/**
 * --json: one object per line, never more, and lossless. `encoding` says how to read `payload`:
 *
 *     json    the payload is JSON text, and stands in the line as it came; only line breaks between tokens became blanks
 *     utf8    it is a string
 *     base64  it is not valid UTF-8
 */
import type { PublishProperties } from '@mq/core'
import type { ReceivedMessage } from '../connection/connection.ts'

export function jsonLine(message: ReceivedMessage, date: Date): string {
  const { encoding, payload } = encode(message.payload)
  const head = JSON.stringify({
    ts: date.toISOString(),
    topic: message.topicName,
    qos: message.qos,
    retain: message.retain,
    dup: message.dup,
    size: message.payload.length,
    encoding,
  })
  const properties = JSON.stringify(propertiesOf(message.properties))
  // Put together as text: JSON.parse and JSON.stringify would round large numbers and drop repeated names.
  return `${head.slice(0, -1)},"payload":${payload},"properties":${properties}}\n`
}

function encode(payload: Uint8Array): { encoding: 'json' | 'utf8' | 'base64'; payload: string } {
  const text = utf8Of(payload)
  if (text === undefined) return { encoding: 'base64', payload: `"${Buffer.from(payload).toString('base64')}"` }
  // A line break in JSON text can only stand between tokens: inside a string it must be escaped.
  if (isJson(text)) return { encoding: 'json', payload: text.replaceAll(/[\r\n]/g, ' ').trim() }
  return { encoding: 'utf8', payload: JSON.stringify(text) }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** undefined where the bytes are not UTF-8. */
export function utf8Of(payload: Uint8Array): string | undefined {
  try {
    return strict.decode(payload)
  } catch {
    return undefined
  }
}

/** Any JSON value, not only objects. */
export function isJson(text: string): boolean {
  if (!/^\s*[-[{"0-9tfn]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function propertiesOf({ correlationData, ...rest }: PublishProperties): object {
  if (correlationData === undefined) return rest
  return { ...rest, correlationData: Buffer.from(correlationData).toString('base64') }
}

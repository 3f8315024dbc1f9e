import { encodeUtf8 } from '@mq/core'
import { described } from './described.ts'
import { MqttError } from './errors.ts'
import type { Payload } from './options.ts'

const none: Uint8Array = new Uint8Array(0)

/** @throws MqttError 'invalid-argument' for what is no payload: sent as an empty one, it would clear a retained message */
export function payloadBytes(payload: unknown, what = 'the payload'): Uint8Array {
  if (payload === undefined) return none
  if (typeof payload === 'string') return textBytes(payload)
  if (isBytes(payload)) return payload
  throw noPayload(payload, what)
}

/** In a payload U+0000 may stand, as it may not in the strings of a packet. */
function textBytes(text: string): Uint8Array {
  if (!text.includes('\0')) return encodeUtf8(text)
  const parts = text.split('\0').map((part) => encodeUtf8(part))
  const bytes = new Uint8Array(parts.length - 1 + parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length + 1
  }
  return bytes
}

/** As `payloadBytes`, and nothing is encoded yet. */
export function asPayload(value: unknown, what = 'the payload'): Payload | undefined {
  if (value === undefined || typeof value === 'string' || isBytes(value)) return value
  throw noPayload(value, what)
}

/** The error that says what `value` is, and what to give instead. */
export function noPayload(value: unknown, what: string): MqttError {
  return new MqttError(
    'invalid-argument',
    `${what} is ${described(value)}; give a string or a Uint8Array, e.g. ${instead(value)}`,
  )
}

/** Also one of another realm: a test runner or `node:vm` has its own. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]'
}

function instead(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'function') return "'' for an empty one"
  if (typeof value !== 'object') return `String(${String(value)})`
  if (ArrayBuffer.isView(value)) return 'new Uint8Array(view.buffer, view.byteOffset, view.byteLength)'
  return Object.prototype.toString.call(value).endsWith('Buffer]') ? 'new Uint8Array(buffer)' : 'JSON.stringify(value)'
}

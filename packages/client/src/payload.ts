import { encodeUtf8 } from '@mq/core'
import type { Payload } from './options.ts'

const none: Uint8Array = new Uint8Array(0)

export function payloadBytes(payload: Payload | undefined): Uint8Array {
  if (payload === undefined) return none
  return typeof payload === 'string' ? encodeUtf8(payload) : payload
}

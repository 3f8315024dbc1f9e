/** What mosquitto_sub prints, byte for byte: the payload and a newline, with -v the topic before it. */
import type { ReceivedMessage } from '../connection/connection.ts'

export interface PlainOptions {
  readonly verbose: boolean
  readonly newline: boolean
}

const none = new Uint8Array()
const newline = Buffer.from('\n')

export function plain(message: ReceivedMessage, options: PlainOptions): Uint8Array {
  const end = options.newline ? newline : none
  if (!options.verbose) {
    // An empty payload prints nothing at all, not even the newline: that is what scripts written for mosquitto_sub expect.
    return message.payload.length === 0 ? none : Buffer.concat([message.payload, end])
  }
  if (message.payload.length === 0) return options.newline ? Buffer.from(`${message.topicName} (null)\n`) : none
  return Buffer.concat([Buffer.from(`${message.topicName} `), message.payload, end])
}

/** What stands in the way of a connection, and what to do about it: the platform says it in codes. */
import { messageOf } from '../failure.ts'

/**
 * Without a full stop, to end a sentence with. What the platform said stays in it, for whoever searches for that.
 *
 * @param url where to: -h and -p say nothing about WebSocket, and a broker listens for it only where it is told to
 */
export function obstacle(error: Error, url: string): string {
  const said = messageOf(error)
  const code = codeOf(error.cause) ?? codeOf(error)
  if (code === 'ECONNREFUSED' && /^wss?:/.test(url)) {
    return `nothing listens there (${said}); start the broker, for one with mq broker --listen ws://127.0.0.1:8083/mqtt, or say where it is with -L`
  }
  if (code === 'ECONNREFUSED') {
    return `nothing listens there (${said}); start the broker, for one with mq broker, or say where it is with -h and -p`
  }
  if (code === 'ENOTFOUND') return `there is no host of that name (${said}); say which one with -h or -L`
  if (isHttp(error)) {
    const host = url.replace(/^\w+:\/\//, '')
    return `what answers there is HTTP (${said}); for MQTT over WebSocket use -L ${url.startsWith('mqtts:') ? 'wss' : 'ws'}://${host}`
  }
  if (said.startsWith('no CONNACK')) return `${said}; it may be no MQTT broker`
  if (said.startsWith('Unexpected server response')) {
    return `there is no MQTT at that path (${said}); the path belongs to the address, as in ws://127.0.0.1:8083/mqtt`
  }
  if (said.includes('socket hang up')) {
    return `what answers there does not speak WebSocket (${said}); without it the address begins with mqtt:// or mqtts://`
  }
  if (isNotTls(error, url)) {
    // OpenSSL's own words are long, and of its sources.
    const words = said.includes('wrong version number') ? 'wrong version number' : said
    return `what answers there does not speak TLS (${words}); without TLS the address begins with mqtt:// or ws://`
  }
  if (untrusted.test(`${code}`)) {
    return `its certificate is signed by nobody that is trusted here (${said}); give the signer's with --cafile, or in a test leave it unchecked with --insecure`
  }
  return said
}

/** The H of "HTTP/1.1 400 Bad Request" is no packet of MQTT, and nothing else that answers begins so. */
export function isHttp(error: Error): boolean {
  return messageOf(error).includes('no packet begins with 0x48')
}

/** Signed by itself, or by somebody unknown. */
const untrusted = /^(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(?:VERIFY|GET_ISSUER)/

/** The handshake was not answered in TLS: the port is one without it. The platform calls most of these network errors. */
export function isNotTls(error: Error, url: string): boolean {
  const said = messageOf(error)
  return (
    /^(?:mqtts|wss):/.test(url) &&
    (said.includes('before secure TLS connection') ||
      said.includes('wrong version number') ||
      /\b(?:ECONNRESET|EPROTO)$/.test(said))
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

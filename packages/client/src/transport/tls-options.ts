import type { ConnectionOptions } from 'node:tls'
import type { TlsOptions } from '../options.ts'

/** Our options as Node.js takes them, without those that are absent. */
export function nodeTlsOptions(options: TlsOptions = {}): ConnectionOptions {
  const { ca, cert, key, pfx, ALPNProtocols, ...rest } = options
  const given: Record<string, unknown> = {
    ...rest,
    ca: Array.isArray(ca) ? ca.map(material) : material(ca),
    cert: material(cert),
    key: material(key),
    pfx: material(pfx),
    ALPNProtocols: ALPNProtocols && [...ALPNProtocols],
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function material<T>(value: T): T | Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : value
}

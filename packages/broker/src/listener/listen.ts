/** From an address to a listener: which kind, and whether it may listen there without authentication. */
import { MqError } from '@mq/core'
import type { Listener, ListenerOptions } from './listener.ts'
import { listenTcp } from './tcp-listener.ts'
import { listenWs } from './ws-listener.ts'

const kinds: {
  readonly [scheme: string]: { readonly port: number; listen(options: ListenerOptions): Promise<Listener> }
} = {
  'tcp:': { port: 1883, listen: listenTcp },
  'mqtt:': { port: 1883, listen: listenTcp },
  'ws:': { port: 8083, listen: listenWs },
}

export interface ListenWishes extends Omit<ListenerOptions, 'url' | 'host' | 'port'> {
  /** Clients are authenticated, or the owner has said that anybody may come. */
  readonly mayBePublic: boolean
}

export function listen(address: string, wishes: ListenWishes): Promise<Listener> {
  const url = parseAddress(address)
  const kind = kinds[url.protocol]
  if (kind === undefined) {
    throw new MqError(
      'MQ_BAD_LISTEN_URL',
      `${address} is no address to listen on: it begins with ${url.protocol}//, and tcp:// and ws:// are known`,
    )
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (!wishes.mayBePublic && !isLoopback(host)) {
    throw new MqError(
      'MQ_OPEN_WITHOUT_AUTHENTICATION',
      `${address} could be reached from other machines, and anybody could connect: give an authenticator, or allow anonymous clients on purpose`,
    )
  }
  return kind.listen({
    url,
    host,
    port: portOf(url, address, kind.port),
    accept: wishes.accept,
    logsPeers: wishes.logsPeers,
    trouble: wishes.trouble,
    remark: wishes.remark,
  })
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || url.hostname === '') {
    throw new MqError(
      'MQ_BAD_LISTEN_URL',
      `${address} is no address to listen on: it should look like tcp://127.0.0.1:1883`,
    )
  }
  return url
}

/** A URL leaves out the port that is its scheme's own: 80 of ws. Said is said. */
function portOf(url: URL, address: string, ours: number): number {
  if (url.port !== '') return Number(url.port)
  return /^ws:\/\/[^/?#]*:80(?=[/?#]|$)/i.test(address) ? 80 : ours
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * Where to connect. A URL, or a host and a port, from the command line or the environment.
 *
 * Always holds: scheme, host and port come from one layer. A `-h` on the command line does not inherit the port or the TLS of
 * an MQ_URL that was meant for another broker.
 */
import type { Arguments, Layer } from '../argv/arguments.ts'
import { integerOf } from '../argv/values.ts'
import { UsageError } from '../failure.ts'

export interface Address {
  /** `mqtt://localhost:1883`: what the client connects to. No user, no topic. */
  readonly url: string
  readonly tls: boolean
  readonly userName?: string
  readonly password?: string
  /** The path of an mqtt URL, as in mosquitto_sub -L. */
  readonly topic?: string
}

const schemes: ReadonlyMap<string, { readonly scheme: 'mqtt' | 'mqtts' | 'ws' | 'wss'; readonly port: number }> =
  new Map([
    ['mqtt', { scheme: 'mqtt', port: 1883 }],
    ['tcp', { scheme: 'mqtt', port: 1883 }],
    ['mqtts', { scheme: 'mqtts', port: 8883 }],
    ['ssl', { scheme: 'mqtts', port: 8883 }],
    ['tls', { scheme: 'mqtts', port: 8883 }],
    ['ws', { scheme: 'ws', port: 80 }],
    ['wss', { scheme: 'wss', port: 443 }],
  ])

/** @throws UsageError */
export function addressOf(given: Arguments): Address {
  const layers: readonly Layer[] = ['flags', 'environment']
  const layer = layers.find((name) => given.in(name, 'url') !== undefined || given.in(name, 'host') !== undefined)
  // A port alone, on the command line, means that port of whatever broker is set.
  const portLayer = layers.find(
    (name) => given.in(name, 'port') !== undefined && (name === 'flags' || name === layer || layer === undefined),
  )
  const portText = portLayer === undefined ? undefined : given.in(portLayer, 'port')
  const port = portText === undefined ? undefined : integerOf(given.written('port'), portText, 1, 65_535)
  const url = layer === undefined ? undefined : given.in(layer, 'url')
  const host = layer === undefined ? undefined : given.in(layer, 'host')
  const fromUrl = url === undefined ? undefined : parse(given.written('url'), url)

  const tlsOptions = ['cafile', 'cert', 'key'].some((name) => given.text(name) !== undefined) || given.flag('insecure')
  const scheme = fromUrl?.scheme ?? (tlsOptions || port === 8883 ? 'mqtts' : 'mqtt')
  if (tlsOptions && (scheme === 'mqtt' || scheme === 'ws')) {
    throw new UsageError(
      `--cafile, --cert, --key and --insecure need TLS; ${withoutPassword(url ?? given.written('host'))} has none, use ${scheme}s://.`,
    )
  }
  const hostName = host ?? fromUrl?.host ?? 'localhost'
  if (hostName === '')
    throw new UsageError(`${given.written('host')} is empty; give the name or address of the broker.`)
  if (host !== undefined) checkHost(given.written('host'), host)
  const literal = hostName.includes(':') && !hostName.startsWith('[') ? `[${hostName}]` : hostName
  const portNumber = port ?? fromUrl?.port ?? schemes.get(scheme)?.port ?? 1883
  return {
    url: `${scheme}://${literal}:${portNumber}${fromUrl?.path ?? ''}`,
    tls: scheme === 'mqtts' || scheme === 'wss',
    ...(fromUrl?.userName === undefined ? {} : { userName: fromUrl.userName }),
    ...(fromUrl?.password === undefined ? {} : { password: fromUrl.password }),
    ...(fromUrl?.topic === undefined ? {} : { topic: fromUrl.topic }),
  }
}

/** @throws UsageError for what is more than a host: it would be taken for an IPv6 address, and looked up in vain */
function checkHost(option: string, host: string): void {
  const [, name, port] = /^(\[.*\]|[^:[\]]+):(\d*)$/.exec(host) ?? []
  if (name === undefined && !host.includes('/')) return
  const instead =
    name === undefined ? `-L ${host.includes('://') ? host : `mqtt://${host}`}` : `-h ${name} -p ${port || 1883}`
  throw new UsageError(
    `${option} takes a host name only, and was given "${withoutPassword(host)}"; the port goes to -p, a URL to -L: ${withoutPassword(instead)}.`,
  )
}

interface ParsedUrl {
  readonly scheme: 'mqtt' | 'mqtts' | 'ws' | 'wss'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly userName?: string
  readonly password?: string
  readonly topic?: string
}

/** By hand: in a URL, the # of `mqtt://broker/house/#` would start a fragment. */
function parse(option: string, url: string): ParsedUrl {
  const parts = /^([a-z]+):\/\/(?:([^@/]*)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?(?:\/(.*))?$/is.exec(url)
  const [, schemeText = '', user, host = '', portText, rest] = parts ?? []
  const known = schemes.get(schemeText.toLowerCase())
  if (known === undefined) {
    throw new UsageError(
      `${option} was given "${withoutPassword(url)}"; allowed is mqtt://, mqtts://, ws:// or wss:// with [user[:password]@]host[:port][/topic].`,
    )
  }
  const { scheme } = known
  const port = portText === undefined ? known.port : integerOf(`the port of ${option}`, portText, 1, 65_535)
  const webSocket = scheme === 'ws' || scheme === 'wss'
  const colon = user?.indexOf(':') ?? -1
  return {
    scheme,
    host,
    port,
    path: webSocket ? `/${rest ?? ''}` : '',
    ...(user === undefined ? {} : { userName: decoded(colon === -1 ? user : user.slice(0, colon)) }),
    ...(user === undefined || colon === -1 ? {} : { password: decoded(user.slice(colon + 1)) }),
    ...(webSocket || rest === undefined || rest === '' ? {} : { topic: rest }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:***@')
}

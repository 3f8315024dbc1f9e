/** What is wrong with an address of --listen, said so that it can be mended. What is left is judged by the broker. */
import { UsageError } from '../failure.ts'

const schemes = ['tcp', 'mqtt', 'ws']

/** @throws UsageError */
export function checkListenAddress(address: string): void {
  const refuse = (what: string, instead: string): never => {
    throw new UsageError(`--listen was given "${address}", ${what}; say ${instead}.`)
  }
  const [, scheme, rest = ''] = /^(?:([a-z][a-z\d+.-]*):\/\/)?(.*)$/is.exec(address) ?? []
  if (scheme !== undefined && !schemes.includes(scheme.toLowerCase())) {
    if (/^(?:mqtts|ssl|tls|wss)$/i.test(scheme)) {
      const plain = scheme.toLowerCase() === 'wss' ? 'ws' : 'tcp'
      refuse('and mq broker speaks no TLS yet', `${plain}://${rest}, and put a TLS proxy before it`)
    }
    refuse('which begins with none of tcp://, mqtt:// and ws://', `tcp://${rest}`)
  }
  const [, host = '', port, path = ''] = /^(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?([/?#].*)?$/s.exec(rest) ?? []
  const isPortAlone = scheme === undefined && port === undefined && /^\d+$/.test(host)
  const saidPort = isPortAlone ? host : port
  const written = scheme ?? 'tcp'
  const goodPort = `:${isPort(saidPort) ? saidPort : usualPort(written)}`
  const goodHost = isPortAlone || host === '' ? '127.0.0.1' : host
  const instead = `${written}://${goodHost}${goodPort}${path}`
  if (saidPort !== undefined && !isPort(saidPort)) {
    refuse(
      Number(saidPort) > 65_535 ? `whose port ${saidPort} is above 65535` : `whose port "${saidPort}" is no number`,
      instead,
    )
  }
  if (scheme === undefined) refuse('which lacks the scheme', instead)
  if (host === '')
    refuse('which has no host', `${instead}, or ${written}://0.0.0.0${goodPort}${path} for all addresses`)
}

function usualPort(scheme: string): number {
  return scheme.toLowerCase() === 'ws' ? 8083 : 1883
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text) && Number(text) <= 65_535
}

/** A port beside `taken` that none of the addresses has. */
export function anotherPort(taken: number, addresses: readonly string[]): number {
  const used = new Set(addresses.map(portOf))
  let port = taken
  do port = port >= 65_535 ? 1883 : port + 1
  while (used.has(port))
  return port
}

export function portOf(address: string): number {
  const [, scheme = '', port] = /^(\w+):\/\/(?:\[[^\]]*\]|[^:/]*)(?::(\d+))?/.exec(address) ?? []
  return Number(port ?? usualPort(scheme))
}

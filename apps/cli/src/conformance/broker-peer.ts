/** The broker under test, at a URL: bytes over TCP, TLS or WebSocket, through the transports of the client. */
import { MqttError, openTransport } from '@mq/client'
import type { Peer } from '@mq/conformance'
import type { TlsWishes } from '../connection/connection.ts'
import { isNotTls, obstacle } from '../connection/obstacle.ts'
import { ExitCode } from '../exit-code.ts'
import { Failure, messageOf } from '../failure.ts'

export interface BrokerAddress {
  readonly url: string
  readonly tls: TlsWishes | undefined
  readonly timeoutMs: number
}

/** @param interrupted when it aborts, no more connections are made */
export function brokerPeer({ url, tls, timeoutMs }: BrokerAddress, interrupted: AbortSignal): Peer {
  return {
    open: async (handler) => {
      const signal = AbortSignal.any([interrupted, AbortSignal.timeout(timeoutMs)])
      const target = { url: new URL(url), signal, protocolVersion: 5, tls: tls && { ...tls }, ws: undefined } as const
      const transport = await openTransport(target).catch((error: unknown) => {
        throw connectFailure(error, url, timeoutMs)
      })
      transport.attach({
        data: (chunk) => handler.data(chunk),
        drained: () => undefined,
        lost: () => handler.closed(),
      })
      return { write: (bytes) => void transport.write(bytes), close: () => transport.destroy() }
    },
  }
}

/** What Node.js calls a failed handshake, from the certificate to the protocol. */
const tlsFailure = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/

function connectFailure(error: unknown, url: string, timeoutMs: number): Failure {
  // Several addresses failed: an AggregateError, whose own message is empty.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error
  const code = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
  const isTimeout = inner instanceof Error && inner.name === 'TimeoutError'
  const said = inner instanceof Error ? obstacle(inner, url) : messageOf(inner)
  const what = isTimeout ? `nothing answered within ${timeoutMs} ms` : said
  const isTls = tlsFailure.test(code) || (inner instanceof Error && isNotTls(inner, url))
  const exitCode = isTls && !(inner instanceof MqttError) ? ExitCode.tls : ExitCode.unreachable
  return new Failure(`cannot connect to ${url}: ${what}.`, exitCode, { cause: error })
}

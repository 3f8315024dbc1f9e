/** One attempt to open a transport: where to, as whom, and not for ever. */
import type { ProtocolVersion, Transport } from '@mq/core'
import type { Begun } from './authenticator.ts'
import type { Clock } from './clock.ts'
import { ConnectError, MqttError, TimeoutError } from './errors.ts'
import { checkOptions } from './option-check.ts'
import { credentialsTable } from './option-tables.ts'
import type { ConnectOptions, Credentials, TransportFactory } from './options.ts'

export interface Opened {
  readonly transport: Transport
  readonly url: URL
  readonly credentials: Credentials
  readonly authentication: Begun | undefined
}

export interface AttemptOptions {
  readonly url: () => URL | Promise<URL>
  readonly options: ConnectOptions
  readonly openTransport: TransportFactory
  /** Starts an enhanced authentication, where there is one. */
  readonly authenticate: (() => Promise<Begun>) | undefined
  readonly protocolVersion: ProtocolVersion
  readonly attempt: number
  readonly clock: Clock
  readonly connectTimeout: number
  readonly controller: AbortController
  readonly started: (url: URL) => void
}

/** @throws MqttError, or what `controller` was aborted with */
export async function openAttempt(attempt: AttemptOptions): Promise<Opened> {
  const { options, controller, clock, connectTimeout, protocolVersion } = attempt
  const { signal } = controller
  const timeout = new TimeoutError('connecting', connectTimeout)
  const cancel = clock.schedule(connectTimeout, () => controller.abort(timeout))
  try {
    const url = await unlessAborted(Promise.resolve(attempt.url()), signal)
    attempt.started(url)
    const credentials = await unlessAborted(credentialsFor(attempt, url), signal)
    const authentication = attempt.authenticate && (await unlessAborted(attempt.authenticate(), signal))
    const opening = Promise.resolve(
      attempt.openTransport({ url, signal, protocolVersion, tls: options.tls, ws: options.ws }),
    )
    // A transport that comes too late is closed, not leaked.
    const transport = await unlessAborted(opening, signal, (late) => late.destroy())
    return { transport, url, credentials, authentication }
  } catch (error) {
    throw signal.aborted ? signal.reason : asConnectError(error)
  } finally {
    cancel()
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, late?: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(
      (value) => {
        signal.removeEventListener('abort', abort)
        if (signal.aborted) late?.(value)
        else resolve(value)
      },
      (error) => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    )
  })
}

async function credentialsFor({ options, attempt, controller }: AttemptOptions, url: URL): Promise<Credentials> {
  const { credentials } = options
  if (typeof credentials === 'function') {
    const asked = await credentials({ attempt, signal: controller.signal })
    if (asked === undefined) throw new MqttError('invalid-argument', 'the function `credentials` returned nothing')
    checkOptions(asked, credentialsTable, 'what `credentials` returned')
    return asked
  }
  if (credentials !== undefined) return credentials
  return {
    ...(url.username !== '' && { userName: decodeURIComponent(url.username) }),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
  }
}

/** What Node.js calls a failed handshake, from the certificate to the protocol. */
const tlsFailure = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/

function asConnectError(error: unknown): MqttError {
  if (error instanceof MqttError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Several addresses failed: an AggregateError, whose own message is empty.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error
  const message = inner instanceof Error ? inner.message : String(inner)
  return new ConnectError(tlsFailure.test(code) ? 'tls' : 'network', message, { cause: error })
}

/**
 * Where the next attempt goes: the URLs of the program in turn, or, where the program allows it, the server that a server
 * named instead (Server Reference, section 4.13).
 *
 *     0x9C (use another server)   the next attempt only; then the URLs again
 *     0x9D (server moved)         stands in the place of the URL that said so, for good
 *
 * Always holds: at most `referencesMax` references are followed without a pause or a connection that lasts, so that two
 * servers that name each other are not asked in circles.
 */
import { ReasonCode } from '@mq/core'
import { described } from './described.ts'
import { ConnectError, MqttError } from './errors.ts'
import type { ConnectOptions } from './options.ts'

const referencesMax = 3

export class Servers {
  readonly #urls: URL[]
  readonly #ask: ((attempt: number) => string | URL | Promise<string | URL>) | undefined
  readonly #follows: boolean
  #index = 0
  /** Of the current attempt, or the last one. */
  #current: URL | undefined = undefined
  /** Where the next attempt goes instead. */
  #reference: URL | undefined = undefined
  #followed = 0

  /** @throws MqttError 'invalid-argument' */
  constructor(url: string | URL, { urls, followServerReference = false }: ConnectOptions) {
    this.#ask = typeof urls === 'function' ? urls : undefined
    this.#urls = [url, ...(typeof urls === 'object' ? urls : [])].map(parseUrl)
    this.#follows = followServerReference
  }

  async next(attempt: number): Promise<URL> {
    const reference = this.#reference
    this.#reference = undefined
    const url = reference ?? (this.#ask ? parseUrl(await this.#ask(attempt)) : this.#urls[this.#index])
    if (url === undefined) throw new MqttError('invalid-argument', 'no URL to connect to')
    this.#current = url
    return url
  }

  /** The attempt failed: the next URL's turn. False: each of them had its turn. */
  skip(): boolean {
    this.#index = (this.#index + 1) % this.#urls.length
    return this.#ask === undefined && this.#index !== 0
  }

  /** A connection lasted, or a pause was made. */
  rested(): void {
    this.#followed = 0
  }

  /** True: the server named another one, and it is the next to be tried. */
  follow(error: MqttError): boolean {
    if (!this.#follows || !(error instanceof ConnectError) || this.#current === undefined) return false
    const { reasonCode, serverReference } = error
    if (reasonCode !== ReasonCode.useAnotherServer && reasonCode !== ReasonCode.serverMoved) return false
    const url = serverReference === undefined ? undefined : referenceUrl(serverReference, this.#current)
    if (url === undefined || this.#followed >= referencesMax) return false
    this.#followed++
    this.#reference = url
    const at = this.#urls.indexOf(this.#current)
    if (reasonCode === ReasonCode.serverMoved && at >= 0) this.#urls[at] = url
    return true
  }
}

/** The first of the servers that `reference` names, with all but host and port as in `from`; undefined if it names none. */
function referenceUrl(reference: string, from: URL): URL | undefined {
  const first = reference.split(' ').find((each) => /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.test(each))
  if (first === undefined || from.host === '') return undefined
  const { protocol, username, password, pathname, search } = from
  const account = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`
  try {
    return new URL(`${protocol}//${account}${first}${pathname}${search}`)
  } catch {
    return undefined
  }
}

function parseUrl(url: string | URL): URL {
  try {
    return new URL(url)
  } catch (cause) {
    const what = typeof url === 'string' ? `"${url}"` : described(url)
    throw new MqttError('invalid-argument', `${what} is no URL; one is mqtt://localhost:1883 or ws://localhost:8083`, {
      cause,
    })
  }
}

/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677), server side: client and server prove to each other that they know the password, and it
 * never crosses the wire, nor does the server keep it.
 *
 *     client-first   n,,n=user,r=cnonce                 ─►
 *                                                       ◄─  server-first   r=cnonce+snonce,s=salt,i=iterations
 *     client-final   c=biws,r=cnonce+snonce,p=proof     ─►
 *                                                       ◄─  server-final   v=signature
 *
 * A user that does not exist goes through the same exchange, with a salt that is made from its name, and fails at the end:
 * who does not know a password does not learn which names exist.
 *
 * Channel binding is not offered (MQTT has no way to agree on one), so a client that requires it is refused.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { ReasonCode } from '@mq/core'
import type { Exchange, ExchangeStep, Mechanism } from './mechanism.ts'

const derive = promisify(pbkdf2)

/** What a server keeps of a password. */
export interface ScramCredentials {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

export interface ScramOptions {
  /** The credentials of a user, undefined for one that does not exist. */
  readonly credentials: (userName: string) => ScramCredentials | undefined | Promise<ScramCredentials | undefined>
}

/** Iterations where none are given; RFC 7677 asks for 4096 at least. */
export const scramIterationsDefault = 4096

/** What to keep for a password, with a salt of its own. */
export async function deriveScramCredentials(
  password: string,
  iterations: number = scramIterationsDefault,
  salt: Uint8Array = randomBytes(16),
): Promise<ScramCredentials> {
  const salted = await derive(password.normalize('NFKC'), salt, iterations, 32, 'sha256')
  return {
    salt,
    iterations,
    storedKey: createHash('sha256').update(hmac(salted, 'Client Key')).digest(),
    serverKey: hmac(salted, 'Server Key'),
  }
}

export function scramSha256(options: ScramOptions): Mechanism {
  const secret = randomBytes(32)
  return { method: 'SCRAM-SHA-256', start: () => createExchange(options, secret) }
}

function createExchange(options: ScramOptions, secret: Uint8Array): Exchange {
  let first: ServerFirst | undefined
  return {
    async step(data) {
      const message = Buffer.from(data ?? []).toString('utf8')
      if (first !== undefined) return finish(first, message)
      const opened = parseClientFirst(message)
      if (opened === undefined) return malformed
      const found = await options.credentials(opened.userName)
      first = answer(opened, found ?? decoy(secret, opened.userName), found !== undefined)
      return { type: 'continue', data: Buffer.from(first.message) }
    },
  }
}

interface ClientFirst {
  readonly userName: string
  readonly nonce: string
  /** Without the GS2 header: part of what is signed. */
  readonly bare: string
  readonly gs2Header: string
}

interface ServerFirst {
  readonly client: ClientFirst
  readonly credentials: ScramCredentials
  readonly exists: boolean
  readonly nonce: string
  readonly message: string
}

const malformed: ExchangeStep = {
  type: 'failure',
  reasonCode: ReasonCode.notAuthorized,
  reason: 'the SCRAM message is not well-formed',
}
const refused: ExchangeStep = {
  type: 'failure',
  reasonCode: ReasonCode.notAuthorized,
  reason: 'the user name or the proof is wrong',
}

function parseClientFirst(message: string): ClientFirst | undefined {
  // gs2-header: n (no channel binding) or y (client could, server cannot), then an authorization identity that is not used.
  const parts = /^([ny],(?:a=[^,]*)?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s.exec(message)
  if (parts === null) return undefined
  const [, gs2Header = '', bare = '', escaped = '', nonce = ''] = parts
  if (/=(?!2C|3D)/.test(escaped)) return undefined
  const userName = escaped.replaceAll('=2C', ',').replaceAll('=3D', '=')
  return { userName, nonce, bare, gs2Header }
}

function answer(client: ClientFirst, credentials: ScramCredentials, exists: boolean): ServerFirst {
  const nonce = client.nonce + randomBytes(18).toString('base64')
  const salt = Buffer.from(credentials.salt).toString('base64')
  return { client, credentials, exists, nonce, message: `r=${nonce},s=${salt},i=${credentials.iterations}` }
}

function finish(first: ServerFirst, message: string): ExchangeStep {
  const parts = /^(c=([A-Za-z0-9+/=]*),r=([^,]*)(?:,[^p].*)?),p=([A-Za-z0-9+/=]*)$/s.exec(message)
  if (parts === null) return malformed
  const [, withoutProof = '', binding = '', nonce = '', proof = ''] = parts
  const { client, credentials } = first
  if (Buffer.from(binding, 'base64').toString() !== client.gs2Header || nonce !== first.nonce) return malformed
  const signed = `${client.bare},${first.message},${withoutProof}`
  const given = Buffer.from(proof, 'base64')
  const signature = hmac(credentials.storedKey, signed)
  if (given.length !== signature.length) return refused
  const clientKey = Buffer.from(given.map((byte, i) => byte ^ signature[i]!))
  const matches = timingSafeEqual(createHash('sha256').update(clientKey).digest(), credentials.storedKey)
  if (!matches || !first.exists) return refused
  const verifier = hmac(credentials.serverKey, signed).toString('base64')
  return { type: 'success', userName: client.userName, data: Buffer.from(`v=${verifier}`) }
}

/** Credentials for a name that has none: the same ones each time, and known to nobody. */
function decoy(secret: Uint8Array, userName: string): ScramCredentials {
  return {
    salt: hmac(secret, `salt ${userName}`).subarray(0, 16),
    iterations: scramIterationsDefault,
    storedKey: hmac(secret, `stored ${userName}`),
    serverKey: hmac(secret, `server ${userName}`),
  }
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

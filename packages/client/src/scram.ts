/**
 * SCRAM-SHA-256 (RFC 5802, RFC 7677), client side, with the platform's WebCrypto: client and server prove to each other that
 * they know the password, and it never crosses the wire.
 *
 *     client-first   n,,n=user,r=cnonce                 ─►
 *                                                       ◄─  server-first   r=cnonce+snonce,s=salt,i=iterations
 *     client-final   c=biws,r=cnonce+snonce,p=proof     ─►
 *                                                       ◄─  server-final   v=signature
 *
 * The last line comes with CONNACK or AUTH 0x00; some servers send it in an AUTH 0x18 before, and that one is answered with
 * nothing. Either way the server is believed only after its signature was verified.
 */
import type { AuthData, AuthExchange, AuthMethod } from './auth-method.ts'
import { MqttError } from './errors.ts'

/** RFC 7677 asks for 4096 at least: fewer make the proof an invitation to guess, and a false server would ask for few. */
const iterationsMin = 4096
/** More would keep us busy for many seconds. */
const iterationsMax = 10_000_000

/**
 * An {@link AuthMethod} for a name and a password. In browsers WebCrypto needs a secure context (HTTPS, or localhost).
 *
 * @example
 * const client = await connect('mqtts://example.org', { auth: scram('SCRAM-SHA-256', 'ann', 'secret') })
 */
export function scram(method: 'SCRAM-SHA-256', userName: string, password: string): AuthMethod {
  return { method, start: () => createScramExchange(userName, password, randomNonce()) }
}

interface ServerFirst {
  readonly nonce: string
  readonly salt: Bytes
  readonly iterations: number
}

/** What is needed to check the server's signature. */
interface Final {
  readonly serverKey: Bytes
  readonly authMessage: Bytes
}

/** `nonce`: printable characters but the comma. */
export function createScramExchange(userName: string, password: string, nonce: string): AuthExchange {
  const { subtle } = globalThis.crypto ?? {}
  if (subtle === undefined) throw new MqttError('not-supported', 'SCRAM needs WebCrypto, which is missing here')
  const name = userName.normalize('NFKC').replaceAll('=', '=3D').replaceAll(',', '=2C')
  const bare = `n=${name},r=${nonce}`
  let state: 'first' | 'answered' | 'verified' = 'first'
  let final: Final | undefined

  async function prove(data: AuthData): Promise<Uint8Array> {
    const message = textOf(data)
    const server = parseServerFirst(message, nonce)
    const salted = await derive(subtle, password.normalize('NFKC'), server.salt, server.iterations)
    const clientKey = await sign(subtle, salted, encode('Client Key'))
    const storedKey = new Uint8Array(await subtle.digest('SHA-256', clientKey))
    // "biws" is the GS2 header "n,,": no channel binding, which MQTT has no way to agree on.
    const withoutProof = `c=biws,r=${server.nonce}`
    const authMessage = encode(`${bare},${message},${withoutProof}`)
    const signature = await sign(subtle, storedKey, authMessage)
    final = { serverKey: await sign(subtle, salted, encode('Server Key')), authMessage }
    const proof = clientKey.map((byte, i) => byte ^ (signature[i] ?? 0))
    return encode(`${withoutProof},p=${btoa(String.fromCharCode(...proof))}`)
  }

  async function check(data: AuthData): Promise<void> {
    if (final === undefined) throw new Error('the server wanted no proof of the password')
    const message = textOf(data)
    const [, error] = /^e=([^,]*)/.exec(message) ?? []
    if (error !== undefined) throw new Error(`the server says: ${error}`)
    const [, signature] = /^v=([A-Za-z0-9+/=]+)(?:,.*)?$/s.exec(message) ?? []
    if (signature === undefined) throw new Error('the server has not proved that it knows the password')
    const key = await importHmac(subtle, final.serverKey, 'verify')
    if (!(await subtle.verify('HMAC', key, fromBase64(signature), final.authMessage))) {
      throw new Error('the signature of the server is wrong: it does not know the password')
    }
  }

  return {
    first: () => encode(`n,,${bare}`),
    async next(data) {
      if (state === 'first') {
        state = 'answered'
        return prove(data)
      }
      if (state === 'verified') throw new Error('the server goes on after its last message')
      await check(data)
      state = 'verified'
      return undefined
    },
    async verify(data) {
      if (state === 'verified' && (data === undefined || data.length === 0)) return
      await check(data)
      state = 'verified'
    },
  }
}

function parseServerFirst(message: string, clientNonce: string): ServerFirst {
  // A leading "m=" would be an extension that must be understood, and none is.
  const parts = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=([1-9]\d*)(?:,.*)?$/s.exec(message)
  if (parts === null) throw new Error("the server's first message is not well-formed")
  const [, nonce = '', salt = '', digits = ''] = parts
  if (!nonce.startsWith(clientNonce) || nonce.length === clientNonce.length) {
    throw new Error('the server does not repeat our nonce, or adds nothing to it')
  }
  const iterations = Number(digits)
  if (iterations < iterationsMin || iterations > iterationsMax) {
    throw new Error(`the server asks for ${digits} iterations; ${iterationsMin} to ${iterationsMax} are accepted`)
  }
  return { nonce, salt: fromBase64(salt), iterations }
}

/** What WebCrypto takes. */
type Bytes = Uint8Array<ArrayBuffer>
/** By these names Node.js and browsers agree on their types. */
type Subtle = typeof globalThis.crypto.subtle
type Key = Awaited<ReturnType<Subtle['importKey']>>

async function derive(subtle: Subtle, password: string, salt: Bytes, iterations: number): Promise<Bytes> {
  const key = await subtle.importKey('raw', encode(password), 'PBKDF2', false, ['deriveBits'])
  return new Uint8Array(await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, 256))
}

async function sign(subtle: Subtle, key: Bytes, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.sign('HMAC', await importHmac(subtle, key, 'sign'), message))
}

function importHmac(subtle: Subtle, key: Bytes, usage: 'sign' | 'verify'): Promise<Key> {
  return subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [usage])
}

function randomNonce(): string {
  return btoa(String.fromCharCode(...globalThis.crypto.getRandomValues(new Uint8Array(18))))
}

function encode(text: string): Bytes {
  return new TextEncoder().encode(text)
}

function textOf(data: AuthData): string {
  return new TextDecoder().decode(data)
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

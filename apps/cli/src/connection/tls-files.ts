/**
 * The files of --cafile, --cert and --key, looked into before anything is connected: what OpenSSL says of them later names no
 * file, and of a --cafile without a certificate it says nothing at all.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Arguments } from '../argv/arguments.ts'
import { ExitCode } from '../exit-code.ts'
import { Failure, messageOf, UsageError } from '../failure.ts'
import { readFileOf } from '../input/read-file.ts'
import type { Io } from '../io.ts'
import type { TlsWishes } from './connection.ts'

/** @throws UsageError, and Failure where a file cannot be read or holds something else */
export async function tlsOf(given: Arguments, io: Io): Promise<TlsWishes> {
  const files = { cafile: given.text('cafile'), cert: given.text('cert'), key: given.text('key') }
  if ((files.cert === undefined) !== (files.key === undefined))
    throw new UsageError('--cert and --key belong together; give both or neither.')
  const load = async (name: keyof typeof files): Promise<PemFile | undefined> => {
    const path = files[name]
    if (path === undefined) return undefined
    const option = given.written(name)
    return { what: `${option} ${path}`, bytes: await readFileOf(io, option, path) }
  }
  const [cafile, cert, key] = [await load('cafile'), await load('cert'), await load('key')]
  if (cafile !== undefined) certificateOf(cafile)
  if (cert !== undefined && key !== undefined) {
    const certificate = certificateOf(cert)
    if (!certificate.checkPrivateKey(privateKeyOf(key))) {
      throw wrong(key, 'is not the key of the certificate in', ` ${cert.what}; give the two that belong together`)
    }
  }
  return {
    ...(cafile === undefined ? {} : { ca: cafile.bytes }),
    ...(cert === undefined ? {} : { cert: cert.bytes }),
    ...(key === undefined ? {} : { key: key.bytes }),
    rejectUnauthorized: !given.flag('insecure'),
  }
}

interface PemFile {
  /** `--key my.pem` */
  readonly what: string
  readonly bytes: Uint8Array
}

/** Of several, the first. */
function certificateOf(file: PemFile): X509Certificate {
  if (!/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(textOf(file))) {
    throw wrong(file, 'holds no certificate', '; it takes PEM, which begins with -----BEGIN CERTIFICATE-----')
  }
  try {
    return new X509Certificate(file.bytes)
  } catch (error) {
    throw wrong(file, 'holds a certificate that cannot be read', `: ${messageOf(error)}`, error)
  }
}

function privateKeyOf(file: PemFile): KeyObject {
  const text = textOf(file)
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw wrong(file, 'holds no private key', '; it takes PEM, which begins with -----BEGIN PRIVATE KEY-----')
  }
  if (/ENCRYPTED/.test(text)) {
    throw wrong(file, 'is encrypted, and mq asks for no passphrase', '; take it off with openssl pkey -in … -out …')
  }
  try {
    return createPrivateKey(Buffer.from(file.bytes))
  } catch (error) {
    throw wrong(file, 'holds a private key that cannot be read', `: ${messageOf(error)}`, error)
  }
}

function textOf({ bytes }: PemFile): string {
  return Buffer.from(bytes).toString('latin1')
}

function wrong({ what }: PemFile, problem: string, rest: string, cause?: unknown): Failure {
  return new Failure(`${what} ${problem}${rest}.`, ExitCode.input, { cause })
}

import { describe, expect, test } from 'vitest'
import { certificate, encryptedKey, key, otherKey } from '../../test/certificate.ts'
import { fakeIo } from '../../test/fake-io.ts'
import { argumentsOf } from '../argv/arguments.ts'
import { rewrite } from '../argv/rewrite.ts'
import { ExitCode } from '../exit-code.ts'
import { tlsOf } from './tls-files.ts'

const broken = certificate.replace(/MII.{20}/, 'MII')
const files = { certificate, key, encryptedKey, otherKey, broken, conf: 'listener 8883\n' }
const tls = (line: string, env = {}) => tlsOf(argumentsOf(rewrite(['pub', ...line.split(' ')]), env), fakeIo({ files }))

test('a certificate, its key and whom to trust', async () => {
  expect(await tls('--cafile certificate --cert certificate --key key')).toEqual({
    ca: Buffer.from(certificate),
    cert: Buffer.from(certificate),
    key: Buffer.from(key),
    rejectUnauthorized: true,
  })
})

describe('a file that holds something else is named', () => {
  test.each([
    [
      '--cafile conf',
      '--cafile conf holds no certificate; it takes PEM, which begins with -----BEGIN CERTIFICATE-----.',
    ],
    ['--cafile broken', '--cafile broken holds a certificate that cannot be read: '],
    ['--cert conf --key key', '--cert conf holds no certificate; '],
    ['--cert certificate --key conf', '--key conf holds no private key; it takes PEM'],
    ['--cert certificate --key certificate', '--key certificate holds no private key; '],
    ['--cert certificate --key encryptedKey', '--key encryptedKey is encrypted, and mq asks for no passphrase; '],
    ['--cert certificate --key otherKey', '--key otherKey is not the key of the certificate in --cert certificate; '],
    ['--cafile gone', '--cafile gone cannot be read: '],
  ])('%s', async (line, sentence) => {
    await expect(tls(line)).rejects.toThrow(sentence)
    await expect(tls(line)).rejects.toMatchObject({ exitCode: ExitCode.input })
  })

  test('also where a variable names it', async () => {
    await expect(tls('a b', { MQ_CAFILE: 'conf' })).rejects.toThrow('MQ_CAFILE conf holds no certificate')
  })
})

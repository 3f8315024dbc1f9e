import { expect, test } from 'vitest'
import { createScramExchange, scram } from './scram.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const decode = (data: Uint8Array | undefined) => new TextDecoder().decode(data)

// The example of RFC 7677, section 3.
const nonce = 'rOprNGfwEbeRWgbNEkqO'
const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'
const clientFinal =
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
const serverFinal = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='

test('the example of RFC 7677 comes out as it is printed there', async () => {
  const exchange = createScramExchange('user', 'pencil', nonce)
  expect(decode(await exchange.first())).toBe(`n,,n=user,r=${nonce}`)
  expect(decode(await exchange.next(encode(serverFirst)))).toBe(clientFinal)
  await exchange.verify(encode(serverFinal))
})

test('a server that sends its signature in AUTH is verified there, and answered with nothing', async () => {
  const exchange = createScramExchange('user', 'pencil', nonce)
  await exchange.next(encode(serverFirst))
  expect(await exchange.next(encode(serverFinal))).toBeUndefined()
  await exchange.verify(undefined)
  await expect(async () => exchange.next(encode(serverFinal))).rejects.toThrow('goes on')
})

test('a server that does not prove that it knows the password is not believed', async () => {
  for (const last of [undefined, '', 'e=other-error', `${serverFinal.slice(0, -3)}A=`, 'v=AAAA', 'nonsense']) {
    const exchange = createScramExchange('user', 'pencil', nonce)
    await exchange.next(encode(serverFirst))
    await expect(async () => exchange.verify(last === undefined ? last : encode(last)), String(last)).rejects.toThrow()
  }
  const impatient = createScramExchange('user', 'pencil', nonce)
  await expect(async () => impatient.verify(encode(serverFinal))).rejects.toThrow('no proof')
})

test('a first message that is broken, not ours, or cheap to guess is refused', async () => {
  const salt = 's=W22ZaJ0SNY7soEsUEjb6gQ=='
  for (const message of [
    '',
    `r=${nonce},${salt},i=4096`,
    `r=another,${salt},i=4096`,
    `m=ext,r=${nonce}x,${salt},i=4096`,
    `r=${nonce}x,${salt},i=4095`,
    `r=${nonce}x,${salt},i=99999999`,
    `r=${nonce}x,${salt},i=0x1000`,
    `r=${nonce}x,i=4096`,
    'e=unknown-user',
  ]) {
    const exchange = createScramExchange('user', 'pencil', nonce)
    await expect(async () => exchange.next(encode(message)), message).rejects.toThrow()
  }
})

test('a name with = and , is escaped; each run has a nonce of its own', async () => {
  const method = scram('SCRAM-SHA-256', 'a=b,c', 'x')
  const [one, other] = await Promise.all([method.start(), method.start()])
  const first = decode(await one.first())
  expect(first).toMatch(/^n,,n=a=3Db=2Cc,r=[\x21-\x2b\x2d-\x7e]{24}$/)
  expect(decode(await other.first())).not.toBe(first)
})

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { AuthPacket, ConnackPacket, DisconnectPacket } from '@mq/core'
import { ReasonCode } from '@mq/core'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { WireClient } from '../../test/wire-client.ts'
import { createBroker } from '../broker.ts'
import { deriveScramCredentials, scramSha256 } from './scram.ts'

const authenticationMethod = 'SCRAM-SHA-256'
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data)
const hmac = (key: Uint8Array, message: string): Buffer => createHmac('sha256', key).update(message).digest()

async function brokerWithPencil() {
  const credentials = await deriveScramCredentials('pencil')
  const broker = createBroker({
    logger: pino({ level: 'silent' }),
    mechanisms: [scramSha256({ credentials: (userName) => (userName === 'user' ? credentials : undefined) })],
    authorize: ({ userName, topic }) => topic.startsWith(`${userName}/`),
  })
  onTestFinished(() => broker.close())
  return broker
}

/** The client's side, written from RFC 5802 and not from the server's code. */
function scramClient(user: string, password: string) {
  const bare = `n=${user},r=fyko+d2lbbFgONRv9qkxdawL`
  return {
    first: bytes(`n,,${bare}`),
    final(serverFirst: Uint8Array | undefined): { data: Uint8Array; verifier: string } {
      const [, nonce, salt, iterations] = /^r=(.*),s=(.*),i=(\d+)$/.exec(text(serverFirst)) ?? []
      const salted = pbkdf2Sync(password, Buffer.from(salt ?? '', 'base64'), Number(iterations), 32, 'sha256')
      const clientKey = hmac(salted, 'Client Key')
      const withoutProof = `c=biws,r=${nonce}`
      const signed = `${bare},${text(serverFirst)},${withoutProof}`
      const signature = hmac(createHash('sha256').update(clientKey).digest(), signed)
      const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0))).toString('base64')
      const verifier = `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`
      return { data: bytes(`${withoutProof},p=${proof}`), verifier }
    },
  }
}

async function open(broker: ReturnType<typeof createBroker>, user: string, password: string) {
  const scram = scramClient(user, password)
  const client = await WireClient.open(broker)
  client.send({
    type: 'connect',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 0,
    clientId: 'c',
    properties: { authenticationMethod, authenticationData: scram.first },
  })
  const challenge = await client.next('auth')
  const { data, verifier } = scram.final(challenge.properties?.authenticationData)
  client.send({
    type: 'auth',
    reasonCode: ReasonCode.continueAuthentication,
    properties: { authenticationMethod, authenticationData: data },
  })
  const connack: ConnackPacket = await client.next('connack')
  return { client, challenge, connack, verifier }
}

async function reauthenticate(client: WireClient, password: string): Promise<AuthPacket | DisconnectPacket> {
  const scram = scramClient('user', password)
  client.send({
    type: 'auth',
    reasonCode: ReasonCode.reAuthenticate,
    properties: { authenticationMethod, authenticationData: scram.first },
  })
  const challenge = await client.next('auth')
  client.send({
    type: 'auth',
    reasonCode: ReasonCode.continueAuthentication,
    properties: {
      authenticationMethod,
      authenticationData: scram.final(challenge.properties?.authenticationData).data,
    },
  })
  return password === 'pencil' ? client.next('auth') : client.next('disconnect')
}

test('the right password is let in, and the server proves that it knows it too', async () => {
  const { challenge, client, connack, verifier } = await open(await brokerWithPencil(), 'user', 'pencil')
  expect(challenge.reasonCode).toBe(ReasonCode.continueAuthentication)
  expect(connack.reasonCode).toBe(0)
  expect(text(connack.properties?.authenticationData)).toBe(verifier)
  // The authorizer is told who it is.
  expect(await client.subscribe(['user/#', 'other/#'])).toEqual([0, ReasonCode.notAuthorized])
})

test('[MQTT-4.12.0-4] a wrong password, and a user that does not exist, get the same exchange and CONNACK 0x87', async () => {
  const broker = await brokerWithPencil()
  for (const user of ['user', 'nobody']) {
    const { client, challenge, connack } = await open(broker, user, 'crayon')
    expect(challenge.reasonCode).toBe(ReasonCode.continueAuthentication)
    expect(connack.reasonCode).toBe(ReasonCode.notAuthorized)
    await client.closed()
  }
})

test('a user that does not exist is offered the same salt every time', async () => {
  const broker = await brokerWithPencil()
  const saltOf = async () =>
    /s=([^,]*)/.exec(text((await open(broker, 'nobody', 'x')).challenge.properties?.authenticationData))
  expect((await saltOf())?.[1]).toBe((await saltOf())?.[1])
})

test('[MQTT-4.12.0-1] an Authentication Method that is not known is refused with 0x8C', async () => {
  const properties = { authenticationMethod: 'GUESS' }
  const { connack } = await WireClient.attempt(await brokerWithPencil(), { properties })
  expect(connack?.reasonCode).toBe(ReasonCode.badAuthenticationMethod)
})

test('a client without an Authentication Method is refused where there are only mechanisms', async () => {
  const { connack } = await WireClient.attempt(await brokerWithPencil(), {})
  expect(connack?.reasonCode).toBe(ReasonCode.notAuthorized)
})

test('[MQTT-3.1.2-30] other packets before CONNACK break the protocol', async () => {
  const client = await WireClient.open(await brokerWithPencil())
  client.send({
    type: 'connect',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 0,
    clientId: 'c',
    properties: { authenticationMethod, authenticationData: bytes('n,,n=user,r=abc') },
  })
  await client.next('auth')
  client.send({ type: 'pingreq' })
  expect((await client.next('connack')).reasonCode).toBe(ReasonCode.protocolError)
  await client.closed()
})

test('malformed SCRAM messages are refused', async () => {
  const broker = await brokerWithPencil()
  for (const message of ['', 'n,,', 'p=tls-unique,,n=user,r=abc', 'n,,n=us=er,r=abc', 'n,,n=user', '\u0000']) {
    const properties = { authenticationMethod, authenticationData: bytes(message) }
    const { connack } = await WireClient.attempt(broker, { properties })
    expect(connack?.reasonCode, message).toBe(ReasonCode.notAuthorized)
  }
})

test('re-authentication succeeds with AUTH 0x00, and other packets may pass meanwhile', async () => {
  const { client } = await open(await brokerWithPencil(), 'user', 'pencil')
  expect((await reauthenticate(client, 'pencil')).reasonCode).toBe(0)
  expect(await client.subscribe('user/#')).toEqual([0])
})

test('[MQTT-4.12.1-2] re-authentication that fails ends with DISCONNECT', async () => {
  const { client } = await open(await brokerWithPencil(), 'user', 'pencil')
  expect((await reauthenticate(client, 'crayon')).reasonCode).toBe(ReasonCode.notAuthorized)
  await client.closed()
})

test('[MQTT-4.12.1-1] re-authentication with another method is a protocol error', async () => {
  const { client } = await open(await brokerWithPencil(), 'user', 'pencil')
  client.send({ type: 'auth', reasonCode: ReasonCode.reAuthenticate, properties: { authenticationMethod: 'GUESS' } })
  expect(await client.goodbye()).toBe(ReasonCode.protocolError)
})

test('[MQTT-4.12.0-6] AUTH on a connection without an Authentication Method is a protocol error', async () => {
  const broker = createBroker({ logger: pino({ level: 'silent' }) })
  onTestFinished(() => broker.close())
  const client = await WireClient.connect(broker)
  client.send({ type: 'auth', reasonCode: ReasonCode.reAuthenticate, properties: { authenticationMethod } })
  expect(await client.goodbye()).toBe(ReasonCode.protocolError)
})

test('a server reference sends the client elsewhere', async () => {
  const broker = createBroker({
    logger: pino({ level: 'silent' }),
    authenticate: () => ({ reasonCode: ReasonCode.serverMoved, reason: 'moved', serverReference: 'other:1883' }),
  })
  onTestFinished(() => broker.close())
  const { connack } = await WireClient.attempt(broker)
  expect(connack).toMatchObject({ reasonCode: 0x9d, properties: { serverReference: 'other:1883' } })
})

test('response information is given to who asks for it', async () => {
  const broker = createBroker({
    logger: pino({ level: 'silent' }),
    responseInformation: (clientId) => `reply/${clientId}/`,
  })
  onTestFinished(() => broker.close())
  const asking = await WireClient.connect(broker, { clientId: 'a', properties: { requestResponseInformation: 1 } })
  expect(asking.connack?.properties?.responseInformation).toBe('reply/a/')
  const other = await WireClient.connect(broker, { clientId: 'b' })
  expect(other.connack?.properties?.responseInformation).toBeUndefined()
})

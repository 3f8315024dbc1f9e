// Enhanced authentication against our own broker, in process.
import { createBroker, deriveScramCredentials, scramSha256 } from '@mq/broker'
import { expect, onTestFinished, test } from 'vitest'
import { type AuthMethod, connect, createClient, scram } from '../src/index.ts'

async function start() {
  const ann = await deriveScramCredentials('pässwörd', 4096)
  const broker = createBroker({
    mechanisms: [scramSha256({ credentials: (name) => (name === 'a,n=n' ? ann : undefined) })],
  })
  onTestFinished(() => broker.close())
  const options = (auth: AuthMethod) => ({ auth, transport: () => broker.connect(), timeout: 5000 })
  return { broker, options }
}

const method = (password: string) => scram('SCRAM-SHA-256', 'a,n=n', password)

test('SCRAM-SHA-256: who knows the password is in, and proves it again when asked to', async () => {
  const { options } = await start()
  const client = await connect('memory://broker', options(method('pässwörd')))
  const once = client.once('a')
  await client.publish('a', 'x', { qos: 1 })
  // While the authentication goes on, messages flow as before (section 4.12.1).
  const renewing = Promise.all([client.reauthenticate(), client.reauthenticate()])
  await client.publish('a', 'y', { qos: 1 })
  await renewing
  await client.reauthenticate()
  expect((await once).text()).toBe('x')
  expect(client.state).toBe('connected')
  await client.disconnect()
  await expect(client.reauthenticate()).rejects.toMatchObject({ code: 'client-closed' })
})

test('SCRAM-SHA-256: who does not know it is out, and does not try again', async () => {
  const { options } = await start()
  for (const auth of [method('password'), scram('SCRAM-SHA-256', 'bob', 'x')]) {
    const client = createClient('memory://broker', options(auth))
    await expect(client.connect()).rejects.toMatchObject({ code: 'connect-refused', reasonCode: 0x87 })
    expect((await client.closed).type).toBe('error')
  }
})

test('a method that the server does not know is refused', async () => {
  const { options } = await start()
  const auth: AuthMethod = {
    method: 'X',
    start: () => ({ first: () => undefined, next: () => undefined, verify() {} }),
  }
  await expect(connect('memory://broker', options(auth))).rejects.toMatchObject({ reasonCode: 0x8c })
})

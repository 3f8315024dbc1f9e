// Clients that others wrote, over TCP: Mosquitto's, and paho-mqtt of Python.
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { describePeer, type PeerProcess, peer, startPeer } from '../../../test/peers.ts'
import { type Broker, createBroker } from '../src/broker.ts'
import { WireClient } from './wire-client.ts'

async function listening(): Promise<{ broker: Broker; port: string }> {
  const broker = createBroker()
  onTestFinished(() => broker.close())
  const { url } = await broker.listen('tcp://127.0.0.1:0')
  return { broker, port: new URL(url).port }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

const versions = ['mqttv31', 'mqttv311', 'mqttv5']

describePeer('mosquitto_sub', 'mosquitto_pub and mosquitto_sub', (mosquittoSub) => {
  const mosquittoPub = peer('mosquitto_pub') ?? 'mosquitto_pub'
  const at = (port: string, version: string) => ['-h', '127.0.0.1', '-p', port, '-V', version]
  const publish = async (port: string, version: string, ...args: string[]) => {
    const publisher = startPeer(mosquittoPub, [...at(port, version), ...args])
    expect(await publisher.exited, publisher.errorLines.join('\n')).toBe(0)
  }
  const subscribed = async (broker: Broker, port: string, version: string, ...args: string[]): Promise<PeerProcess> => {
    const before = broker.stats.subscriptions
    const subscriber = startPeer(mosquittoSub, [...at(port, version), '-F', '%t %q %r %p', ...args])
    await until(() => broker.stats.subscriptions > before)
    return subscriber
  }

  describe.each(versions)('in %s', (version) => {
    test.each([0, 1, 2])('at QoS %i', async (qos) => {
      const { broker, port } = await listening()
      const subscriber = await subscribed(broker, port, version, '-t', 'house/#', '-q', `${qos}`, '-C', '3')
      for (const payload of ['on', 'off', '']) {
        await publish(port, version, '-t', 'house/bulb1', '-q', `${qos}`, '-m', payload)
      }
      expect(await subscriber.exited).toBe(0)
      expect(subscriber.lines).toEqual([`house/bulb1 ${qos} 0 on`, `house/bulb1 ${qos} 0 off`, `house/bulb1 ${qos} 0 `])
    })

    test('a thousand lines at QoS 2 arrive once each, in order', async () => {
      const { broker, port } = await listening()
      const subscriber = await subscribed(broker, port, version, '-t', 't', '-q', '2', '-C', '1000')
      const publisher = startPeer(mosquittoPub, [...at(port, version), '-t', 't', '-q', '2', '-l'])
      for (let i = 0; i < 1000; i++) publisher.write(`${i}\n`)
      publisher.end()
      expect(await publisher.exited).toBe(0)
      expect(await subscriber.exited).toBe(0)
      expect(subscriber.lines).toEqual(Array.from({ length: 1000 }, (_, i) => `t 2 0 ${i}`))
    })

    test('a retained message comes to who subscribes later', async () => {
      const { broker, port } = await listening()
      await publish(port, version, '-t', 'house/bulb1', '-r', '-m', 'on', '-q', '1')
      const subscriber = await subscribed(broker, port, version, '-t', '#', '-C', '1', '-q', '2')
      expect(await subscriber.waitForLine(/on$/)).toBe('house/bulb1 1 1 on')
      await publish(port, version, '-t', 'house/bulb1', '-r', '-n')
      expect(broker.stats.retained).toBe(0)
    })

    test('a will is published when a client dies', async () => {
      const { broker, port } = await listening()
      const watcher = await subscribed(broker, port, version, '-t', 'wills', '-C', '1', '-q', '1')
      const will = ['--will-topic', 'wills', '--will-payload', 'died', '--will-qos', '1']
      const dying = await subscribed(broker, port, version, '-t', 'x', ...will)
      process.kill(dying.pid, 'SIGKILL')
      expect(await watcher.waitForLine(/died/)).toBe('wills 1 0 died')
    })

    test('a session that is kept has what came while it was away', async () => {
      const { broker, port } = await listening()
      const keeping = version === 'mqttv5' ? ['-c', '-i', 'keeper', '-x', '3600'] : ['-c', '-i', 'keeper']
      const first = await subscribed(broker, port, version, '-t', 'house/#', '-q', '2', ...keeping)
      await first.stop()
      await until(() => broker.stats.connections === 0)
      expect(broker.stats.sessions).toBe(1)
      for (const [payload, qos] of [
        ['one', '1'],
        ['two', '1'],
        ['three', '2'],
        ['never', '0'],
      ] as const) {
        await publish(port, version, '-t', 'house/bulb1', '-q', qos, '-m', payload)
      }
      const second = startPeer(mosquittoSub, [...at(port, version), '-t', 'house/#', '-q', '2', '-C', '3', ...keeping])
      expect(await second.exited).toBe(0)
      expect(second.lines).toEqual(['one', 'two', 'three'])
    })
  })

  test('properties of 5.0 travel with the message', async () => {
    const { broker, port } = await listening()
    const subscriber = startPeer(mosquittoSub, [...at(port, 'mqttv5'), '-t', 't', '-C', '1', '-F', '%C|%R|%D|%P|%E'])
    await until(() => broker.stats.subscriptions === 1)
    const property = (name: string, ...value: string[]) => ['-D', 'publish', name, ...value]
    await publish(
      port,
      'mqttv5',
      ...['-t', 't', '-m', 'x'],
      ...property('content-type', 'text/plain'),
      ...property('response-topic', 'answers'),
      ...property('correlation-data', 'c1'),
      ...property('user-property', 'a', 'b'),
      ...property('message-expiry-interval', '60'),
    )
    expect(await subscriber.waitForLine(/^text/)).toBe('text/plain|answers|c1|a:b|60')
  })

  test('shared subscriptions divide the messages', async () => {
    const { broker, port } = await listening()
    const members = [
      await subscribed(broker, port, 'mqttv5', '-t', '$share/g/t', '-C', '2'),
      await subscribed(broker, port, 'mqttv5', '-t', '$share/g/t', '-C', '2'),
    ]
    for (let i = 0; i < 4; i++) await publish(port, 'mqttv5', '-t', 't', '-m', `${i}`)
    for (const member of members) expect(await member.exited).toBe(0)
    const got = members.flatMap((member) => member.lines.map((line) => line.split(' ').at(-1)))
    expect(got.sort()).toEqual(['0', '1', '2', '3'])
  })

  test('mosquitto_rr gets its response', async () => {
    const rr = peer('mosquitto_rr')
    if (rr === undefined) return
    const { broker, port } = await listening()
    const asking = startPeer(rr, [
      ...at(port, 'mqttv5'),
      '-t',
      'question',
      '-e',
      'answer',
      '-m',
      'how much?',
      '-W',
      '5',
    ])
    await until(() => broker.stats.subscriptions === 1)
    await publish(port, 'mqttv5', '-t', 'answer', '-m', '42')
    expect(await asking.waitForLine('42')).toBe('42')
  })
})

describePeer('mosquitto_sub', 'password and rights', (mosquittoSub) => {
  test('a wrong password and a filter that is not allowed are told', async () => {
    const broker = createBroker({
      authenticate: ({ password, userName }) => userName === 'ann' && new TextDecoder().decode(password) === 'secret',
      authorize: ({ topic }) => topic !== 'forbidden',
      logger: pino({ level: 'silent' }),
    })
    onTestFinished(() => broker.close())
    const port = new URL((await broker.listen('tcp://127.0.0.1:0')).url).port
    const run = (...args: string[]) =>
      startPeer(mosquittoSub, ['-h', '127.0.0.1', '-p', port, '-V', 'mqttv5', '-W', '3', ...args])
    const wrong = run('-t', 't', '-u', 'ann', '-P', 'guess')
    await wrong.waitForLine(/Connection error: Bad User Name or Password|Bad username or password/i)
    const forbidden = run('-t', 'forbidden', '-u', 'ann', '-P', 'secret')
    await forbidden.waitForLine(/denied|not authori[sz]ed/i)
  })
})

describePeer('paho', 'paho-mqtt', (python) => {
  const program = (name: string) => fileURLToPath(new URL(`paho/${name}`, import.meta.url))

  test('a lamp is switched', async () => {
    const { broker, port } = await listening()
    const lamp = startPeer(python, [program('bulb.py'), port])
    await lamp.waitForLine('connected with result code 0')
    await lamp.waitForLine('subscribed')
    const switching = await WireClient.connect(broker, { clientId: 'switch' })
    for (const payload of ['on', 'off']) await switching.publish('house/bulb1', payload)
    await lamp.waitForLine("house/bulb1 b'on'")
    await lamp.waitForLine("house/bulb1 b'off'")
  })

  test.each(['3.1', '3.1.1', '5.0'])('publishes and receives at every QoS in %s', async (version) => {
    const { broker, port } = await listening()
    const self = startPeer(python, [program('qos2.py'), port, version])
    expect(await self.exited, self.errorLines.join('\n')).toBe(0)
    expect(self.lines.filter((line) => line.startsWith('paho/')).sort()).toEqual([
      'paho/0 qos 0 message 0',
      'paho/1 qos 1 message 1',
      'paho/2 qos 2 message 2',
      'paho/kept qos 2 kept',
      'paho/large qos 2 100000',
    ])
    expect(broker.stats.retained).toBe(1)
  })
})
